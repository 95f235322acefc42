import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Integration } from '../../../../lambda/core/integrations/integration.ts';
import { toSharedCloudFormation } from '../../../../lambda/core/integrations/kit-cloudformation.ts';
import { toOnboardingKit } from '../../../../lambda/core/integrations/onboarding-kit.ts';
import { compilePolicy, trustPolicyGrammar } from '../../../../lambda/core/policy/compile-policy.ts';
import { readCli, readCloudFormation, readTerraform } from '../../../support/kit-forms.ts';
import { aFailedVerification, aVerification } from '../../../support/managing-integrations.ts';
import { nowMs } from '../../../support/tokens.ts';
import { anIntegration, nextId, previousId, rightId } from '../../../support/verifying.ts';

const role = (name: string) => `arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-${name}`;
const broker = {
  partition: 'aws',
  accountId: '111111111111',
  issuerRoleArn: role('integration-issuer'),
  proberRoleArn: role('prober'),
};
const templateUrl = 'https://daypass-templates.s3.eu-west-1.amazonaws.com/role.yaml?versionId=a+b';
const aKit = (changes: Partial<Integration> = {}, context: { readonly templateUrl?: string } = {}) =>
  toOnboardingKit(anIntegration(changes), { broker, nowMs, region: 'eu-west-1', ...context });

const root = { AWS: 'arn:aws:iam::111111111111:root' };

describe('the trust policy', () => {
  it('names the two functions, the ExternalId, the source identity and the tags', () => {
    expect(aKit().trustPolicy).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'DaypassWithExternalId',
          Effect: 'Allow',
          Principal: root,
          Action: 'sts:AssumeRole',
          Condition: {
            StringEquals: { 'sts:ExternalId': rightId },
            ArnEquals: { 'aws:PrincipalArn': [role('integration-issuer'), role('prober')] },
          },
        },
        { Sid: 'DaypassNamesTheCaller', Effect: 'Allow', Principal: root, Action: 'sts:SetSourceIdentity' },
        {
          Sid: 'DaypassTagsTheSession',
          Effect: 'Allow',
          Principal: root,
          Action: 'sts:TagSession',
          Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team', 'Broker'] } },
        },
      ],
    });
  });

  it('leaves out what the integration does not use', () => {
    const { trustPolicy } = aKit({ setSourceIdentity: false, sessionTags: {} });

    expect(trustPolicy.Statement.map(({ Action }) => Action)).toEqual(['sts:AssumeRole']);
  });

  it.each<[string, Integration['externalIds'], unknown]>([
    ['both during a rotation', { current: rightId, next: nextId }, [rightId, nextId]],
    [
      'the current one alone in the grace period, so that it lasts',
      { current: rightId, previous: [{ value: previousId, acceptedUntil: '2999-01-01T00:00:00.000Z' }] },
      rightId,
    ],
  ])('has %s', (_name, externalIds, expected) => {
    const [first] = aKit({ externalIds }).trustPolicy.Statement;

    expect(first?.Condition?.['StringEquals']).toEqual({ 'sts:ExternalId': expected });
  });

  it('is never longer than IAM takes', () => {
    const keys = Array.from({ length: 50 }, (_, index) => `${index}`.padStart(128, 'k'));
    const sessionTags = Object.fromEntries(keys.map((key) => [key, 'x']));
    const { trustPolicy, quickCreate } = aKit({ sessionTags }, { templateUrl });

    expect(JSON.stringify(trustPolicy).length).toBeLessThanOrEqual(2048);
    expect(trustPolicy.Statement.map(({ Action }) => Action)).toContain('sts:TagSession');
    expect(quickCreate).toHaveProperty('absent');
  });
});

/** Names, tags and paths as odd as AWS takes them. */
const oddText = (pattern: RegExp) => fc.stringMatching(pattern);
const roleArn = fc
  .tuple(
    fc.constantFrom('aws', 'aws-cn', 'aws-us-gov'),
    fc.option(
      fc.oneof(
        oddText(/^[!-.0-~]{1,20}$/),
        fc.constantFrom(
          '${x}',
          '%{x}',
          "it's",
          '"$(id)"',
          '\\',
          '`id`',
          '#',
          "'$${",
          '%%{',
          '$$${a}',
          '%${b}',
        ),
      ),
      { nil: undefined },
    ),
    oddText(/^[\w+=,.@-]{1,64}$/),
  )
  .map(
    ([partition, path, name]) =>
      `arn:${partition}:iam::777777777777:role/${path === undefined ? '' : `${path}/`}${name}`,
  );
const tagKey = fc.oneof(
  oddText(/^[\w.:/=+@-]{1,30}$/),
  fc.constantFrom('Ключ', 'a b', 'yes', 'null', '1e3', '@x', '='),
);
const oddIntegration = fc
  .record({
    roleArn,
    sessionTags: fc.dictionary(tagKey, fc.constant('x'), { maxKeys: 4, noNullPrototype: true }),
    setSourceIdentity: fc.boolean(),
    maxSeconds: fc.integer({ min: 900, max: 43_200 }),
    externalIds: fc.constantFrom({ current: rightId }, { current: rightId, next: nextId }),
  })
  .map(({ maxSeconds, ...rest }) =>
    anIntegration({ ...rest, duration: { defaultSeconds: 900, maxSeconds } }),
  );

describe('every form', () => {
  it('has the same role and the same trust policy', () => {
    fc.assert(
      fc.property(oddIntegration, (integration) => {
        const kit = toOnboardingKit(integration, { broker, nowMs, region: 'eu-west-1', templateUrl });
        const [, path = '', name = ''] = /:role(\/.*?)?([^/]+)$/.exec(integration.roleArn) ?? [];
        const { cloudFormation, terraform, trustPolicy, quickCreate } = kit;

        const properties = readCloudFormation(cloudFormation);
        expect(properties).toMatchObject({ RoleName: name, Path: path });
        expect(properties['AssumeRolePolicyDocument']).toEqual(trustPolicy);
        const hcl = readTerraform(terraform);
        expect(hcl).toMatchObject({ name, path });
        expect(hcl['assume_role_policy']).toEqual(trustPolicy);
        if (!('url' in quickCreate)) return;
        const link = new URL(quickCreate.url);
        const query = new URLSearchParams(link.hash.slice(link.hash.indexOf('?')));
        const filled = Object.fromEntries(
          [...query].flatMap(([key, value]) => (key.startsWith('param_') ? [[key.slice(6), value]] : [])),
        );
        const shared = readCloudFormation(toSharedCloudFormation(broker), filled);
        expect(shared).toMatchObject({ RoleName: name, Path: path });
        expect(normal(shared['AssumeRolePolicyDocument'])).toEqual(normal(trustPolicy));
      }),
      { numRuns: 300 },
    );
  });

  it('has the same role and the same trust policy in a shell', () => {
    fc.assert(
      fc.property(oddIntegration, (integration) => {
        const { awsCli, trustPolicy } = toOnboardingKit(integration, { broker, nowMs, region: 'eu-west-1' });
        const [, path = '', name = ''] = /:role(\/.*?)?([^/]+)$/.exec(integration.roleArn) ?? [];

        const commands = readCli(awsCli);
        expect(Object.keys(commands)).toEqual(['create-role']);
        const created = commands['create-role'] ?? {};
        expect(created).toMatchObject({ 'role-name': name, path });
        expect(JSON.parse(created['assume-role-policy-document'] ?? '')).toEqual(trustPolicy);

        const verified = {
          ...integration,
          provenAt: '2026-01-01T00:00:00.000Z',
          verification: aFailedVerification('error'),
        };
        const later = readCli(toOnboardingKit(verified, { broker, nowMs, region: 'eu-west-1' }).awsCli);
        expect(Object.keys(later)).toEqual(['update-assume-role-policy']);
        const updated = later['update-assume-role-policy'] ?? {};
        expect(updated['role-name']).toBe(name);
        expect(JSON.parse(updated['policy-document'] ?? '')).toEqual(trustPolicy);
      }),
      { numRuns: 60 },
    );
  });

  it('is a policy as IAM reads it', () => {
    fc.assert(
      fc.property(oddIntegration, (integration) => {
        const { trustPolicy } = toOnboardingKit(integration, { broker, nowMs, region: 'eu-west-1' });

        expect(() => compilePolicy(trustPolicy, trustPolicyGrammar)).not.toThrow();
      }),
    );
  });
});

/** One value and a list of one are the same to IAM. */
const normal = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.length === 1
      ? normal(value[0])
      : value.map(normal)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, normal(member)]))
      : value;

describe('the CloudFormation template', () => {
  it('attaches the policies that it is given, and none otherwise', () => {
    const { cloudFormation } = aKit();
    const ManagedPolicyArns = 'arn:aws:iam::aws:policy/A,arn:aws:iam::aws:policy/B';

    expect(readCloudFormation(cloudFormation)).not.toHaveProperty('ManagedPolicyArns');
    expect(readCloudFormation(cloudFormation, { ManagedPolicyArns })['ManagedPolicyArns']).toEqual(
      ManagedPolicyArns.split(','),
    );
  });

  it('is read alike by YAML 1.1 and 1.2', () => {
    const { cloudFormation } = aKit({ sessionTags: { yes: 'x', on: 'x', null: 'x', '1': 'x' } });

    expect(parse(cloudFormation, { version: '1.1' })).toEqual(parse(cloudFormation, { version: '1.2' }));
  });

  it('of all integrations holds no ExternalId', () => {
    expect(toSharedCloudFormation(broker)).not.toMatch(/daypass-[0-9a-f]{32}/);
  });
});

describe('the quick-create link', () => {
  it.each([
    ['aws', 'eu-west-1', 'eu-west-1.console.aws.amazon.com'],
    ['aws-cn', 'cn-north-1', 'cn-north-1.console.amazonaws.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
  ])('leads to the console of %s', (partition, region, host) => {
    const integration = anIntegration({ roleArn: `arn:${partition}:iam::777777777777:role/Reports` });
    const { quickCreate } = toOnboardingKit(integration, { broker, nowMs, region, templateUrl });
    const { hostname, pathname, search, hash } = new URL('url' in quickCreate ? quickCreate.url : '');

    expect([hostname, pathname, search]).toEqual([host, '/cloudformation/home', `?region=${region}`]);
    expect(hash).toContain(`#/stacks/create/review?templateURL=${encodeURIComponent(templateUrl)}`);
    expect(hash).toContain('&stackName=daypass-globex&');
    expect(hash).not.toContain('+');
  });

  it('is not there for a role that is: it would be made anew', () => {
    expect(aKit({ verification: aVerification() }, { templateUrl }).quickCreate).toEqual({
      absent: expect.stringContaining('update its stack'),
    });
  });

  it('is not there without a template in S3, and says so', () => {
    expect(aKit().quickCreate).toEqual({ absent: expect.stringContaining('integrations.templateUrl') });
  });
});

describe('the instructions', () => {
  it('say what each part is for and what is tested, without the ExternalId', () => {
    const { instructions } = aKit();

    for (const said of ['sts:ExternalId', 'sts:SetSourceIdentity', '`Team`, `Broker`', role('prober')])
      expect(instructions).toContain(said);
    for (const said of ['daypass-probe-', '`daypass.probe`', '`probe`']) expect(instructions).toContain(said);
    expect(instructions).not.toContain(rightId);
    expect(instructions.length).toBeLessThan(5000);
  });

  it.each<[string, Integration['externalIds'], RegExp]>([
    ['a rotation', { current: rightId, next: nextId }, /A rotation is under way/],
    [
      'its end',
      { current: rightId, previous: [{ value: previousId, acceptedUntil: '2999-01-01T00:00:00.000Z' }] },
      /until 2999-01-01/,
    ],
  ])('tell of %s', (_name, externalIds, expected) => {
    expect(aKit({ externalIds }).instructions).toMatch(expected);
  });

  it('take no markup from a manager', () => {
    const { instructions } = aKit({ owner: '[x](https://evil.example)\n# <b>' });

    expect(instructions).toContain('\\[x\\]\\(https://evil.example\\) \\# \\<b\\>');
  });
});
