import { createHash } from 'node:crypto';
import { toCanonicalText } from './canonical-text.ts';

/** By which people tell keys apart, without their material. Two keys may have one `kid`: the hash differs. */
export function toKeyName(key: Readonly<Record<string, unknown>>): string {
  const { kid, kty, alg } = key;
  const name = [kid, alg ?? kty].filter((part) => typeof part === 'string').join(', ');
  return `${name} (SHA-256 ${toShortHash(Buffer.from(toCanonicalText(key)))})`;
}

/** The fingerprint that `openssl x509 -fingerprint -sha256` prints begins with it. @param der base64 */
export const toCertificateName = (der: string): string =>
  `with SHA-256 ${toShortHash(Buffer.from(der, 'base64'))}`;

const toShortHash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
