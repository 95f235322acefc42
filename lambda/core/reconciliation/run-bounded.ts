import * as z from 'zod';
import { AuditUnavailableError } from '../errors.ts';
import type { IssuanceMatcher, OpenQuery } from './reconciliation-ports.ts';

/** What a run of the schedule did. */
export interface Run {
  /** Rows that were looked at. */
  readonly looked: number;
  /** Rows that could not be looked at or completed: they stay, and the next run meets them again. */
  readonly failed: number;
  /** Whether rows are left that it did not come to. */
  readonly hasMore: boolean;
}

export interface RunOptions extends Pick<OpenQuery, 'state' | 'beforeMs'> {
  readonly issuances: Pick<IssuanceMatcher, 'listOpen'>;
  /** Most rows to look at. Failed ones do not count, so that a few that always fail do not take the others' turn. */
  readonly limit: number;
  /** Whether there is still time for another page. */
  readonly hasTime: () => boolean;
  readonly look: (id: string) => Promise<void>;
  /** A row that failed, and why. */
  readonly onFailure: (id: string, error: unknown) => void;
}

const pageSize = 100;
const atOnce = 10;

/** Rows in a run that failed by the store's fault: one that is down is not asked about every row. */
const mostFailures = 500;

/** Whether the row, or what was seen of it, is none of its table. It always fails; the store answers, and others have their turn. */
const isOfRow = (error: unknown): boolean =>
  (error instanceof AuditUnavailableError ? error.cause : error) instanceof z.ZodError;

/** Looks at the rows that are open, oldest first and some at once. One that fails stops no other. */
export async function runBounded(options: RunOptions): Promise<Run> {
  const { issuances, state, beforeMs, limit, hasTime, look, onFailure } = options;
  let looked = 0;
  let failed = 0;
  let failedByStore = 0;
  let after: string | undefined;
  for (;;) {
    const rest = Math.min(pageSize, limit - looked);
    if (rest <= 0 || failedByStore >= mostFailures || !hasTime()) return { looked, failed, hasMore: true };
    const place = after === undefined ? {} : { after };
    const { ids, hasMore } = await issuances.listOpen({ state, beforeMs, limit: rest, ...place });
    for (let index = 0; index < ids.length; index += atOnce) {
      const settled = await Promise.allSettled(
        ids.slice(index, index + atOnce).map(async (id) => {
          try {
            await look(id);
          } catch (error) {
            onFailure(id, error);
            throw error;
          }
        }),
      );
      const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      failed += errors.length;
      failedByStore += errors.filter((error) => !isOfRow(error)).length;
      looked += settled.length - errors.length;
    }
    after = ids.at(-1) ?? after;
    if (!hasMore) return { looked, failed, hasMore: false };
  }
}
