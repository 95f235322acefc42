import { existsSync, readFileSync } from 'node:fs';

/** The file's text, or `undefined` when there is none yet. The data directory's lock is held: nobody removes it. */
export function readIfPresent(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
