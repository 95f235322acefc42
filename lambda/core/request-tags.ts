import type { Attempt } from './issuance.ts';
import { sha256 } from './sha256.ts';
import { toBase32, toReadable } from './source-identity.ts';

/** What a token that AWS signs says of its issuance beside the role: AWS puts it into the claim `request_tags`. */
export const toRequestTags = ({ id, principal }: Pick<Attempt, 'id' | 'principal'>) => ({
  'daypass:Principal': toPrincipalTag(principal),
  'daypass:IssuanceId': id,
});

/**
 * Of the characters and the length that STS takes for a tag's value those of ASCII: the value stands in a session policy
 * too, and other parties compare it, whose way with Unicode nobody knows.
 */
const plainValue = /^[\w .:/=+@-]{1,256}$/;

/** Characters of the hash, 130 of SHA-256's bits, and of the readable part before it. */
const hashLength = 26;
const prefixLength = 64;

/**
 * As the source identity is made: `<issuer>.<subject>` where that fits unchanged, else
 * `<issuer>=<readable prefix>.<hash>`. Issuer names hold neither `.` nor `=`, so no two principals become one.
 */
function toPrincipalTag({ issuer, subject }: Attempt['principal']): string {
  const plain = `${issuer}.${subject}`;
  if (plainValue.test(plain)) return plain;
  const hash = toBase32(sha256(`${issuer}\0${subject}`)).slice(0, hashLength);
  // A comma is in a source identity's characters, and in no tag's.
  return `${issuer}=${toReadable(subject, prefixLength).replaceAll(',', '-')}.${hash}`;
}
