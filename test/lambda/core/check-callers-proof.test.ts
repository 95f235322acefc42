import { describe, expect, it } from '@jest/globals';
import { toAcceptedSessionPolicy } from '../../../lambda/core/caller-session-policy.ts';
import { isEnforced, usesSaml, usesWebIdentity } from '../../../lambda/core/configuration.ts';
import { aConfiguration, aConfigurationDocument, aProfileDocument } from '../../support/a-configuration.ts';
import { linesOf } from '../../support/problems-of.ts';
import { aCertificate, aSamlKey } from '../../support/saml-keys.ts';

const issuers = {
  okta: {
    type: 'oidc',
    issuer: 'https://example.okta.com',
    audience: 'daypass',
    claims: { team: { claim: '/team', type: 'string' } },
  },
  aws: { type: 'iam', accounts: ['222222222222'] },
  adfs: {
    type: 'saml',
    entityId: 'https://idp.example',
    singleSignOnUrl: 'https://idp.example/sso',
    certificates: [aCertificate(aSamlKey())],
  },
};

const allow = (Federated: unknown) => ({ Effect: 'Allow', Principal: { Federated } });

const aSamlProfile = (keys: object = {}) => ({
  description: 'Reports',
  mechanism: 'saml',
  roleArn: 'arn:aws:iam::222222222222:role/Reports',
  principalArn: 'arn:aws:iam::222222222222:saml-provider/AdFs',
  trust: [allow('adfs')],
  ...keys,
});

const aPassthrough = (keys: object = {}) =>
  aProfileDocument({ mechanism: 'web-identity', passthrough: true, ...keys });

const lines = (profile: object) =>
  linesOf(aConfigurationDocument({ issuers, profiles: { direct: profile } }));
const compiled = (profile: object) => aConfiguration({ issuers, profiles: { direct: profile } });

describe('a profile of mechanism saml', () => {
  it('is recorded, not enforced, and takes no policy of a caller', () => {
    const configuration = compiled(
      aSamlProfile({ managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }),
    );
    const [profile] = configuration.profiles.values();

    expect(profile && [isEnforced(profile), toAcceptedSessionPolicy(profile)]).toEqual([false, 'none']);
    expect([usesSaml(configuration), usesWebIdentity(configuration)]).toEqual([true, false]);
  });

  it.each([
    ['another account', 'arn:aws:iam::333333333333:saml-provider/AdFs'],
    ['another partition', 'arn:aws-cn:iam::222222222222:saml-provider/AdFs'],
  ])('has no provider of %s', (_, principalArn) => {
    expect(lines(aSamlProfile({ principalArn }))).toEqual([
      expect.stringMatching(
        /^profiles\.direct\.principalArn: .*own account: arn:aws:iam::222222222222:saml-provider\/…$/,
      ),
    ]);
  });

  it.each([
    ['okta', 'Federated'],
    ['aws', 'Federated'],
  ])('allows no caller of %s, alone or beside others', (name) => {
    const says = expect.stringMatching(
      new RegExp(
        `^profiles\\.direct\\.trust\\[0\\]\\.Principal\\.Federated: "${name}" .*issuers of type saml`,
      ),
    );

    expect(lines(aSamlProfile({ trust: [allow(name)] }))).toEqual([says]);
    expect(lines(aSamlProfile({ trust: [allow(['adfs', name])] }))).toEqual([says]);
  });

  it('may deny whomever', () => {
    const deny = { ...allow('okta'), Effect: 'Deny' };

    expect(lines(aSamlProfile({ trust: [allow('adfs'), deny, { ...deny, Principal: '*' }] }))).toEqual([]);
  });
});

describe('a profile of mechanism web-identity with passthrough', () => {
  it('is recorded, not enforced, sets no source identity, and needs no key of the broker', () => {
    const configuration = compiled(aPassthrough());
    const [profile] = configuration.profiles.values();

    expect(profile).toMatchObject({
      passthrough: true,
      setSourceIdentity: false,
      subjectInSessionName: true,
    });
    expect(profile && [isEnforced(profile), toAcceptedSessionPolicy(profile)]).toEqual([false, 'none']);
    expect(usesWebIdentity(configuration)).toBe(false);
  });

  it('takes no policy of a caller beside its own either', () => {
    const sessionPolicy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
    };
    const [profile] = compiled(aPassthrough({ sessionPolicy })).profiles.values();

    expect(profile && toAcceptedSessionPolicy(profile)).toBe('none');
  });

  it.each([
    ['sessionTags', { sessionTags: { Team: '${claims:team}' } }],
    ['transitiveTagKeys', { acceptedTagKeys: ['Team'], transitiveTagKeys: ['Team'] }],
    ['acceptedTagKeys', { acceptedTagKeys: ['Team'] }],
    ['setSourceIdentity', { setSourceIdentity: true }],
    ['acceptsSessionPolicy', { acceptsSessionPolicy: true }],
  ])('has no %s, which could not hold, and says why', (key, keys) => {
    expect(lines(aPassthrough(keys))).toContainEqual(
      expect.stringMatching(new RegExp(`^profiles\\.direct\\.${key}: .*passthrough: true`)),
    );
    expect(lines(aPassthrough({ ...keys, passthrough: false }))).toEqual([]);
  });

  it('may say so itself', () => {
    const keys = { setSourceIdentity: false, sessionTags: {}, transitiveTagKeys: [], acceptedTagKeys: [] };

    expect(lines(aPassthrough({ ...keys, acceptsSessionPolicy: false }))).toEqual([]);
  });

  it.each([['adfs'], ['aws']])('allows no caller of %s', (name) => {
    expect(lines(aPassthrough({ trust: [allow('okta'), allow(name)] }))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^profiles\\.direct\\.trust\\[1\\]\\.Principal\\.Federated: "${name}" .*issuers of type oidc`,
        ),
      ),
    ]);
  });
});

describe('an issuer whose tokens STS would refuse', () => {
  const path = 'profiles.direct.trust[0].Principal.Federated';
  const outbound = 'https://6b0c4c0e-1d2f-4a3b-9c4d-5e6f7a8b9c0d.tokens.sts.global.api.aws';
  /** The profile, allowed to callers of `ci` beside those of okta, whose tokens STS takes. */
  const linesOfIssuer = (ci: object, profile: object = {}, effect = 'Allow') =>
    linesOf(
      aConfigurationDocument({
        issuers: { ...issuers, ci: { type: 'oidc', audience: 'daypass', ...ci } },
        profiles: {
          direct: aPassthrough({
            trust: [{ ...allow(['okta', 'ci']), Effect: effect }, allow('okta')],
            ...profile,
          }),
        },
      }),
    );
  const issuer = 'https://ci.example.com';

  it('is one that signs by EdDSA alone', () => {
    expect(linesOfIssuer({ issuer, algorithms: ['EdDSA'] })).toEqual([
      `${path}: "ci" is not allowed; allowed: in an Allow, issuers whose algorithms hold one that STS takes, RS256, ES256 or ES384: this one has EdDSA alone`,
    ]);
  });

  it.each([
    ['RS256', ['RS256']],
    ['ES256', ['EdDSA', 'ES256']],
    ['ES384', ['ES384', 'EdDSA']],
    ['what it takes without saying', undefined],
  ])('is none that may sign by %s', (_, algorithms) => {
    expect(linesOfIssuer({ issuer, ...(algorithms === undefined ? {} : { algorithms }) })).toEqual([]);
  });

  it('is not reported twice where its algorithms are in error', () => {
    expect(linesOfIssuer({ issuer, algorithms: ['HS256'] })).toEqual([
      expect.stringMatching(/^issuers\.ci\.algorithms/),
    ]);
  });

  it.each([
    ['by its preset', { preset: 'aws', issuer: outbound }],
    ['by its URL', { issuer: outbound }],
    ['by its URL in upper case', { issuer: outbound.toUpperCase().replace('HTTPS', 'https') }],
    ['by its URL with a path', { issuer: `${outbound}/` }],
    ['by its preset alone', { preset: 'aws', issuer }],
  ])("is AWS's own of the same partition, %s", (_, settings) => {
    expect(linesOfIssuer(settings)).toEqual([
      `${path}: "ci" is not allowed; allowed: in an Allow, issuers outside of AWS's outbound identity federation: STS takes no token that AWS signed itself in the same partition`,
    ]);
  });

  it.each([
    ['a name that ends alike', 'https://ci.example.com/x.tokens.sts.global.api.aws'],
    ['a name that begins alike', `${outbound}.example.com`],
  ])("is not AWS's own for %s", (_, url) => {
    expect(linesOfIssuer({ issuer: url })).toEqual([]);
  });

  it('is none to a role of another partition', () => {
    const other = linesOf(
      aConfigurationDocument({
        deployment: { accountId: '111111111111', region: 'cn-north-1' },
        issuers: { okta: { ...issuers.okta, issuer: outbound } },
        profiles: { direct: aPassthrough({ roleArn: 'arn:aws-cn:iam::222222222222:role/Reports' }) },
      }),
    );

    expect(other).toEqual([]);
  });

  it.each([
    ['EdDSA alone', { issuer, algorithms: ['EdDSA'] }],
    ['AWS', { preset: 'aws', issuer: outbound }],
  ])('may be denied, and have a profile whose token the broker signs: %s', (_, settings) => {
    expect(linesOfIssuer(settings, {}, 'Deny')).toEqual([]);
    expect(linesOfIssuer(settings, { passthrough: false })).toEqual([]);
  });
});

describe('a profile that callers under /iam can never have', () => {
  const linesOfMfa = (profile: object) =>
    linesOf(
      aConfigurationDocument({
        issuers: { ...issuers, aws: { ...issuers.aws, mfa: { profiles: ['direct'] } } },
        profiles: { direct: profile },
      }),
    );

  it.each([
    ['by mechanism saml', aSamlProfile()],
    ['with passthrough', aPassthrough()],
  ])('is none to be opened with MFA alone there: %s', (_, profile) => {
    expect(linesOfMfa(profile)).toEqual([
      'issuers.aws.mfa.profiles[0]: "direct" is not allowed; allowed: a profile that callers under /iam can have: by mechanism saml, or passthrough, STS is shown a proof that they never bring',
    ]);
  });

  it('is not one for which STS is shown a token of the broker', () => {
    expect(linesOfMfa(aPassthrough({ passthrough: false }))).toEqual([]);
  });
});

describe('a profile of mechanism web-identity without it', () => {
  it('sets the source identity unless it says no', () => {
    const setsIt = (keys: object) => {
      const [profile] = compiled(aPassthrough({ passthrough: false, ...keys })).profiles.values();
      return profile?.setSourceIdentity;
    };

    expect([setsIt({}), setsIt({ setSourceIdentity: true }), setsIt({ setSourceIdentity: false })]).toEqual([
      ...[true, true, false],
    ]);
  });
});
