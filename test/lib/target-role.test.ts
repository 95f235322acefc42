import { describe, expect, it } from '@jest/globals';
import { authorize } from '../../lambda/core/policy/authorize.ts';
import {
  compilePolicy,
  identityPolicyGrammar,
  trustPolicyGrammar,
} from '../../lambda/core/policy/compile-policy.ts';
import { type TargetRole, toTargetRoles } from '../../lib/target-role.ts';
import { aConfiguration, aConfigurationDocument, aProfileDocument } from '../support/a-configuration.ts';

const issuers = {
  okta: {
    ...aConfigurationDocument().issuers.okta,
    claims: { team: { claim: '/team', type: 'string' } },
  },
  ci: { type: 'oidc', issuer: 'https://ci.example.com', audience: 'daypass' },
};
const ofBoth = [{ Effect: 'Allow', Principal: { Federated: ['okta', 'ci'] } }];
const readOnly = 'arn:aws:iam::222222222222:role/daypass/ReadOnly';
const issuerRole = 'daypass-prod-eu-west-1-issuer';

const targetsOf = (profiles: Readonly<Record<string, object>>, options: object = {}) =>
  toTargetRoles(Object.keys(profiles)[0] ?? '', {
    configuration: aConfiguration({ issuers, profiles }),
    ...options,
  });

function targetOf(
  keys: object = {},
  others: Readonly<Record<string, object>> = {},
  options: object = {},
): TargetRole {
  const target = targetsOf({ one: aProfileDocument({ ...keys }), ...others }, options).at(-1);
  if (target === undefined) throw new TypeError('the profile has no role');
  return target;
}

const all = compilePolicy(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }] },
  identityPolicyGrammar,
);

interface Request {
  readonly roleName?: string;
  readonly account?: string;
  readonly action?: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** Whether the role lets in a session that may do everything by its own policies. */
function lets(
  { trust, roleArn }: TargetRole,
  {
    roleName = `daypass/${issuerRole}`,
    account = '111111111111',
    action = 'sts:AssumeRole',
    context = {},
  }: Request,
) {
  const caller = `arn:aws:iam::${account}:role/${roleName}`;
  const session = `arn:aws:sts::${account}:assumed-role/${roleName.split('/').at(-1)}/session`;
  const { effect } = authorize({
    request: {
      principal: { type: 'AWS', arn: session, accountId: account, roleArn: caller },
      ...{ action, resource: roleArn },
      context: new Map(Object.entries({ 'aws:principalarn': caller, ...context })),
    },
    identityPolicies: [all],
    resourcePolicy: compilePolicy(trust, trustPolicyGrammar),
    resourceAccountId: roleArn.split(':')[4] ?? '',
  });
  return effect === 'Allow';
}

const asJane = { 'sts:sourceidentity': 'okta.jane' };

describe('the trust policy of a target role', () => {
  it('lets the issuer in, and nobody else of its account or of another', () => {
    const target = targetOf();

    expect(lets(target, { context: asJane })).toBe(true);
    for (const roleName of [
      'daypass/daypass-prod-eu-west-1-audit',
      issuerRole,
      `daypass/${issuerRole}2`,
      'Admin',
    ])
      expect([roleName, lets(target, { roleName, context: asJane })]).toEqual([roleName, false]);
    expect(lets(target, { account: '222222222222', context: asJane })).toBe(false);
  });

  it.each([
    ['none', {}, false],
    ["one of the profile's issuer", asJane, true],
    ['one with a hash', { 'sts:sourceidentity': 'okta=jane.ABC' }, true],
    ['one of another issuer', { 'sts:sourceidentity': 'ci.jane' }, false],
    ['one of an issuer whose name begins alike', { 'sts:sourceidentity': 'okta2.jane' }, false],
  ])('asks for a source identity of the profile’s issuers: %s', (_name, context, expected) => {
    const target = targetOf();
    const isNamed = 'sts:sourceidentity' in context;
    const all = ['sts:AssumeRole', ...(isNamed ? ['sts:SetSourceIdentity'] : [])];

    expect(all.every((action) => lets(target, { action, context }))).toBe(expected);
  });

  it('asks for none where a profile sets none, and then takes none', () => {
    const target = targetOf({ setSourceIdentity: false });

    expect(lets(target, {})).toBe(true);
    expect(lets(target, { action: 'sts:SetSourceIdentity', context: asJane })).toBe(false);
  });

  it('takes the ExternalId with AssumeRole, and its own alone', () => {
    const target = targetOf({ externalId: 'id-1' });
    const withId = (id: string) => lets(target, { context: { ...asJane, 'sts:externalid': id } });

    expect([withId('id-1'), withId('id-2'), withId('ID-1'), lets(target, { context: asJane })]).toEqual([
      ...[true, false, false, false],
    ]);
    expect(lets(target, { action: 'sts:SetSourceIdentity', context: asJane })).toBe(true);
  });

  it('takes tags of the profile’s keys alone, never none of those that it always sets, and known values as they are', () => {
    const target = targetOf({
      sessionTags: { Team: '${claims:team}', Stage: 'prod' },
      acceptedTagKeys: ['Purpose'],
    });
    const tagging = (tags: Readonly<Record<string, string>>) => {
      const entries = Object.entries(tags).map(([key, value]) => [
        `aws:requesttag/${key.toLowerCase()}`,
        value,
      ]);
      const context = { ...asJane, ...Object.fromEntries(entries), 'aws:tagkeys': Object.keys(tags) };
      return ['sts:AssumeRole', 'sts:TagSession'].every((action) => lets(target, { action, context }));
    };

    expect(tagging({ Team: 'web', Stage: 'prod' })).toBe(true);
    expect(tagging({ Team: 'web', Stage: 'prod', Purpose: 'audit' })).toBe(true);
    expect(tagging({ Team: 'web', Stage: 'test' })).toBe(false);
    expect(tagging({ Team: 'web', Stage: 'prod', Admin: 'true' })).toBe(false);
    expect(tagging({ Stage: 'prod' })).toBe(false);
    expect(lets(target, { context: asJane })).toBe(false);
  });

  it('lets nobody tag where no profile does', () => {
    expect(lets(targetOf(), { action: 'sts:TagSession', context: asJane })).toBe(false);
  });

  it('is for all profiles that name the role: what one needs is not taken away for another', () => {
    const others = {
      two: aProfileDocument({ trust: ofBoth, acceptedTagKeys: ['Purpose'] }),
      three: aProfileDocument({ externalId: 'id-3' }),
      elsewhere: aProfileDocument({ roleArn: `${readOnly}2`, acceptedTagKeys: ['Other'] }),
    };
    const target = targetOf({ sessionTags: { Team: '${claims:team}' } }, others);

    expect(lets(target, { context: asJane })).toBe(true);
    expect(lets(target, { action: 'sts:SetSourceIdentity', context: { 'sts:sourceidentity': 'ci.x' } })).toBe(
      true,
    );
    const tagKeys = (keys: readonly string[]) =>
      lets(target, { action: 'sts:TagSession', context: { ...asJane, 'aws:tagkeys': keys } });
    expect([tagKeys(['Team']), tagKeys(['Purpose']), tagKeys(['Other'])]).toEqual([true, true, false]);
    expect(target.description).toBe('Entered by Daypass: one, three, two');
  });

  it('lets anonymous sessions in where one of the role’s profiles sets no source identity', () => {
    const others = { two: aProfileDocument({ setSourceIdentity: false }) };

    expect(lets(targetOf({}, others), {})).toBe(true);
  });

  it('limits a tag to known values only where all who tag have one', () => {
    const stage = (Stage: string) => aProfileDocument({ sessionTags: { Stage } });
    const tagging = (target: TargetRole, value: string) =>
      lets(target, {
        action: 'sts:TagSession',
        context: { ...asJane, 'aws:tagkeys': ['Stage'], 'aws:requesttag/stage': value },
      });
    const known = targetsOf({ one: stage('prod'), two: stage('test') })[0];
    const open = targetsOf({ one: stage('prod'), two: stage('${claims:team}') })[0];
    if (known === undefined || open === undefined) throw new TypeError('no roles');

    expect(['prod', 'test', 'dev'].map((value) => tagging(known, value))).toEqual([true, true, false]);
    expect(['prod', 'dev'].map((value) => tagging(open, value))).toEqual([true, true]);
  });

  it('does not take the name of an issuer from a Deny', () => {
    const deny = { Effect: 'Deny', Principal: { Federated: 'ci' } };
    const target = targetOf({ trust: [...aProfileDocument().trust, deny] });

    expect(JSON.stringify(target.trust)).not.toContain('ci.*');
  });

  it('is without the broker’s tokens for a profile that passes on the callers’ own', () => {
    const passing = { mechanism: 'web-identity', passthrough: true };
    const target = targetOf({}, { two: aProfileDocument(passing) });

    expect(target.oidcProvider).toBeUndefined();
    expect(JSON.stringify(target.trust)).not.toContain('Federated');
  });

  it('lets in the issuers of all regions that are named', () => {
    const target = targetOf({}, {}, { regions: ['eu-west-1', 'eu-central-1'] });
    const from = (region: string) =>
      lets(target, { roleName: `daypass/daypass-prod-${region}-issuer`, context: asJane });

    expect([from('eu-west-1'), from('eu-central-1'), from('us-east-1')]).toEqual([true, true, false]);
  });

  it('of a chain lets in the role before, with what it inherits, and not the broker', () => {
    const gateway = 'arn:aws:iam::333333333333:role/Gateway';
    const chain = {
      via: [gateway],
      externalId: 'id-1',
      sessionTags: { Team: '${claims:team}', Stage: 'prod' },
    };
    const [first, end] = targetsOf({
      one: aProfileDocument({ ...chain, transitiveTagKeys: ['Team'] }),
    });
    if (first === undefined || end === undefined) throw new TypeError('the chain has no roles');
    const inherited = { 'aws:sourceidentity': 'okta.jane', 'sts:sourceidentity': 'okta.jane' };
    const atEnd = {
      account: '333333333333',
      roleName: 'Gateway',
      context: { ...inherited, 'sts:externalid': 'id-1' },
    };

    expect([first.roleArn, end.roleArn]).toEqual([gateway, readOnly]);
    expect(lets(first, { context: { ...asJane, 'aws:requesttag/team': 'web' } })).toBe(true);
    expect(lets(first, { action: 'sts:TagSession', context: { 'aws:tagkeys': ['Stage'] } })).toBe(false);
    expect(lets(end, { context: { ...asJane, 'sts:externalid': 'id-1' } })).toBe(false);
    expect(lets(end, atEnd)).toBe(true);
    expect(lets(end, { ...atEnd, roleName: 'Gateway2' })).toBe(false);
    // Whether the key of the request shows what is inherited is AWS's to say; the caller's own key always does.
    const seen = { 'aws:sourceidentity': 'okta.jane', 'sts:externalid': 'id-1' };
    expect(lets(end, { ...atEnd, context: seen })).toBe(true);
    expect(lets(end, { ...atEnd, action: 'sts:SetSourceIdentity', context: seen })).toBe(true);
    expect(lets(end, { ...atEnd, context: inherited })).toBe(false);
    expect(lets(end, { ...atEnd, context: { 'sts:externalid': 'id-1' } })).toBe(false);
    expect(first.onward).toEqual([
      {
        ...{ Sid: 'GoOn0', Effect: 'Allow', Resource: readOnly },
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
      },
    ]);
    expect(end.onward).toEqual([]);
  });

  it('of tokens that the broker signs lets in those for this profile’s issuers', () => {
    const long = { mechanism: 'web-identity', duration: { defaultSeconds: 3600, maxSeconds: 7200 } };
    const target = targetOf(long, {}, { url: 'https://abc.execute-api.eu-west-1.amazonaws.com/prod' });

    const provider = 'abc.execute-api.eu-west-1.amazonaws.com/prod';
    expect(target.oidcProvider).toEqual({
      url: `https://${provider}`,
      arn: `arn:aws:iam::222222222222:oidc-provider/${provider}`,
    });
    expect(target.maxSessionSeconds).toBe(7200);
    const [enter, name, ...others] = target.trust.Statement;
    expect(enter).toEqual({
      Sid: 'Daypass',
      Effect: 'Allow',
      Principal: { Federated: target.oidcProvider?.arn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${provider}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${provider}:sub`]: 'okta:*' },
        Null: { 'sts:SourceIdentity': 'false' },
      },
    });
    expect(name?.Condition['StringLike']).toEqual({
      [`${provider}:sub`]: 'okta:*',
      'sts:SourceIdentity': ['okta.*', 'okta=*'],
    });
    expect(others).toEqual([]);
  });

  it.each(['http://daypass.example.com', 'https://daypass.example.com/', 'https://daypass.example.com/?a=b'])(
    'refuses a URL that IAM has no provider for: %s',
    (url) => {
      expect(() => targetOf({ mechanism: 'web-identity' }, {}, { url })).toThrow(
        `deployment.url: "${url}" is not allowed; allowed: an https URL without a slash at the end`,
      );
    },
  );

  it('is refused when it is longer than IAM takes', () => {
    const others = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `p${index}`,
        aProfileDocument({ externalId: `${'x'.repeat(40)}${index}` }),
      ]),
    );

    expect(() => targetOf({}, others)).toThrow(
      /^profiles\.one: "\d{4} characters of trust policy for role .*ReadOnly" is not allowed; allowed: at most 2048/,
    );
  });
});

describe('toTargetRoles', () => {
  it('names the profiles that there are when it is given another', () => {
    const configuration = aConfiguration({ profiles: { b: aProfileDocument(), a: aProfileDocument() } });

    expect(() => toTargetRoles('c', { configuration })).toThrow(
      'profiles: "c" is not allowed; allowed: a, b',
    );
  });

  it('lets a role on the way to a root user do its one task', () => {
    const target = targetsOf({
      one: {
        ...{ description: 'Root', mechanism: 'assume-root', via: ['arn:aws:iam::555555555555:role/Tasks'] },
        targetPrincipal: '333333333333',
        taskPolicyArn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials',
        trust: aProfileDocument().trust,
      },
    })[0];

    expect(target?.onward).toEqual([
      {
        ...{ Sid: 'GoOn0', Effect: 'Allow', Action: ['sts:AssumeRoot'] },
        Resource: 'arn:aws:iam::333333333333:root',
        Condition: {
          StringEquals: {
            'sts:TaskPolicyArn': 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials',
          },
        },
      },
    ]);
  });
});
