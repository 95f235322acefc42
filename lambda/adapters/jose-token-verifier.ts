import { KeyObject } from 'node:crypto';
import { compactVerify, errors } from 'jose';
import { IssuerUnavailableError, TokenRefusedError } from '../core/authentication-errors.ts';
import type { SigningKey, TokenVerifier } from '../core/authentication-ports.ts';
import type { Issuer, JsonWebKeySet, SigningAlgorithm } from '../core/configuration.ts';
import type { IntegrationStore } from '../core/integrations/integration-ports.ts';
import { toKeyThumbprint } from '../core/key-thumbprint.ts';
import type { Logger } from '../core/logger.ts';
import type { UnverifiedToken } from '../core/read-token.ts';
import type { BrokerIssuer, TokenIssuer } from '../core/token-issuer.ts';
import { createFetchIntegrationKeys } from './fetch-integration-keys.ts';
import type { Fetch } from './fetch-json.ts';
import { createFetchOidcKeys } from './fetch-oidc-keys.ts';
import {
  createKeyCache,
  type KeyCacheTimes,
  type KeySource,
  keyCacheTimes,
  tableKeyTimes,
} from './key-cache.ts';
import { importVerificationKeys, type VerificationKey } from './verification-keys.ts';

export interface JoseTokenVerifierOptions {
  /** Of the configuration; those without tokens of their own are left alone. */
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** The broker as an issuer, and where the public key of its own tokens is. @default none */
  readonly broker?: {
    readonly issuer: BrokerIssuer;
    readonly fetchKeys: () => Promise<readonly VerificationKey[]>;
  };
  /** Where third parties have keys in the place of the configuration's. @default nowhere */
  readonly integrations?: Pick<IntegrationStore, 'find'>;
  readonly fetch: Fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
  /** Of each of the two fetches of an OpenID provider's keys. @default 2000 */
  readonly timeoutMs?: number;
}

/**
 * Verifies signatures with the keys of the issuer that the token names, and with no others: published ones (OpenID
 * Connect Discovery), those of the configuration, a third party's in the table, or the broker's own. Fetches nothing before the first token.
 */
export function createJoseTokenVerifier(options: JoseTokenVerifierOptions): TokenVerifier {
  const sources = toKeySources(options);
  return {
    async verifySignature(token, issuer) {
      const source = sources.get(issuer);
      if (source === undefined) throw new TypeError(`issuer ${issuer.name} is not one of this verifier's`);
      const key = await findKey(token, issuer, source);
      await requireSignature(token, issuer, key);
      return toSigningKey(key);
    },
  };
}

function toKeySources(options: JoseTokenVerifierOptions): ReadonlyMap<TokenIssuer, KeySource> {
  const { issuers, broker, integrations, fetch, now, logger, timeoutMs = 2000 } = options;
  const sources = new Map<TokenIssuer, KeySource>();
  const addCached = (
    issuer: TokenIssuer,
    fetchKeys: () => Promise<readonly VerificationKey[]>,
    times: KeyCacheTimes = keyCacheTimes,
  ) => {
    const onStale = (cause: unknown) =>
      logger.warn('issuer cannot be reached: its last keys serve on', { issuer: issuer.name, cause });
    sources.set(issuer, createKeyCache({ fetchKeys, now, onStale, times }));
  };
  for (const issuer of issuers.values()) {
    if (issuer.type !== 'oidc' && issuer.type !== 'integration') continue;
    if (issuer.type === 'integration' && integrations !== undefined)
      addCached(issuer, createFetchIntegrationKeys({ issuer, integrations }), tableKeyTimes);
    else if (issuer.jwks !== undefined) sources.set(issuer, toFixedKeys(issuer.jwks, issuer.algorithms));
    else if (issuer.type === 'oidc') addCached(issuer, createFetchOidcKeys({ issuer, fetch, timeoutMs }));
  }
  if (broker !== undefined) addCached(broker.issuer, broker.fetchKeys);
  return sources;
}

/** Keys that stand in the configuration: a new one comes with a deployment. */
function toFixedKeys(jwks: JsonWebKeySet, algorithms: readonly SigningAlgorithm[]): KeySource {
  const keys = importVerificationKeys(jwks, algorithms);
  return { current: () => keys, recent: () => keys };
}

const toSigningKey = ({ key, suspension }: VerificationKey): SigningKey => ({
  keyThumbprint: toKeyThumbprint(KeyObject.from(key)),
  ...(suspension === undefined ? {} : { suspension }),
});

async function findKey(
  token: UnverifiedToken,
  issuer: TokenIssuer,
  source: KeySource,
): Promise<VerificationKey> {
  const known = pickKey(await requireKeys(source.current(), issuer), token, issuer);
  if (known !== undefined) return known;
  // It may have been published since.
  const published = pickKey(await requireKeys(source.recent(), issuer), token, issuer);
  if (published !== undefined) return published;
  const detail = 'kid and alg name no key of the issuer that may verify signatures';
  throw new TokenRefusedError('unknown-key', { detail, issuer: issuer.name });
}

async function requireKeys(
  keys: Promise<readonly VerificationKey[]>,
  issuer: TokenIssuer,
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
  issuer: TokenIssuer,
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
  issuer: TokenIssuer,
  { key, algorithm }: VerificationKey,
): Promise<void> {
  try {
    await compactVerify(token.compact, key, { algorithms: [algorithm] });
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new TokenRefusedError('signature', { detail: error.code, issuer: issuer.name });
  }
}
