import { describe, expect, it } from '@jest/globals';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { ConfigurationError } from '../../lambda/core/configuration-error.ts';
import { authorize } from '../../lambda/core/policy/authorize.ts';
import { compilePolicy, identityPolicyGrammar } from '../../lambda/core/policy/compile-policy.ts';
import { createFederatorPolicies, toFederatorUserNames } from '../../lib/federator-policies.ts';
import { aFederatedConfiguration, aFederatedProfile, aSessionPolicy } from '../support/federated-profiles.ts';

const user = 'arn:aws:iam::111111111111:user/daypass/daypass-prod-eu-west-1-federator';
const federated = 'arn:aws:sts::111111111111:federated-user/01M7YQ05KTBX6AY4T3MDTRCQK1-7efaW';
const object = 'arn:aws:s3:::reports/payments/may.csv';

const policiesOf = (configuration: Configuration) =>
  createFederatorPolicies(configuration).map((Statement) =>
    compilePolicy({ Version: '2012-10-17', Statement }, identityPolicyGrammar),
  );

/** Whose credentials: what they put into a request's context. */
const callers = {
  key: { 'aws:principaltype': 'User', 'aws:username': 'daypass-prod-eu-west-1-federator' },
  // Of GetSessionToken, which takes no permission.
  'session of the user': {
    'aws:principaltype': 'User',
    'aws:username': 'daypass-prod-eu-west-1-federator',
    'aws:tokenissuetime': '2026-11-21T09:00:00Z',
  },
  'federated session': {
    'aws:principaltype': 'FederatedUser',
    'aws:tokenissuetime': '2026-11-21T09:00:00Z',
  },
} as const;

function decide(
  configuration: Configuration,
  caller: keyof typeof callers,
  [action, resource]: readonly [string, string],
  context: Readonly<Record<string, string>> = {},
) {
  const entries = { 'aws:requestedregion': 'eu-west-1', ...callers[caller], ...context };
  return authorize({
    request: {
      principal: { type: 'AWS', arn: user, accountId: '111111111111' },
      action,
      resource,
      context: new Map(Object.entries(entries)),
    },
    identityPolicies: policiesOf(configuration),
    resourceAccountId: '111111111111',
  });
}

const refusalOf = (profiles: Readonly<Record<string, object>>): string => {
  const configuration = aFederatedConfiguration(profiles);
  try {
    createFederatorPolicies(configuration);
    return 'taken';
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
};

describe('toFederatorUserNames', () => {
  it('names the user by stage and region, under the path of the roles', () => {
    expect(toFederatorUserNames(aFederatedConfiguration().deployment)).toEqual({
      name: 'daypass-prod-eu-west-1-federator',
      arn: user,
    });
  });

  it('has names that IAM takes, with the longest stage and region', () => {
    const { deployment } = aFederatedConfiguration();
    const longest = { ...deployment, region: `eu-${'w'.repeat(19)}-1`, stage: 's'.repeat(16) };

    expect(toFederatorUserNames(longest).name).toMatch(/^[\w+=,.@-]{1,64}$/);
  });
});

describe("the federator's key", () => {
  const configuration = aFederatedConfiguration();

  it.each(['sts:GetFederationToken', 'sts:TagSession'])('may: %s', (action) => {
    expect(decide(configuration, 'key', [action, federated]).effect).toBe('Allow');
  });

  it.each([
    ['another region', 'eu-west-2'],
    ['the global endpoint', 'us-east-1'],
  ])('may not federate in %s', (_, region) => {
    const { effect, statement } = decide(configuration, 'key', ['sts:GetFederationToken', federated], {
      'aws:requestedregion': region,
    });

    expect([effect, statement?.sid]).toEqual(['ExplicitDeny', 'DenyOtherRegions']);
  });

  it('may not federate for another account', () => {
    const other = federated.replace('111111111111', '222222222222');

    expect(decide(configuration, 'key', ['sts:GetFederationToken', other]).effect).toBe('ImplicitDeny');
  });

  it.each(['key', 'session of the user'] as const)('nor may the %s do anything else', (caller) => {
    for (const access of [
      ['s3:GetObject', object],
      ['iam:CreateAccessKey', user],
      ['sts:AssumeRole', 'arn:aws:iam::111111111111:role/Any'],
      ['sts:GetSessionToken', user],
    ] as const) {
      const { effect, statement } = decide(configuration, caller, access);
      expect([access, effect, statement?.sid]).toEqual([access, 'ExplicitDeny', 'DenyAllButFederation']);
    }
  });

  it('has no permissions of data, even without the Deny', () => {
    const [policy] = policiesOf(configuration);
    const statements = policy?.statements.filter(({ sid }) => sid !== 'DenyAllButFederation') ?? [];
    const entries = Object.entries({ ...callers.key, 'aws:requestedregion': 'eu-west-1' });

    const { effect } = authorize({
      request: {
        principal: { type: 'AWS', arn: user, accountId: '111111111111' },
        ...{ action: 's3:GetObject', resource: object, context: new Map(entries) },
      },
      identityPolicies: [{ statements }],
      resourceAccountId: '111111111111',
    });

    expect(effect).toBe('ImplicitDeny');
  });

  it('has no action wildcard, and Allows on no bare * ', () => {
    const own = createFederatorPolicies(configuration)
      .flat()
      .filter(({ Sid }) => !Sid.startsWith('Sessions'));

    expect(own.flatMap(({ Action = [], NotAction = [] }) => [...Action, ...NotAction]).join()).not.toMatch(
      /[*?]/,
    );
    expect(own.filter(({ Effect, Resource }) => Effect === 'Allow' && Resource === '*')).toEqual([]);
  });
});

describe('sessions of the federator', () => {
  it("may what the profiles' session policies allow anybody", () => {
    const configuration = aFederatedConfiguration({
      reports: aFederatedProfile(),
      queues: aFederatedProfile(
        aSessionPolicy({
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Resource: 'arn:aws:sqs:eu-west-1:111111111111:q',
        }),
      ),
    });
    const may = (action: string, resource: string) =>
      decide(configuration, 'federated session', [action, resource]).effect;

    expect(may('s3:GetObject', object)).toBe('Allow');
    expect(may('s3:GetObject', object.replace('payments', 'web'))).toBe('Allow');
    expect(may('sqs:SendMessage', 'arn:aws:sqs:eu-west-1:111111111111:q')).toBe('Allow');
    expect(may('s3:PutObject', object)).toBe('ImplicitDeny');
    expect(may('s3:GetObject', 'arn:aws:s3:::reports/payments')).toBe('ImplicitDeny');
    expect(may('s3:GetObject', object.replace('reports', 'secrets'))).toBe('ImplicitDeny');
    expect(may('sts:GetFederationToken', federated)).toBe('Allow'); // STS itself takes no session's credentials for it
  });

  it('have nothing of profiles of other mechanisms', () => {
    const other = {
      ...aFederatedProfile(),
      mechanism: 'assume-role',
      roleArn: 'arn:aws:iam::222222222222:role/R',
    };
    const configuration = aFederatedConfiguration({ other });

    expect(
      createFederatorPolicies(configuration)
        .flat()
        .map(({ Sid }) => Sid),
    ).toEqual(['Federate', 'DenyOtherRegions', 'DenyAllButFederation']);
  });

  it('have equal statements once, however they are written', () => {
    const Resource = `arn:aws:s3:::reports/\${claims:team}/*`;
    const configuration = aFederatedConfiguration({
      one: aFederatedProfile(),
      two: aFederatedProfile(
        aSessionPolicy({ Sid: 'Two', Effect: 'Allow', Action: ['s3:GetObject'], Resource: [Resource] }),
      ),
      three: aFederatedProfile(
        aSessionPolicy({
          Effect: 'Allow',
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::reports/\${claims:unit}/*`,
        }),
      ),
    });

    const sids = createFederatorPolicies(configuration)
      .flat()
      .map(({ Sid }) => Sid);

    expect(sids.filter((sid) => sid.startsWith('Sessions'))).toEqual(['Sessions0']);
  });
});

describe('the size of the policies', () => {
  const filling = (name: string, count = 1) =>
    aFederatedProfile(
      aSessionPolicy(
        ...Array.from({ length: count }, (_, index) => ({
          Effect: 'Allow',
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${name}-${index}-${'x'.repeat(1500)}/*`,
        })),
      ),
    );
  const profiles = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, filling(`p${index}`)]));

  it('fits each into a managed policy, with all statements in some', () => {
    const policies = createFederatorPolicies(aFederatedConfiguration(profiles(30)));

    expect(policies.length).toBeGreaterThan(1);
    expect(policies.length).toBeLessThanOrEqual(10);
    for (const Statement of policies) {
      expect(JSON.stringify({ Version: '2012-10-17', Statement }).length).toBeLessThanOrEqual(6144);
    }
    expect(policies.flat()).toHaveLength(33);
  });

  it('names the first profile that has no room', () => {
    const most = Array.from({ length: 50 }, (_, index) => index).filter(
      (count) => refusalOf(profiles(count)) === 'taken',
    );

    const limit = Math.max(...most);
    expect(limit).toBeGreaterThan(20);
    expect(refusalOf(profiles(limit + 5))).toMatch(
      new RegExp(
        `^profiles\\.p${limit}\\.sessionPolicy: "\\d+ managed policies.* at most 10 of 6144 characters`,
      ),
    );
  });

  it('names the profile whose one statement is too large', () => {
    const configuration = aFederatedConfiguration({ one: aFederatedProfile(), two: filling('two') });
    const two = configuration.profiles.get('two');
    if (two?.mechanism !== 'federation-token') throw new TypeError('no profile two');
    const large = {
      kind: 'object',
      entries: [
        ['Version', { kind: 'constant', value: '2012-10-17' }],
        [
          'Statement',
          {
            kind: 'object',
            entries: [
              ['Effect', { kind: 'constant', value: 'Allow' }],
              ['Action', { kind: 'constant', value: 's3:GetObject' }],
              ['Resource', { kind: 'constant', value: `arn:aws:s3:::${'x'.repeat(6144)}` }],
            ],
          },
        ],
      ],
    } as const;
    const changed = new Map([...configuration.profiles, ['two', { ...two, sessionPolicy: large }] as const]);

    expect(() => createFederatorPolicies({ ...configuration, profiles: changed })).toThrow(
      /^profiles\.two\.sessionPolicy: "6\d\d\d characters in a statement" is not allowed; allowed: at most 6144/,
    );
  });
});

describe('what cannot be widened', () => {
  const Allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/*' };
  const { Action, Resource } = Allow;

  it.each([
    [
      'NotAction',
      { Effect: 'Allow', NotAction: 'iam:*', Resource },
      /\.Statement\[1\]\.NotAction: "iam:\*" .* Action in an Allow/,
    ],
    [
      'NotResource',
      { Effect: 'Allow', Action, NotResource: Resource },
      /\.Statement\[1\]\.NotResource: .* Resource in an Allow/,
    ],
  ])('is refused with its place: %s', (_, statement, message) => {
    const refused = refusalOf({ reports: aFederatedProfile(aSessionPolicy(Allow, statement)) });

    expect(refused).toMatch(/^profiles\.reports\.sessionPolicy\.Statement/);
    expect(refused).toMatch(message);
  });

  it.each([{ Version: '2008-10-17' }, {}])('is a policy of another Version: %j', (version) => {
    const refused = refusalOf({ reports: aFederatedProfile({ ...version, Statement: [Allow] }) });

    expect(refused).toMatch(/^profiles\.reports\.sessionPolicy\.Version: .*2012-10-17/);
  });

  it.each([
    { Effect: 'Deny', NotAction: 's3:*', Resource: '*' },
    { Effect: 'Deny', Action: 's3:*', NotResource: Resource },
  ])('is taken in a Deny, which stays with the session policy: %j', (statement) => {
    expect(refusalOf({ reports: aFederatedProfile(aSessionPolicy(Allow, statement)) })).toBe('taken');
  });

  it('is shown for all profiles together', () => {
    const statement = { Effect: 'Allow', NotAction: 'iam:*', Resource };
    const one = aFederatedProfile(aSessionPolicy(statement));

    expect(refusalOf({ one, two: one }).split('\n')).toHaveLength(2);
  });
});
