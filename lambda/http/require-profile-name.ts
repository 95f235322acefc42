import { isProfileName } from '../core/configuration-schema.ts';
import { InvalidRequestError } from '../core/errors.ts';

/** @throws InvalidRequestError for what cannot name a profile, and so leaves no row */
export function requireProfileName(name = ''): string {
  if (isProfileName(name)) return name;
  throw new InvalidRequestError('that is no name of a profile; allowed: 1–63 characters of a–z, 0–9 and -');
}
