import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { importJWK, type JWK, SignJWT } from 'jose';
import { call, fetchToken, issue, readAssumeRoles } from '../support/daypass-client.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;

beforeAll(async () => {
  daypass = await startDaypass();
});

afterAll(() => daypass.stop());

const fetchProof = () => fetchToken(daypass, 'partner', 'partner');
const drop = (token: string) => issue(daypass, token, 'partner-drop', {});
const used = { status: 401, json: { code: 'proof-already-used' } };

/** The private key of a played issuer, as the local identity provider keeps it. */
function readKey(issuer: string): JWK {
  const { keys } = JSON.parse(
    readFileSync(join(daypass.dataDirectory, `identity-provider-${issuer}.json`), 'utf8'),
  ) as { readonly keys: readonly JWK[] };
  const [key] = keys;
  if (key === undefined) throw new Error(`${issuer} has no key`);
  return key;
}

interface Forgery {
  /** Of these issuers' keys. @default partner */
  readonly signer?: string;
  /** A claim of `undefined` is left out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, string>>;
}

async function signProof({ signer = 'partner', claims = {}, header = {} }: Forgery = {}): Promise<string> {
  const { kid = '', alg = '' } = readKey('partner');
  const iat = Math.floor(Date.now() / 1000);
  const good = {
    iss: 'partner',
    sub: 'partner',
    aud: 'https://daypass.example.com',
    jti: randomUUID(),
    iat,
    exp: iat + 60,
  };
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg, kid, typ: 'JWT', ...header })
    .sign(await importJWK({ ...readKey(signer), alg }));
}

const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

describe('a proof of an integration', () => {
  it('is the integration, and opens its profile alone', async () => {
    const token = await fetchProof();

    const whoami = await call(daypass, { token, path: '/v1/whoami' });
    const profiles = await call(daypass, { token, path: '/v1/profiles' });

    expect(whoami.json).toMatchObject({ issuer: 'partner', subject: 'partner', claims: {}, mfa: false });
    expect(profiles.json.profiles.map(({ name }: { name: string }) => name)).toEqual(['partner-drop']);
  });

  it('gives credentials once', async () => {
    const token = await fetchProof();
    const before = await readAssumeRoles(daypass);

    const first = await drop(token);
    const second = await drop(token);

    expect(first).toMatchObject({ status: 200, json: { Credentials: { AccessKeyId: expect.any(String) } } });
    expect(second).toMatchObject(used);
    expect(second.text).not.toMatch(/ASIA/);
    expect(await readAssumeRoles(daypass)).toHaveLength(before.length + 1);
  });

  it('gives credentials to one of several requests at the same time', async () => {
    const token = await fetchProof();
    const before = await readAssumeRoles(daypass);

    const answers = await Promise.all(Array.from({ length: 5 }, () => drop(token)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401]);
    expect(await readAssumeRoles(daypass)).toHaveLength(before.length + 1);
  });

  it('is the same proof when another token has its jti', async () => {
    const jti = randomUUID();

    const first = await drop(await signProof({ claims: { jti } }));
    const second = await drop(await signProof({ claims: { jti, exp: secondsFromNow(120) } }));

    expect(first.status).toBe(200);
    expect(second).toMatchObject(used);
  });

  it('is not used up by reading', async () => {
    const token = await fetchProof();

    for (const path of ['/v1/whoami', '/v1/whoami', '/v1/profiles', '/v1/issuances']) {
      expect((await call(daypass, { token, path })).status).toBe(200);
    }

    expect((await drop(token)).status).toBe(200);
  });

  it('is not taken by container-credentials, which SDKs ask several times, and not used up there', async () => {
    const token = await fetchProof();
    const before = await readAssumeRoles(daypass);

    const answer = await call(daypass, { token, path: '/v1/profiles/partner-drop/container-credentials' });

    expect(answer).toMatchObject({ status: 400, json: { code: 'single-use-proof' } });
    expect(await readAssumeRoles(daypass)).toHaveLength(before.length);
    expect((await drop(token)).status).toBe(200);
  });

  it('is not used up by a request that is malformed', async () => {
    const token = await fetchProof();

    const malformed = await issue(daypass, token, 'partner-drop', { durationSeconds: 1 });

    expect(malformed.status).toBe(400);
    expect((await drop(token)).status).toBe(200);
  });
});

describe('a proof that is none', () => {
  it('differs from one that is by what each row says', async () => {
    expect((await drop(await signProof())).status).toBe(200);
  });

  it.each<readonly [string, () => Forgery]>([
    ['has expired', () => ({ claims: { iat: secondsFromNow(-400), exp: secondsFromNow(-120) } })],
    ['lives longer than five minutes', () => ({ claims: { exp: secondsFromNow(302) } })],
    ['never expires', () => ({ claims: { exp: undefined } })],
    ['does not say when it was made', () => ({ claims: { iat: undefined } })],
    ['is from the future', () => ({ claims: { iat: secondsFromNow(300), exp: secondsFromNow(500) } })],
    ['is for another audience', () => ({ claims: { aud: 'https://other.example.com' } })],
    [
      'is for another audience as well',
      () => ({ claims: { aud: ['https://daypass.example.com', 'https://other.example.com'] } }),
    ],
    ['has another subject', () => ({ claims: { sub: 'acme' } })],
    ['has no subject', () => ({ claims: { sub: undefined } })],
    ['has no jti', () => ({ claims: { jti: undefined } })],
    ['has an empty jti', () => ({ claims: { jti: '' } })],
    ['has a jti that is no text', () => ({ claims: { jti: 7 } })],
    ['has the jti of a book', () => ({ claims: { jti: 'x'.repeat(257) } })],
    ['is of an issuer that is none', () => ({ claims: { iss: 'partner2', sub: 'partner2' } })],
    ['is of an issuer of another kind by its name', () => ({ claims: { iss: 'acme', sub: 'acme' } })],
    ['is signed by the key of another', () => ({ signer: 'acme' })],
    ['names a key that the integration does not have', () => ({ header: { kid: 'other' } })],
    ['is of another type', () => ({ header: { typ: 'at+jwt' } })],
  ])('is 401 and issues nothing when it %s', async (_name, forge) => {
    const before = await readAssumeRoles(daypass);

    const answer = await drop(await signProof(forge()));

    expect(answer).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    expect(await readAssumeRoles(daypass)).toHaveLength(before.length);
  });
});

describe('what is written', () => {
  it('holds no proof and no jti', async () => {
    const jti = randomUUID();
    const token = await signProof({ claims: { jti } });
    await drop(token);
    await drop(token);

    const written = `${daypass.logs()}\n${readDataDirectory(daypass)}`;

    expect(written).toContain('proof-already-used');
    expect(written).not.toContain(token);
    expect(written).not.toContain(jti);
  });
});
