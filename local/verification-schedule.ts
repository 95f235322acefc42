import { runEveryMinutes, verifyIntegrationsEvent } from '../lambda/core/integrations/schedule-event.ts';

/** The rule of the stack, as often as there. @returns what ends it */
export function startVerificationSchedule(
  invoke: (event: unknown) => Promise<unknown>,
  log: (line: string) => void,
): () => Promise<void> {
  const timer = setInterval(() => {
    invoke(verifyIntegrationsEvent).catch((error: unknown) =>
      log(`a run of the verification of third parties failed: ${error}`),
    );
  }, runEveryMinutes * 60_000);
  timer.unref();
  return async () => clearInterval(timer);
}
