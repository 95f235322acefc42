import { Buffer } from 'node:buffer';
import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { OidcIssuer, SigningAlgorithm } from '../../lambda/core/configuration.ts';

/** Frozen: 2026-01-01T00:00:00Z. */
export const nowMs = Date.UTC(2026, 0, 1);
export const nowSeconds = nowMs / 1000;

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

export interface SigningKey {
  readonly privateKey: PrivateKey;
  readonly publicJwk: JWK;
}

export async function aSigningKey(kid: string, alg: SigningAlgorithm = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Good claims for `anOidcIssuer`, with changes; a claim of `undefined` is left out. */
export const someClaims = (changes: Readonly<Record<string, unknown>> = {}) => ({
  iss: 'https://idp.example',
  sub: 'alice',
  aud: 'daypass',
  iat: nowSeconds - 10,
  exp: nowSeconds + 300,
  ...changes,
});

/** A real signature over any header and claims, or over the very text of the payload. */
export function sign(
  { privateKey, publicJwk }: SigningKey,
  claims: object | string,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { kid, alg } = publicJwk;
  const payload = typeof claims === 'string' ? claims : JSON.stringify(claims);
  return new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: alg ?? 'ES256', ...(kid === undefined ? {} : { kid }), ...header })
    .sign(privateKey);
}

export const toBase64url = (text: string | Uint8Array) => Buffer.from(text).toString('base64url');

/** Three parts with any text in the first two, and a signature that is none. */
export const anUnsignedToken = (
  header: object | string = { alg: 'ES256', kid: 'one' },
  claims: object | string = someClaims(),
  signature = 'AAAA',
) => `${toText(header)}.${toText(claims)}.${signature}`;

const toText = (part: object | string) => toBase64url(typeof part === 'string' ? part : JSON.stringify(part));

export function anOidcIssuer(changes: Partial<OidcIssuer> = {}): OidcIssuer {
  return {
    type: 'oidc',
    name: 'idp',
    issuer: 'https://idp.example',
    audiences: ['daypass'],
    algorithms: ['ES256'],
    subjectClaim: '/sub',
    audienceClaim: '/aud',
    requiredClaims: new Map(),
    claims: new Map(),
    mfa: { amr: [], acr: [] },
    tokenTypes: ['jwt', 'at+jwt'],
    maxLifetimeSeconds: 3600,
    ...changes,
  };
}

export const byName = (...issuers: readonly OidcIssuer[]): ReadonlyMap<string, OidcIssuer> =>
  new Map(issuers.map((issuer) => [issuer.name, issuer]));
