import { describe, expect, it } from '@jest/globals';
import { decideIssuance } from '../../../lambda/core/decide-issuance.ts';
import { findIamIssuer } from '../../../lambda/core/find-iam-issuer.ts';
import type { Principal } from '../../../lambda/core/principal.ts';
import { toRequestContext } from '../../../lambda/core/request-context.ts';
import { toIamPrincipal } from '../../../lambda/core/to-iam-principal.ts';
import { aConfiguration, aProfileDocument } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { issuingConfiguration } from '../../support/issuing.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

const powerUser = 'AWSReservedSSO_PowerUser_0123456789abcdef';

const issuers = {
  okta: {
    type: 'oidc',
    issuer: 'https://example.okta.com',
    audience: 'daypass',
    claims: { team: { claim: '/team', type: 'string' }, sessionName: { claim: '/sn', type: 'string' } },
  },
  aws: {
    type: 'iam',
    accounts: ['222222222222', '333333333333'],
    identityCenter: { accounts: ['333333333333'] },
    mfa: { permissionSets: ['PowerUser'], profiles: ['enforced'] },
  },
  acme: issuingConfigurationOf('acme'),
};

/** As it is written there; its key is nobody's. */
function issuingConfigurationOf(name: string) {
  const issuer = issuingConfiguration.issuers.get(name);
  if (issuer?.type !== 'integration') throw new TypeError(`${name} is no integration`);
  return { type: 'integration', audience: issuer.audiences, jwks: issuer.jwks };
}

const anybody = { Federated: ['okta', 'aws', 'acme'] };
const aProfileWith = (Condition: object, more: object = {}) =>
  aProfileDocument({ trust: [{ Effect: 'Allow', Principal: anybody, Condition }], ...more });

const { profiles, ...configuration } = aConfiguration({
  issuers,
  profiles: {
    mfa: aProfileWith({ Bool: { 'daypass:MultiFactorAuthPresent': 'true' } }),
    enforced: aProfileWith({ Bool: { 'daypass:MultiFactorAuthPresent': 'true' } }),
    'mfa-recent': aProfileWith({ NumericLessThan: { 'daypass:MultiFactorAuthAge': '600' } }),
    'signed-in-today': aProfileWith({ DateGreaterThan: { 'daypass:AuthTime': '2025-12-31T12:00:00Z' } }),
    'fresh-token': aProfileWith({ NumericLessThanEquals: { 'daypass:TokenAge': '60' } }),
    'account-222': aProfileDocument({
      trust: [
        {
          Effect: 'Allow',
          Principal: { Federated: 'aws' },
          Condition: { StringEquals: { 'aws:PrincipalAccount': '222222222222' } },
        },
      ],
    }),
    deploy: aProfileDocument({
      trust: [
        {
          Effect: 'Allow',
          Principal: { Federated: 'aws' },
          Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:role/Deploy' } },
        },
      ],
    }),
    person: aProfileDocument({
      trust: [
        {
          Effect: 'Allow',
          Principal: { Federated: 'aws' },
          Condition: { StringEquals: { 'claims:user': 'alice@example.com' } },
        },
      ],
    }),
    'no-mfa-no-entry': aProfileDocument({
      trust: [
        { Effect: 'Allow', Principal: anybody },
        {
          Effect: 'Deny',
          Principal: '*',
          Condition: { Bool: { 'daypass:MultiFactorAuthPresent': 'false' } },
        },
      ],
    }),
  },
});

const iamIssuer = findIamIssuer(configuration);

function signed(userArn: string, caller: string): Principal {
  if (iamIssuer === undefined) throw new TypeError('the configuration has lost its issuer');
  return toIamPrincipal({ userArn, caller, accountId: userArn.split(':')[4] ?? '' }, iamIssuer, nowMs);
}

const session = (role: string, account = '222222222222', name = 'build-17') =>
  signed(`arn:aws:sts::${account}:assumed-role/${role}/${name}`, `AROA3XFRBF535PLBIFPI4:${name}`);

const { issuedAt, ...unstamped } = aPrincipal({ subject: 'undated', mfa: false });

const callers = {
  person: aPrincipal({ authTime: nowSeconds - 300 }),
  'person without MFA': aPrincipal({ mfa: false, authTime: nowSeconds - 300 }),
  'person of yesterday': aPrincipal({ authTime: nowSeconds - 86_400, issuedAt: nowSeconds - 3600 }),
  'person of whom it is not known when': aPrincipal(),
  undated: unstamped,
  role: session('Deploy'),
  user: signed('arn:aws:iam::222222222222:user/alice', 'AIDA3XFRBF535PLBIFPI4'),
  'federated user': signed('arn:aws:sts::222222222222:federated-user/Deploy', '222222222222:Deploy'),
  'namesake role elsewhere': session('Deploy', '333333333333'),
  'permission set with MFA': session(powerUser, '333333333333', 'alice@example.com'),
  'permission set not believed': session(powerUser, '222222222222', 'alice@example.com'),
  integration: aPrincipal({ issuer: 'acme', subject: 'acme', mfa: false, proofId: 'p'.repeat(43) }),
} as const satisfies Readonly<Record<string, Principal>>;

type Caller = keyof typeof callers;

/** As on the path of that profile, where the API's resource policy is the one that the function knows. */
const decide = (profile: string, principal: Principal) => decideOnPath(profile, profile, principal);

function decideOnPath(path: string | undefined, profile: string, principal: Principal) {
  const guarded = path === undefined ? {} : { guardedProfile: path };
  const onPath =
    principal.aws === undefined ? principal : { ...principal, aws: { ...principal.aws, ...guarded } };
  return decideIssuance(profiles.get(profile), onPath, toRequestContext(onPath, anOrigin(), nowMs)).effect;
}

/** Who gets what. Everybody else does not: what is absent satisfies nothing. */
const allowed: Readonly<Record<string, readonly Caller[]>> = {
  mfa: ['person', 'person of yesterday', 'person of whom it is not known when', 'permission set with MFA'],
  // The API's resource policy opened the path: for those who sign, and for nobody else.
  enforced: [
    'person',
    'person of yesterday',
    'person of whom it is not known when',
    'role',
    'user',
    'federated user',
    'namesake role elsewhere',
    'permission set with MFA',
    'permission set not believed',
  ],
  'mfa-recent': ['person'],
  'signed-in-today': ['person', 'person without MFA'],
  'fresh-token': ['person', 'person without MFA', 'person of whom it is not known when', 'integration'],
  'account-222': ['role', 'user', 'federated user', 'permission set not believed'],
  deploy: ['role'],
  person: ['permission set with MFA'],
  'no-mfa-no-entry': [
    'person',
    'person of yesterday',
    'person of whom it is not known when',
    'permission set with MFA',
  ],
};

const rows = Object.keys(allowed).flatMap((profile) =>
  (Object.keys(callers) as Caller[]).map((caller) => ({
    profile,
    caller,
    expected: allowed[profile]?.includes(caller) ? 'Allow' : 'Deny',
  })),
);

describe('MFA, freshness and AWS keys as conditions', () => {
  it.each(rows)('$expected $profile for $caller', ({ profile, caller, expected }) => {
    expect(decide(profile, callers[caller])).toBe(expected);
  });

  it('a sign-in to come, by a clock that is wrong, is no fresher than one of now', () => {
    // The reader of tokens drops such times; a context that had them would read as younger than any limit.
    expect(decide('mfa-recent', aPrincipal({ authTime: nowSeconds }))).toBe('Allow');
    expect(decide('mfa-recent', aPrincipal({ authTime: nowSeconds - 600 }))).toBe('Deny');
    expect(decide('mfa-recent', aPrincipal({ authTime: nowSeconds - 599 }))).toBe('Allow');
  });
});

describe('MFA that the API’s resource policy enforces', () => {
  const mfaOf = (profile: string, principal: Principal) => decide(profile, principal) === 'Allow';

  it('counts for that issuer and that profile alone', () => {
    expect(mfaOf('enforced', callers.role)).toBe(true);
    expect(mfaOf('mfa', callers.role)).toBe(false);
    expect(mfaOf('enforced', callers['person without MFA'])).toBe(false);
    expect(mfaOf('enforced', callers.integration)).toBe(false);
  });

  it('counts on the path of that profile alone: not in a list, not on another, not while another policy is in force', () => {
    expect(decideOnPath('enforced', 'enforced', callers.role)).toBe('Allow');
    expect(decideOnPath(undefined, 'enforced', callers.role)).toBe('Deny');
    expect(decideOnPath('mfa', 'enforced', callers.role)).toBe('Deny');
    expect(decideOnPath('enforced', 'mfa', callers.role)).toBe('Deny');
  });

  it('says nothing of when: an age is still not known', () => {
    const { profiles: recent } = aConfiguration({
      issuers: { ...issuers, aws: { ...issuers.aws, mfa: { profiles: ['recent'] } } },
      profiles: {
        recent: aProfileWith({ NumericLessThan: { 'daypass:MultiFactorAuthAge': '600' } }),
      },
    });
    const context = toRequestContext(callers.role, anOrigin(), nowMs);

    expect(decideIssuance(recent.get('recent'), callers.role, context).effect).toBe('Deny');
  });
});

describe('a claim that its caller chose', () => {
  const trustOn = (key: string) =>
    aConfiguration({
      issuers: { ...issuers, aws: { ...issuers.aws, mfa: {} } },
      profiles: {
        p: aProfileDocument({
          trust: [
            {
              Effect: 'Allow',
              Principal: { Federated: 'aws' },
              Condition: { StringEquals: { [key]: 'build-17' } },
            },
          ],
        }),
      },
    });

  it.each(['claims:sessionName', 'claims:SESSIONNAME'])('cannot be written into a condition as %s', (key) => {
    expect(() => trustOn(key)).toThrow(/claims:sessionname.*whoever assumes a role chooses/i);
  });

  it('is in no context, under any key', () => {
    const context = toRequestContext(
      session('Deploy', '222222222222', 'root-of-all-evil'),
      anOrigin(),
      nowMs,
    );

    expect([...context.keys()]).not.toContain('claims:sessionname');
    expect(JSON.stringify([...context])).not.toContain('evil');
    expect(context.get('claims:principaltype')).toBe('AssumedRole');
  });

  it('is in the context of an issuer that vouches for a claim of that name', () => {
    const context = toRequestContext(aPrincipal({ claims: { sessionName: 'x' } }), anOrigin(), nowMs);

    expect(context.get('claims:sessionname')).toBe('x');
  });
});

describe('the keys of AWS', () => {
  it('are of AWS identities alone', () => {
    const keys = (principal: Principal) =>
      [...toRequestContext(principal, anOrigin(), nowMs)].filter(([key]) => key.startsWith('aws:'));

    expect(keys(callers.person)).toEqual([]);
    expect(keys(callers.integration)).toEqual([]);
    expect(keys(callers.role)).toEqual([
      ['aws:principalarn', 'arn:aws:iam::222222222222:role/Deploy'],
      ['aws:principalaccount', '222222222222'],
    ]);
  });

  it('cannot be claimed: a claim of such a name is a claim', () => {
    const claims = { 'aws:PrincipalAccount': '222222222222', PrincipalArn: 'x' };
    const context = toRequestContext(aPrincipal({ claims }), anOrigin(), nowMs);

    expect(context.has('aws:principalaccount')).toBe(false);
    expect(context.has('aws:principalarn')).toBe(false);
  });
});
