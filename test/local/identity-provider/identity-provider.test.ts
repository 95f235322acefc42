import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { parseConfiguration } from '../../../lambda/core/parse-configuration.ts';
import { readConfigurationFile } from '../../../lib/config.ts';
import { compileLocalConfiguration } from '../../../local/compile-local-configuration.ts';
import { createFaults, type Fault } from '../../../local/faults.ts';
import {
  type IdentityProvider,
  startIdentityProvider,
} from '../../../local/identity-provider/identity-provider.ts';
import { readWorld } from '../../../local/world.ts';

const { configuration, document } = readConfigurationFile('config/daypass.yaml');
const { issuers } = configuration;
const oidc = ['okta', 'github-actions', 'acme'];
const world = readWorld('local/world.yaml');
const faults = createFaults();
const directories: string[] = [];
let dataDirectory: string;
let provider: IdentityProvider | undefined;

beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'daypass-test-'));
  directories.push(dataDirectory);
});

afterEach(async () => {
  faults.clear();
  await stop();
});

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

async function start(port = 0): Promise<IdentityProvider> {
  provider = await startIdentityProvider({ port, world, issuers, dataDirectory, faults });
  return provider;
}

async function stop(): Promise<void> {
  await provider?.close(0);
  provider = undefined;
}

function askForToken(url: string, name: string, secret = 'demo-secret'): Promise<Response> {
  return fetch(`${url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
}

async function fetchToken(url: string, name: string): Promise<string> {
  const { access_token: token } = (await (await askForToken(url, name)).json()) as {
    readonly access_token: string;
  };
  return token;
}

const verify = (url: string, token: string) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${url}/jwks`)), { issuer: url });

describe('startIdentityProvider', () => {
  it.each([
    ['sre', 'okta', 'RS256', 'daypass', { groups: ['sre'], team: 'payments' }],
    ['developer', 'okta', 'RS256', 'daypass', { groups: ['developers'], team: 'web' }],
    ['ci', 'github-actions', 'RS256', 'https://daypass.example.com', { repository: 'example/shop' }],
    ['acme', 'acme', 'ES256', 'daypass', {}],
  ])(
    'gives %s a token as the configuration wants it from %s',
    async (name, issuer, alg, audience, claims) => {
      const { url, issuerUrls } = await start();
      const issuerUrl = `${url}/${issuer}`;

      const { payload, protectedHeader } = await verify(issuerUrl, await fetchToken(issuerUrl, name));

      expect(issuerUrls.get(issuer)).toBe(issuerUrl);
      expect(protectedHeader).toMatchObject({ alg, typ: 'at+jwt', kid: expect.any(String) });
      expect(payload).toMatchObject({ ...claims, iss: issuerUrl, aud: audience });
      expect(payload.sub).toBe(world.callers[name]?.subject);
      const lifetime = Number(payload.exp) - Number(payload.iat);
      expect(lifetime).toBeGreaterThanOrEqual(900);
      expect(lifetime).toBeLessThanOrEqual(3600);
    },
  );

  it('says when a caller with amr has authenticated, and not for others', async () => {
    const { url } = await start();

    const sre = decodeJwt(await fetchToken(`${url}/okta`, 'sre'));
    const ci = decodeJwt(await fetchToken(`${url}/github-actions`, 'ci'));

    expect(sre).toMatchObject({ amr: ['pwd', 'mfa'], auth_time: sre.iat });
    expect(ci).not.toHaveProperty('auth_time');
  });

  it('describes each OIDC issuer under its own URL', async () => {
    const { url, issuerUrls } = await start();

    for (const name of oidc) {
      const issuerUrl = issuerUrls.get(name);
      const answer = await fetch(`${issuerUrl}/.well-known/openid-configuration`);
      expect(await answer.json()).toMatchObject({ issuer: issuerUrl, jwks_uri: `${issuerUrl}/jwks` });
    }
    expect([...issuerUrls]).toEqual([...oidc, 'adfs', 'partner'].map((name) => [name, `${url}/${name}`]));
  });

  it('plays no issuer of AWS identities, even where the world lists it', async () => {
    const listed = { ...world, issuers: { ...world.issuers, aws: {} } };
    provider = await startIdentityProvider({ port: 0, world: listed, issuers, dataDirectory, faults });

    expect([...provider.issuerUrls.keys()]).not.toContain('aws');
  });

  it('says where each caller gets its proof, and that AWS users have theirs', async () => {
    const { url } = await start();

    const callers = await (await fetch(`${url}/_local/callers`)).json();

    expect(callers).toMatchObject({
      sre: { issuer: 'okta', tokenEndpoint: `${url}/okta/token` },
      developer: { issuer: 'okta', tokenEndpoint: `${url}/okta/token` },
      analyst: { issuer: 'adfs', responseEndpoint: `${url}/adfs/response` },
      partner: { issuer: 'partner', tokenEndpoint: `${url}/partner/token` },
      operator: { issuer: 'aws', awsUser: 'arn:aws:iam::111111111111:user/operator' },
    });
  });

  it('has settings with which the functions take the configuration', async () => {
    const { url, settings } = await start();

    const compiled = parseConfiguration(compileLocalConfiguration(document, settings));

    expect(compiled.issuers.get('okta')).toMatchObject({ issuer: `${url}/okta` });
    expect(compiled.issuers.get('adfs')).toMatchObject({
      entityId: `${url}/adfs/metadata`,
      singleSignOnUrl: `${url}/adfs/sso`,
    });
    expect(JSON.stringify([...settings])).not.toMatch(/"(?:d|p|q)":/);
  });

  it('publishes no private key', async () => {
    const { issuerUrls } = await start();

    for (const name of oidc) {
      const issuerUrl = issuerUrls.get(name);
      const { keys } = (await (await fetch(`${issuerUrl}/jwks`)).json()) as { readonly keys: object[] };
      expect(keys).toHaveLength(1);
      for (const key of keys) for (const secret of ['d', 'p', 'q']) expect(key).not.toHaveProperty(secret);
    }
  });

  it.each([
    ['a wrong secret', 'okta', 'sre', 'wrong'],
    ['a caller of another issuer', 'acme', 'sre', 'demo-secret'],
    ['an unknown caller', 'okta', 'nobody', 'demo-secret'],
  ])('refuses %s', async (_, issuer, name, secret) => {
    const { url } = await start();

    expect((await askForToken(`${url}/${issuer}`, name, secret)).status).toBe(401);
  });

  it('answers 404 and names the issuers when there is no such issuer', async () => {
    const { url } = await start();

    const answer = await fetch(`${url}/entra/.well-known/openid-configuration`);

    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('/okta, /github-actions, /acme, /adfs, /partner');
  });

  it('keeps its keys from others, and a token good after a restart', async () => {
    const { url } = await start();
    const token = await fetchToken(`${url}/okta`, 'sre');
    await stop();

    await start(Number(new URL(url).port));

    await expect(verify(`${url}/okta`, token)).resolves.toBeDefined();
    for (const name of readdirSync(dataDirectory)) {
      expect(statSync(join(dataDirectory, name)).mode & 0o077).toBe(0);
    }
  });

  it('makes a new key when the file of the old one is damaged', async () => {
    await start();
    await stop();
    writeFileSync(join(dataDirectory, 'identity-provider-okta.json'), '{"keys":[{');

    const { url } = await start();

    await expect(verify(`${url}/okta`, await fetchToken(`${url}/okta`, 'sre'))).resolves.toBeDefined();
  });

  it('prints nothing', async () => {
    const info = jest.spyOn(console, 'info').mockImplementation(() => {});
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});

    const { url } = await start();
    await fetchToken(`${url}/okta`, 'sre');

    expect([...info.mock.calls, ...warn.mock.calls]).toEqual([]);
    jest.restoreAllMocks();
  });

  it('rejects with the reason of the system when its port is taken', async () => {
    const { url } = await start();

    const second = startIdentityProvider({
      port: Number(new URL(url).port),
      world,
      issuers,
      dataDirectory,
      faults,
    });

    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('faults of the identity provider', () => {
  const fault = (rest: Omit<Fault, 'service'>): Fault => ({ service: 'identity-provider', ...rest });

  it.each([
    ['throttle', 429],
    ['500', 500],
  ] as const)('make a call fail by %s as often as they say', async (kind, status) => {
    const { url } = await start();
    faults.replace([fault({ operation: 'jwks', kind, times: 1 })]);

    const answers = [await fetch(`${url}/okta/jwks`), await fetch(`${url}/okta/jwks`)];

    expect(answers.map((answer) => answer.status)).toEqual([status, 200]);
  });

  it.each(['malformed', 'empty'] as const)('make an answer %s', async (kind) => {
    const { url } = await start();
    faults.replace([fault({ operation: 'discovery', kind })]);

    const answer = await fetch(`${url}/okta/.well-known/openid-configuration`);

    expect(answer.status).toBe(200);
    await expect(answer.json()).rejects.toMatchObject({ name: 'SyntaxError' });
  });

  it.each(['reset', 'lost'] as const)('break the connection by %s', async (kind) => {
    const { url } = await start();
    faults.replace([fault({ kind })]);

    await expect(fetch(`${url}/okta/jwks`)).rejects.toThrow('fetch failed');
  });

  it('hold a call without an answer by timeout', async () => {
    const { url } = await start();
    faults.replace([fault({ kind: 'timeout' })]);

    const call = fetch(`${url}/okta/jwks`, { signal: AbortSignal.timeout(100) });

    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('answer late by slow', async () => {
    const { url } = await start();
    faults.replace([fault({ kind: 'slow', delayMs: 30 })]);

    expect((await fetch(`${url}/okta/jwks`)).status).toBe(200);
  });

  it('leave other operations alone', async () => {
    const { url } = await start();
    faults.replace([fault({ operation: 'token', kind: '500' })]);

    expect((await fetch(`${url}/okta/jwks`)).status).toBe(200);
    expect((await askForToken(`${url}/okta`, 'sre')).status).toBe(500);
  });
});
