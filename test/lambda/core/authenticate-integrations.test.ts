import { beforeAll, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { createJoseTokenVerifier } from '../../../lambda/adapters/jose-token-verifier.ts';
import { createAuthenticate } from '../../../lambda/core/authenticate.ts';
import type { Issuer } from '../../../lambda/core/configuration.ts';
import { admitting, anIntegrationIssuer } from '../../support/issuers.ts';
import { aRecordingLogger } from '../../support/recording-logger.ts';
import { refusalOf } from '../../support/refusals.ts';
import { anOidcIssuer, aSigningKey, nowMs, nowSeconds, type SigningKey, sign } from '../../support/tokens.ts';

const url = 'https://daypass.example.com';

/** Keys of two third parties and of an OpenID provider, all of one id. */
let acme: SigningKey;
let globex: SigningKey;
let okta: SigningKey;

beforeAll(async () => {
  [acme, globex, okta] = await Promise.all([aSigningKey('one'), aSigningKey('one'), aSigningKey('one')]);
});

const defaults = (): readonly Issuer[] => [
  anIntegrationIssuer('acme', acme),
  anIntegrationIssuer('globex', globex),
  anOidcIssuer({ audiences: [url], jwks: { keys: [{ ...okta.publicJwk }] } }),
];

function anAuthenticate(issuers = defaults(), atMs = nowMs) {
  const byName = new Map(issuers.map((issuer) => [issuer.name, issuer]));
  const now = () => atMs;
  const verifier = createJoseTokenVerifier({
    issuers: byName,
    fetch: async () => {
      throw new Error('nothing here is fetched');
    },
    now,
    logger: aRecordingLogger(),
  });
  return createAuthenticate({ issuers: byName, verifier, now });
}

type Changes = Readonly<Record<string, unknown>>;

const ofAcme = (changes: Changes = {}, header: Changes = {}, key = acme) =>
  sign(
    key,
    {
      iss: 'acme',
      sub: 'acme',
      aud: url,
      jti: 'request-1',
      iat: nowSeconds,
      exp: nowSeconds + 60,
      ...changes,
    },
    header,
  );

describe('a private_key_jwt', () => {
  it('proves the integration, once', async () => {
    expect(await anAuthenticate()(await ofAcme())).toEqual({
      issuer: 'acme',
      subject: 'acme',
      claims: {},
      mfa: false,
      issuedAt: nowSeconds,
      expiresAt: nowSeconds + 60,
      proofId: expect.stringMatching(/^[\w-]{43}$/),
      // As another implementation of RFC 7638 has it.
      integration: { keyThumbprint: await calculateJwkThumbprint(acme.publicJwk) },
    });
  });

  it.each([
    ['no typ', {}],
    ['JWT', { typ: 'JWT' }],
    ['client-authentication+jwt', { typ: 'client-authentication+jwt' }],
  ])('is taken with %s', async (_what, header) => {
    expect(await anAuthenticate()(await ofAcme({}, header))).toMatchObject({ issuer: 'acme' });
  });

  it.each([
    ['an audience in a list', { aud: [url] }],
    ['five minutes to live', { exp: nowSeconds + 300 }],
    ['a jti of one character', { jti: '1' }],
    ['a jti of 256 characters', { jti: 'j'.repeat(256) }],
    ['other claims, which it may not choose', { groups: ['admins'], amr: ['mfa'], auth_time: nowSeconds }],
  ])('is taken with %s', async (_what, claims) => {
    const principal = await anAuthenticate()(await ofAcme(claims));

    expect(principal).toMatchObject({ issuer: 'acme', claims: {}, mfa: false });
    expect(principal).not.toHaveProperty('authTime');
  });

  it.each<[reason: string, what: string, token: () => Promise<string>]>([
    ['subject', 'no sub', () => ofAcme({ sub: undefined })],
    ['subject', 'another integration for sub', () => ofAcme({ sub: 'globex' })],
    ['subject', 'a sub of another case', () => ofAcme({ sub: 'ACME' })],
    ['subject', 'a sub in a list', () => ofAcme({ sub: ['acme'] })],
    ['signature', 'another integration’s key', () => ofAcme({}, {}, globex)],
    [
      'signature',
      'another integration for iss and sub, with this key',
      () => ofAcme({ iss: 'globex', sub: 'globex' }),
    ],
    ['signature', 'another integration for iss alone', () => ofAcme({ iss: 'globex' })],
    ['signature', 'an OpenID provider’s key of the same id', () => ofAcme({}, {}, okta)],
    ['signature', 'an OpenID provider for iss', () => ofAcme({ iss: 'https://idp.example', sub: 'alice' })],
    ['unknown-issuer', 'no iss', () => ofAcme({ iss: undefined })],
    ['unknown-issuer', 'an iss of another case', () => ofAcme({ iss: 'Acme' })],
    ['unknown-issuer', 'an iss that begins alike', () => ofAcme({ iss: 'acme2' })],
    ['unknown-issuer', 'an iss of a prototype', () => ofAcme({ iss: '__proto__' })],
    ['proof-id', 'no jti', () => ofAcme({ jti: undefined })],
    ['proof-id', 'an empty jti', () => ofAcme({ jti: '' })],
    ['proof-id', 'a jti that is a number', () => ofAcme({ jti: 1 })],
    ['proof-id', 'a jti that is null', () => ofAcme({ jti: null })],
    ['proof-id', 'a jti that is a list', () => ofAcme({ jti: ['request-1'] })],
    ['proof-id', 'a jti of 257 characters', () => ofAcme({ jti: 'j'.repeat(257) })],
    ['lifetime', '301 s to live', () => ofAcme({ exp: nowSeconds + 301 })],
    ['lifetime', 'an exp that is the iat', () => ofAcme({ iat: nowSeconds + 1, exp: nowSeconds + 1 })],
    ['malformed-token', 'no exp', () => ofAcme({ exp: undefined })],
    ['malformed-token', 'no iat', () => ofAcme({ iat: undefined })],
    ['malformed-token', 'an exp that is text', () => ofAcme({ exp: String(nowSeconds + 60) })],
    ['expired', 'an exp that has passed', () => ofAcme({ iat: nowSeconds - 60, exp: nowSeconds })],
    ['not-yet-valid', 'an iat to come', () => ofAcme({ iat: nowSeconds + 6 })],
    ['not-yet-valid', 'an nbf to come', () => ofAcme({ nbf: nowSeconds + 6 })],
    ['audience', 'no audience', () => ofAcme({ aud: undefined })],
    ['audience', 'another audience', () => ofAcme({ aud: 'https://sts.amazonaws.com' })],
    ['audience', 'another audience beside ours', () => ofAcme({ aud: [url, 'https://other.example.com'] })],
    ['audience', 'an empty list', () => ofAcme({ aud: [] })],
    ['audience', 'its own name', () => ofAcme({ aud: 'acme' })],
    ['token-type', 'the typ of an access token', () => ofAcme({}, { typ: 'at+jwt' })],
    ['token-type', 'the typ of the broker’s own', () => ofAcme({}, { typ: 'daypass+jwt' })],
    ['algorithm', 'no algorithm', () => ofAcme({}, {}, acme).then((token) => withAlgorithm(token, 'none'))],
    ['algorithm', 'HS256', () => ofAcme({}, {}, acme).then((token) => withAlgorithm(token, 'HS256'))],
    ['unknown-key', 'an unknown key id', () => ofAcme({}, { kid: 'two' })],
  ])('is refused (%s) with %s', async (reason, _what, token) => {
    expect(await refusalOf(async () => anAuthenticate()(await token()))).toBe(reason);
  });

  it('has one id for its integration and jti, whatever else it says, and for no other', async () => {
    const authenticate = anAuthenticate();
    const idOf = async (token: Promise<string>) => (await authenticate(await token)).proofId;

    const first = await idOf(ofAcme());

    // Another signature, expiry and type: still the same proof.
    expect(await idOf(ofAcme({ exp: nowSeconds + 120 }, { typ: 'JWT' }))).toBe(first);
    const others = await Promise.all([
      idOf(ofAcme({ jti: 'request-2' })),
      idOf(ofAcme({ jti: 'Request-1' })),
      idOf(ofAcme({ jti: 'request-1 ' })),
      idOf(ofAcme({ iss: 'globex', sub: 'globex' }, {}, globex)),
    ]);
    expect(new Set([first, ...others]).size).toBe(5);
  });

  it('takes the keys of a rotation both, each by its id', async () => {
    const next = await aSigningKey('next');
    const rotating = anIntegrationIssuer('acme', acme, {
      jwks: { keys: [{ ...acme.publicJwk }, { ...next.publicJwk }] },
    });
    const authenticate = anAuthenticate([rotating]);

    expect(await authenticate(await ofAcme())).toMatchObject({ issuer: 'acme' });
    expect(await authenticate(await ofAcme({}, {}, next))).toMatchObject({ issuer: 'acme' });
    expect(await refusalOf(async () => authenticate(await ofAcme({}, { kid: 'next' })))).toBe('signature');
  });

  it('is admitted by the statements of the integration', async () => {
    const admit = admitting({
      Effect: 'Allow',
      Condition: { NumericLessThan: { 'daypass:TokenAge': '30' } },
    });
    const authenticate = anAuthenticate([anIntegrationIssuer('acme', acme, { admit })]);

    expect(await authenticate(await ofAcme())).toMatchObject({ issuer: 'acme' });
    expect(await refusalOf(async () => authenticate(await ofAcme({ iat: nowSeconds - 40 })))).toBe(
      'not-admitted',
    );
  });
});

/** The same token with another algorithm in its header, which makes its signature nobody's. */
function withAlgorithm(token: string, alg: string): string {
  const [, payload, signature] = token.split('.');
  const header = Buffer.from(JSON.stringify({ alg, kid: 'one' })).toString('base64url');
  return `${header}.${payload}.${signature}`;
}
