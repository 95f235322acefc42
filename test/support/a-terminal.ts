import type { Terminal } from '../../bin/daypass/terminal.ts';
import { nowMs } from './tokens.ts';

/** A terminal that keeps what it is told. */
export interface RecordingTerminal extends Terminal {
  readonly printed: () => string;
  readonly noted: readonly string[];
}

/** Nobody sits at it and nobody looks at it, unless said otherwise. */
export function aTerminal(own: Partial<Terminal> = {}): RecordingTerminal {
  const printed: string[] = [];
  const noted: string[] = [];
  return {
    env: {},
    now: () => nowMs,
    print: (text) => void printed.push(text),
    note: (line) => void noted.push(line),
    isInteractive: false,
    printsForPeople: false,
    isOneStream: false,
    columns: 80,
    signal: new AbortController().signal,
    ...own,
    printed: () => printed.join(''),
    noted,
  };
}
