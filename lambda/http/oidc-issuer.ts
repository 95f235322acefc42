import { NoOidcIssuerError } from '../core/errors.ts';
import type { PublicKeys } from '../core/ports.ts';
import type { EndpointResponse } from './endpoint.ts';

/** The broker as an OIDC issuer. */
export interface OidcIssuerOptions {
  /** Of the broker, without a slash at the end: the issuer. */
  readonly url: string;
  readonly keys: PublicKeys;
}

export const publicKeysPath = '/.well-known/jwks.json';

/** Seconds for which caches may keep what everybody may know: a new key is served this long before it signs. */
const maxAgeSeconds = 300;

/** @throws NoOidcIssuerError */
export function requireOidcIssuer(issuer: OidcIssuerOptions | undefined): OidcIssuerOptions {
  if (issuer !== undefined) return issuer;
  throw new NoOidcIssuerError(
    'no profile of this broker has the mechanism web-identity: it is no OIDC issuer',
  );
}

export const toCacheable = (body: object): EndpointResponse => ({
  status: 200,
  headers: { 'Cache-Control': `public, max-age=${maxAgeSeconds}` },
  body,
});
