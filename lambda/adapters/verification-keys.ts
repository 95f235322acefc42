import { type CryptoKey, importJWK, type JWK } from 'jose';
import { rsaModulusBits } from '../core/check-jwks.ts';
import type { SigningAlgorithm } from '../core/configuration.ts';
import { isJsonObject, type JsonObject } from '../core/parse-json-object.ts';

/** One public key of an issuer, bound to the one algorithm that it may verify. */
export interface VerificationKey {
  readonly keyId: string | undefined;
  readonly algorithm: SigningAlgorithm;
  readonly key: CryptoKey;
  /** Of a third party's key, while its integration is suspended. */
  readonly suspension?: { readonly reason: string };
}

/** More than any issuer publishes; each costs an import. */
const maxKeys = 100;

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
  const keys = isJsonObject(document) ? document['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length > maxKeys) {
    throw new Error(`the key set has no list "keys" of at most ${maxKeys}`);
  }
  const imports = keys
    .filter(isJsonObject)
    .flatMap((jwk) => algorithms.filter((algorithm) => fits(jwk, algorithm)).map((a) => importKey(jwk, a)));
  return (await Promise.all(imports)).filter((key) => key !== undefined);
}

/** Whether the key may verify the algorithm, by what it says of itself. */
function fits(jwk: JsonObject, algorithm: SigningAlgorithm): boolean {
  const { alg = algorithm, use = 'sig', key_ops = ['verify'], kid } = jwk;
  return (
    alg === algorithm &&
    use === 'sig' &&
    Array.isArray(key_ops) &&
    key_ops.includes('verify') &&
    (kid === undefined || typeof kid === 'string') &&
    // A private key in public is anybody's.
    jwk['d'] === undefined
  );
}

/** `undefined` when its type, curve and numbers make no key for the algorithm, or none of an accepted size. */
async function importKey(jwk: JsonObject, algorithm: SigningAlgorithm): Promise<VerificationKey | undefined> {
  try {
    const key = await importJWK(jwk as JWK, algorithm);
    // Bytes are a symmetric key.
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
