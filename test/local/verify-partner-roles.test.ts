import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Integration, Verification } from '../../lambda/core/integrations/integration.ts';
import { toOnboardingKit } from '../../lambda/core/integrations/onboarding-kit.ts';
import { readCliTrust, readCloudFormation, readTerraform } from '../support/kit-forms.ts';
import { broker, startPartnerWorld } from '../support/partner-world.ts';
import { anAuthority, anIntegration, nextId, previousId, rightId } from '../support/verifying.ts';

let world: Awaited<ReturnType<typeof startPartnerWorld>>;
beforeAll(async () => {
  world = await startPartnerWorld();
});
afterAll(() => world.stop());

const globex = (name: string) => `arn:aws:iam::777777777777:role/partners/Daypass${name}`;
const initech = (name: string) => `arn:aws:iam::666666666666:role/Daypass${name}`;
const codes = ({ findings }: Verification) => findings.map(({ code }) => code);
const aKit = (changes: Partial<Integration> = {}) =>
  toOnboardingKit(anIntegration(changes), { broker, nowMs: Date.now(), region: 'eu-west-1' });

describe('verification of the partners’ roles', () => {
  it.each<[string, Partial<Integration>, Verification['result'], readonly string[]]>([
    ['does it right', { roleArn: globex('DoesItRight') }, 'PASSED', []],
    [
      'forgets the ExternalId',
      { roleArn: globex('ForgetsExternalId') },
      'FAILED',
      ['external-id-not-enforced'],
    ],
    ['trusts everybody', { roleArn: globex('TrustsEverybody') }, 'FAILED', ['wildcard-principal']],
    [
      'compares the id where there is one',
      { roleArn: globex('IfExists') },
      'FAILED',
      ['external-id-not-enforced'],
    ],
    ['forgets TagSession', { roleArn: initech('ForgetsTagSession') }, 'FAILED', ['session-tags-not-allowed']],
    [
      'forgets TagSession, and no tags are sent',
      { roleArn: initech('ForgetsTagSession'), sessionTags: {} },
      'PASSED',
      [],
    ],
    [
      'forgets SetSourceIdentity',
      { roleArn: initech('ForgetsSourceIdentity') },
      'FAILED',
      ['source-identity-not-allowed'],
    ],
    [
      'gives shorter sessions',
      { roleArn: initech('Short'), duration: { defaultSeconds: 900, maxSeconds: 7200 } },
      'FAILED',
      ['session-too-long'],
    ],
    [
      'would give longer sessions, were they not chained',
      { roleArn: initech('Long'), duration: { defaultSeconds: 900, maxSeconds: 7200 } },
      'FAILED',
      ['session-too-long'],
    ],
    [
      'gives sessions of an hour',
      { roleArn: initech('Short'), duration: { defaultSeconds: 900, maxSeconds: 3600 } },
      'PASSED',
      [],
    ],
    ['is not there', { roleArn: initech('Nobody') }, 'FAILED', ['role-does-not-trust-the-broker']],
    [
      'has its name in another case',
      { roleArn: globex('DoesItRight').replace('Does', 'does') },
      'FAILED',
      ['role-does-not-trust-the-broker'],
    ],
    [
      'trusts the issuer of profiles alone',
      { roleArn: 'arn:aws:iam::444444444444:role/DaypassReports' },
      'FAILED',
      ['role-does-not-trust-the-broker'],
    ],
  ])('a role that %s', async (_name, changes, result, expected) => {
    const { verification, intents, outcomes } = await world.verify(changes);

    expect([verification.result, codes(verification)]).toEqual([result, expected]);
    expect(intents).toHaveLength(verification.probes.length);
    expect(outcomes).toHaveLength(intents.length);
  });

  it('is what CloudTrail shows: sessions that are named and good for nothing, one for each row', async () => {
    const before = (await world.aws.records()).length;
    const { intents, outcomes } = await world.verify({ roleArn: globex('DoesItRight') });

    const records = (await world.aws.records()).slice(before);
    const requestIds = new Set(records.map(({ requestID }) => requestID));
    expect(outcomes.every(({ stsRequestId }) => requestIds.has(stsRequestId))).toBe(true);
    const names = new Set(records.map(({ requestParameters }) => requestParameters?.roleSessionName));
    for (const [index, { id, roleSessionName }] of intents.entries()) {
      expect(roleSessionName).toContain(id);
      // Of what it refuses, STS's own CloudTrail has no parameters.
      if (outcomes[index]?.state === 'ISSUED') expect(names).toContain(roleSessionName);
    }
    expect(outcomes.filter(({ state }) => state === 'ISSUED')).toHaveLength(3);
  });

  it('is inconclusive while STS throttles, and passes afterwards', async () => {
    world.aws.faults.replace([{ service: 'sts', kind: 'throttle', times: 1 }]);
    const { verification } = await world.verify({ roleArn: globex('DoesItRight') });
    world.aws.faults.clear();

    expect([verification.result, codes(verification)]).toEqual(['INCONCLUSIVE', ['inconclusive']]);
    expect((await world.verify({ roleArn: globex('DoesItRight') })).verification.result).toBe('PASSED');
  });
});

const role = initech('Long');

describe('the onboarding kit', () => {
  it.each<[string, (kit: ReturnType<typeof aKit>) => unknown]>([
    ['trust policy', (kit) => kit.trustPolicy],
    ['CloudFormation', (kit) => readCloudFormation(kit.cloudFormation)['AssumeRolePolicyDocument']],
    ['Terraform', (kit) => readTerraform(kit.terraform)['assume_role_policy']],
    ['AWS CLI', (kit) => JSON.parse(readCliTrust(kit.awsCli).policy)],
  ])('makes a role that passes: %s', async (_name, toTrust) => {
    expect(await world.setTrust(role, { Version: '2012-10-17', Statement: [nobody] })).toBe('200');
    expect((await world.verify({ roleArn: role })).verification.result).toBe('FAILED');

    expect(await world.setTrust(role, toTrust(aKit({ roleArn: role })))).toBe('200');

    const { verification } = await world.verify({ roleArn: role });
    expect([verification.result, verification.findings]).toEqual(['PASSED', []]);
  });

  it('leads through a rotation', async () => {
    const old = { current: rightId };
    const both = { current: rightId, next: nextId };
    const graced = (acceptedUntil: string) => ({
      current: nextId,
      previous: [{ value: rightId, acceptedUntil }],
    });
    const apply = (externalIds: Integration['externalIds']) =>
      world.setTrust(role, aKit({ roleArn: role, externalIds }).trustPolicy);
    const verify = async (externalIds: Integration['externalIds']) => {
      const { verification } = await world.verify({ roleArn: role, externalIds });
      return [verification.result, verification.proved, codes(verification)];
    };

    await apply(old);
    expect(await verify(both)).toEqual(['FAILED', 'next', ['next-external-id-refused']]);
    await apply(both);
    expect(await verify(both)).toEqual(['PASSED', 'next', []]);
    expect(await verify(graced('2999-01-01T00:00:00.000Z'))).toEqual(['PASSED', 'current', []]);
    expect(await verify(graced('2020-01-01T00:00:00.000Z'))).toEqual([
      'FAILED',
      'current',
      ['previous-external-id-accepted'],
    ]);
    await apply(graced('2999-01-01T00:00:00.000Z'));
    expect(await verify(graced('2020-01-01T00:00:00.000Z'))).toEqual(['PASSED', 'current', []]);
  });
});

const nobody = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'sts:AssumeRole',
};

/** Every line of the kit's trust policy that can be left out, as a path, and what is found then. */
const lines: readonly (readonly [string, readonly (string | number)[], readonly string[]])[] = [
  ['the statement for AssumeRole', ['Statement', 0], ['role-does-not-trust-the-broker']],
  ['the statement for SetSourceIdentity', ['Statement', 1], ['source-identity-not-allowed']],
  ['the statement for TagSession', ['Statement', 2], ['session-tags-not-allowed']],
  ['all conditions', ['Statement', 0, 'Condition'], ['external-id-not-enforced', 'wildcard-principal']],
  ['the ExternalId', ['Statement', 0, 'Condition', 'StringEquals'], ['external-id-not-enforced']],
  ['the functions', ['Statement', 0, 'Condition', 'ArnEquals'], ['wildcard-principal']],
  [
    'the issuing function',
    ['Statement', 0, 'Condition', 'ArnEquals', 'aws:PrincipalArn', 0],
    ['issuer-not-trusted'],
  ],
  ['the prober', ['Statement', 0, 'Condition', 'ArnEquals', 'aws:PrincipalArn', 1], ['prober-not-trusted']],
  // Not to be seen from outside: more tags allowed than are sent are never asked for.
  ['the keys of the tags', ['Statement', 2, 'Condition'], []],
];

function without(value: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (Array.isArray(value)) {
    return rest.length === 0
      ? value.filter((_item, index) => index !== step)
      : value.map((item, index) => (index === step ? without(item, rest) : item));
  }
  return Object.fromEntries(
    Object.entries(Object(value)).flatMap(([key, member]) => {
      if (key !== step) return [[key, member]];
      return rest.length === 0 ? [] : [[key, without(member, rest)]];
    }),
  );
}

describe('the kit’s trust policy without a line', () => {
  it.each(lines)('%s', async (_name, path, expected) => {
    const { trustPolicy } = aKit({ roleArn: role });
    expect(await world.setTrust(role, without(trustPolicy, path))).toBe('200');

    const { verification } = await world.verify({ roleArn: role });

    expect(codes(verification)).toEqual(expected);
    expect(verification.result).toBe(expected.length === 0 ? 'PASSED' : 'FAILED');
  });

  it.each([
    ['Principal', ['Statement', 0, 'Principal']],
    ['Effect', ['Statement', 0, 'Effect']],
    ['Action', ['Statement', 0, 'Action']],
  ])('is none without %s', async (_name, path) => {
    expect(await world.setTrust(role, without(aKit({ roleArn: role }).trustPolicy, path))).toMatch(
      /^400 MalformedPolicyDocument/,
    );
  });
});

describe('other people’s trust policies', () => {
  const { trustPolicy } = aKit({ roleArn: role });
  const [assume, ...others] = trustPolicy.Statement;
  const withCondition = (Condition: unknown, ...more: readonly unknown[]) => ({
    Version: '2012-10-17',
    Statement: [{ ...assume, Condition }, ...others, ...more],
  });
  const named = { ArnEquals: { 'aws:PrincipalArn': [broker.issuerRoleArn, broker.proberRoleArn] } };
  const id = (...values: readonly string[]) => ({ 'sts:ExternalId': values });

  it.each<[string, unknown, readonly string[]]>([
    ['any id, by StringLike', { StringLike: id('*') }, ['external-id-not-enforced']],
    ['a prefix', { StringLike: id('daypass-*') }, ['external-id-not-enforced']],
    ['half of the id', { StringLike: id(`${rightId.slice(0, 25)}*`) }, ['external-id-not-enforced']],
    ['the id and a star', { StringLike: id(`${rightId}*`) }, ['external-id-not-enforced']],
    ['a star and the id', { StringLike: id(`*${rightId}`) }, ['external-id-not-enforced']],
    [
      'a star inside',
      { StringLike: id(`${rightId.slice(0, 20)}*${rightId.slice(20)}`) },
      ['external-id-not-enforced'],
    ],
    ['question marks', { StringLike: id('?'.repeat(40)) }, ['external-id-not-enforced']],
    ['the id in any case', { StringEqualsIgnoreCase: id(rightId) }, ['external-id-not-enforced']],
    ['any id but one', { StringNotEquals: id('daypass-x') }, ['external-id-not-enforced']],
    ['that there is an id', { Null: { 'sts:ExternalId': 'false' } }, ['external-id-not-enforced']],
    ['IfExists', { StringEqualsIfExists: id(rightId) }, ['external-id-not-enforced']],
    ['ForAllValues', { 'ForAllValues:StringEquals': id(rightId) }, ['external-id-not-enforced']],
    ['ForAnyValue', { 'ForAnyValue:StringEquals': id(rightId) }, []],
    ['StringLike without wildcards', { StringLike: id(rightId) }, []],
    ['a misspelt key', { StringEquals: { 'sts:ExternalID': rightId } }, []],
    ['another id', { StringEquals: id(previousId) }, ['role-does-not-trust-the-broker']],
  ])('%s', async (_name, condition, expected) => {
    expect(await world.setTrust(role, withCondition({ ...Object(condition), ...named }))).toBe('200');

    const { verification } = await world.verify({ roleArn: role });

    expect(codes(verification)).toEqual(expected);
  });

  const everything = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'];
  const one = (Principal: unknown, Condition: object, Effect = 'Allow') => ({
    ...{ Effect, Principal, Action: everything, Condition },
  });
  const account = assume?.Principal;
  const byIssuerAlone = { ArnEquals: { 'aws:PrincipalArn': broker.issuerRoleArn } };
  const isNamed = { StringLike: { 'sts:SourceIdentity': '*' } };

  it.each<[string, readonly unknown[], readonly string[]]>([
    [
      'everybody with a source identity, the id where there is one',
      [one('*', { StringEqualsIfExists: id(rightId), ...isNamed })],
      ['external-id-not-enforced', 'wildcard-principal'],
    ],
    [
      'everybody with a tag, the id where there is one',
      [
        one('*', {
          StringEqualsIfExists: id(rightId),
          StringEquals: { 'aws:RequestTag/Broker': 'daypass' },
        }),
      ],
      ['external-id-not-enforced', 'wildcard-principal'],
    ],
    [
      'everybody with the id and a source identity',
      [one('*', { StringEquals: id(rightId), ...isNamed })],
      ['wildcard-principal'],
    ],
    [
      'everybody with the id, and that there is a source identity',
      [one('*', { StringEquals: id(rightId), Null: { 'sts:SourceIdentity': 'false' } })],
      ['wildcard-principal'],
    ],
    [
      'a second statement for those without an id that have a source identity',
      [
        one(account, { StringEquals: id(rightId), ...named }),
        one(account, { Null: { 'sts:ExternalId': 'true', 'sts:SourceIdentity': 'false' }, ...named }),
      ],
      ['external-id-not-enforced'],
    ],
    [
      'a second statement for those without an id that have a source identity and no tags',
      [
        one(account, { StringEquals: id(rightId), ...named }),
        one(account, {
          Null: { 'sts:ExternalId': 'true', 'sts:SourceIdentity': 'false', 'aws:TagKeys': 'true' },
          ...named,
        }),
      ],
      ['external-id-not-enforced'],
    ],
    [
      'a second statement that takes the prefix of those without a source identity',
      [
        one(account, { StringEquals: id(rightId), ...named }),
        one(account, {
          ...{ StringLike: id(`${rightId.slice(0, 30)}*`), Null: { 'sts:SourceIdentity': 'true' } },
          ...named,
        }),
      ],
      ['external-id-not-enforced'],
    ],
    [
      'the issuing role alone, the id where there is one',
      [one(account, { StringEqualsIfExists: id(rightId), ...byIssuerAlone })],
      ['prober-not-trusted'],
    ],
    [
      'the issuing role alone, the id for all values',
      [one(account, { 'ForAllValues:StringEquals': id(rightId), ...byIssuerAlone })],
      ['prober-not-trusted'],
    ],
    [
      'source identities of one issuer',
      [one(account, { StringEquals: id(rightId), StringLike: { 'sts:SourceIdentity': 'okta.*' }, ...named })],
      ['role-does-not-trust-the-broker'],
    ],
  ])('%s', async (_name, statements, expected) => {
    expect(await world.setTrust(role, { Version: '2012-10-17', Statement: statements })).toBe('200');

    const { verification } = await world.verify({ roleArn: role });

    expect([verification.result, codes(verification)]).toEqual(['FAILED', expected]);
  });

  it('a second statement that forgets the id', async () => {
    const { Condition: _condition, ...open } = assume ?? {};
    await world.setTrust(
      role,
      withCondition({ StringEquals: id(rightId), ...named }, { ...open, Sid: 'Old' }),
    );

    const { verification } = await world.verify({ roleArn: role });

    expect(codes(verification)).toEqual(['external-id-not-enforced', 'wildcard-principal']);
  });

  it('a Deny of everybody else, in the words that AWS has for it', async () => {
    const others = { ArnNotEquals: { 'aws:PrincipalArn': named.ArnEquals['aws:PrincipalArn'] } };
    const Statement = [one('*', { StringEquals: id(rightId) }), one('*', others, 'Deny')];
    await world.setTrust(role, { Version: '2012-10-17', Statement });

    const { verification, intents, outcomes } = await world.verify({ roleArn: role });

    expect(verification.result).toBe('PASSED');
    const details = intents.flatMap(({ roleArns }, index) =>
      roleArns.length > 1 ? [outcomes[index]?.detail] : [],
    );
    expect(details).toHaveLength(4);
    expect(
      details.every((detail) => detail?.endsWith('with an explicit deny in the role trust policy')),
    ).toBe(true);
  });

  it('is the same for a manager and for the schedule', async () => {
    const pinned = { StringEquals: { ...id(rightId), 'sts:SourceIdentity': 'daypass.probe' }, ...named };
    await world.setTrust(role, { Version: '2012-10-17', Statement: [one(account, pinned)] });
    const schedule = {
      ...anAuthority,
      principal: { ...anAuthority.principal, issuer: 'daypass', subject: 'schedule' },
    };

    for (const authority of [anAuthority, schedule]) {
      expect((await world.verify({ roleArn: role }, authority)).verification.result).toBe('PASSED');
    }
  });

  it('a Deny of all other ids', async () => {
    const deny = { ...assume, Sid: 'Others', Effect: 'Deny', Condition: { StringNotEquals: id(rightId) } };
    await world.setTrust(role, withCondition(named, deny));

    expect((await world.verify({ roleArn: role })).verification.result).toBe('PASSED');
  });

  it('accepts another id too, which nobody outside can know', async () => {
    await world.setTrust(role, withCondition({ StringEquals: id(rightId, 'of-another-vendor'), ...named }));

    expect((await world.verify({ roleArn: role })).verification.result).toBe('PASSED');
  });
});
