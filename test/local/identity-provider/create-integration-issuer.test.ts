import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import type { IdentityProvider } from '../../../local/identity-provider/identity-provider.ts';
import { startTestIdentityProvider } from '../../support/an-identity-provider.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
let provider: IdentityProvider;

beforeAll(async () => {
  provider = await startTestIdentityProvider({ now: () => nowMs });
});

afterAll(() => provider.close());

const ask = (path: string, credentials: string, method = 'POST') =>
  fetch(`${provider.url}/partner${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    ...(method === 'POST' ? { body: 'grant_type=client_credentials' } : {}),
  });

async function fetchProof(): Promise<string> {
  const { access_token: proof } = (await (await ask('/token', 'partner:demo-secret')).json()) as {
    readonly access_token: string;
  };
  return proof;
}

describe('createIntegrationIssuer', () => {
  it('signs a proof as RFC 7523 has it, with the key that the settings publish', async () => {
    const { jwks } = provider.settings.get('partner') as { readonly jwks: JSONWebKeySet };

    const { payload, protectedHeader } = await jwtVerify(await fetchProof(), createLocalJWKSet(jwks), {
      currentDate: new Date(nowMs),
    });

    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'JWT' });
    expect(payload).toEqual({
      iss: 'partner',
      sub: 'partner',
      aud: 'https://daypass.example.com',
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iat: nowMs / 1000,
      exp: nowMs / 1000 + 300,
    });
  });

  it('gives each proof an id of its own', async () => {
    expect(decodeJwt(await fetchProof()).jti).not.toBe(decodeJwt(await fetchProof()).jti);
  });

  it.each([
    ['a wrong secret', 'partner:wrong'],
    ['no secret', 'partner'],
    ['a caller of another issuer', 'sre:demo-secret'],
    ['an unknown caller', 'constructor:demo-secret'],
  ])('refuses %s and names those whom it knows', async (_name, credentials) => {
    const answer = await ask('/token', credentials);

    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({
      error: 'invalid_client',
      error_description: 'allowed: partner, with the demo secret by HTTP Basic',
    });
  });

  it.each([
    ['another path', '/jwks', 'POST'],
    ['another method', '/token', 'GET'],
  ])('answers 404 to %s', async (_name, path, method) => {
    expect((await ask(path, 'partner:demo-secret', method)).status).toBe(404);
  });
});
