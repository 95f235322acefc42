import { type RunningDaypass, startDaypass } from './running-daypass.ts';

let running: Promise<RunningDaypass> | undefined;

/** One for all stories of a test file: to start it takes longer than most of them. */
export function theDaypass(): Promise<RunningDaypass> {
  running ??= startDaypass();
  return running;
}

/** After the last of them. */
export async function stopTheDaypass(): Promise<void> {
  await (await running)?.stop();
  running = undefined;
}
