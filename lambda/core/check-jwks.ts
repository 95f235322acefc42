import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { Report } from './compile-statements.ts';
import type { JsonWebKeySet, SigningAlgorithm } from './configuration.ts';

/** Bits: NIST SP 800-131A's lower bound, and an upper one because verifying costs more with each. */
export const rsaModulusBits = { min: 2048, max: 8192 };

const algorithmsByKey: Readonly<Record<string, SigningAlgorithm>> = {
  RSA: 'RS256',
  'EC P-256': 'ES256',
  'EC P-384': 'ES384',
  'OKP Ed25519': 'EdDSA',
};

/** Members of private and of symmetric keys (RFC 7518 §6). */
export const secretMembers: readonly string[] = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const publicKeyAllowed = `a public JWK: RSA of ${rsaModulusBits.min}–${rsaModulusBits.max} bits, EC P-256 or P-384, or OKP Ed25519, without private members`;

type Jwk = JsonWebKeySet['keys'][number];

/**
 * Checks the keys of a JWK set as far as a shape cannot. A key is reported by its place alone: it may be the private
 * one.
 *
 * @param algorithms of the issuer; `undefined` where they are in error
 */
export function checkJwks(
  jwks: JsonWebKeySet | undefined,
  algorithms: readonly SigningAlgorithm[] | undefined,
  report: Report,
): void {
  const keys = jwks?.keys ?? [];
  const seen = new Set<unknown>();
  for (const [index, key] of keys.entries()) {
    const path = ['jwks', 'keys', index];
    const refuse = (allowed: string) => report({ path, value: `key ${index}`, allowed });
    if (!isPublicKey(key)) refuse(publicKeyAllowed);
    else if (algorithms !== undefined && !verifiesOneOf(key, algorithms))
      refuse(`a key for signatures of the issuer's algorithms: ${algorithms.join(', ')}`);
    const { kid } = key;
    const isNamed = typeof kid === 'string' && kid.length > 0 && kid.length <= 256 && !seen.has(kid);
    if (!isNamed && (keys.length > 1 || kid !== undefined)) {
      const allowed = 'a key id of 1–256 characters, of its own where there are several keys';
      report({ path: [...path, 'kid'], value: typeof kid === 'object' ? typeof kid : kid, allowed });
    }
    seen.add(kid);
  }
}

function isPublicKey(jwk: Jwk): boolean {
  if (toAlgorithm(jwk) === undefined || secretMembers.some((member) => Object.hasOwn(jwk, member)))
    return false;
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const bits = asymmetricKeyDetails?.modulusLength ?? rsaModulusBits.min;
    return bits >= rsaModulusBits.min && bits <= rsaModulusBits.max;
  } catch {
    return false;
  }
}

const toAlgorithm = ({ kty, crv }: Jwk) => algorithmsByKey[kty === 'RSA' ? 'RSA' : `${kty} ${crv}`];

/** By what the key says of itself, as the verifier asks too: a key that it leaves out would only be missed later. */
function verifiesOneOf(jwk: Jwk, algorithms: readonly SigningAlgorithm[]): boolean {
  const algorithm = toAlgorithm(jwk);
  const { alg = algorithm, use = 'sig', key_ops = ['verify'] } = jwk;
  return (
    algorithm !== undefined &&
    algorithms.includes(algorithm) &&
    alg === algorithm &&
    use === 'sig' &&
    Array.isArray(key_ops) &&
    key_ops.includes('verify')
  );
}
