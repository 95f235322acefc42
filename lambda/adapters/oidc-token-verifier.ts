import { compactVerify, errors } from 'jose';
import { IssuerUnavailableError, TokenRefusedError } from '../core/authentication-errors.ts';
import type { TokenVerifier } from '../core/authentication-ports.ts';
import type { OidcIssuer } from '../core/configuration.ts';
import type { Logger } from '../core/logger.ts';
import type { UnverifiedToken } from '../core/read-token.ts';
import { type Fetch, fetchJson } from './fetch-json.ts';
import { createOidcKeyCache, type OidcKeyCache } from './oidc-key-cache.ts';
import { requireIssuerUrl, requireKeySetUrl, toDiscoveryUrl } from './oidc-urls.ts';
import { importVerificationKeys, type VerificationKey } from './verification-keys.ts';

/** Bytes: real discovery documents have 2–5 KB, real key sets up to 20 KB. */
const maxBytes = { discovery: 65_536, keySet: 262_144 };

/** Verifies signatures with the keys that each issuer publishes (OpenID Connect Discovery). Fetches nothing before the first token. */
export function createOidcTokenVerifier(options: {
  readonly issuers: ReadonlyMap<string, OidcIssuer>;
  readonly fetch: Fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
  /** Of each of the two fetches. @default 2000 */
  readonly timeoutMs?: number;
}): TokenVerifier {
  const { issuers, fetch, now, logger, timeoutMs = 2000 } = options;
  const keyCaches = new Map<string, OidcKeyCache>();
  for (const issuer of issuers.values()) {
    const fetchKeys = createFetchKeys({ issuer, fetch, timeoutMs });
    const onStale = (cause: unknown) =>
      logger.warn('issuer cannot be reached: its last keys serve on', { issuer: issuer.name, cause });
    keyCaches.set(issuer.name, createOidcKeyCache({ fetchKeys, now, onStale }));
  }

  return {
    async verifySignature(token, issuer) {
      const keyCache = keyCaches.get(issuer.name);
      if (keyCache === undefined) throw new TypeError(`issuer ${issuer.name} is not one of this verifier's`);
      const key = await findKey(token, issuer, keyCache);
      await requireSignature(token, issuer, key);
    },
  };
}

function createFetchKeys({
  issuer,
  fetch,
  timeoutMs,
}: {
  readonly issuer: OidcIssuer;
  readonly fetch: Fetch;
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

async function findKey(
  token: UnverifiedToken,
  issuer: OidcIssuer,
  keyCache: OidcKeyCache,
): Promise<VerificationKey> {
  const known = pickKey(await requireKeys(keyCache.current(), issuer), token, issuer);
  if (known !== undefined) return known;
  // It may have been published since.
  const published = pickKey(await requireKeys(keyCache.recent(), issuer), token, issuer);
  if (published !== undefined) return published;
  const detail = 'kid and alg name no key of the issuer that may verify signatures';
  throw new TokenRefusedError('unknown-key', { detail, issuer: issuer.name });
}

async function requireKeys(
  keys: Promise<readonly VerificationKey[]>,
  issuer: OidcIssuer,
): Promise<readonly VerificationKey[]> {
  try {
    return await keys;
  } catch (cause) {
    throw new IssuerUnavailableError(issuer.name, { cause });
  }
}

/** A token without a key id is taken where only one key could have signed it (OpenID Connect Core 1.0 §10.1). */
function pickKey(
  keys: readonly VerificationKey[],
  { algorithm, keyId }: UnverifiedToken,
  issuer: OidcIssuer,
): VerificationKey | undefined {
  const candidates = keys.filter(
    (key) => key.algorithm === algorithm && (keyId === undefined || key.keyId === keyId),
  );
  if (candidates.length > 1) {
    const detail = 'several keys of the issuer answer to the kid, or the token has none';
    throw new TokenRefusedError('ambiguous-key', { detail, issuer: issuer.name });
  }
  return candidates[0];
}

async function requireSignature(
  token: UnverifiedToken,
  issuer: OidcIssuer,
  { key, algorithm }: VerificationKey,
): Promise<void> {
  try {
    await compactVerify(token.compact, key, { algorithms: [algorithm] });
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new TokenRefusedError('signature', { detail: error.code, issuer: issuer.name });
  }
}
