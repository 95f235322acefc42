import type { OidcIssuer } from '../core/configuration.ts';
import { type Fetch, fetchJson } from './fetch-json.ts';
import { requireIssuerUrl, requireKeySetUrl, toDiscoveryUrl } from './oidc-urls.ts';
import { importVerificationKeys, type VerificationKey } from './verification-keys.ts';

/** Bytes: real discovery documents have 2–5 KB, real key sets up to 20 KB. */
const maxBytes = { discovery: 65_536, keySet: 262_144 };

/** Fetches the keys that an OpenID provider publishes (OpenID Connect Discovery 1.0): from its configured URL alone. */
export function createFetchOidcKeys({
  issuer,
  fetch,
  timeoutMs,
}: {
  readonly issuer: OidcIssuer;
  readonly fetch: Fetch;
  /** Of each of the two fetches. */
  readonly timeoutMs: number;
}): () => Promise<readonly VerificationKey[]> {
  const issuerUrl = requireIssuerUrl(issuer.issuer);
  const discoveryUrl = toDiscoveryUrl(issuerUrl);
  return async () => {
    const discovery = await fetchJson(fetch, discoveryUrl, { maxBytes: maxBytes.discovery, timeoutMs });
    const { issuer: named, jwks_uri } = Object(discovery) as Readonly<Record<string, unknown>>;
    // OpenID Connect Discovery 1.0 §4.3: else one issuer could speak for another.
    if (named !== issuer.issuer) throw new Error(`${discoveryUrl.href} is the document of another issuer`);
    const keySetUrl = requireKeySetUrl(jwks_uri, issuerUrl);
    const keySet = await fetchJson(fetch, keySetUrl, { maxBytes: maxBytes.keySet, timeoutMs });
    return importVerificationKeys(keySet, issuer.algorithms);
  };
}
