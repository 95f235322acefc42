import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Answer } from './daypass-client.ts';

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  /** All of its environment but for PATH: nothing of this process's own gets in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What it reads. @default nothing */
  readonly input?: string;
}

const path = '/usr/bin:/bin';

export async function runProgram(
  file: string,
  args: readonly string[],
  { env = {}, cwd, input = '' }: Options = {},
): Promise<Ended> {
  const child = spawn(file, args, { env: { PATH: path, ...env }, ...(cwd === undefined ? {} : { cwd }) });
  // A program that needn't read ends before it was written to.
  child.stdin.on('error', () => undefined).end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

/** A program that answers each line it reads with one line of JSON. */
export interface Conversation {
  ask(line: string): Promise<Answer['json']>;
  end(): Promise<void>;
}

export function converse(
  file: string,
  args: readonly string[],
  { env = {} }: Pick<Options, 'env'> = {},
): Conversation {
  const child = spawn(file, args, {
    env: { PATH: path, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const errors = text(child.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const closed = once(child, 'close');
  return {
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${file} ended before it answered: ${await errors}`);
      return JSON.parse(value);
    },
    end: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
