import {
  createCompleteRow,
  type Found,
  type ReconciliationPorts,
  type ReconciliationSettings,
} from './complete-row.ts';
import type { ExpectedCall } from './expected-events.ts';
import { planNameless } from './plan-nameless.ts';
import type { TrackedIssuance } from './reconciliation-ports.ts';
import { type Run, type RunOptions, runBounded } from './run-bounded.ts';
import { type Match, matches } from './sighting.ts';

export interface SettleOptions
  extends ReconciliationPorts,
    Pick<RunOptions, 'limit' | 'hasTime' | 'onFailure'> {
  readonly settings: ReconciliationSettings;
}

export interface Settlement extends Run {
  /** Rows that left the index, by what was said of them. */
  readonly closed: Readonly<Record<Match, number>>;
  readonly found: readonly Found[];
}

const msPerMinute = 60_000;

/**
 * Rows whose time is up: what was seen by now is all that is waited for. Each leaves the index, with a finding where
 * something is missing; an event that comes later finds its row by the id in its name, and heals that.
 */
export async function settle(options: SettleOptions): Promise<Settlement> {
  const { issuances, nameless, settings, now } = options;
  const completeRow = createCompleteRow(options, settings);
  const closed = Object.fromEntries(matches.map((match) => [match, 0])) as Record<Match, number>;
  const found: Found[] = [];
  const run = await runBounded({
    ...options,
    state: 'UNMATCHED',
    beforeMs: now() - settings.settleMinutes * msPerMinute,
    look: async (id) => {
      const row = await issuances.find(id);
      // Expired, or closed since the index saw it.
      if (row === undefined || !row.isOpen || row.state === 'PENDING') return;
      const plan = (seen: TrackedIssuance, calls: readonly ExpectedCall[]) =>
        planNameless(seen, calls, nameless);
      const completed = await completeRow(row, plan, { isSettled: true });
      found.push(...completed.found);
      if (completed.match !== undefined && !completed.isOpen) closed[completed.match] += 1;
    },
  });
  return { ...run, closed, found };
}
