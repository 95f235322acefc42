import type { BrokerClient } from './broker-client.ts';
import { findBrokerTime } from './broker-time.ts';
import { type ListRequest, readPages } from './read-pages.ts';

/** What a row needs to be followed. */
export interface FollowedRow {
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface LookOptions extends ListRequest {
  /** Rows from then on, in epoch milliseconds, given what time it is. */
  readonly from: (nowMs: number) => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface Look<Row> {
  readonly rows: readonly Row[];
  /** Epoch milliseconds: no later look sees rows from before. */
  readonly neverBeforeMs: number;
}

/**
 * Milliseconds. A row has its time and its id from the beginning of a request and is listed from its end on, so that
 * rows come out of order: by less than a minute, the longest that a function runs. Each look goes back that far, and
 * further for indexes that lag behind.
 */
export const overlapMs = 120_000;

/**
 * Milliseconds. Rows whose function died are listed once a schedule has swept them: after five minutes, and the time to
 * its next run. Looked for less often.
 */
export const longOverlapMs = 1_800_000;
export const longLookEveryMs = 60_000;

/** Milliseconds of difference between two clocks that nobody need care about. */
const skewMs = 5000;

/** Epoch milliseconds by two clocks: when a look began. */
interface Times {
  readonly brokerMs: number;
  readonly ownMs: number;
}

/**
 * Looks at all rows since the last look, and at those that may have come late. A look that fails has seen nothing: the
 * next one begins where it began.
 */
export function createLookForRows<Row extends FollowedRow>(
  client: Pick<BrokerClient, 'call'>,
  { from, now, ...list }: LookOptions,
): () => Promise<Look<Row>> {
  let startedMs: number | undefined;
  let fromMs: number | undefined;
  let last: Times | undefined;
  let lastLong: Times | undefined;

  const read = async (sinceMs: number, ownMs: number): Promise<{ rows: readonly Row[]; times: Times }> => {
    const query = { ...list.query, from: new Date(sinceMs).toISOString() };
    const rows: Row[] = [];
    let brokerMs: number | undefined;
    for await (const page of readPages<Row>(client, { ...list, query })) {
      // Rows have the broker's time, and this machine's clock may be off.
      brokerMs ??= findBrokerTime(page.headers) ?? ownMs;
      rows.push(...page.rows);
    }
    return { rows, times: { ownMs, brokerMs: brokerMs ?? ownMs } };
  };

  const readFirst = async (ownMs: number) => {
    // Of the first try: while the broker is away time goes on.
    startedMs ??= ownMs;
    fromMs = from(startedMs);
    const first = await read(fromMs, ownMs);
    const slowMs = first.times.brokerMs - ownMs;
    if (slowMs >= -skewMs) return first;
    // By the broker's clock this machine's is fast: what comes next would be before what was asked for.
    fromMs = from(startedMs + slowMs);
    return read(fromMs, ownMs);
  };

  return async () => {
    const ownMs = now();
    const isLong = lastLong === undefined || ownMs - lastLong.ownMs >= longLookEveryMs;
    const { rows, times } =
      last === undefined || lastLong === undefined || fromMs === undefined
        ? await readFirst(ownMs)
        : await read(Math.max(fromMs, toSince({ last, lastLong, isLong })), ownMs);
    last = times;
    if (isLong) lastLong = times;
    return { rows, neverBeforeMs: (lastLong ?? times).brokerMs - longOverlapMs };
  };
}

const toSince = ({ last, lastLong, isLong }: { last: Times; lastLong: Times; isLong: boolean }): number =>
  isLong ? lastLong.brokerMs - longOverlapMs : last.brokerMs - overlapMs;
