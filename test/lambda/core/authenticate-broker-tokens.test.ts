import { beforeAll, describe, expect, it } from '@jest/globals';
import { createJoseTokenVerifier } from '../../../lambda/adapters/jose-token-verifier.ts';
import { importVerificationKeys } from '../../../lambda/adapters/verification-keys.ts';
import { createAuthenticate } from '../../../lambda/core/authenticate.ts';
import { toBrokerClaims } from '../../../lambda/core/broker-token.ts';
import type { Issuer } from '../../../lambda/core/configuration.ts';
import type { Principal } from '../../../lambda/core/principal.ts';
import { brokerTokenType, toBrokerIssuer } from '../../../lambda/core/token-issuer.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { admitting, anIamIssuer, anIntegrationIssuer, aSamlIssuer } from '../../support/issuers.ts';
import { aRecordingLogger } from '../../support/recording-logger.ts';
import { refusalOf } from '../../support/refusals.ts';
import { anOidcIssuer, aSigningKey, nowMs, nowSeconds, type SigningKey, sign } from '../../support/tokens.ts';

const url = 'https://daypass.example.com';

/** The broker's own key, and a key of each of the others that has the same id. */
let own: SigningKey;
let okta: SigningKey;
let acme: SigningKey;

beforeAll(async () => {
  [own, okta, acme] = await Promise.all([
    aSigningKey('one', 'RS256'),
    aSigningKey('one', 'RS256'),
    aSigningKey('one', 'ES256'),
  ]);
});

const jane = (changes: Partial<Principal> = {}) =>
  aPrincipal({ issuer: 'ad-fs', subject: 'jane@example.com', claims: { team: 'web' }, ...changes });

const defaults = (): readonly Issuer[] => [
  aSamlIssuer(),
  anIamIssuer(),
  anOidcIssuer({
    name: 'okta',
    issuer: 'https://example.okta.com',
    audiences: [url],
    algorithms: ['RS256'],
    tokenTypes: ['jwt', 'at+jwt', brokerTokenType],
    jwks: { keys: [{ ...okta.publicJwk }] },
  }),
  anIntegrationIssuer('acme', acme),
];

function anAuthenticate(issuers = defaults(), atMs = nowMs) {
  const byName = new Map(issuers.map((issuer) => [issuer.name, issuer]));
  const broker = toBrokerIssuer(url);
  const now = () => atMs;
  const fetchKeys = async () => importVerificationKeys({ keys: [{ ...own.publicJwk }] }, ['RS256']);
  const verifier = createJoseTokenVerifier({
    issuers: byName,
    broker: { issuer: broker, fetchKeys },
    fetch: async () => {
      throw new Error('nothing here is fetched');
    },
    now,
    logger: aRecordingLogger(),
  });
  return createAuthenticate({ issuers: byName, broker, verifier, now });
}

const someClaims = (changes: Readonly<Record<string, unknown>> = {}, principal = jane()) => ({
  ...toBrokerClaims(principal, { url, tokenId: 'token-1', nowMs }),
  ...changes,
});

const ofBroker = (
  changes: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
  key = own,
) => sign(key, someClaims(changes), { typ: brokerTokenType, ...header });

describe('a token of the broker’s own', () => {
  it('proves the principal that it was made of', async () => {
    expect(await anAuthenticate()(await ofBroker())).toEqual(jane({ expiresAt: nowSeconds + 900 }));
  });

  it.each(['daypass+jwt', 'application/daypass+jwt', 'DAYPASS+JWT'])(
    'may write its type as %s',
    async (typ) => {
      expect(await anAuthenticate()(await ofBroker({}, { typ }))).toMatchObject({
        subject: 'jane@example.com',
      });
    },
  );

  it('never outlives the proof that it was made of', async () => {
    const principal = jane({ expiresAt: nowSeconds + 60 });
    const short = await sign(own, someClaims({}, principal), { typ: brokerTokenType });

    expect(await anAuthenticate()(short)).toMatchObject({ expiresAt: nowSeconds + 60 });
    expect(await refusalOf(async () => anAuthenticate(defaults(), nowMs + 60_000)(short))).toBe('expired');
  });

  it('is good for fifteen minutes at most', async () => {
    const token = await ofBroker();

    expect(await anAuthenticate(defaults(), nowMs + 899_999)(token)).toMatchObject({ issuer: 'ad-fs' });
    expect(await refusalOf(async () => anAuthenticate(defaults(), nowMs + 900_000)(token))).toBe('expired');
  });

  it('takes the earlier of two expiries, the token’s and the principal’s', async () => {
    const principal = { ...jane(), expiresAt: nowSeconds + 30 };

    expect(await anAuthenticate()(await ofBroker({ principal }))).toMatchObject({
      expiresAt: nowSeconds + 30,
    });
  });

  it.each<[reason: string, what: string, token: () => Promise<string>]>([
    ['token-type', 'no typ', () => sign(own, someClaims())],
    ['token-type', 'the typ of an ID token', () => ofBroker({}, { typ: 'JWT' })],
    ['token-type', 'the typ of an access token', () => ofBroker({}, { typ: 'at+jwt' })],
    ['token-type', 'a typ that begins alike', () => ofBroker({}, { typ: 'daypass+jwt2' })],
    ['malformed-token', 'an empty typ', () => ofBroker({}, { typ: '' })],
    ['audience', 'another broker’s URL for audience', () => ofBroker({ aud: 'https://other.example.com' })],
    [
      'audience',
      'another broker’s URL beside ours',
      () => ofBroker({ aud: [url, 'https://other.example.com'] }),
    ],
    ['audience', 'our URL with a slash', () => ofBroker({ aud: `${url}/` })],
    ['audience', 'no audience', () => ofBroker({ aud: undefined })],
    ['audience', 'an empty list of audiences', () => ofBroker({ aud: [] })],
    ['unknown-issuer', 'another broker for issuer', () => ofBroker({ iss: 'https://other.example.com' })],
    ['unknown-issuer', 'our URL with a slash for issuer', () => ofBroker({ iss: `${url}/` })],
    ['unknown-issuer', 'our name for issuer', () => ofBroker({ iss: 'daypass' })],
    ['unknown-issuer', 'the SAML issuer’s name for issuer', () => ofBroker({ iss: 'ad-fs' })],
    ['lifetime', 'a lifetime of 901 s', () => ofBroker({ exp: nowSeconds + 901 })],
    ['malformed-token', 'no exp', () => ofBroker({ exp: undefined })],
    ['malformed-token', 'no iat', () => ofBroker({ iat: undefined })],
    ['not-yet-valid', 'an iat to come', () => ofBroker({ iat: nowSeconds + 60 })],
    ['algorithm', 'ES256', () => sign(acme, someClaims(), { typ: brokerTokenType })],
    ['signature', 'the signature of an OpenID provider with our key’s id', () => ofBroker({}, {}, okta)],
    ['unknown-key', 'a key id that is not ours', () => ofBroker({}, { kid: 'two' })],
    ['claim', 'no principal', () => ofBroker({ principal: undefined })],
    ['claim', 'a principal that is text', () => ofBroker({ principal: JSON.stringify(jane()) })],
    ['claim', 'a principal that is a list', () => ofBroker({ principal: [jane()] })],
    ['claim', 'a principal with a member more', () => ofBroker({ principal: { ...jane(), admin: true } })],
    ['claim', 'a principal without mfa', () => ofBroker({ principal: { ...jane(), mfa: undefined } })],
    ['claim', 'a principal whose mfa is text', () => ofBroker({ principal: { ...jane(), mfa: 'true' } })],
    ['claim', 'a principal without a subject', () => ofBroker({ principal: jane({ subject: '' }) })],
    ['claim', 'a principal of no issuer of ours', () => ofBroker({ principal: jane({ issuer: 'gone' }) })],
    [
      'claim',
      'a principal of an issuer’s prototype',
      () => ofBroker({ principal: jane({ issuer: '__proto__' }) }),
    ],
    ['claim', 'a principal of an OpenID provider', () => ofBroker({ principal: jane({ issuer: 'okta' }) })],
    ['claim', 'a principal of AWS', () => ofBroker({ principal: jane({ issuer: 'aws' }) })],
    ['claim', 'a principal of an integration', () => ofBroker({ principal: jane({ issuer: 'acme' }) })],
    ['claim', 'a principal of the broker itself', () => ofBroker({ principal: jane({ issuer: 'daypass' }) })],
    [
      'claim',
      'a principal with an AWS account',
      () => ofBroker({ principal: jane({ aws: { accountId: '111111111111' } }) }),
    ],
    [
      'claim',
      'a principal with a proof of one use',
      () => ofBroker({ principal: jane({ proofId: 'p'.repeat(43) }) }),
    ],
    [
      'claim',
      'a principal that asserts itself',
      () => ofBroker({ principal: jane({ selfAsserted: ['team'] }) }),
    ],
  ])('is refused (%s) with %s', async (reason, _what, token) => {
    expect(await refusalOf(async () => anAuthenticate()(await token()))).toBe(reason);
  });

  it('is refused once its issuer is no longer configured', async () => {
    const token = await ofBroker();
    const without = defaults().filter(({ type }) => type !== 'saml');

    expect(await anAuthenticate()(token)).toMatchObject({ issuer: 'ad-fs' });
    expect(await refusalOf(async () => anAuthenticate(without)(token))).toBe('claim');
  });

  it('is refused once its issuer’s name is that of another kind', async () => {
    const renamed = anOidcIssuer({ name: 'ad-fs', issuer: 'https://example.okta.com' });

    expect(await refusalOf(async () => anAuthenticate([renamed])(await ofBroker()))).toBe('claim');
  });

  it('is admitted anew: statements that came since hold for it', async () => {
    const token = await ofBroker();
    const of = (team: string) =>
      anAuthenticate([
        aSamlIssuer({
          admit: admitting({ Effect: 'Allow', Condition: { StringEquals: { 'claims:team': team } } }),
        }),
      ]);

    expect(await of('web')(token)).toMatchObject({ subject: 'jane@example.com' });
    expect(await refusalOf(async () => of('payments')(token))).toBe('not-admitted');
  });

  it('is not taken by an authorizer that has no key of the broker’s', async () => {
    const issuers = new Map(defaults().map((issuer) => [issuer.name, issuer]));
    const verifier = { verifySignature: async () => ({ keyThumbprint: 'of any' }) };
    const authenticate = createAuthenticate({ issuers, verifier, now: () => nowMs });

    expect(await refusalOf(async () => authenticate(await ofBroker()))).toBe('unknown-issuer');
  });

  it('cannot be that of an OpenID provider at the broker’s own URL: such a configuration starts nothing', () => {
    const impostor = anOidcIssuer({ name: 'impostor', issuer: url, algorithms: ['RS256'] });

    expect(() => anAuthenticate([impostor])).toThrow(TypeError);
  });
});

describe('a token of an OpenID provider', () => {
  it.each([
    ['of the broker’s type', {}, { typ: brokerTokenType }],
    ['with a principal in it', { principal: jane({ subject: 'root-of-all-evil' }) }, {}],
  ])('stays one though it is %s', async (_what, claims, header) => {
    const times = { iat: nowSeconds, exp: nowSeconds + 300 };
    const token = await sign(
      okta,
      { iss: 'https://example.okta.com', aud: url, sub: 'mallory', ...times, ...claims },
      header,
    );

    expect(await anAuthenticate()(token)).toMatchObject({ issuer: 'okta', subject: 'mallory', claims: {} });
  });
});
