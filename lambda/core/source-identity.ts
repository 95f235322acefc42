import { sha256 } from './sha256.ts';
import { stsLimits } from './sts-limits.ts';

/** Characters of the hash: 130 of SHA-256's bits. */
const hashLength = 26;

/**
 * What CloudTrail shows as `sourceIdentity`, and the key of a principal in the audit: `<issuer>.<subject>` where
 * that fits STS unchanged, else `<issuer>=<readable prefix>.<hash>`. Issuer names hold neither `.` nor `=`, so no two
 * principals become one.
 */
export function toSourceIdentity({
  issuer,
  subject,
}: {
  readonly issuer: string;
  readonly subject: string;
}): string {
  const { pattern, maxLength } = stsLimits.sourceIdentity;
  const plain = `${issuer}.${subject}`;
  if (pattern.test(plain)) return plain;
  const hash = toBase32(sha256(`${issuer}\0${subject}`)).slice(0, hashLength);
  const prefixLength = maxLength - issuer.length - hashLength - '=.'.length;
  return `${issuer}=${toReadable(subject, prefixLength)}.${hash}`;
}

/** The beginning of a subject in STS's characters. It identifies nobody: the source identity or the row does. */
export const toReadable = (subject: string, maxLength: number): string =>
  subject.replaceAll(/[^\w+=,.@-]+/g, '-').slice(0, maxLength);

/** RFC 4648 base32 without padding. */
export function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{5}/g) ?? [];
  return groups.map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(Number.parseInt(group, 2))).join('');
}
