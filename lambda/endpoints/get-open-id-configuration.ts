import type { OpenEndpoint } from '../http/endpoint.ts';
import {
  type OidcIssuerOptions,
  publicKeysPath,
  requireOidcIssuer,
  toCacheable,
} from '../http/oidc-issuer.ts';

/**
 * `GET /.well-known/openid-configuration`: OpenID Connect Discovery 1.0 §3, as far as AWS reads it. Nobody signs in
 * here, so there is no authorization endpoint. Made of the configured URL, never of a header such as Host.
 */
export const createGetOpenIdConfiguration =
  (issuer: OidcIssuerOptions | undefined): OpenEndpoint =>
  async () => {
    const { url } = requireOidcIssuer(issuer);
    return toCacheable({
      issuer: url,
      jwks_uri: `${url}${publicKeysPath}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      claims_supported: ['iss', 'aud', 'sub', 'jti', 'iat', 'exp'],
    });
  };
