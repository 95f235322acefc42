import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Ended } from './run-program.ts';

/** A program that runs while the test does something else. */
export interface RunningCommand {
  /** What it has printed and said, once that fits. Rejects where it ends before. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  /** Tells it to end. */
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended & { readonly signal: NodeJS.Signals | null }>;
}

export function startCommand(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningCommand {
  const child = spawn(file, args, {
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  }
  const closed = once(child, 'close');
  const ended = closed.then(([code, signal]) => ({ code, signal, ...printed }));
  return {
    shows: async (pattern) => {
      for (;;) {
        const found = pattern.exec(`${printed.stdout}\n${printed.stderr}`);
        if (found !== null) return found;
        if (child.exitCode !== null || child.signalCode !== null) {
          await closed;
          const last = pattern.exec(`${printed.stdout}\n${printed.stderr}`);
          if (last !== null) return last;
          throw new Error(`${args.join(' ')} ended without ${pattern}:\n${printed.stdout}${printed.stderr}`);
        }
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), closed]);
      }
    },
    signal: (name) => void child.kill(name),
    ended,
  };
}
