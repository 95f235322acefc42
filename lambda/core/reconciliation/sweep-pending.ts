import type { IssuanceMatcher } from './reconciliation-ports.ts';
import { type Run, type RunOptions, runBounded } from './run-bounded.ts';

/** Milliseconds: the longest function runs for less than one minute, so that nobody finishes such a row any more. */
export const pendingMs = 5 * 60_000;

export interface SweepPendingOptions extends Pick<RunOptions, 'limit' | 'hasTime' | 'onFailure'> {
  readonly issuances: Pick<IssuanceMatcher, 'find' | 'sweep' | 'listOpen'>;
  /** The function's own: a row of another region is that one's to finish and to sweep. */
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface Sweep extends Run {
  readonly swept: number;
  /** Of other regions, or finished since the index saw them. */
  readonly passedOver: number;
}

/**
 * Rows whose function died between its intent and its outcome: whether STS gave a session, nobody knows, and nobody got
 * it. They become UNKNOWN, and CloudTrail says what became of them.
 */
export async function sweepPending(options: SweepPendingOptions): Promise<Sweep> {
  const { issuances, region, now } = options;
  const nowMs = now();
  let swept = 0;
  let passedOver = 0;
  const run = await runBounded({
    ...options,
    state: 'PENDING',
    beforeMs: nowMs - pendingMs,
    look: async (id) => {
      const row = await issuances.find(id);
      const isDue = row?.state === 'PENDING' && (row.region ?? region) === region;
      if (isDue && (await issuances.sweep(row, new Date(nowMs).toISOString()))) swept += 1;
      else passedOver += 1;
    },
  });
  return { ...run, swept, passedOver };
}
