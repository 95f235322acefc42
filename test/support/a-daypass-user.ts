import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, runProgram } from './run-program.ts';
import { node } from './running-daypass.ts';

export const daypassScript = new URL('../../bin/daypass.ts', import.meta.url).pathname;

/** Somebody at a terminal, with a home directory of their own that is empty at first. */
export interface DaypassUser {
  readonly home: string;
  /** All of what the command is told, beside PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `daypass` to its end, without a terminal. */
  run(...args: readonly string[]): Promise<Ended>;
  /** The same with more of an environment, or with something to read. */
  runWith(
    more: { readonly env?: Readonly<Record<string, string>>; readonly input?: string; readonly cwd?: string },
    ...args: readonly string[]
  ): Promise<Ended>;
  /** Removes the home directory. */
  remove(): void;
}

export function aDaypassUser(env: Readonly<Record<string, string>> = {}): DaypassUser {
  const home = mkdtempSync(join(tmpdir(), 'daypass-home-'));
  const own = { HOME: home, ...env };
  const runWith: DaypassUser['runWith'] = ({ env: more = {}, ...options }, ...args) =>
    runProgram(node, [daypassScript, ...args], { ...options, env: { ...own, ...more } });
  return {
    home,
    env: own,
    run: (...args) => runWith({}, ...args),
    runWith,
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
