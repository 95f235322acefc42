import { createHash } from 'node:crypto';
import { toBase32 } from './base32.ts';

/** IAM's unique id of a user (`AIDA…`) or a role (`AROA…`): 21 characters; here always the same for the same ARN. */
export function toUniqueId(prefix: 'AIDA' | 'AROA', arn: string): string {
  return prefix + toBase32(createHash('sha256').update(arn).digest()).slice(0, 17);
}
