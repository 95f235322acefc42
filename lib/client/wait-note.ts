/** What somebody waits for. */
export interface Waiting {
  /** Takes a line for whoever sits there. @default nobody is told */
  readonly note?: ((line: string) => void) | undefined;
  /** Such as `https://daypass.example.com/ to answer`. */
  readonly what: string;
  /** Milliseconds after which it is over, one way or the other. */
  readonly longestMs: number;
}

/** Milliseconds. What is over before that needs no word; who sees nothing for longer takes it for dead. */
export const patienceMs = 3000;

/**
 * Says once, after a while, what is waited for and for how long at most: to people and in the log of a job alike, as
 * the one presses Ctrl-C otherwise and the other is read when it is too late to look.
 *
 * @returns what ends it
 */
export function noteWait({ note, what, longestMs }: Waiting): () => void {
  if (note === undefined) return () => undefined;
  const left = Math.ceil((longestMs - patienceMs) / 1000);
  const timer = setTimeout(
    () => note(`daypass: still waiting for ${what}, for ${left} s more at most`),
    patienceMs,
  );
  return () => clearTimeout(timer);
}

/** The same, as long as the action takes. @throws what the action throws */
export async function whileNoting<Result>(waiting: Waiting, action: () => Promise<Result>): Promise<Result> {
  const end = noteWait(waiting);
  try {
    return await action();
  } finally {
    end();
  }
}
