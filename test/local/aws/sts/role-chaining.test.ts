import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  allowAllOfSts,
  aWorld,
  away,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
} from '../an-embedded-aws.ts';

const all = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
const anyoneAtHome = (Action: readonly string[] = all, Condition: object = {}) =>
  policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${home}:root` }, Action, Condition });
const first = `arn:aws:iam::${home}:role/path/First`;
const second = `arn:aws:iam::${away}:role/Second`;
const long = 43_200;

const awayRoles = {
  Second: { trust: anyoneAtHome(), maxSessionDurationSeconds: long },
  Short: { trust: anyoneAtHome() },
  Plain: { trust: anyoneAtHome(['sts:AssumeRole']) },
  Tagless: { trust: anyoneAtHome(['sts:AssumeRole', 'sts:SetSourceIdentity']) },
  ForPayments: { trust: anyoneAtHome(all, { StringEquals: { 'aws:PrincipalTag/Team': 'payments' } }) },
  ForIdentity: { trust: anyoneAtHome(all, { StringEquals: { 'aws:SourceIdentity': 'alice' } }) },
  Setting: { trust: anyoneAtHome(all, { StringEquals: { 'sts:SourceIdentity': 'alice' } }) },
  ForRole: {
    trust: policy({ Effect: 'Allow', Principal: { AWS: first }, Action: all }),
  },
  ForSession: {
    trust: policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:sts::${home}:assumed-role/First/alice` },
      Action: all,
    }),
  },
  WithMfa: { trust: anyoneAtHome(all, { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }) },
  Issued: { trust: anyoneAtHome(all, { DateGreaterThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:00Z' } }) },
  Fresh: { trust: anyoneAtHome(all, { DateGreaterThan: { 'aws:TokenIssueTime': '2100-01-01T00:00:00Z' } }) },
};

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(
    aWorld({
      [home]: {
        roles: {
          'path/First': {
            trust: anyoneAtHome(),
            policies: [allowAllOfSts],
            tags: { Team: 'unset', Stage: 'prod' },
            maxSessionDurationSeconds: long,
          },
        },
      },
      [away]: { roles: awayRoles },
    }),
  );
});
afterAll(() => aws.stop());

const hop = async (one: Partial<AssumeRoleCommandInput>, two: Partial<AssumeRoleCommandInput>) => {
  const credentials = await aws.assume({ RoleArn: first, RoleSessionName: 'alice', ...one });
  return aws
    .sts(credentials)
    .send(new AssumeRoleCommand({ RoleArn: second, RoleSessionName: 'second', ...two }));
};
const to = (name: string) => ({ RoleArn: `arn:aws:iam::${away}:role/${name}` });
const team = (value: string) => ({ Tags: [{ Key: 'Team', Value: value }] });

describe('a chained session', () => {
  it('knows itself without the path of its role', async () => {
    const credentials = await aws.assume({ RoleArn: first, RoleSessionName: 'alice' });
    const identity = await aws.sts(credentials).send(new GetCallerIdentityCommand({}));

    expect(identity).toMatchObject({
      Arn: `arn:aws:sts::${home}:assumed-role/First/alice`,
      Account: home,
      UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:alice$/),
    });
  });

  it('can be an hour, and not a second more, whatever the role allows', async () => {
    expect(await outcome(hop({}, { DurationSeconds: 3600 }))).toBe('granted');
    expect(await outcome(hop({}, { DurationSeconds: 3601 }))).toBe(
      'ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  });

  it("meets the role's own maximum first", async () => {
    expect(await outcome(hop({}, { ...to('Short'), DurationSeconds: 3601 }))).toMatch(
      /MaxSessionDuration set for/,
    );
  });

  it('is an hour when nothing is asked for', async () => {
    const { Credentials } = await hop({}, {});
    const seconds = ((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 1000;

    expect(seconds).toBeGreaterThan(3500);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  it('may be twelve hours when it is not chained', async () => {
    const command = new AssumeRoleCommand({
      RoleArn: first,
      RoleSessionName: 'alice',
      DurationSeconds: long,
    });

    expect(await outcome(aws.sts().send(command))).toBe('granted');
  });
});

describe('a source identity', () => {
  it('stays along the chain', async () => {
    expect((await hop({ SourceIdentity: 'alice' }, {})).SourceIdentity).toBe('alice');
  });

  it('can be repeated, and set later', async () => {
    expect((await hop({ SourceIdentity: 'alice' }, { SourceIdentity: 'alice' })).SourceIdentity).toBe(
      'alice',
    );
    expect((await hop({}, { SourceIdentity: 'bob' })).SourceIdentity).toBe('bob');
  });

  it('cannot be changed', async () => {
    expect(await outcome(hop({ SourceIdentity: 'alice' }, { SourceIdentity: 'bob' }))).toBe(
      'ValidationError: The source identity is already set for this assume role session',
    );
  });

  it('needs its permission at every further hop, passed or not', async () => {
    expect(await outcome(hop({ SourceIdentity: 'alice' }, to('Plain')))).toMatch(/sts:SetSourceIdentity/);
    expect(await outcome(hop({}, to('Plain')))).toBe('granted');
  });

  it.each([
    ['aws:SourceIdentity', 'ForIdentity', 'alice', 'granted'],
    ['aws:SourceIdentity', 'ForIdentity', 'bob', 'AccessDenied'],
    ['aws:SourceIdentity', 'ForIdentity', undefined, 'AccessDenied'],
    ['sts:SourceIdentity', 'Setting', 'alice', 'granted'],
    ['sts:SourceIdentity', 'Setting', 'bob', 'AccessDenied'],
  ])('is %s to the next trust policy (%s, %s): %s', async (_key, role, SourceIdentity, expected) => {
    expect(await outcome(hop({ SourceIdentity }, to(role)))).toMatch(new RegExp(`^${expected}`));
  });
});

describe('session tags', () => {
  it('end with their session when they are not transitive', async () => {
    const session = { ...team('payments') };

    expect(await outcome(hop(session, to('ForPayments')))).toBe('granted');
    expect(await outcome(hop(session, to('Tagless')))).toBe('granted');
  });

  it.each([
    ['no tag of the session', {}, 'AccessDenied'],
    ['another value', team('web'), 'AccessDenied'],
    ['another case of the value', team('Payments'), 'AccessDenied'],
    ['the value', team('payments'), 'granted'],
  ])("override the role's own tags: %s", async (_name, one, expected) => {
    expect(await outcome(hop(one, to('ForPayments')))).toMatch(new RegExp(`^${expected}`));
  });

  const transitive = { ...team('payments'), TransitiveTagKeys: ['Team'] };

  it('go on when they are transitive, and need sts:TagSession there', async () => {
    expect(await outcome(hop(transitive, to('Tagless')))).toMatch(/sts:TagSession/);
    expect((await hop(transitive, {})).PackedPolicySize).toBeGreaterThan(0);
  });

  it('that came in cannot be overridden, in whatever case', async () => {
    const conflict =
      "InvalidParameterValue: One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.";

    expect(await outcome(hop(transitive, team('web')))).toBe(conflict);
    expect(await outcome(hop(transitive, team('payments')))).toBe(conflict);
    expect(await outcome(hop(transitive, { Tags: [{ Key: 'tEAM', Value: 'web' }] }))).toBe(conflict);
  });

  it('of other keys can be added', async () => {
    expect(await outcome(hop(transitive, { Tags: [{ Key: 'Stage', Value: 'dev' }] }))).toBe('granted');
  });
});

describe('a trust policy', () => {
  it.each([
    ["the role's ARN with its path", 'ForRole', 'alice', 'granted'],
    ["the session's ARN", 'ForSession', 'alice', 'granted'],
    ["another session's ARN", 'ForSession', 'alicf', 'AccessDenied'],
    ['MFA if it is known: temporary credentials say false', 'WithMfa', 'alice', 'AccessDenied'],
    ['a token issued since 2020', 'Issued', 'alice', 'granted'],
    ['a token issued since 2100', 'Fresh', 'alice', 'AccessDenied'],
  ])('can name %s', async (_name, role, RoleSessionName, expected) => {
    expect(await outcome(hop({ RoleSessionName }, to(role)))).toMatch(new RegExp(`^${expected}`));
  });
});

describe('session policies', () => {
  const only = (Resource: string) =>
    JSON.stringify(policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource }));

  it.each([
    ['the role', only(second), 'granted'],
    ['all roles', only('*'), 'granted'],
    ['another role', only(`${second}x`), 'AccessDenied'],
    [
      'another action',
      JSON.stringify(policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' })),
      'AccessDenied',
    ],
    [
      'a Deny',
      JSON.stringify(
        policy(
          { Effect: 'Allow', Action: '*', Resource: '*' },
          { Effect: 'Deny', Action: 'sts:*', Resource: '*' },
        ),
      ),
      'AccessDenied.*explicit deny in a session policy',
    ],
  ])('narrow what the next call may do: %s', async (_name, Policy, expected) => {
    expect(await outcome(hop({ Policy }, {}))).toMatch(new RegExp(`^${expected}`));
  });

  it('never keep a caller from knowing itself', async () => {
    const Policy = JSON.stringify(policy({ Effect: 'Deny', Action: '*', Resource: '*' }));
    const credentials = await aws.assume({ RoleArn: first, RoleSessionName: 'alice', Policy });

    expect(await outcome(aws.sts(credentials).send(new GetCallerIdentityCommand({})))).toBe('granted');
  });
});
