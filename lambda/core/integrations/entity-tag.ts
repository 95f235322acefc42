import { InvalidRequestError } from '../errors.ts';

/** The ETag of a version (RFC 9110 §8.8.3): strong, because it names the whole integration. */
export const toEntityTag = (version: number) => `"${version}"`;

/**
 * The version that `If-Match` names; `undefined` without the header.
 *
 * @throws InvalidRequestError for `*`, a list and a weak tag: a change is made for the one version that was read
 */
export function readIfMatch(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const version = /^"([1-9][0-9]{0,8})"$/.exec(header.trim())?.[1];
  if (version !== undefined) return Number(version);
  throw new InvalidRequestError(
    'header If-Match; allowed: one ETag as the integration was read with it, such as "3"',
  );
}
