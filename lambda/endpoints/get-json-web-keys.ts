import type { OpenEndpoint } from '../http/endpoint.ts';
import { type OidcIssuerOptions, requireOidcIssuer, toCacheable } from '../http/oidc-issuer.ts';

/** `GET /.well-known/jwks.json`: what verifies the tokens that the broker signs for STS. */
export const createGetJsonWebKeys =
  (issuer: OidcIssuerOptions | undefined): OpenEndpoint =>
  async () =>
    toCacheable({ keys: await requireOidcIssuer(issuer).keys.list() });
