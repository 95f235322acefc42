import type { Principal } from './principal.ts';
import { sha256 } from './sha256.ts';

/** One for each issuer and subject, 43 characters: logs show it, and need not show who it is. */
export const toPrincipalId = ({ issuer, subject }: Pick<Principal, 'issuer' | 'subject'>): string =>
  sha256(`${issuer}\0${subject}`).toString('base64url');
