import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** Makes one command with its options and its help. `entries` are all that there are. */
export type CreateCommand = (terminal: Terminal, entries: readonly CommandEntry[]) => Command;

export interface CommandEntry {
  readonly name: string;
  /** The line of `daypass --help`. */
  readonly summary: string;
  /** Loaded when it is asked for: the AWS CLI runs `daypass credentials` for each of its own commands. */
  readonly load: () => Promise<CreateCommand>;
  /** Not for people. @default shown in the help */
  readonly hidden?: true;
}
