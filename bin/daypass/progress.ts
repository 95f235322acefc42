import { toPrintable } from './printable.ts';
import { clip } from './text-width.ts';

/** A line that is written over again and again, for whoever waits. */
export interface Progress {
  show(text: string): void;
  /** Before anything else is written, and at the end. */
  clear(): void;
}

export interface ProgressOptions {
  /** Where people look while they wait. @default standard error */
  readonly stream?: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Milliseconds: what is over before that needs no word. */
const patienceMs = 700;
/** Milliseconds between two lines. */
const intervalMs = 100;

/** Nothing where standard error is no terminal, or one that can't go back in a line. */
export function createProgress({ stream = process.stderr, env, now }: ProgressOptions): Progress {
  if (stream.isTTY !== true || env['TERM'] === 'dumb') return { show: () => {}, clear: () => {} };
  let nextMs = now() + patienceMs;
  let isShown = false;
  return {
    show: (text) => {
      if (now() < nextMs) return;
      nextMs = now() + intervalMs;
      isShown = true;
      stream.write(`\r\x1b[2K${clip(toPrintable(text), Math.max((stream.columns ?? 80) - 1, 10))}`);
    },
    clear: () => {
      if (isShown) stream.write('\r\x1b[2K');
      isShown = false;
    },
  };
}
