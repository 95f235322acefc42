import type * as z from 'zod';
import type { Logger } from '../logger.ts';
import type { EventBus } from './event-bus.ts';
import type { BrokerEvent, issuanceDetail } from './event-schemas.ts';
import { hasExpired, isExpiryChanged } from './expiry.ts';
import { findRewritten } from './rewritten.ts';
import type { RowChange } from './row-change.ts';
import { toEvent } from './to-event.ts';

export interface PublishPorts {
  readonly bus: EventBus;
  readonly logger: Logger;
  /** Of the deployment. */
  readonly stage: string;
  /** Whether the tables have copies in other regions. */
  readonly hasCopies: boolean;
}

/**
 * Tells of changes, in their order. Answers the position of the first that could not be told, from which all are handed
 * over again, and `undefined` when all were: consumers may hear something twice, and never miss it.
 *
 * What can never be told, because the row cannot be read or is too large, holds up nothing: it is left to the log and its alarm.
 */
export type PublishChanges = (changes: readonly RowChange[]) => Promise<string | undefined>;

export function createPublishChanges(ports: PublishPorts): PublishChanges {
  const { bus, logger } = ports;
  return async (changes) => {
    const told = changes.flatMap((change) => {
      const event = readChange(change, ports);
      return event === undefined ? [] : [{ change, event }];
    });
    const { count, failure } = await bus.put(told.map(({ event }) => event));
    for (const { event } of told.slice(0, count)) logEvent(event, logger);
    const next = told[count];
    if (count > 0) logger.info('events published', { published: count });
    if (next === undefined) return undefined;
    logger.error('event not published', { ...toTrace(next.change), id: next.event.detail.id, ...failure });
    return next.change.position;
  };
}

function readChange(change: RowChange, ports: PublishPorts): BrokerEvent | undefined {
  const { logger, stage } = ports;
  try {
    // Inside as well: a row that nobody thought of must not keep those behind it from ringing.
    checkRow(change, ports);
    if (change.after === undefined || change.unreadable?.includes('after') === true) return undefined;
    const event = toEvent(change, stage);
    if (event === undefined || toBytes(event) <= maxDetailBytes) return event;
    logger.error('event not published', { ...toTrace(change), errorCode: 'event-too-large' });
    return undefined;
  } catch (error) {
    // What does not fit is named by zod; what it holds is not.
    logger.error('row unreadable', { ...toTrace(change), cause: error });
    return undefined;
  }
}

/** What nobody but a person does to a row, by hand. Each line rings. */
function checkRow(change: RowChange, { logger, hasCopies }: PublishPorts): void {
  for (const image of change.unreadable ?? []) logger.error('row unreadable', { ...toTrace(change), image });
  if (change.after === undefined && !hasExpired(change, hasCopies))
    logger.error('row removed', toTrace(change));
  const fields = [
    ...(isExpiryChanged(change) ? ['expiresAtSeconds'] : []),
    ...findRewritten(change, hasCopies),
  ];
  if (fields.length > 0) logger.error('row changed', { ...toTrace(change), field: toFieldList(fields) });
}

/** Names alone. By hand an attribute can be called anything, and there can be any number of them. */
const toFieldList = (fields: readonly string[]): string => fields.join(', ').slice(0, 256);

/** What EventBridge takes of one event, less its source and type. Source: EventBridge guide, "Calculating event entry size". */
const maxDetailBytes = 255 * 1024;

const toBytes = ({ detail }: BrokerEvent): number => Buffer.byteLength(JSON.stringify(detail));

const toTrace = ({ table, key }: RowChange) => ({ table, key });

/** The line by which a request's id, an issuance's and its event's find each other; the metrics are made of it. */
function logEvent({ detailType, detail }: BrokerEvent, logger: Logger): void {
  if (detailType === 'Daypass Issuance') {
    // Counted when it was over, not again for what CloudTrail says of it.
    if (detail.match !== undefined) return;
    const { issuanceId, state, mechanism, errorCode, gatewayRequestId, packedPolicySize } = detail;
    logger.info('issuance', {
      ...{ issuanceId, state, mechanism, errorCode, gatewayRequestId, packedPolicySize },
      durationMs: toDurationMs(detail),
    });
  } else if (detailType === 'Daypass Finding' && detail.state === 'OPEN') {
    const { findingId, kind, severity, issuanceId } = detail;
    logger.info('finding published', { findingId, kind, severity, issuanceId });
  }
}

/** None of a denial, for which nothing is waited. */
function toDurationMs({ state, createdAt, finishedAt }: z.infer<typeof issuanceDetail>): number | undefined {
  if (finishedAt === undefined || state === 'DENIED') return undefined;
  return Date.parse(finishedAt) - Date.parse(createdAt);
}
