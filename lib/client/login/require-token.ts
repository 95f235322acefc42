import { ClientError } from '../client-error.ts';

/** Characters. API Gateway takes 10 240 bytes of headers in all. */
const maxLength = 10_000;

/**
 * A token as it can stand in a header, without the space around it.
 *
 * @throws ClientError `not-logged-in`, which never shows what is there
 */
export function requireToken(text: string, source: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token) && token.length <= maxLength) return token;
  const what = token === '' ? 'is empty' : 'holds no token';
  throw new ClientError('not-logged-in', `${source} ${what}`, {
    hint: `a token is one word of at most ${maxLength} printable characters`,
  });
}
