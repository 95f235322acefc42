import { holdsSecret } from './holds-secret.ts';

/** What is allowed as the reason of an issuance. */
export const reasonAllowed =
  '1–256 printable characters, not all of them spaces, that hold no secret key, token or ExternalId';

/** Whether this can be kept as a reason: one line of text that a log or a terminal shows as it is. */
export const isReason = (value: string) =>
  /^[^\p{C}\p{Zl}\p{Zp}]{1,256}$/u.test(value) && /[^\p{Z}]/u.test(value) && !holdsSecret(value);
