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
