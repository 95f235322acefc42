import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';

/** How a command ended. */
export type ChildEnd = { readonly code: number } | { readonly signal: NodeJS.Signals };

export interface ChildCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Takes a line for whoever sits there. */
  readonly note: (line: string) => void;
}

/** Passed on, as whoever sends them means the command. */
const forwarded = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** Those that a terminal sends to all that run in its foreground, so that the child has them already. */
const ofTerminal = ['SIGINT', 'SIGQUIT'] as const;

/** As a POSIX shell has them. */
const cannotRun = 126;
const notFound = 127;

/** Runs it to its end, with this process's own input and output. */
export async function runChild({ file, args, env, note }: ChildCommand): Promise<ChildEnd> {
  // Before the child is there: a signal in between would end this process alone.
  let child: ChildProcess | undefined;
  const pending: NodeJS.Signals[] = [];
  const forward = (signal: NodeJS.Signals) => {
    if (child === undefined) pending.push(signal);
    else child.kill(signal);
  };
  const leave = () => undefined;
  const ofGroup = hasTerminal() ? leave : forward;
  for (const signal of forwarded) process.on(signal, forward);
  for (const signal of ofTerminal) process.on(signal, ofGroup);
  try {
    child = spawn(file, args, { env, stdio: 'inherit' });
    for (const signal of pending) child.kill(signal);
    return await toEnd(child);
  } catch (error) {
    return toSpawnFailure(file, error, note);
  } finally {
    for (const signal of forwarded) process.off(signal, forward);
    for (const signal of ofTerminal) process.off(signal, ofGroup);
  }
}

/** @throws the system's error where there is no child at all */
const toEnd = (child: ChildProcess): Promise<ChildEnd> =>
  new Promise((resolve, reject) => {
    // One that can't be sent a signal is there all the same.
    child.on('error', (error) => {
      if (child.pid === undefined) reject(error);
    });
    child.on('exit', (code, signal) => resolve(signal === null ? { code: code ?? 1 } : { signal }));
  });

/** Ends this process as the child ended: by the same signal, so that a shell's loop stops at Ctrl-C. */
export function endAs(end: ChildEnd): void {
  if ('code' in end) {
    process.exitCode = end.code;
    return;
  }
  process.removeAllListeners(end.signal);
  // Where it can't be ended by that: the shells' way to say it.
  process.exitCode = 128 + (constants.signals[end.signal] ?? 0);
  process.kill(process.pid, end.signal);
}

function toSpawnFailure(file: string, error: unknown, note: ChildCommand['note']): ChildEnd {
  const { code } = Object(error) as { readonly code?: unknown };
  if (code === 'ENOENT' || file === '') {
    note(`daypass: there is no command ${file === '' ? 'without a name' : file}`);
    return { code: notFound };
  }
  note(`daypass: can't run ${file}: ${typeof code === 'string' ? code : String(error)}`);
  return { code: cannotRun };
}

/** Whether a terminal controls this process: what it sends, it sends to all of its foreground. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
