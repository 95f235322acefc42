/** What a command sees of the world around it. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** To standard output: what was asked for, and nothing else. */
  readonly print: (text: string) => void;
  /** A line to standard error: progress, and what to do next. Never a secret. */
  readonly note: (line: string) => void;
  /** Whether somebody can be asked: standard input and standard error are a terminal. */
  readonly isInteractive: boolean;
  /** Whether standard output is a terminal: tables and colours for people, plain lines for programs. */
  readonly printsForPeople: boolean;
  /** Whether standard error is that very pipe or file: a note would stand in what a program reads. */
  readonly isOneStream: boolean;
  /** Columns of standard output. @default 80 */
  readonly columns: number;
  /** Ends with Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}
