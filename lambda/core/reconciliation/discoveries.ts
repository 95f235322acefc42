import type { Issuance } from '../issuance.ts';
import { sha256 } from '../sha256.ts';
import { toSeverity } from './compare-event.ts';
import type { Difference, Discovery, FindingSeverity, FoundEvent } from './finding.ts';
import type { GatewayLine } from './reconciliation-ports.ts';
import type { Sighting } from './sighting.ts';
import type { TrailEvent, UnreadableEvent } from './trail-event.ts';

/** What both accounts' copies of one call have in common, so that they make one finding. */
export const toEventKey = ({
  sharedEventId,
  eventId,
}: Pick<TrailEvent, 'sharedEventId' | 'eventId'>): string => sharedEventId ?? eventId;

export const toUnauditedId = (event: Pick<TrailEvent, 'sharedEventId' | 'eventId'>) =>
  toFindingId('unaudited-issuance', toEventKey(event));

export const toMissingId = (issuanceId: string) => toFindingId('missing-from-cloudtrail', issuanceId);

/** By the request, which is all that a line knows: of several issuances of one request the first is named. */
export const toNoLineId = (gatewayRequestId: string) =>
  toFindingId('no-access-log-line', sha256(gatewayRequestId).toString('hex').slice(0, 40));

/** What is not in an id's characters makes two ids one, which no id of AWS's has. */
const toFindingId = (kind: string, about: string) =>
  `${kind}-${about.replaceAll(/[^\w.-]/g, '_')}`.slice(0, 128);

export interface Evidence {
  readonly event: TrailEvent;
  /** The S3 object, or the EventBridge event, that holds it. */
  readonly foundIn: string;
  /** Whose name it carries, or whose session called. */
  readonly issuanceId?: string | undefined;
  readonly differences?: readonly Difference[];
}

/** A session was given, and no row is the row of it. */
export function toUnauditedIssuance({ event, foundIn, issuanceId, differences = [] }: Evidence): Discovery {
  return {
    id: toUnauditedId(event),
    kind: 'unaudited-issuance',
    severity: 'critical',
    summary:
      issuanceId === undefined
        ? `AWS STS granted ${event.eventName} with the broker's authority, and it names no issuance`
        : `AWS STS granted ${event.eventName} in the name of issuance ${issuanceId}, and that is not the audit's`,
    ...(issuanceId === undefined ? {} : { issuanceId }),
    event: toFoundEvent(event, foundIn),
    differences,
  };
}

/** The same of an event whose place in the row turned out to be another's. */
export function toUnauditedSighting(
  row: Issuance,
  sighting: Sighting,
  differences: readonly Difference[],
): Discovery {
  const { eventId, eventName, eventTime, region, accountId, requestId, accessKeyId } = sighting;
  return {
    id: toUnauditedId(sighting),
    kind: 'unaudited-issuance',
    severity: 'critical',
    summary: `AWS STS granted ${eventName} in the name of issuance ${row.id}, which has another answer of STS's`,
    issuanceId: row.id,
    event: {
      ...{ eventId, eventName, eventTime, region, accountId, foundIn: `issuance ${row.id}` },
      ...(requestId === undefined ? {} : { requestId }),
      ...(accessKeyId === undefined ? {} : { accessKeyId }),
    },
    differences,
  };
}

export function toEditedRow({ event, foundIn }: Evidence, row: Issuance, difference: Difference): Discovery {
  return {
    id: toFindingId('edited-row', row.id),
    kind: 'edited-row',
    severity: 'critical',
    summary: `the session's name carries the digest of another intent than issuance ${row.id} now holds: the row was changed after AWS STS was asked`,
    issuanceId: row.id,
    event: toFoundEvent(event, foundIn),
    differences: [difference],
  };
}

/** With the severity: what differs besides, and is worse, would else be told to nobody while a warning is open. */
const toMismatchId = (row: Issuance, event: Parameters<typeof toEventKey>[0], severity: FindingSeverity) =>
  toFindingId('mismatch', `${row.id}-${toEventKey(event)}-${severity}`);

export function toMismatch({ event, foundIn, differences = [] }: Evidence, row: Issuance): Discovery {
  const severity = toSeverity(differences);
  return {
    id: toMismatchId(row, event, severity),
    kind: 'mismatch',
    severity,
    summary: `issuance ${row.id} and CloudTrail differ in ${differences.map(({ field }) => field).join(', ')}`,
    issuanceId: row.id,
    event: toFoundEvent(event, foundIn),
    differences,
  };
}

/** As `toMismatch`, of an event that was there before the row had its outcome. */
export function toLateMismatch(
  row: Issuance,
  sighting: Sighting,
  differences: readonly Difference[],
): Discovery {
  const { eventId, eventName, eventTime, region, accountId } = sighting;
  const severity = toSeverity(differences);
  return {
    id: toMismatchId(row, sighting, severity),
    kind: 'mismatch',
    severity,
    summary: `issuance ${row.id} and CloudTrail differ in ${differences.map(({ field }) => field).join(', ')}`,
    issuanceId: row.id,
    event: { eventId, eventName, eventTime, region, accountId, foundIn: `issuance ${row.id}` },
    differences,
  };
}

export function toMissing(row: Issuance, wanted: readonly string[]): Discovery {
  return {
    id: toMissingId(row.id),
    kind: 'missing-from-cloudtrail',
    // What was refused gave nobody anything.
    severity: row.state === 'REFUSED' && row.hops === undefined ? 'warning' : 'error',
    summary: `issuance ${row.id} is ${row.state}, and CloudTrail has no event of it: ${wanted.join(', ')}`,
    issuanceId: row.id,
    differences: [],
  };
}

export function toNoAccessLogLine(row: Issuance): Discovery {
  return {
    id:
      row.gatewayRequestId === ''
        ? toFindingId('no-access-log-line', row.id)
        : toNoLineId(row.gatewayRequestId),
    kind: 'no-access-log-line',
    severity: 'error',
    summary: `issuance ${row.id} says that it was asked for through the API, whose access log has no such request`,
    issuanceId: row.id,
    differences: [{ field: 'gatewayRequestId', row: row.gatewayRequestId }],
  };
}

export function toOtherPrincipal(row: Issuance, line: GatewayLine, difference: Difference): Discovery {
  return {
    id: toFindingId('other-principal', row.id),
    kind: 'other-principal',
    severity: 'critical',
    summary: `issuance ${row.id} differs in ${difference.field} from what the API's access log has for its request ${line.gatewayRequestId}`,
    issuanceId: row.id,
    differences: [difference],
  };
}

/** @param digest of the record: names one that has no id of its own */
export function toUnreadable(unreadable: UnreadableEvent, foundIn: string, digest: string): Discovery {
  const { eventId, eventName, recipientAccountId, region, problems } = unreadable;
  return {
    id: toFindingId('unreadable-event', eventId ?? digest),
    kind: 'unreadable-event',
    severity: 'error',
    summary: `a record of AWS STS cannot be read, so that nobody knows whether it has a row: ${problems.join(', ')}`,
    event: {
      ...(eventId === undefined ? {} : { eventId }),
      ...(eventName === undefined ? {} : { eventName }),
      ...(region === undefined ? {} : { region }),
      ...(recipientAccountId === undefined ? {} : { accountId: recipientAccountId }),
      foundIn,
    },
    differences: [],
  };
}

/** Of a record that says nothing at all: it could be anybody's session. */
export const toUnreadableRecord = (foundIn: string, digest: string): Discovery => ({
  id: toFindingId('unreadable-event', digest),
  kind: 'unreadable-event',
  severity: 'critical',
  summary: 'a record of the trail cannot be read, so that nobody knows what is in it: too long, or no JSON',
  event: { foundIn },
  differences: [],
});

function toFoundEvent(event: TrailEvent, foundIn: string): FoundEvent {
  const { eventId, eventName, eventTime, region, recipientAccountId, requestId, caller, requested } = event;
  const callerArn = caller.arn ?? caller.identityProvider;
  const accessKeyId = event.granted?.accessKeyId;
  return {
    ...{ eventId, eventName, eventTime, region, accountId: recipientAccountId, foundIn },
    ...(requested?.roleArn === undefined ? {} : { roleArn: requested.roleArn }),
    ...(callerArn === undefined ? {} : { callerArn }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(accessKeyId === undefined ? {} : { accessKeyId }),
  };
}
