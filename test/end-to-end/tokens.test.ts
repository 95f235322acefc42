import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, exportSPKI, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { call, fetchToken, issue, readTrail } from '../support/daypass-client.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;
let good: string;
let claims: JWTPayload;

beforeAll(async () => {
  daypass = await startDaypass();
  good = await fetchToken(daypass, 'sre');
  claims = decodeJwt(good);
});

afterAll(() => daypass.stop());

/** The issuer's real key: what an attacker would have who could get tokens for something else. */
function issuerKey(issuer: string): JWK {
  const file = join(daypass.dataDirectory, `identity-provider-${issuer}.json`);
  const { keys } = JSON.parse(readFileSync(file, 'utf8')) as { keys: JWK[] };
  const [key] = keys;
  if (key === undefined) throw new Error(`no key of ${issuer}`);
  return key;
}

async function signWith(
  issuer: string,
  changes: Readonly<Record<string, unknown>>,
  header: object = {},
): Promise<string> {
  const jwk = issuerKey(issuer);
  const protectedHeader = { alg: jwk.alg ?? '', kid: jwk.kid ?? '', typ: 'at+jwt', ...header };
  return new SignJWT({ ...claims, ...changes })
    .setProtectedHeader(protectedHeader)
    .sign(await importJWK(jwk), { crit: { 'x-ours': true } });
}

const seconds = () => Math.floor(Date.now() / 1000);
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Everybody's issuances of today, by what does not change while CloudTrail is read. */
async function readRows(): Promise<unknown> {
  const from = new Date().toISOString().slice(0, 10);
  const { json } = await call(daypass, { token: good, path: `/v1/issuances?from=${from}&limit=100` });
  expect(json.scope).toBe('all');
  return json.issuances.map(({ id, state }: Record<string, unknown>) => ({ id, state }));
}

describe('the tests’ own tokens', () => {
  it('are taken where nothing is wrong with them, so that what follows refuses for its own reason', async () => {
    const answer = await issue(daypass, await signWith('okta', {}), 'prod-readonly', {});

    expect(answer.status).toBe(200);
  });
});

describe('a token that proves nothing', () => {
  const attacks: readonly (readonly [string, () => Promise<string> | string])[] = [
    [
      'is signed by another key',
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', kid: issuerKey('okta').kid ?? '' })
          .sign(privateKey);
      },
    ],
    [
      'has another payload under its signature',
      () => {
        const [header, , signature] = good.split('.');
        return `${header}.${encode({ ...claims, groups: ['sre', 'admin'] })}.${signature}`;
      },
    ],
    ['has alg none', () => `${encode({ alg: 'none' })}.${encode(claims)}.`],
    ['has alg nOnE', () => `${encode({ alg: 'nOnE', typ: 'JWT' })}.${encode(claims)}.`],
    [
      'is HS256 under the public key',
      async () => {
        const { d, p, q, dp, dq, qi, ...publicJwk } = issuerKey('okta');
        const key = await importJWK({ ...publicJwk }, 'RS256', { extractable: true });
        if (key instanceof Uint8Array) throw new TypeError('an RSA key is expected');
        const secret = new TextEncoder().encode(await exportSPKI(key));
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: publicJwk.kid ?? '' })
          .sign(secret);
      },
    ],
    ['is for another audience', () => signWith('okta', { aud: 'somebody-else' })],
    ['is for this and another audience', () => signWith('okta', { aud: ['daypass', 'somebody-else'] })],
    ['is of an issuer that nobody configured', () => signWith('okta', { iss: 'https://evil.example' })],
    ['has the issuer with a trailing slash', () => signWith('okta', { iss: `${claims.iss}/` })],
    ["claims issuer okta under acme's key", () => signWith('acme', {})],
    ["claims issuer okta under github-actions' key", () => signWith('github-actions', {})],
    ['is expired', () => signWith('okta', { iat: seconds() - 7200, exp: seconds() - 3600 })],
    ['never expires', () => signWith('okta', { exp: undefined })],
    ['lives a hundred years', () => signWith('okta', { exp: seconds() + 3_155_760_000 })],
    ['is not yet valid', () => signWith('okta', { nbf: seconds() + 600 })],
    ['comes from the future', () => signWith('okta', { iat: seconds() + 600, exp: seconds() + 900 })],
    ['has no subject', () => signWith('okta', { sub: undefined })],
    ['has groups that are no list', () => signWith('okta', { groups: 'sre' })],
    ['has another type', () => signWith('okta', {}, { typ: 'logout+jwt' })],
    ['has a critical header', () => signWith('okta', {}, { crit: ['x-ours'], 'x-ours': true })],
    ['ends in padding', () => `${good}==`],
    ['is no token', () => 'AKIAIOSFODNN7EXAMPLE'],
    [
      'is not admitted',
      () =>
        signWith('github-actions', {
          iss: `${daypass.identityProvider}/github-actions`,
          aud: 'https://daypass.example.com',
          sub: 'repo:evil/shop:ref:refs/heads/main',
          repository: 'example/shop',
          repository_owner_id: '7654321',
          ref: 'refs/heads/main',
        }),
    ],
  ];

  it.each(attacks)(
    'is 401 with the one uniform body, without STS call or row, when it %s',
    async (_name, forge) => {
      const token = await forge();
      const trail = await readTrail(daypass);
      const rows = await readRows();

      const answer = await issue(daypass, token, 'prod-readonly', {});

      expect(answer).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
      const reference = await issue(daypass, 'x.y.z', 'prod-readonly', {});
      expect({ ...answer.json, instance: '' }).toEqual({ ...reference.json, instance: '' });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(await readTrail(daypass)).toHaveLength(trail.length);
      expect(await readRows()).toEqual(rows);
    },
  );

  it('is told apart in the log, by its hash and never by itself', async () => {
    const token = await signWith('okta', { aud: 'somebody-else' });

    await issue(daypass, token, 'prod-readonly', {});

    expect(daypass.logs()).toMatch(/audience/);
    expect(daypass.logs()).not.toContain(token);
  });
});

describe('a request without its one header', () => {
  it.each([
    ['no Authorization', {}],
    ['another scheme', { authorization: 'Basic c3JlOmRlbW8=' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a remapped header', { 'x-amzn-remapped-authorization': 'Bearer x' }],
  ])('is 401 with %s', async (_name, headers) => {
    const answer = await fetch(`${daypass.broker}/v1/whoami`, { headers });

    expect(answer.status).toBe(401);
  });
});
