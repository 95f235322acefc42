import { debianPython } from './aws-tools.ts';
import { runProgram } from './run-program.ts';

/** How a command at a terminal ended, and all that the terminal was sent. */
export interface AtTerminal {
  readonly code: number | null;
  readonly signal: string | null;
  readonly shown: string;
  /** What was waited for and never came. */
  readonly missing: string | null;
}

export const keys = {
  controlC: '\u0003',
  controlD: '\u0004',
  tab: '\t',
  controlU: '\u0015',
  enter: '\r',
} as const;

const script = new URL('at-a-terminal.py', import.meta.url).pathname;

/** Somebody waits for each text (a regular expression) at a terminal and then presses the keys; `null` closes it. */
export async function atTerminal(
  command: readonly string[],
  steps: readonly (readonly [awaited: string, keys: string | null])[],
  env: Readonly<Record<string, string>>,
): Promise<AtTerminal> {
  const { stdout, stderr } = await runProgram(debianPython, [script, JSON.stringify(steps), ...command], {
    env: { TERM: 'xterm', ...env },
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as AtTerminal;
}
