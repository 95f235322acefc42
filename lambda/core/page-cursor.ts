import { InvalidRequestError } from './errors.ts';
import { sha256, toCanonicalJson } from './sha256.ts';

/**
 * Where to go on, and which filters it goes on with: a cursor carries no authority, and one of another query is refused
 * rather than misread.
 *
 * @param before where the page ended
 */
export const toCursor = (before: string, filters: object): string =>
  Buffer.from(`${before}.${toFilterHash(filters)}`).toString('base64url');

/**
 * Where the page before ended.
 *
 * @param isPlace whether a page can end there at all
 * @throws InvalidRequestError for what no answer gave, or an answer to other filters
 */
export function fromCursor(cursor: string, filters: object, isPlace: (before: string) => boolean): string {
  const content = Buffer.from(cursor, 'base64url').toString('latin1');
  // A place may hold dots; the hash has none.
  const end = content.lastIndexOf('.');
  const before = content.slice(0, Math.max(0, end));
  if (isPlace(before) && content.slice(end + 1) === toFilterHash(filters)) return before;
  throw new InvalidRequestError(
    'cursor does not belong to these filters; allowed: the nextCursor of an answer, with the same filters',
  );
}

const toFilterHash = (filters: object) => sha256(toCanonicalJson(filters)).toString('base64url').slice(0, 22);
