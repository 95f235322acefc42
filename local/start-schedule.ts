/** A rule of the stack, as often as there. @returns what ends it */
export function startSchedule(options: {
  /** Of what a run is. */
  readonly event: unknown;
  readonly everyMs: number;
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Begins the line of a run that failed. */
  readonly failure: string;
  readonly log: (line: string) => void;
  /** Whether the first run is now. @default false */
  readonly atOnce?: boolean;
}): () => Promise<void> {
  const { event, everyMs, invoke, failure, log, atOnce = false } = options;
  const run = () => {
    invoke(event).catch((error: unknown) => log(`${failure}: ${error}`));
  };
  if (atOnce) run();
  const timer = setInterval(run, everyMs);
  timer.unref();
  return async () => clearInterval(timer);
}
