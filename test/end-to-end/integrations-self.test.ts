import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { parseDocument } from 'yaml';
import { call, callerIdentity, fetchToken } from '../support/daypass-client.ts';
import { aManager, callIntegrations, setTrust } from '../support/integration-client.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

/** A third party that calls the broker itself: its keys are in its integration, and nowhere in the configuration. */
const name = 'globex-bot';
const role = 'arn:aws:iam::777777777777:role/partners/DaypassDoesItRight';
const audience = 'https://daypass.example.com';

interface Key {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function makeKey(kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

const signProof = ({ privateKey, jwk }: Key, issuer = name): Promise<string> => {
  const iat = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: issuer, sub: issuer, aud: audience, jti: randomUUID(), iat, exp: iat + 60 })
    .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '', typ: 'JWT' })
    .sign(privateKey);
};

let daypass: RunningDaypass;
let configuration: string;
let sre: string;
let manager: ReturnType<typeof aManager>;
let first: Key;
let second: Key;

beforeAll(async () => {
  configuration = mkdtempSync(join(tmpdir(), 'daypass-configuration-'));
  cpSync('config', configuration, { recursive: true });
  const file = join(configuration, 'daypass.yaml');
  const document = parseDocument(readFileSync(file, 'utf8'));
  document.setIn(['issuers', name], { type: 'integration', audience, algorithms: ['ES256'] });
  writeFileSync(file, document.toString());
  daypass = await startDaypass('--config', file);
  sre = await fetchToken(daypass, 'sre');
  manager = aManager(daypass, sre);
  [first, second] = [await makeKey('first'), await makeKey('second')];
});

afterAll(async () => {
  await daypass.stop();
  rmSync(configuration, { recursive: true, force: true });
});

/** A call of the third party's, with a proof of its own for each. */
const ask = async (
  path: string,
  {
    key = first,
    ...request
  }: {
    readonly key?: Key;
    readonly method?: string;
    readonly body?: unknown;
    readonly ifMatch?: string;
  } = {},
) => callIntegrations(daypass, { token: await signProof(key), path, ...request });

const issue = (changes = {}) => ask(`/${name}/credentials`, { method: 'POST', body: {}, ...changes });

async function replaceKeys(keys: readonly JWK[], key?: Key) {
  const { headers } = await ask('/self', key === undefined ? {} : { key });
  return ask('/self/keys', {
    ...{ method: 'PUT', body: { jwks: { keys } }, ifMatch: headers.get('etag') ?? '' },
    ...(key === undefined ? {} : { key }),
  });
}

/** The authorizer reads a third party's keys anew for a key that it does not know, once in ten seconds. */
async function isKnown(key: Key): Promise<boolean> {
  await ask('/self', { key: await makeKey('nobodys') });
  return (await ask('/self', { key })).status !== 401;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadlineMs = Date.now() + 25_000; !(await isSo()); await pause(500)) {
    if (Date.now() > deadlineMs) throw new Error('it never came so');
  }
}

describe('a third party that calls the broker itself', () => {
  it('sees its own integration, and is given nothing before its role is proven', async () => {
    const trust = [{ Sid: 'Itself', Effect: 'Allow', Principal: { Federated: name } }];
    const jwks = { keys: [first.jwk] };
    const created = await manager.create({ name, roleArn: role, trust, jwks });
    expect(created.status).toBe(201);

    const own = await ask('/self');

    expect(own).toMatchObject({ status: 200, json: { name, state: 'CREATED', roleArn: role } });
    expect(own.json.externalIds.current).toBe(created.json.externalIds.current);
    expect(await issue()).toMatchObject({ status: 403, json: { code: 'integration-not-verified' } });
  });

  it('onboards by its own kit', async () => {
    const { text } = await ask('/self/onboarding?format=trust-policy');

    expect(await setTrust(daypass, role, text)).toBe('200');
    expect(await manager.verify(name)).toMatchObject({ state: 'VERIFIED', findings: [] });
  });

  it('has credentials of its own role, once for each proof', async () => {
    const token = await signProof(first);
    const request = { token, method: 'POST', path: `/${name}/credentials`, body: {} };

    const given = await callIntegrations(daypass, request);
    const again = await callIntegrations(daypass, request);

    expect(given.status).toBe(200);
    expect(await callerIdentity(daypass, given.json.Credentials)).toContain(
      '/DaypassDoesItRight/globex-bot-',
    );
    expect(again).toMatchObject({ status: 401, json: { code: 'proof-already-used' } });
  });

  it('is not given them by container-credentials, and loses no proof there', async () => {
    const token = await signProof(first);

    const container = await callIntegrations(daypass, { token, path: `/${name}/container-credentials` });
    const given = await callIntegrations(daypass, {
      ...{ token, method: 'POST', path: `/${name}/credentials`, body: {} },
    });

    expect(container).toMatchObject({ status: 400, json: { code: 'single-use-proof' } });
    expect(given.status).toBe(200);
  });

  it('sees what it asked for', async () => {
    const { json } = await ask('/self/issuances');

    const states = json.issuances.map(({ state }: { readonly state: string }) => state);
    expect(states).toEqual(expect.arrayContaining(['ISSUED', 'DENIED']));
    for (const issuance of json.issuances) expect(issuance.principal.issuer).toBe(name);
  });

  it('reaches no other integration, and manages none, its own included', async () => {
    await manager.create({ name: 'other', roleArn: 'arn:aws:iam::666666666666:role/DaypassLong' });
    const answers = [
      await ask('/other/credentials', { method: 'POST', body: {} }),
      await ask('/other'),
      await ask(''),
      await ask(`/${name}`),
      await ask(`/${name}/verify`, { method: 'POST' }),
      await ask('/other/onboarding'),
      await ask('/other/keys', { method: 'PUT', body: { jwks: { keys: [first.jwk] } }, ifMatch: '"1"' }),
      await ask(`/${name}/rotate`, { method: 'POST', body: {}, ifMatch: '"1"' }),
    ];

    expect(answers.map(({ status, json }) => [status, json.code])).toEqual(
      answers.map(() => [403, 'access-denied']),
    );
    const { json } = await manager.read('other');
    expect(answers.map(({ text }) => text).join()).not.toContain(json.externalIds.current);
  });

  it('is not another by claiming its name', async () => {
    for (const issuer of ['other', 'partner', 'okta', 'GLOBEX-BOT', 'daypass']) {
      const token = await signProof(first, issuer);
      expect(await callIntegrations(daypass, { token, path: '/self' })).toMatchObject({ status: 401 });
    }
  });

  it('rotates its keys by itself: both are taken meanwhile, and the old one no longer afterwards', async () => {
    expect((await issue({ key: second })).status).toBe(401);

    expect((await replaceKeys([first.jwk, second.jwk])).status).toBe(200);
    await until(async () => (await issue({ key: second })).status === 200);
    expect((await issue({ key: first })).status).toBe(200);

    expect((await replaceKeys([second.jwk], second)).status).toBe(200);
    await until(async () => (await isKnown(first)) === false);
    expect((await issue({ key: second })).status).toBe(200);
  }, 60_000);

  it('is given nothing anywhere while the kill switch has its integration', async () => {
    const control = (path: string, body: object) =>
      call(daypass, { token: sre, method: 'POST', path: `/v1/suspensions${path}`, body });
    expect((await control('', { integration: name, reason: 'a key was found' })).status).toBe(200);

    const refused = [await issue({ key: second }), await ask('/self', { key: second })];

    expect(refused.map(({ status, json }) => [status, json.code])).toEqual(
      refused.map(() => [403, 'access-denied']),
    );
    expect(JSON.stringify(refused)).not.toContain('was found');
    expect((await control(`/integration.${name}/lift`, { reason: 'over' })).status).toBe(200);
    expect((await issue({ key: second })).status).toBe(200);
  });

  it('is told that it is suspended, and why, and is given nothing', async () => {
    const reason = 'the contract has ended';
    await manager.change(name, 'suspend', { reason });

    const own = await ask('/self', { key: second });
    const refused = await issue({ key: second });

    expect(own.json).toMatchObject({ state: 'SUSPENDED', suspension: { reason } });
    expect(own.json.suspension).not.toHaveProperty('by');
    expect(refused).toMatchObject({ status: 403, json: { code: 'integration-suspended' } });
    expect(refused.text).toContain(reason);
    expect((await replaceKeys([first.jwk], second)).status).toBe(409);
  });

  it('is nobody once its integration is deleted', async () => {
    const { headers } = await manager.read(name);
    const ifMatch = headers.get('etag') ?? '';
    expect((await manager.ask({ method: 'DELETE', path: `/${name}`, ifMatch })).status).toBe(200);

    await until(async () => (await isKnown(second)) === false);
    expect((await issue({ key: second })).status).toBe(401);
  }, 60_000);
});
