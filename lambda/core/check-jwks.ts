import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { Report } from './compile-statements.ts';
import type { JsonWebKeySet } from './configuration.ts';

/** Bits: NIST SP 800-131A's lower bound, and an upper one because verifying costs more with each. */
export const rsaModulusBits = { min: 2048, max: 8192 };

const curves = ['P-256', 'P-384', 'Ed25519'];

const allowed = `a public JWK: RSA of ${rsaModulusBits.min}–${rsaModulusBits.max} bits, EC P-256 or P-384, or OKP Ed25519, without private members`;

/** Checks the keys of a JWK set as far as a shape cannot. */
export function checkJwks(jwks: JsonWebKeySet | undefined, report: Report): void {
  const keys = jwks?.keys ?? [];
  const seen = new Set<unknown>();
  for (const [index, key] of keys.entries()) {
    const path = ['jwks', 'keys', index];
    // The value stays out of the message: it may be the private key.
    if (!isPublicKey(key)) report({ path, value: `key ${index}`, allowed });
    const { kid } = key;
    const isNamed = typeof kid === 'string' && kid.length > 0 && kid.length <= 256 && !seen.has(kid);
    if (keys.length > 1 && !isNamed) {
      report({ path: [...path, 'kid'], value: kid, allowed: 'a key id of its own: there are several keys' });
    }
    seen.add(kid);
  }
}

function isPublicKey(jwk: Readonly<Record<string, unknown>>): boolean {
  if (['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((member) => member in jwk)) return false;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({
      key: jwk as JsonWebKey,
      format: 'jwk',
    });
    if (asymmetricKeyType !== 'rsa') return curves.includes(String(jwk['crv']));
    const bits = asymmetricKeyDetails?.modulusLength ?? 0;
    return bits >= rsaModulusBits.min && bits <= rsaModulusBits.max;
  } catch {
    return false;
  }
}
