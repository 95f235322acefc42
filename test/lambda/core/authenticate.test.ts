import { createHmac, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactEncrypt, type JWK } from 'jose';
import { createJoseTokenVerifier } from '../../../lambda/adapters/jose-token-verifier.ts';
import { type Authenticate, createAuthenticate } from '../../../lambda/core/authenticate.ts';
import type { OidcIssuer } from '../../../lambda/core/configuration.ts';
import { compilePolicy } from '../../../lambda/core/policy/compile-policy.ts';
import type { PolicyGrammar } from '../../../lambda/core/policy/policy.ts';
import { type LoopbackIssuer, startLoopbackIssuer } from '../../support/loopback-issuer.ts';
import { aRecordingLogger } from '../../support/recording-logger.ts';
import { refusalOf } from '../../support/refusals.ts';
import {
  anOidcIssuer,
  anUnsignedToken,
  aSigningKey,
  byName,
  nowMs,
  nowSeconds,
  type SigningKey,
  sign,
  someClaims,
  toBase64url,
} from '../../support/tokens.ts';

const admitGrammar: PolicyGrammar = {
  document: 'statements',
  principal: 'forbidden',
  action: 'forbidden',
  resource: 'forbidden',
};

let rsa: SigningKey;
let ec: SigningKey;
let ed: SigningKey;
let foreign: SigningKey;
/** Issuer of people (RS256 and EdDSA) and issuer of a partner (ES256): both have a key with the id `one`. */
let people: LoopbackIssuer;
let partner: LoopbackIssuer;
let authenticate: Authenticate;
/** Every address that was fetched. */
const fetched: string[] = [];

beforeAll(async () => {
  [rsa, ec, ed, foreign] = await Promise.all([
    aSigningKey('one', 'RS256'),
    aSigningKey('one', 'ES256'),
    aSigningKey('ed', 'EdDSA'),
    aSigningKey('one', 'RS256'),
  ]);
  [people, partner] = await Promise.all([
    startLoopbackIssuer([rsa.publicJwk, ed.publicJwk, await aSmallRsaJwk()]),
    startLoopbackIssuer([ec.publicJwk]),
  ]);
  authenticate = anAuthenticate(
    anOidcIssuer({
      name: 'people',
      issuer: people.url,
      algorithms: ['RS256', 'EdDSA'],
      claims: new Map([
        ['groups', { pointer: '/groups', type: 'list' }],
        ['team', { pointer: '/team', type: 'string' }],
      ]),
      mfa: { amr: ['mfa'], acr: [] },
    }),
    anOidcIssuer({
      name: 'partner',
      issuer: partner.url,
      claims: new Map([['owner', { pointer: '/owner', type: 'string' }]]),
      admit: compilePolicy(
        [
          { Effect: 'Allow', Condition: { StringEquals: { 'claims:owner': '1234567' } } },
          { Effect: 'Deny', Condition: { StringEquals: { 'daypass:Subject': 'mallory' } } },
        ],
        admitGrammar,
      ),
    }),
  );
});

afterAll(() => Promise.all([people.close(), partner.close()]));

function anAuthenticate(...issuers: readonly OidcIssuer[]): Authenticate {
  const now = () => nowMs;
  const verifier = createJoseTokenVerifier({
    issuers: byName(...issuers),
    fetch: (input, init) => {
      fetched.push(String(input));
      return fetch(input, init);
    },
    now,
    logger: aRecordingLogger(),
  });
  return createAuthenticate({ issuers: byName(...issuers), verifier, now });
}

async function aSmallRsaJwk(): Promise<JWK> {
  const { generateKeyPairSync } = await import('node:crypto');
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return { ...publicKey.export({ format: 'jwk' }), kid: 'small' } as JWK;
}

type Claims = Readonly<Record<string, unknown>>;
const ofPeople = (changes: Claims = {}, header: Claims = {}, key = rsa) =>
  sign(key, someClaims({ iss: people.url, ...changes }), header);
const ofPartner = (changes: Claims = {}, header: Claims = {}, key = ec) =>
  sign(key, someClaims({ iss: partner.url, owner: '1234567', ...changes }), header);

/** HMAC with the bytes of what an attacker has: the public key in some encoding. */
function withHmac(encode: (jwk: JWK) => string | Buffer, alg = 'HS256'): string {
  const head = toBase64url(JSON.stringify({ alg, kid: 'one' }));
  const input = `${head}.${toBase64url(JSON.stringify(someClaims({ iss: people.url })))}`;
  return `${input}.${createHmac('sha256', encode(rsa.publicJwk)).update(input).digest('base64url')}`;
}

/** A good token within a JWE for a key that nobody here has. */
const anEncryptedToken = async () =>
  new CompactEncrypt(new TextEncoder().encode(await ofPeople()))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', cty: 'JWT' })
    .encrypt(new Uint8Array(32));

const toPem = (jwk: JWK) =>
  createPublicKey({ key: jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) as string;
const toDer = (jwk: JWK) =>
  createPublicKey({ key: jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'der' });

describe('createAuthenticate', () => {
  it('gives the principal of a person', async () => {
    const token = await ofPeople({
      groups: ['sre'],
      team: 'payments',
      amr: ['pwd', 'mfa'],
      email: 'a@example.com',
    });

    expect(await authenticate(token)).toEqual({
      issuer: 'people',
      subject: 'alice',
      claims: { groups: ['sre'], team: 'payments' },
      mfa: true,
      issuedAt: nowSeconds - 10,
      expiresAt: nowSeconds + 300,
    });
  });

  it('gives the principal of an admitted partner', async () => {
    expect(await authenticate(await ofPartner())).toMatchObject({
      issuer: 'partner',
      claims: { owner: '1234567' },
    });
  });

  it('keeps two issuers with one subject apart', async () => {
    const [a, b] = [await authenticate(await ofPeople()), await authenticate(await ofPartner())];

    expect([a.subject, b.subject]).toEqual(['alice', 'alice']);
    expect(a.issuer).not.toBe(b.issuer);
  });

  it.each([
    ['EdDSA', () => ofPeople({}, {}, ed)],
    ['an access token of RFC 9068', () => ofPeople({}, { typ: 'at+jwt' })],
    ['typ with its media type', () => ofPeople({}, { typ: 'application/at+jwt' })],
    ['typ JWT', () => ofPeople({}, { typ: 'JWT' })],
  ])('takes %s', async (_name, token) => {
    expect(await authenticate(await token())).toMatchObject({ issuer: 'people' });
  });

  it.each<[reason: string, name: string, token: () => string | Promise<string>]>([
    ['algorithm', 'alg none', () => anUnsignedToken({ alg: 'none' }, someClaims({ iss: people.url }))],
    ['algorithm', 'alg None', () => anUnsignedToken({ alg: 'None' }, someClaims({ iss: people.url }))],
    ['algorithm', 'alg nOnE', () => anUnsignedToken({ alg: 'nOnE' }, someClaims({ iss: people.url }))],
    [
      'malformed-token',
      'alg none, unsigned',
      () => anUnsignedToken({ alg: 'none' }, someClaims({ iss: people.url }), ''),
    ],
    ['algorithm', 'HMAC with the PEM', () => withHmac(toPem)],
    ['algorithm', 'HMAC with the PEM, trimmed', () => withHmac((jwk) => toPem(jwk).trim())],
    ['algorithm', 'HMAC with the PEM after a space', () => withHmac((jwk) => ` ${toPem(jwk)}`)],
    ['algorithm', 'HMAC with the DER', () => withHmac(toDer)],
    ['algorithm', 'HMAC with n', () => withHmac((jwk) => jwk.n ?? '')],
    ['algorithm', 'HMAC with the bytes of n', () => withHmac((jwk) => Buffer.from(jwk.n ?? '', 'base64url'))],
    ['algorithm', 'HMAC with the JWK', () => withHmac((jwk) => JSON.stringify(jwk))],
    ['algorithm', 'HMAC with nothing', () => withHmac(() => '')],
    ['signature', 'HMAC with the PEM, called RS256', () => withHmac(toPem, 'RS256')],
    ['algorithm', 'ES256 where RS256 and EdDSA are pinned', () => ofPeople({}, {}, ec)],
    ['algorithm', 'RS256 where ES256 is pinned', () => ofPartner({}, {}, rsa)],
    ['signature', "another's key under our key id", () => ofPeople({}, {}, foreign)],
    ['unknown-key', "another's key under its own id", () => ofPeople({}, { kid: 'theirs' }, foreign)],
    ['unknown-key', 'an RSA key of 1024 bits', () => ofPeople({}, { kid: 'small' })],
    ['unknown-key', "the key of our other issuer's id", () => ofPeople({}, { kid: 'ed' })],
    ['unknown-key', 'a kid of SQL', () => ofPeople({}, { kid: "' OR 1=1 --" })],
    ['unknown-key', 'a kid of a path', () => ofPeople({}, { kid: '../../etc/passwd' })],
    ['malformed-token', 'a kid of 10 KB', () => ofPeople({}, { kid: 'k'.repeat(10_000) })],
    ['unknown-key', 'an embedded key', () => ofPeople({}, { kid: 'x', jwk: foreign.publicJwk }, foreign)],
    ['malformed-token', 'no exp', () => ofPeople({ exp: undefined })],
    [
      'expired',
      'an exp of yesterday',
      () => ofPeople({ iat: nowSeconds - 90_000, exp: nowSeconds - 86_400 }),
    ],
    ['lifetime', 'an exp in 100 years', () => ofPeople({ exp: nowSeconds + 3_155_760_000 })],
    ['not-yet-valid', 'an iat in the future', () => ofPeople({ iat: nowSeconds + 60 })],
    ['not-yet-valid', 'an nbf in the future', () => ofPeople({ nbf: nowSeconds + 60 })],
    ['audience', 'another audience', () => ofPeople({ aud: 'https://other.example' })],
    ['audience', 'ours and another audience', () => ofPeople({ aud: ['daypass', 'other'] })],
    ['token-type', 'an id token by name', () => ofPeople({}, { typ: 'id_token' })],
    ['token-type', 'a logout token', () => ofPeople({}, { typ: 'logout+jwt' })],
    ['subject', 'an empty subject', () => ofPeople({ sub: '' })],
    ['malformed-token', 'a subject of 10 KB', () => ofPeople({ sub: 's'.repeat(10_000) })],
    ['subject', 'a subject of 2 KB', () => ofPeople({ sub: 's'.repeat(2000) })],
    ['subject', 'a subject with a line of its own', () => ofPeople({ sub: 'alice\nroot' })],
    ['claim', 'groups that are text', () => ofPeople({ groups: 'sre' })],
    [
      'principal-too-large',
      '800 groups',
      () => ofPeople({ groups: Array.from({ length: 800 }, (_, i) => `g${i}`) }),
    ],
    [
      'malformed-token',
      '5,000 groups',
      () => ofPeople({ groups: Array.from({ length: 5000 }, (_, i) => `g${i}`) }),
    ],
    ['malformed-token', 'a token of 16 KB', () => ofPeople({ filler: 'x'.repeat(12_000) })],
    ['malformed-token', 'padding after a good token', async () => `${await ofPeople()}==`],
    ['malformed-token', 'a space after a good token', async () => `${await ofPeople()} `],
    [
      'malformed-token',
      'iss twice, ours last',
      () => sign(rsa, `{"iss":"x",${JSON.stringify(someClaims({ iss: people.url })).slice(1)}`),
    ],
    [
      'malformed-token',
      'sub twice',
      () => sign(rsa, `{"sub":"root",${JSON.stringify(someClaims({ iss: people.url })).slice(1)}`),
    ],
    [
      'unsupported-token',
      'a crit that nobody knows',
      () => anUnsignedToken({ alg: 'RS256', kid: 'one', crit: ['x'], x: 1 }),
    ],
    [
      'unsupported-token',
      'b64: false',
      () => anUnsignedToken({ alg: 'RS256', kid: 'one', b64: false, crit: ['b64'] }),
    ],
    ['unsupported-token', 'a nested token', () => ofPeople({}, { cty: 'JWT' })],
    ['unsupported-token', 'an encrypted token', anEncryptedToken],
    ['not-admitted', 'a partner of another owner', () => ofPartner({ owner: '7654321' })],
    ['not-admitted', 'a partner of an owner with ours as prefix', () => ofPartner({ owner: '12345678' })],
    ['not-admitted', 'a partner of no owner', () => ofPartner({ owner: undefined })],
    ['not-admitted', 'a partner whom a Deny names', () => ofPartner({ sub: 'mallory' })],
    ['claim', 'a partner whose owner is a number', () => ofPartner({ owner: 1_234_567 })],
    ['unknown-key', "the partner's own key with another id", () => ofPartner({}, { kid: 'two' })],
  ])('refuses for %s: %s', async (reason, _name, token) => {
    expect(await refusalOf(async () => authenticate(await token()))).toBe(reason);
  });

  it.each<[name: string, change: (url: string) => unknown]>([
    ['a slash at its end', (url) => `${url}/`],
    ['another case', (url) => url.replace('http', 'HTTP')],
    ['another name of the host', (url) => url.replace('127.0.0.1', 'localhost')],
    ['the host as one number', (url) => url.replace('127.0.0.1', '2130706433')],
    ['a query', (url) => `${url}?x=1`],
    ['a fragment', (url) => `${url}#x`],
    ['a user', (url) => url.replace('//', '//user@')],
    ['our host as user of another', (url) => `${url}@evil.example`],
    ['a space before it', (url) => ` ${url}`],
    ['a homograph', (url) => url.replace('1', '１')],
    ['a path below it', (url) => `${url}/tenant`],
    ['a prefix of it', (url) => url.slice(0, -1)],
    ['our name for it', () => 'people'],
    ['a list with it', (url) => [url]],
    ['nothing', () => undefined],
    ['null', () => null],
    ['the metadata service', () => 'http://169.254.169.254/latest/meta-data'],
    ['__proto__', () => '__proto__'],
  ])('refuses, without any network, an iss that is %s', async (_name, change) => {
    const before = fetched.length;

    const reason = await refusalOf(async () => authenticate(await ofPeople({ iss: change(people.url) })));

    expect(reason).toBe('unknown-issuer');
    expect(fetched.slice(before)).toEqual([]);
  });

  it('fetches nothing for a token that could never pass', async () => {
    const cold = anAuthenticate(anOidcIssuer({ issuer: people.url, algorithms: ['RS256'] }));
    const before = fetched.length;

    expect(await refusalOf(async () => cold(await ofPeople({ exp: nowSeconds - 60 })))).toBe('expired');
    expect(await refusalOf(async () => cold(await ofPeople({ aud: 'other' })))).toBe('audience');
    expect(fetched.slice(before)).toEqual([]);
  });

  it('keeps no result: the same token is refused once it has expired', async () => {
    let now = nowMs;
    const issuers = byName(anOidcIssuer({ issuer: people.url, algorithms: ['RS256'] }));
    const verifier = createJoseTokenVerifier({ issuers, fetch, now: () => now, logger: aRecordingLogger() });
    const timed = createAuthenticate({ issuers, verifier, now: () => now });
    const token = await ofPeople();
    expect(await refusalOf(() => timed(token))).toBeUndefined();

    now += 306_000;

    expect(await refusalOf(() => timed(token))).toBe('expired');
  });

  it('takes no token that differs from a good one in any character', async () => {
    const token = await ofPeople();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length - 1),
        fc.string({ maxLength: 2, unit: 'binary' }),
        async (at, put) => {
          const other = token.slice(0, at) + put + token.slice(at + 1);
          fc.pre(other !== token);

          expect(await refusalOf(() => authenticate(other))).toBeDefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  it('throws TypeError for two issuers of one URL', () => {
    const make = () => anAuthenticate(anOidcIssuer({ name: 'a' }), anOidcIssuer({ name: 'b' }));

    expect(make).toThrow(TypeError);
  });
});
