import { randomBytes } from 'node:crypto';
import { parseBase32, toBase32 } from './base32.ts';

/**
 * An access key id says whose it is, as AWS's do since 2019: behind the prefix it's base32, and of the first six bytes
 * the highest bit is set, the next forty are the account's number. That order isn't documented by AWS; it's known from
 * keys of known accounts.
 */
export function toAccessKeyId(prefix: 'AKIA' | 'ASIA', accountId: string): string {
  const bytes = randomBytes(10);
  const random = BigInt(bytes.readUIntBE(0, 6)) & 0x7fn;
  const head = (1n << 47n) | (BigInt(accountId) << 7n) | random;
  bytes.writeUIntBE(Number(head), 0, 6);
  return prefix + toBase32(bytes);
}

/** The account that an access key id names; `undefined` for one that names none. */
export function readAccountId(accessKeyId: string): string | undefined {
  const bytes = /^A[KS]IA[A-Z2-7]{16}$/.test(accessKeyId) ? parseBase32(accessKeyId.slice(4)) : undefined;
  if (bytes === undefined) return undefined;
  const head = BigInt(Buffer.from(bytes).readUIntBE(0, 6));
  if (head >> 47n === 0n) return undefined;
  return ((head >> 7n) & ((1n << 40n) - 1n)).toString().padStart(12, '0');
}
