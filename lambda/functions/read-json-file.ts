import { readFileSync } from 'node:fs';
import { requireEnv } from './environment.ts';

/**
 * A file that ships with this function, in its layer when deployed.
 *
 * @param variable the environment variable that has its path
 * @throws Error naming variable and file when there is none or it is not JSON
 */
export function readJsonFile(variable: string): unknown {
  const file = requireEnv(variable);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${variable} names ${file}, which cannot be read as JSON; the stack puts it there`, {
      cause,
    });
  }
}
