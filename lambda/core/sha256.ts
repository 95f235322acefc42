import { createHash } from 'node:crypto';

/** SHA-256 of the text's UTF-8 bytes. */
export const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/** JSON with sorted keys and without undefined members: equal values give equal bytes. */
export function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
