import { ClientError } from './client-error.ts';
import { isProfileName } from './profile-name.ts';

/**
 * One segment of a path of the API.
 *
 * @param what as `a profile`, for the error
 * @throws ClientError `usage`: `.` and `..` would lead to another operation, and no escaping keeps them from it
 */
export function toPathSegment(text: string, what: string): string {
  if (text !== '' && text !== '.' && text !== '..' && text.isWellFormed()) return encodeURIComponent(text);
  throw new ClientError('usage', `that is no name of ${what}`);
}

/**
 * A profile's name, or an integration's, as a segment: the broker knows no path for what is neither.
 *
 * @throws ClientError `usage`
 */
export function toNameSegment(name: string, what: 'a profile' | 'an integration'): string {
  // An integration's is of the same kind, and shorter.
  if (isProfileName(name)) return name;
  throw new ClientError('usage', `that is no name of ${what}`, {
    hint: 'allowed: a–z, 0–9 and -, beginning with a letter',
  });
}
