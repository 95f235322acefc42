import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { importJWK, type JWK, SignJWT } from 'jose';
import type { IntegrationIssuer } from '../../lambda/core/configuration.ts';
import type { WorldCaller } from '../world.ts';
import { demoClientSecret } from './demo-callers.ts';
import type { RequestHandler } from './play-issuer.ts';

export interface IntegrationIssuerOptions {
  readonly issuer: IntegrationIssuer;
  readonly callers: ReadonlyMap<string, WorldCaller>;
  readonly keys: readonly JWK[];
  readonly now: () => number;
}

/**
 * Plays the third party, which signs its proofs (RFC 7523) itself: `POST /token` gives a caller a new one, in the
 * words of the client credentials grant, so that every kind of demo token is asked for alike.
 */
export function createIntegrationIssuer(options: IntegrationIssuerOptions): RequestHandler {
  const { issuer, callers } = options;
  return async (request, response) => {
    // Nothing in the body matters; unread, it would hold the connection.
    request.resume();
    const path = request.url?.replace(/\?.*$/s, '');
    if (path !== '/token' || request.method !== 'POST') {
      return answer(response, 404, { error: 'invalid_request', error_description: 'allowed: POST /token' });
    }
    const caller = authenticateCaller(request, callers);
    if (caller === undefined) {
      const names = [...callers.keys()].join(', ');
      return answer(response, 401, {
        error: 'invalid_client',
        error_description: `allowed: ${names}, with the demo secret by HTTP Basic`,
      });
    }
    const token = await signProof(caller, options);
    answer(response, 200, {
      access_token: token,
      token_type: 'Bearer',
      expires_in: issuer.maxLifetimeSeconds,
    });
  };
}

function authenticateCaller(
  { headers }: IncomingMessage,
  callers: ReadonlyMap<string, WorldCaller>,
): WorldCaller | undefined {
  const [, encoded = ''] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? '') ?? [];
  const [, name = '', secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return secret === demoClientSecret ? callers.get(name) : undefined;
}

/** `sub` is the caller's subject: anything but the integration's own name shows how the broker refuses it. */
async function signProof(
  { subject, claims }: WorldCaller,
  { issuer, keys: [key], now }: IntegrationIssuerOptions,
): Promise<string> {
  if (key?.alg === undefined) throw new TypeError(`no key for ${issuer.name}`);
  const iat = Math.floor(now() / 1000);
  const registered = {
    iss: issuer.issuer,
    sub: subject,
    aud: issuer.audiences[0] ?? '',
    jti: randomUUID(),
    iat,
    exp: iat + issuer.maxLifetimeSeconds,
  };
  return new SignJWT({ ...claims, ...registered })
    .setProtectedHeader({ alg: key.alg, typ: 'JWT', ...(key.kid === undefined ? {} : { kid: key.kid }) })
    .sign(await importJWK(key));
}

function answer(response: ServerResponse, status: number, body: object): void {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
