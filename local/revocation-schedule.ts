import { cleanUpEvent, cleanUpEveryMinutes } from '../lambda/core/controls/clean-up-event.ts';

/** The rule of the stack, as often as there. @returns what ends it */
export function startRevocationSchedule(
  invoke: (event: unknown) => Promise<unknown>,
  log: (line: string) => void,
): () => Promise<void> {
  const timer = setInterval(() => {
    invoke(cleanUpEvent).catch((error: unknown) =>
      log(`a run that takes revocations off roles failed: ${error}`),
    );
  }, cleanUpEveryMinutes * 60_000);
  timer.unref();
  return async () => clearInterval(timer);
}
