import { type CryptoKey, importJWK, type JWK } from 'jose';
import type { SigningAlgorithm } from '../core/configuration.ts';

/** One public key of an issuer, bound to the one algorithm that it may verify. */
export interface VerificationKey {
  readonly keyId: string | undefined;
  readonly algorithm: SigningAlgorithm;
  readonly key: CryptoKey;
}

/** More than any issuer publishes; each costs an import. */
const maxKeys = 100;

/** Bits: NIST SP 800-131A's lower bound, and an upper one because verifying costs more with each. */
const rsaModulusBits = { min: 2048, max: 8192 };

/** RFC 7518 §6 and RFC 8037: what kind of key each algorithm takes. */
const keyForms: Readonly<Record<SigningAlgorithm, Readonly<Record<string, string>>>> = {
  RS256: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
};

/**
 * The keys of a JWK set (RFC 7517) that may verify signatures of the pinned algorithms. The others are left out:
 * issuers publish encryption keys and algorithms of tomorrow beside them.
 *
 * @throws Error when the document is no key set.
 */
export async function importVerificationKeys(
  document: unknown,
  algorithms: readonly SigningAlgorithm[],
): Promise<readonly VerificationKey[]> {
  const keys = isObject(document) ? document['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length > maxKeys) {
    throw new Error(`the key set has no list "keys" of at most ${maxKeys}`);
  }
  const imports = keys
    .filter(isObject)
    .flatMap((jwk) => algorithms.filter((algorithm) => fits(jwk, algorithm)).map((a) => importKey(jwk, a)));
  return (await Promise.all(imports)).filter((key) => key !== undefined);
}

function fits(jwk: Readonly<Record<string, unknown>>, algorithm: SigningAlgorithm): boolean {
  const { alg = algorithm, use = 'sig', key_ops = ['verify'], kid } = jwk;
  return (
    Object.entries(keyForms[algorithm]).every(([member, value]) => jwk[member] === value) &&
    alg === algorithm &&
    use === 'sig' &&
    Array.isArray(key_ops) &&
    key_ops.includes('verify') &&
    (kid === undefined || typeof kid === 'string') &&
    // A private key in public is anybody's.
    jwk['d'] === undefined
  );
}

/** `undefined` when the key's numbers make no key, or none of an accepted size. */
async function importKey(
  jwk: Readonly<Record<string, unknown>>,
  algorithm: SigningAlgorithm,
): Promise<VerificationKey | undefined> {
  try {
    const key = await importJWK(jwk as JWK, algorithm);
    if (key instanceof Uint8Array || !hasAcceptedSize(key)) return undefined;
    return { keyId: typeof jwk['kid'] === 'string' ? jwk['kid'] : undefined, algorithm, key };
  } catch {
    return undefined;
  }
}

function hasAcceptedSize({ algorithm }: CryptoKey): boolean {
  if (!('modulusLength' in algorithm)) return true;
  const bits = Number(algorithm.modulusLength);
  return bits >= rsaModulusBits.min && bits <= rsaModulusBits.max;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
