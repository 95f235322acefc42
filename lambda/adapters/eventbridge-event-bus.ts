import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import type { EventBus, Taken } from '../core/publishing/event-bus.ts';
import { type BrokerEvent, eventSource } from '../core/publishing/event-schemas.ts';

export interface EventBridgeEventBusOptions {
  /** May repeat by itself: what comes twice has the same id. */
  readonly client: Pick<EventBridgeClient, 'send'>;
  /** Milliseconds for one call with its repeats. */
  readonly timeoutMs: number;
}

/** Of one call. Source: EventBridge guide, "Sending events with PutEvents": ten entries, 256 KB together. */
export const putLimits = { entries: 10, bytes: 256 * 1024 } as const;

/** The account's default bus: rules of the security team's own take events from there to wherever they like. */
export function createEventBridgeEventBus(options: EventBridgeEventBusOptions): EventBus {
  return {
    put: async (events) => {
      let count = 0;
      for (const batch of toBatches(events.map(toEntry))) {
        const taken = await putBatch(batch, options);
        count += taken.count;
        // What came after would be told twice: it is handed over again with this one.
        if (taken.failure !== undefined) return { count, failure: taken.failure };
      }
      return { count };
    },
  };
}

const toEntry = ({ detailType, detail }: BrokerEvent): PutEventsRequestEntry => ({
  Source: eventSource,
  DetailType: detailType,
  Detail: JSON.stringify(detail),
});

/** In order, each as full as it may be. One that is too large by itself goes alone, for EventBridge to refuse. */
function toBatches(entries: readonly PutEventsRequestEntry[]): readonly PutEventsRequestEntry[][] {
  const batches: PutEventsRequestEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = toBytes(entry);
    const last = batches.at(-1);
    if (last === undefined || last.length === putLimits.entries || bytes + size > putLimits.bytes) {
      batches.push([entry]);
      bytes = size;
    } else {
      last.push(entry);
      bytes += size;
    }
  }
  return batches;
}

/** As EventBridge counts an entry without a time and resources. Source: EventBridge guide, "Calculating event entry size". */
const toBytes = ({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number =>
  [Source, DetailType, Detail].reduce((sum, part) => sum + Buffer.byteLength(part), 0);

async function putBatch(
  Entries: PutEventsRequestEntry[],
  { client, timeoutMs }: EventBridgeEventBusOptions,
): Promise<Taken> {
  try {
    const answer = await client.send(new PutEventsCommand({ Entries }), {
      abortSignal: AbortSignal.timeout(timeoutMs),
    });
    const results = answer.Entries ?? [];
    // 200 for a call of which nothing was taken, too: only an entry that has an id was.
    const refused = Entries.findIndex((_entry, index) => results[index]?.EventId === undefined);
    if (refused === -1) return { count: Entries.length };
    return { count: refused, failure: { errorCode: results[refused]?.ErrorCode ?? 'NoResult' } };
  } catch (error) {
    return { count: 0, failure: { errorCode: error instanceof Error ? error.name : 'Error' } };
  }
}
