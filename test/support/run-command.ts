import { exitCodes } from '../../bin/daypass/exit-codes.ts';
import { CommanderError, runProgram } from '../../bin/daypass/program.ts';
import { ClientError } from '../../lib/client/client-error.ts';
import { aTerminal } from './a-terminal.ts';
import type { Ended } from './run-program.ts';

type Environment = Readonly<Record<string, string>>;

/**
 * Runs `daypass` in this process, where a start of its own would show nothing more: it reads no standard input, gets no
 * signals, and no SDK looks into its environment.
 */
export async function runCommand(env: Environment, ...args: readonly string[]): Promise<Ended> {
  const terminal = aTerminal({ env, now: Date.now });
  const toEnded = (code: number): Ended => ({
    code,
    stdout: terminal.printed(),
    stderr: terminal.noted.map((line) => `${line}\n`).join(''),
  });
  try {
    await runProgram(args, terminal);
    return toEnded(0);
  } catch (error) {
    if (error instanceof CommanderError) return toEnded(error.exitCode === 0 ? 0 : 2);
    if (!(error instanceof ClientError)) throw error;
    terminal.note(`daypass: ${error.message}`);
    if (error.hint !== undefined) terminal.note(`  ${error.hint}`);
    return toEnded(exitCodes[error.code]);
  }
}
