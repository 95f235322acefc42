import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '../../lambda/core/configuration-error.ts';
import { compilePolicy, resourcePolicyGrammar } from '../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../lambda/core/policy/evaluate-policy.ts';
import { matchesWildcard } from '../../lambda/core/policy/match-wildcard.ts';
import { type Route, routes } from '../../lambda/http/routes.ts';
import { createApiPolicy, maxApiPolicyBytes, type ToResource, toApiPolicyId } from '../../lib/api-policy.ts';
import { aConfiguration, aProfileDocument } from '../support/a-configuration.ts';
import {
  type ApiCaller,
  anApiPolicy,
  anonymous,
  aRoleOf,
  decideOnApi,
  ourOrganization,
  ownAccount,
  toMethodArn,
  withLongTermKeys,
  withoutOrganization,
} from '../support/api-callers.ts';

const listed = '222222222222';
const other = '999999999999';
const byAccount = { accounts: [ownAccount, listed] };
const byOrganization = { organizationId: ourOrganization };
const byBoth = { ...byAccount, ...byOrganization };

const callers = {
  anonymous,
  'own account': aRoleOf(ownAccount),
  'listed account': aRoleOf(listed),
  'other account of our organization': aRoleOf(other),
  'listed account in another organization': aRoleOf(listed, { organizationId: 'o-otherorg11' }),
  'listed account without organization': withoutOrganization(aRoleOf(listed)),
  'own account without organization': withoutOrganization(aRoleOf(ownAccount)),
  'other account of another organization': aRoleOf(other, { organizationId: 'o-otherorg11' }),
  'listed account without an Allow of its own': aRoleOf(listed, { hasOwnAllow: false }),
  'own account without an Allow of its own': aRoleOf(ownAccount, { hasOwnAllow: false }),
  'root of a listed account': { ...aRoleOf(listed), arn: `arn:aws:iam::${listed}:root` },
} satisfies Readonly<Record<string, ApiCaller>>;

type CallerName = keyof typeof callers;
type Settings = Readonly<Record<string, unknown>>;

/** Who gets to a method under /iam; everybody gets to the others. */
const admitted: readonly (readonly [
  what: string,
  issuer: Settings | undefined,
  names: readonly CallerName[],
])[] = [
  ['no iam issuer', undefined, []],
  [
    'accounts',
    byAccount,
    [
      'own account',
      'listed account',
      'listed account in another organization',
      'listed account without organization',
      'own account without organization',
      'own account without an Allow of its own',
      // The function refuses it: a policy that did would say no more.
      'root of a listed account',
    ],
  ],
  [
    'an organization',
    byOrganization,
    [
      'own account',
      'listed account',
      'other account of our organization',
      'own account without an Allow of its own',
      'root of a listed account',
    ],
  ],
  [
    'both',
    byBoth,
    ['own account', 'listed account', 'own account without an Allow of its own', 'root of a listed account'],
  ],
];

const toTarget = ({ method, path }: Pick<Route, 'method' | 'path'>, profile = 'prod') =>
  toMethodArn(method, path.replace('{profile}', profile).replace('{id}', '01HXXXXXXXXXXXXXXXXXXXXXXX'));

/** At a route without signature API Gateway looks for nobody's own policies. */
const asSeenAt = ({ authorization }: Route, caller: ApiCaller): ApiCaller =>
  authorization === 'iam' ? caller : { ...caller, hasOwnAllow: true };

const rows = admitted.flatMap(([what, issuer, names]) =>
  routes.flatMap((route) =>
    (Object.keys(callers) as CallerName[]).map((name) => ({
      what,
      policy: anApiPolicy(issuer),
      route,
      name,
      passes: route.authorization !== 'iam' || names.includes(name),
      title: `${route.method} ${route.path}`,
    })),
  ),
);

describe('the policy of the API', () => {
  it.each(rows)(
    'limits by $what: $title called by $name passes: $passes',
    ({ policy, route, name, passes }) => {
      const { effect } = decideOnApi(policy, asSeenAt(route, callers[name]), toTarget(route));

      expect(effect === 'Allow').toBe(passes);
    },
  );

  it.each(routes.filter(({ authorization }) => authorization === 'iam'))(
    'refuses $method $path explicitly to the own account when it is not listed: there no Allow is needed',
    (route) => {
      const policy = anApiPolicy({ accounts: [listed] });

      const outcome = decideOnApi(policy, aRoleOf(ownAccount), toTarget(route));

      expect([outcome.effect, outcome.statement?.sid]).toEqual(['ExplicitDeny', 'DenyOtherAccount']);
    },
  );

  it.each(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])(
    'allows no %s of anything but a route of its own',
    (method) => {
      const policy = compilePolicy(anApiPolicy(byBoth), resourcePolicyGrammar);
      // Below a version all routes of a method share one resource.
      const hasOwn = routes.some((route) => route.method === method);
      const others = routes.filter(({ path }) => !hasOwn || !path.includes('/v1/'));

      const effects = others.map(({ path }) => {
        const resource = toTarget({ method: 'GET', path }).replace('/GET/', `/${method}/`);
        const principal = { type: 'Federated', provider: 'anonymous' } as const;
        return evaluatePolicy([policy], {
          principal,
          action: 'execute-api:Invoke',
          resource,
          context: new Map(),
        }).effect;
      });

      expect(effects).not.toContain('Allow');
    },
  );

  it.each([
    ['another stage', toMethodArn('GET', '/v1/whoami').replace('/prod/', '/test-invoke-stage/')],
    ['a stage that begins alike', toMethodArn('GET', '/v1/whoami').replace('/prod/', '/prod2/')],
    ['the root', toMethodArn('GET', '/')],
    ['the version alone', toMethodArn('GET', '/v1')],
    ['another version', toMethodArn('GET', '/v2/whoami')],
    ['a version that begins alike', toMethodArn('GET', '/v10/whoami')],
    ['an unknown path', toMethodArn('GET', '/whoami')],
    ['a path below a route that is not below a version', toMethodArn('GET', '/openapi.json/x')],
    ['the other method of such a path', toMethodArn('POST', '/openapi.json')],
    ['a route of another case', toMethodArn('GET', '/V1/whoami')],
    ['a signed route below something else', toMethodArn('GET', '/x/iam/v1/whoami')],
  ])('allows nothing of %s', (_, methodArn) => {
    expect(decideOnApi(anApiPolicy(byBoth), anonymous, methodArn).effect).toBe('ImplicitDeny');
  });

  it('lets nobody from outside in by an Allow, and then needs no Deny', () => {
    const { Version, Statement } = anApiPolicy(byBoth);
    const allows = { Version, Statement: Statement.filter(({ Effect }) => Effect === 'Allow') };
    const outsiders = Object.values(callers).filter((caller) => caller.accountId === other);
    const target = toMethodArn('GET', '/iam/v1/whoami');

    expect(outsiders.map((caller) => decideOnApi(allows, caller, target).effect)).toEqual([
      'ImplicitDeny',
      'ImplicitDeny',
    ]);
    expect(decideOnApi(allows, anonymous, target).effect).toBe('ImplicitDeny');
  });

  it('is one that the evaluator takes, with statements that are named once', () => {
    const { statements } = compilePolicy(
      anApiPolicy({ ...byBoth, mfa: { profiles: ['prod'] } }),
      resourcePolicyGrammar,
    );

    expect(statements.map(({ sid, effect }) => `${effect} ${sid}`)).toEqual([
      'Allow AllowUnsigned',
      'Allow AllowWithSignature',
      'Deny DenyOtherAccount',
      'Deny DenyOtherOrgID',
      'Deny DenyWithoutMfa',
      'Deny DenyOtherSpellings',
    ]);
  });
});

describe('a * in the policy of the API', () => {
  const { Statement } = anApiPolicy({ ...byBoth, mfa: { profiles: ['prod', 'iam'] } });
  const resourcesOf = (effect: 'Allow' | 'Deny') =>
    Statement.filter(({ Effect }) => Effect === effect).flatMap(({ Resource }) => Resource);
  // What a caller may write in the place of a parameter, as hostile as can be.
  const segments = [
    'prod',
    'iam',
    '..',
    '../iam/v1/whoami',
    'x/iam/v1/profiles/prod',
    'GET/iam/v1',
    'iam%2Fv1',
    '/iam',
  ];

  it('never lets an Allow for everybody reach a signed route', () => {
    const [open] = Statement;
    const signed = routes.filter(({ authorization }) => authorization === 'iam');
    const targets = signed.flatMap((route) => segments.map((segment) => toTarget(route, segment)));

    const reached = targets.filter((target) =>
      open?.Resource.some((resource) => matchesWildcard(resource, target)),
    );

    expect(open?.Sid).toBe('AllowUnsigned');
    expect(reached).toEqual([]);
  });

  it('never lets a Deny reach a route without signature, even for a profile named iam', () => {
    const unsigned = routes.filter(({ authorization }) => authorization !== 'iam');
    // A segment of dots names no profile and no issuance.
    const plain = segments.filter((segment) => !segment.startsWith('.'));
    const targets = unsigned.flatMap((route) => plain.map((segment) => toTarget(route, segment)));

    const reached = targets.filter((target) =>
      resourcesOf('Deny').some((resource) => matchesWildcard(resource, target)),
    );

    expect(reached).toEqual([]);
  });

  it('stands for no stage, no method and no first segment', () => {
    const before = resourcesOf('Allow').map((resource) => resource.split('/').slice(0, 4).join('/'));

    expect(before.filter((start) => start.includes('*'))).toEqual([]);
  });
});

describe('the policy of a private API', () => {
  const ids = ['vpce-0123456789abcdef0', 'vpce-0fedcba9876543210'];
  const issuers = {
    okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
    aws: { type: 'iam', ...byBoth },
  };
  const configuration = aConfiguration({ issuers });
  const toPrivate = (vpcEndpointIds: readonly string[]) =>
    createApiPolicy({ configuration, toResource: toMethodArn, vpcEndpointIds });
  const deployed = routes.filter(({ path }) => !path.includes('/integrations'));
  const decide = (route: Route, vpcEndpointId?: string) => {
    const base = route.authorization === 'iam' ? aRoleOf(ownAccount) : anonymous;
    const caller = { ...base, ...(vpcEndpointId === undefined ? {} : { vpcEndpointId }) };
    return decideOnApi(toPrivate(ids), caller, toTarget(route));
  };

  it.each(deployed)('lets in by one of its endpoints whoever calls $method $path', (route) => {
    expect(ids.map((id) => decide(route, id).effect)).toEqual(['Allow', 'Allow']);
  });

  it.each(
    deployed.flatMap((route) =>
      [undefined, 'vpce-0123456789abcdef1', 'vpce-0123456789abcdef', 'VPCE-0123456789ABCDEF0'].map(
        (id) => [route.method, route.path, id ?? 'no endpoint', id, route] as const,
      ),
    ),
  )('refuses %s %s by %s, explicitly, so that no Allow elsewhere helps', (_method, _path, _by, id, route) => {
    const { effect, statement } = decide(route, id);

    expect([effect, statement?.sid]).toEqual(['ExplicitDeny', 'DenyOtherNetworks']);
  });

  it('lets nobody around it by a stage, method or path that is no route', () => {
    const policy = compilePolicy(toPrivate(ids), resourcePolicyGrammar);

    for (const path of [
      'test-invoke-stage/GET/v1/health',
      'prod/PUT/v1/health',
      'prod/GET/',
      'prod/GET/a/b/c',
    ]) {
      const resource = `arn:aws:execute-api:eu-west-1:${ownAccount}:a1b2c3d4e5/${path}`;
      const principal = { type: 'Federated', provider: 'anonymous' } as const;
      const request = { principal, action: 'execute-api:Invoke', resource, context: new Map() };
      expect(evaluatePolicy([policy], request).effect).toBe('ExplicitDeny');
    }
  });

  it('has an id of its own, which an endpoint of the same deployment does not make another one each time', () => {
    const toId = (vpcEndpointIds?: readonly string[]) =>
      toApiPolicyId({ configuration, ...(vpcEndpointIds === undefined ? {} : { vpcEndpointIds }) });

    expect(new Set([toId(), toId(ids), toId(ids.slice(1))]).size).toBe(3);
    expect(toId(['${Token[TOKEN.17]}'])).toBe(toId(['${Token[TOKEN.4711]}']));
  });

  it('is counted with the length that the id of an endpoint to be made will have', () => {
    const withRoomFor = (count: number, id: string) => () =>
      toPrivate(Array.from({ length: count }, () => id));

    expect(withRoomFor(250, '${T}')).toThrow(/bytes of resource policy" is not allowed/);
    expect(withRoomFor(250, ids[0] ?? '')).toThrow(/bytes of resource policy" is not allowed/);
    expect(withRoomFor(100, '${T}')).not.toThrow();
  });

  it('leaves room for four endpoints beside the example and two profiles with MFA, at the longest names', () => {
    const region = `us-gov-${'w'.repeat(11)}-1`;
    const roleArn = 'arn:aws-us-gov:iam::222222222222:role/daypass/ReadOnly';
    const longest = aConfiguration({
      deployment: { accountId: ownAccount, region, stage: 's'.repeat(16) },
      issuers: {
        okta: issuers.okta,
        aws: { type: 'iam', ...byOrganization, mfa: { profiles: ['prod-readonly', 'prod-admin'] } },
      },
      profiles: {
        'prod-readonly': aProfileDocument({ roleArn }),
        'prod-admin': aProfileDocument({ roleArn }),
      },
      integrations: { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }] },
    });

    const { Statement } = createApiPolicy({
      configuration: longest,
      toResource: toMethodArn,
      vpcEndpointIds: [...ids, ...ids],
    });

    expect(Statement.at(-1)).toMatchObject({
      Sid: 'DenyOtherNetworks',
      Resource: ['arn:aws-us-gov:execute-api:*:*:*'],
    });
  });
});

describe('MFA for the paths of a profile', () => {
  const policy = anApiPolicy({ ...byBoth, mfa: { profiles: ['prod'] } });
  const withMfa = aRoleOf(listed, { mfa: true });
  const withoutMfa = aRoleOf(listed);
  const longTerm = withLongTermKeys(aRoleOf(listed));
  const below = [
    ['POST', '/iam/v1/profiles/prod/credentials'],
    ['GET', '/iam/v1/profiles/prod/container-credentials'],
  ] as const;

  it.each(below)('lets a session with MFA to %s %s', (method, path) => {
    expect(decideOnApi(policy, withMfa, toMethodArn(method, path)).effect).toBe('Allow');
  });

  it.each(
    below.flatMap(([method, path]) => [
      [method, path, 'a session without MFA', withoutMfa] as const,
      [method, path, 'long-term keys', longTerm] as const,
      [method, path, 'the own account without MFA', aRoleOf(ownAccount)] as const,
      [method, path, 'long-term keys of the own account', withLongTermKeys(aRoleOf(ownAccount))] as const,
    ]),
  )('refuses %s %s to %s', (method, path, _, caller) => {
    const { effect, statement } = decideOnApi(policy, caller, toMethodArn(method, path));

    expect([effect, statement?.sid]).toEqual(['ExplicitDeny', 'DenyWithoutMfa']);
  });

  it('refuses with MFA, too, whoever is outside the limits', () => {
    const outsider = aRoleOf(other, { mfa: true, organizationId: 'o-otherorg11' });

    const { effect } = decideOnApi(
      policy,
      outsider,
      toMethodArn('POST', '/iam/v1/profiles/prod/credentials'),
    );

    expect(effect).toBe('ExplicitDeny');
  });

  it.each([
    '/iam/v1/whoami',
    '/iam/v1/profiles',
    '/iam/v1/profiles/prod-2/container-credentials',
    '/iam/v1/profiles/iam/container-credentials',
    '/iam/v1/issuances',
  ])('asks nothing of %s', (path) => {
    expect(decideOnApi(policy, withoutMfa, toMethodArn('GET', path)).effect).toBe('Allow');
  });

  // Each could reach the profile, if API Gateway compared one spelling with the policy and another with its routes.
  it.each([
    '/iam/v1/profiles/pro%64/credentials',
    '/iam/v1/profiles/%70rod/credentials',
    '/iam/v1/profiles/%2570rod/credentials',
    '/iam/v1/profiles%2Fprod/credentials',
    '/iam/v1/profiles/prod%2Fcredentials',
    '/iam/v1/profiles/prod%00/credentials',
    '/iam/v1/profiles/x/../prod/credentials',
    '/iam/v1/profiles/./prod/credentials',
    '/v1/profiles/../../iam/v1/profiles/prod/credentials',
    '/v1/profiles/./../iam/v1/profiles/prod/credentials',
    '/v1/../iam/v1/profiles/prod/credentials',
    '/./iam/v1/profiles/prod/credentials',
    '/../iam/v1/profiles/prod/credentials',
    '/iam/v1/profiles/..%2Fprod/credentials',
    '/iam/v1/profiles//prod/credentials',
    '/iam/v1//profiles/prod/credentials',
    '/iam//v1/profiles/prod/credentials',
    '//iam/v1/profiles/prod/credentials',
    '/iam%2Fv1/profiles/prod/credentials',
    '/%69am/v1/profiles/prod/credentials',
    '/i%61m/v1/profiles/prod/credentials',
    '/ia%6D/v1/profiles/prod/credentials',
    '/iam/v1/profiles/prod/credentials/',
    '/iam/v1/profiles/prod//credentials',
    '/iam/v1/profiles/prod/credentials%2F',
  ])('is not slipped past as %s, not even within the account', (path) => {
    const callersWithoutMfa = [
      withoutMfa,
      longTerm,
      aRoleOf(ownAccount),
      withLongTermKeys(aRoleOf(ownAccount)),
    ];

    const effects = callersWithoutMfa.map(
      (caller) => decideOnApi(policy, caller, toMethodArn('POST', path)).effect,
    );

    expect(effects).toEqual(['ExplicitDeny', 'ExplicitDeny', 'ExplicitDeny', 'ExplicitDeny']);
  });

  it('names every profile that the configuration says is guarded so', () => {
    const issuers = { aws: { type: 'iam', ...byAccount, mfa: { profiles: ['one', 'two'] } } };
    const trust = [{ Effect: 'Allow', Principal: { Federated: 'aws' } }];
    const names = ['one', 'two', 'three'];
    const profiles = Object.fromEntries(names.map((name) => [name, aProfileDocument({ trust })]));
    const configuration = aConfiguration({ issuers, profiles });
    const document = createApiPolicy({ configuration, toResource: toMethodArn });

    const effects = [...configuration.profiles.values()].map(({ name, mfaEnforcedFor }) => ({
      isGuarded: mfaEnforcedFor.includes('aws'),
      effect: decideOnApi(document, withoutMfa, toMethodArn('POST', `/iam/v1/profiles/${name}/credentials`))
        .effect,
    }));

    expect(effects).toEqual([
      { isGuarded: true, effect: 'ExplicitDeny' },
      { isGuarded: true, effect: 'ExplicitDeny' },
      { isGuarded: false, effect: 'Allow' },
    ]);
  });
});

describe('the size of the policy of the API', () => {
  const withProfiles = (count: number, toResource = toMethodArn) => {
    const names = Array.from({ length: count }, (_, index) => `profile-${index}`);
    const profiles = Object.fromEntries(names.map((name) => [name, aProfileDocument()]));
    const okta = { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' };
    const issuers = { okta, aws: { type: 'iam', ...byBoth, mfa: { profiles: names } } };
    return createApiPolicy({ configuration: aConfiguration({ issuers, profiles }), toResource });
  };

  it.each([
    ['us-gov-west-1', 'production'],
    ['ap-southeast-1', 'production-euw-1'],
    // The longest that the configuration takes, of each partition.
    [`ap-${'w'.repeat(15)}-1`, 's'.repeat(16)],
    [`cn-${'w'.repeat(15)}-1`, 's'.repeat(16)],
    [`us-gov-${'w'.repeat(11)}-1`, 's'.repeat(16)],
  ])('leaves room for the example and two profiles with MFA in %s, stage %s', (region, stage) => {
    // Roles of another partition would be refused: of the example the routes and the issuer count alone.
    const issuers = {
      okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
      aws: { type: 'iam', ...byOrganization, mfa: { profiles: ['prod-readonly', 'prod-admin'] } },
    };
    const partition = region.startsWith('cn-')
      ? 'aws-cn'
      : region.startsWith('us-gov-')
        ? 'aws-us-gov'
        : 'aws';
    const roleArn = `arn:${partition}:iam::222222222222:role/daypass/ReadOnly`;
    const configuration = aConfiguration({
      deployment: { accountId: ownAccount, region, stage },
      issuers,
      profiles: {
        'prod-readonly': aProfileDocument({ roleArn }),
        'prod-admin': aProfileDocument({ roleArn }),
      },
      integrations: { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }] },
    });

    const policy = createApiPolicy({ configuration, toResource: toMethodArn });

    expect(policy.Statement.map(({ Sid }) => Sid)).toContain('DenyWithoutMfa');
  });

  it('leaves room for forty profiles with MFA', () => {
    const bytes = JSON.stringify(withProfiles(40)).length;

    expect(bytes).toBeLessThanOrEqual(maxApiPolicyBytes);
  });

  it('is counted with the ARN that API Gateway puts in, however short the resources are', () => {
    const short: ToResource = (method, path) => `execute-api:/prod/${method}${path}`;
    const toMost = (toResource: ToResource) => {
      const takes = (count: number) => {
        try {
          return withProfiles(count, toResource) !== undefined;
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
          return false;
        }
      };
      return [40, 41, 42, 43, 44, 45, 46, 47, 48].filter(takes).at(-1) ?? 0;
    };

    const most = toMost(short);

    expect([most > 40, most < 48]).toEqual([true, true]);
    expect(toMost(toMethodArn)).toBe(most);
    expect(JSON.stringify(withProfiles(most, short)).length).toBeLessThan(maxApiPolicyBytes - 300);
  });

  it('says how much is over, and what to shorten', () => {
    expect(() => withProfiles(60)).toThrow(
      /^issuers\.aws: "\d+ bytes of resource policy" is not allowed; allowed: at most 8192, \d+ fewer: shorten mfa\.profiles, leave out accounts, where organizationId says it as well, shorten deployment\.stage$/,
    );
  });

  it('blames nothing that is not there', () => {
    const accounts = Array.from({ length: 250 }, (_, index) => String(222222222000 + index));
    const configuration = aConfiguration({
      issuers: {
        okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
        aws: { type: 'iam', accounts },
      },
    });

    expect(() => createApiPolicy({ configuration, toResource: toMethodArn })).toThrow(
      /fewer: shorten accounts, or name organizationId instead, shorten deployment\.stage$/,
    );
  });
});
