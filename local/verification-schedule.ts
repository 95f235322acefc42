import { verifyIntegrationsEvent } from '../lambda/core/integrations/schedule-event.ts';

const hourMs = 3_600_000;

/** The hourly rule of the stack. @returns what ends it */
export function startVerificationSchedule(
  invoke: (event: unknown) => Promise<unknown>,
  log: (line: string) => void,
): () => Promise<void> {
  const timer = setInterval(() => {
    invoke(verifyIntegrationsEvent).catch((error: unknown) =>
      log(`the hourly verification of third parties failed: ${error}`),
    );
  }, hourMs);
  timer.unref();
  return async () => clearInterval(timer);
}
