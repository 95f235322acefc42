import { ClientError } from './client-error.ts';

/** As the configuration has it, whose schemas take longer to load than most commands take. */
export const isProfileName = (text: string): boolean => /^[a-z][a-z0-9-]{0,62}$/.test(text);

/** @param source where it was written, as `--profile` @throws ClientError `usage` */
export function requireProfileName(text: string, source: string): string {
  if (isProfileName(text)) return text;
  throw new ClientError('usage', `${source} names no profile`, {
    hint: 'allowed: 1–63 characters of a–z, 0–9 and -, beginning with a letter; daypass profiles lists yours',
  });
}
