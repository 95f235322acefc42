import { createHash } from 'node:crypto';
import type { AwsRequest } from './exchange.ts';

/**
 * The canonical form of a request, of which the signature is made. Source: IAM guide, "Create a signed AWS API
 * request".
 */
export function toCanonicalRequest(
  request: AwsRequest,
  { service, signedHeaders }: { readonly service: string; readonly signedHeaders: readonly string[] },
): string {
  return [
    request.method,
    // A key of S3 is what it is: nothing is resolved, and nothing is encoded once more.
    service === 's3' ? request.path : toCanonicalPath(request.path),
    toCanonicalQuery(request.query),
    ...signedHeaders.map((name) => `${name}:${toCanonicalValue(request.headers.get(name) ?? [])}`),
    '',
    signedHeaders.join(';'),
    // S3 takes the digest that the header says, and looks at the content by itself.
    service === 's3' ? (request.headers.get('x-amz-content-sha256')?.[0] ?? '') : sha256(request.body),
  ].join('\n');
}

export const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

/** Every service but S3 encodes the path, as it was sent, once more, after `.` and `..` are resolved. */
function toCanonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  const trailing = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${trailing}`;
}

function toCanonicalQuery(query: string): string {
  return parseQuery(query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): readonly [string, string] => [encode(name), encode(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Names and values in the order sent, decoded as HTML forms are. Never throws: what isn't UTF-8 becomes U+FFFD. */
export function parseQuery(query: string): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(query)];
}

const toCanonicalValue = (values: readonly string[]): string =>
  values.map((value) => value.trim().replace(/ +/g, ' ')).join(',');

/** RFC 3986: all but the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
