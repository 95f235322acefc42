#!/usr/bin/env node
import { fstatSync } from 'node:fs';
import nodeModule from 'node:module';

/*
 * The `daypass` command. The AWS CLI runs it for each of its own commands: nothing is loaded here that the asked
 * command does not need.
 */

// Compiled code is kept by Node itself from one start to the next. Node 20 has no such cache, nor an export of its name.
nodeModule.enableCompileCache?.();

const interruption = new AbortController();
process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  // Whoever reads may go away, as in `daypass audit | head`.
  if (code === 'EPIPE') process.exit(0);
  // As on a full disk.
  process.stderr.write(`daypass: can't write to standard output: ${code}\n`);
  process.exit(1);
});
// What nobody reads ends nothing: not the command of `exec`, nor an agent; and a failure stays one.
process.stderr.on('error', () => undefined);

const { CommanderError, runProgram } = await import('./daypass/program.ts');
const { toPrintableLines } = await import('./daypass/printable.ts');
// Errors repeat what a broker or an issuer said, or what answered in its place.
const note = (line: string) => void process.stderr.write(`${toPrintableLines(line)}\n`);

try {
  await runProgram(process.argv.slice(2), {
    env: process.env,
    now: Date.now,
    print: (text) => void process.stdout.write(text),
    note,
    // When it is asked: a tenth of the start goes into what Node makes of standard input.
    get isInteractive() {
      return process.stdin.isTTY === true && process.stderr.isTTY === true;
    },
    printsForPeople: process.stdout.isTTY === true,
    get isOneStream() {
      return process.stdout.isTTY !== true && areSame(1, 2);
    },
    columns: process.stdout.columns ?? 80,
    signal: interruption.signal,
  });
} catch (error) {
  process.exitCode = await toExitCode(error);
}

/** Whether both descriptors are one pipe or file, as with `2>&1`. Windows numbers no pipes. */
function areSame(one: number, other: number): boolean {
  try {
    const [a, b] = [fstatSync(one), fstatSync(other)];
    return a.ino !== 0 && a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false;
  }
}

/** What runs ends by itself, as a prompt that has to put its terminal right; at one more it is ended. */
function interrupt(signal: NodeJS.Signals): void {
  if (interruption.signal.aborted) process.off(signal, interrupt);
  // The command of `exec` is for others to end.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  interruption.abort();
}

async function toExitCode(error: unknown): Promise<number> {
  // Commander has said what is wrong; `--help` and `--version` are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { exitCodes } = await import('./daypass/exit-codes.ts');
  const { ClientError } = await import('../lib/client/client-error.ts');
  if (interruption.signal.aborted) return exitCodes.interrupted;
  if (!(error instanceof ClientError)) {
    note(
      `daypass: this is a defect of daypass itself: ${error instanceof Error ? error.stack : String(error)}`,
    );
    return exitCodes.failed;
  }
  note(`daypass: ${error.message}`);
  if (error.hint !== undefined) note(`  ${error.hint}`);
  return exitCodes[error.code];
}
