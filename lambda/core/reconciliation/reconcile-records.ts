import { sha256, toCanonicalJson } from '../sha256.ts';
import type { Found } from './complete-row.ts';
import { toUnreadable, toUnreadableRecord } from './discoveries.ts';
import { parseTrailEvent } from './parse-trail-event.ts';
import type { EventOutcome, ReconcileEvent } from './reconcile-event.ts';
import type { FindingStore } from './reconciliation-ports.ts';

/** What a delivery of records came to. */
export interface RecordsOutcome {
  readonly counts: Readonly<Record<EventOutcome | 'unreadable' | 'failed', number>>;
  readonly found: readonly Found[];
}

export interface ReconcileRecordsOptions {
  readonly reconcileEvent: ReconcileEvent;
  readonly findings: FindingStore;
  /** One that failed, by CloudTrail's id where it has one, and why. The delivery has to come again. */
  readonly onFailure: (eventId: string | undefined, error: unknown) => void;
}

/** @param foundIn the S3 object, or the EventBridge event, that holds them */
export type ReconcileRecords = (records: readonly unknown[], foundIn: string) => Promise<RecordsOutcome>;

const atOnce = 16;

/**
 * Goes through the records of one delivery. One that can't be read is a finding, one that fails is counted, and neither
 * stops the others. While `failed` or `deferred` is not 0 the delivery has to come again: to repeat the others is harmless.
 */
export function createReconcileRecords(options: ReconcileRecordsOptions): ReconcileRecords {
  return async (records, foundIn) => {
    const counts = {
      ...{ foreign: 0, harmless: 0, 'nothing-minted': 0, 'too-old': 0, remembered: 0 },
      ...{ deferred: 0, joined: 0, unaudited: 0, unreadable: 0, failed: 0 },
    };
    const found: Found[] = [];
    for (let index = 0; index < records.length; index += atOnce) {
      const answers = await Promise.all(
        records.slice(index, index + atOnce).map((record) => reconcileRecord(record, foundIn, options)),
      );
      for (const answer of answers) {
        counts[answer.outcome] += 1;
        found.push(...answer.found);
      }
    }
    return { counts, found };
  };
}

async function reconcileRecord(
  record: unknown,
  foundIn: string,
  { reconcileEvent, findings, onFailure }: ReconcileRecordsOptions,
): Promise<{ readonly outcome: keyof RecordsOutcome['counts']; readonly found: readonly Found[] }> {
  const parsed = parseTrailEvent(record);
  if (parsed === undefined) return { outcome: 'foreign', found: [] };
  const { event, unreadable } = parsed;
  try {
    if (unreadable === undefined) return await reconcileEvent(event, foundIn);
    // What is no JSON has nothing to be told by but where it was.
    const digest = sha256(toCanonicalJson(record) ?? foundIn)
      .toString('hex')
      .slice(0, 40);
    const discovery =
      record === undefined ? toUnreadableRecord(foundIn, digest) : toUnreadable(unreadable, foundIn, digest);
    return { outcome: 'unreadable', found: [{ discovery, ...(await findings.record(discovery)) }] };
  } catch (error) {
    onFailure((event ?? unreadable).eventId, error);
    return { outcome: 'failed', found: [] };
  }
}
