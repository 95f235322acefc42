import { describe, expect, it } from '@jest/globals';
import { createSamlResponseVerifier } from '../../../lambda/adapters/saml-response-verifier.ts';
import type { Configuration, Profile, SamlIssuer } from '../../../lambda/core/configuration.ts';
import { decideCallersProof } from '../../../lambda/core/decide-callers-proof.ts';
import { BrokerError } from '../../../lambda/core/errors.ts';
import type { CallersProof } from '../../../lambda/core/issue-credentials.ts';
import { aConfiguration, aProfileDocument } from '../../support/a-configuration.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { aSamlKey } from '../../support/saml-keys.ts';
import { aSamlIssuer, aSamlResponse, at, type SamlResponseFields } from '../../support/saml-response.ts';
import { signSaml } from '../../support/saml-signing.ts';
import { nowMs } from '../../support/tokens.ts';
import { idpKey } from '../adapters/tables/saml-attack.ts';
import { samlAttackRows } from '../adapters/tables/saml-attack-rows.ts';

const global = 'https://signin.aws.amazon.com/saml';
const roleArn = 'arn:aws:iam::222222222222:role/reports/Reader';
const principalArn = 'arn:aws:iam::222222222222:saml-provider/AdFs';
const prefix = 'https://aws.amazon.com/SAML/Attributes/';
const otherIdpKey = aSamlKey();

const adfs = aSamlIssuer([idpKey.certificate]);
const entra = aSamlIssuer([otherIdpKey.certificate], { name: 'entra', entityId: 'https://entra.example' });

const base = aConfiguration({
  profiles: {
    reports: aProfileDocument({
      mechanism: 'web-identity',
      passthrough: true,
      owner: 'reports@example.com',
    }),
    plain: aProfileDocument(),
  },
});

const profileOf = (name: string): Profile => {
  const profile = base.profiles.get(name);
  if (profile === undefined) throw new TypeError(name);
  return profile;
};

const samlProfile: Profile = {
  ...profileOf('plain'),
  name: 'reports',
  mechanism: 'saml',
  roleArn,
  principalArn,
  duration: { defaultSeconds: 3600, maxSeconds: 43_200 },
};

const toConfiguration = (issuers: readonly SamlIssuer[]): Configuration => ({
  ...base,
  issuers: new Map([...base.issuers, ...issuers.map((issuer) => [issuer.name, issuer] as const)]),
});

/** What the identity provider's AWS application posts. */
const forAws = (
  changes: Partial<SamlResponseFields> = {},
  attributes: Readonly<Record<string, readonly string[]>> = {},
) =>
  aSamlResponse({
    destination: global,
    recipient: global,
    audiences: [['urn:amazon:webservices']],
    attributes: {
      [`${prefix}Role`]: [`${roleArn},${principalArn}`],
      [`${prefix}RoleSessionName`]: ['alice@example.com'],
      ...attributes,
    },
    ...changes,
  });

const inBase64 = (xml: string) => Buffer.from(xml).toString('base64');
const signed = (...parts: Parameters<typeof forAws>) => inBase64(signSaml(forAws(...parts), idpKey));

interface Asking {
  readonly profile?: Profile;
  readonly principal?: Parameters<typeof aPrincipal>[0];
  readonly durationSeconds?: number;
  readonly issuers?: readonly SamlIssuer[];
}

/** `Allow`, the detail of a Deny, or the code of what is thrown. */
function outcomeOf(proof: CallersProof, asking: Asking = {}): string {
  const { profile = samlProfile, principal = { issuer: 'adfs' }, issuers = [adfs, entra] } = asking;
  const { durationSeconds } = asking;
  const configuration = toConfiguration(issuers);
  const decision = { effect: 'Allow', profile, statement: 'trust[0]', sessionTags: {} } as const;
  const request = { ...proof, ...(durationSeconds === undefined ? {} : { durationSeconds }) };
  const verifier = createSamlResponseVerifier({ issuers: configuration.issuers, now: () => nowMs });
  try {
    const decided = decideCallersProof(decision, request, {
      principal: aPrincipal(principal),
      configuration,
      saml: { verifier },
      nowMs,
    });
    return decided.effect === 'Allow' ? 'Allow' : decided.detail;
  } catch (error) {
    if (error instanceof BrokerError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const anotherPrincipal = 'the samlAssertion names another principal than the one that asks';

describe('an assertion', () => {
  it('of the asking principal is allowed, in base64 with or without line breaks', () => {
    const samlAssertion = signed();

    expect(outcomeOf({ samlAssertion })).toBe('Allow');
    expect(outcomeOf({ samlAssertion: samlAssertion.replaceAll(/(.{76})/g, '$1\r\n') })).toBe('Allow');
  });

  it.each<readonly [string, Asking]>([
    ['of another subject', { principal: { issuer: 'adfs', subject: 'bob@example.com' } }],
    ['of a subject in other letters', { principal: { issuer: 'adfs', subject: 'Alice@example.com' } }],
    ['of another issuer of type saml', { principal: { issuer: 'entra' } }],
    ['of an issuer that is not of type saml', { principal: { issuer: 'okta' } }],
  ])('of somebody else is denied to a principal %s', (_, asking) => {
    expect(outcomeOf({ samlAssertion: signed() }, asking)).toBe(anotherPrincipal);
  });

  it('names whom the subject attribute names, where the issuer has one', () => {
    const issuers = [aSamlIssuer([idpKey.certificate], { subjectAttribute: 'mail' })];
    const samlAssertion = signed({ nameId: 'EXAMPLE\\alice' }, { mail: ['alice@example.com'] });
    const lying = signed({}, { mail: ['bob@example.com'] });

    expect(outcomeOf({ samlAssertion }, { issuers })).toBe('Allow');
    expect(outcomeOf({ samlAssertion: lying }, { issuers })).toBe(anotherPrincipal);
    expect(outcomeOf({ samlAssertion: signed() }, { issuers })).toMatch(
      /^invalid-saml-assertion: .*\(subject\)/,
    );
  });

  it.each<readonly [string, () => string, string]>([
    ['for Daypass', () => inBase64(signSaml(aSamlResponse(), idpKey)), 'destination'],
    ['that is unsigned', () => inBase64(forAws()), 'signature'],
    ['signed by another', () => inBase64(signSaml(forAws(), otherIdpKey)), 'signature'],
    [
      'of an issuer that nobody knows',
      () => signed({ issuer: 'https://x', responseIssuer: 'https://x' }),
      'unknown-issuer',
    ],
    ['of five minutes ago', () => signed({ issueInstant: at(-300) }), 'expired'],
    ['that is no base64', () => '****', 'malformed-response'],
    ['that is empty', () => '', 'malformed-response'],
  ])('%s is invalid, and the answer says why and what is allowed', (_, toAssertion, reason) => {
    const outcome = outcomeOf({ samlAssertion: toAssertion() });

    expect(outcome).toMatch(new RegExp(`^invalid-saml-assertion: .*\\(${reason}\\); allowed: `));
    expect(outcome).toContain(`posts to ${global}`);
  });

  it.each(samlAttackRows.map(({ name, xml, reason }) => [name, xml, reason] as const))(
    'that is %s is invalid',
    (_, xml, reason) => {
      // Signatures go first: each is refused for what it is, and not for whom it is for. One is of an issuer that is
      // not here.
      const outcome = outcomeOf({ samlAssertion: inBase64(xml()) });

      expect(outcome).toMatch(new RegExp(`^invalid-saml-assertion: .*\\((?:${reason}|unknown-issuer)\\)`));
    },
  );

  it.each<readonly [string, readonly string[] | undefined, boolean]>([
    ['the pair', [`${roleArn},${principalArn}`], true],
    ['the pair the other way round', [`${principalArn},${roleArn}`], true],
    ['a space between', [`${roleArn}, ${principalArn}`], true],
    ['other pairs before', [`${roleArn}2,${principalArn}`, `${roleArn},${principalArn}`], true],
    ['another role', [`arn:aws:iam::222222222222:role/Other,${principalArn}`], false],
    ['another provider', [`${roleArn},arn:aws:iam::333333333333:saml-provider/AdFs`], false],
    ['halves in two values', [roleArn, principalArn], false],
    ['the role twice', [`${roleArn},${roleArn}`], false],
    ['three parts', [`${roleArn},${principalArn},${roleArn}`], false],
    ['a longer role', [`${roleArn}s,${principalArn}`], false],
    ['nothing', [], false],
  ])('whose Role has %s is taken or not', (_, values, isTaken) => {
    const outcome = outcomeOf({ samlAssertion: signed({}, { [`${prefix}Role`]: values ?? [] }) });

    expect(outcome).toMatch(isTaken ? /^Allow$/ : /^invalid-saml-assertion: .*Role attribute is arn:/);
  });

  it.each<readonly [readonly string[]]>([[[]], [['a']], [['a b']], [['x'.repeat(65)]], [['ab', 'ab']]])(
    'whose RoleSessionName is %j is invalid',
    (values) => {
      expect(outcomeOf({ samlAssertion: signed({}, { [`${prefix}RoleSessionName`]: values }) })).toMatch(
        /^invalid-saml-assertion: .*RoleSessionName/,
      );
    },
  );

  it.each<readonly [readonly string[], number, string]>([
    [['3600'], 3600, 'Allow'],
    [['3599'], 3600, 'duration-out-of-range'],
    [['43200'], 3601, 'Allow'],
    [['1h'], 900, 'invalid-saml-assertion'],
    [['3600', '3600'], 900, 'invalid-saml-assertion'],
    [[''], 900, 'invalid-saml-assertion'],
  ])('whose SessionDuration is %j, asked for %i seconds: %s', (values, durationSeconds, outcome) => {
    const samlAssertion = signed({}, { [`${prefix}SessionDuration`]: values });

    expect(outcomeOf({ samlAssertion }, { durationSeconds })).toMatch(new RegExp(`^${outcome}`));
  });

  it('whose session ends before the asked time is refused: nothing is cut short in silence', () => {
    const samlAssertion = signed({ sessionNotOnOrAfter: at(1800) });

    expect(outcomeOf({ samlAssertion }, { durationSeconds: 1800 })).toBe('Allow');
    expect(outcomeOf({ samlAssertion }, { durationSeconds: 1801 })).toMatch(
      /^duration-out-of-range: .* 1800 at most/,
    );
    // What is not asked for is the profile's default.
    expect(outcomeOf({ samlAssertion })).toMatch(/^duration-out-of-range: durationSeconds is 3600/);
  });

  it('that is missing is asked for, and one that nobody wants is refused', () => {
    expect(outcomeOf({})).toMatch(
      /^invalid-saml-assertion: .*there is no samlAssertion; allowed: .*SAMLResponse/,
    );
    expect(outcomeOf({ samlAssertion: 'AAAA' }, { profile: profileOf('plain') })).toMatch(
      /^invalid-saml-assertion: .*takes no samlAssertion/,
    );
    expect(outcomeOf({ samlAssertion: 'AAAA' }, { profile: profileOf('reports') })).toMatch(
      /^invalid-saml-assertion: .*takes no samlAssertion/,
    );
    expect(outcomeOf({}, { profile: profileOf('plain') })).toBe('Allow');
  });
});

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const aToken = (claims: object = {}, header: object = {}) =>
  `${segment({ alg: 'RS256', ...header })}.${segment({ iss: 'https://example.okta.com', ...claims })}.AAAA`;

const notOidc =
  'the bearer token is not one of an issuer of type oidc, whose tokens alone are shown to AWS STS';

describe('a bearer token', () => {
  const profile = profileOf('reports');
  const ofOkta: Asking = { profile, principal: {} };

  it('of an OpenID provider is shown to STS', () => {
    expect(outcomeOf({ bearerToken: aToken() }, ofOkta)).toBe('Allow');
    expect(outcomeOf({ bearerToken: aToken({}, { typ: 'at+jwt' }) }, ofOkta)).toBe('Allow');
  });

  it.each<readonly [string, string, Asking]>([
    ['of the broker after a SAML sign-in', aToken(), { profile, principal: { issuer: 'adfs' } }],
    ['of an issuer that is not configured', aToken(), { profile, principal: { issuer: 'gone' } }],
    ['that may have one effect', aToken(), { profile, principal: { proofId: 'x' } }],
    ['of another issuer than the principal', aToken({ iss: 'https://daypass.example.com' }), ofOkta],
    ['without an issuer', aToken({ iss: undefined }), ofOkta],
    ['of the broker by its type', aToken({}, { typ: 'Daypass+JWT' }), ofOkta],
    ['of the broker by its full type', aToken({}, { typ: 'application/daypass+jwt' }), ofOkta],
  ])('%s is denied', (_, bearerToken, asking) => {
    expect(outcomeOf({ bearerToken }, asking)).toBe(notOidc);
  });

  it('that is missing is asked for, where one can be', () => {
    expect(outcomeOf({}, ofOkta)).toMatch(
      /^bearer-token-required: .*ask under \/v1 with Authorization: Bearer/,
    );
  });

  it('is nobody’s business where STS is not shown it', () => {
    expect(outcomeOf({ bearerToken: 'anything' }, { profile: profileOf('plain') })).toBe('Allow');
  });
});
