import type { BrokerIdentity } from './broker-identity.ts';
import { compareEvent, findDigestDifference } from './compare-event.ts';
import type { CompleteRow, Found, RowPlan } from './complete-row.ts';
import {
  type Evidence,
  toEditedRow,
  toMismatch,
  toUnauditedId,
  toUnauditedIssuance,
  toUnauditedSighting,
} from './discoveries.ts';
import { isGranted, toNames, toSighting } from './event-facts.ts';
import type { ExpectedCall } from './expected-events.ts';
import { findCall, isSameEvent, toCallIds } from './find-call.ts';
import type { Difference } from './finding.ts';
import type { TrackedIssuance } from './reconciliation-ports.ts';
import { isSameCall, isWholeCall } from './same-call.ts';
import type { TrailEvent } from './trail-event.ts';

/** What the row says of the event. */
export interface Joined {
  readonly outcome: 'joined' | 'unaudited' | 'nothing-minted' | 'foreign';
  readonly issuanceId: string;
  readonly found: readonly Found[];
}

/** An event, and a row that has to do with it. */
export interface Joining {
  readonly event: TrailEvent;
  readonly foundIn: string;
  readonly row: TrackedIssuance;
  readonly completeRow: CompleteRow;
  readonly broker: BrokerIdentity;
  /** Whether the event may have been found without its row because that had yet to come from another region. */
  readonly mayHaveComeFirst: boolean;
}

/** With the row that it names, or with the one that has its key: as its call, or as one that the row knows nothing of. */
export async function joinEvent({
  event,
  foundIn,
  row: first,
  completeRow,
  broker,
  mayHaveComeFirst,
}: Joining): Promise<Joined> {
  let outcome: Joined['outcome'] = 'joined';
  const { found } = await completeRow(
    first,
    (row, calls) => {
      const call = findCall(event, { row, calls, broker });
      const isOfRow = call !== undefined && isPlaceOf(call, row, event);
      outcome = isOfRow ? 'joined' : toOtherOutcome(event, row, broker);
      if (isOfRow) return planSighting({ event, foundIn, mayHaveComeFirst }, row, call);
      return outcome === 'unaudited' ? planUnaudited({ event, foundIn }, row, call) : nothingToDo;
    },
    { isSettled: false },
  );
  return { outcome, issuanceId: first.id, found };
}

const nothingToDo: RowPlan = { added: {}, discoveries: [], refuted: [] };

/** Milliseconds of an event's time before and after its row's: clocks differ, and no function takes longer. */
const earliestMs = -60_000;
const latestMs = 5 * 60_000;

/**
 * Whether the call is this event's: not if it has other ids, was never made, or has its event already. Where no id says
 * so, it has to be of the row's own minutes: a row whose answer was lost would cover any session in its name otherwise.
 */
function isPlaceOf(call: ExpectedCall, row: TrackedIssuance, event: TrailEvent): boolean {
  const isSame = isSameCall(call, toCallIds(event));
  if (isSame !== undefined) return isSame;
  const ageMs = Date.parse(event.eventTime) - Date.parse(row.createdAt);
  if (!(ageMs >= earliestMs && ageMs <= latestMs)) return false;
  const sighting = row.sightings[call.place];
  return call.presence !== 'never' && (sighting === undefined || isSameEvent(sighting, event));
}

/** Of an event that has to do with a row's name, and is none of its calls. */
function toOtherOutcome(event: TrailEvent, row: TrackedIssuance, broker: BrokerIdentity): Joined['outcome'] {
  const { name } = toNames(event);
  const roleArn = event.requested?.roleArn ?? '';
  const isNamed =
    name?.issuanceId === row.id &&
    (broker.isProfileRole(roleArn) || row.roleArns?.includes(roleArn) === true);
  if (!broker.isOurs(event) && !isNamed && !isHeldByNobody(event, row)) return 'foreign';
  return isGranted(event) ? 'unaudited' : 'nothing-minted';
}

/** A session on the way to another is the broker's own: whoever got the last one never had it. */
function isHeldByNobody(
  { caller }: TrailEvent,
  { mechanism, purpose, roleArns = [] }: TrackedIssuance,
): boolean {
  const isGiven = mechanism !== 'assume-root' && purpose !== 'web-identity-token' && purpose !== 'probe';
  const onTheWay = isGiven ? roleArns.slice(0, -1) : roleArns;
  return caller.sessionIssuerArn !== undefined && onTheWay.includes(caller.sessionIssuerArn);
}

function planUnaudited(evidence: Evidence, row: TrackedIssuance, call: ExpectedCall | undefined): RowPlan {
  const { event } = evidence;
  const digest = findDigest(row, event);
  const differences = [
    ...(call === undefined ? [] : compareEvent(row, call, event)),
    ...(digest === undefined ? [] : [digest]),
  ];
  const unaudited = toUnauditedIssuance({ ...evidence, issuanceId: row.id, differences });
  const edited = digest === undefined ? [] : [toEditedRow(evidence, row, digest)];
  return { added: {}, discoveries: [unaudited, ...edited], refuted: [] };
}

function planSighting(
  { mayHaveComeFirst, ...evidence }: Evidence & Pick<Joining, 'mayHaveComeFirst'>,
  row: TrackedIssuance,
  call: ExpectedCall,
): RowPlan {
  const { event } = evidence;
  const held = row.sightings[call.place];
  const before = isSameEvent(held, event) ? held : undefined;
  const { differences: known = [] } = before ?? {};
  const isNews = ({ field }: Difference) => !known.includes(field);
  // One that was seen is compared again: the row may have been edited since.
  const digest = [findDigest(row, event)].filter((found) => found !== undefined).filter(isNews);
  const differences = compareEvent(row, call, event).filter(isNews);
  const fields = [...known, ...[...differences, ...digest].map(({ field }) => field)];
  const isAsBefore = before !== undefined && fields.length === known.length;
  const sighting = {
    ...(before ?? toSighting(event)),
    ...(fields.length === 0 ? {} : { differences: fields }),
  };
  // Its place was taken by another while nobody knew the row's ids.
  const replaced =
    held !== undefined && before === undefined && held.errorCode === undefined ? held : undefined;
  const isRefuted = fields.length === 0 && (replaced !== undefined || mayHaveComeFirst);
  return {
    added: isAsBefore ? {} : { [call.place]: sighting },
    discoveries: [
      ...digest.map((difference) => toEditedRow(evidence, row, difference)),
      ...(differences.length === 0 ? [] : [toMismatch({ ...evidence, differences }, row)]),
      ...(replaced === undefined ? [] : [toUnauditedSighting(row, replaced, [])]),
    ],
    // By nothing else: a row that somebody writes for a session that was found without one changes nothing about it.
    refuted: isRefuted && isWholeCall(call, toCallIds(event)) ? [toUnauditedId(event)] : [],
  };
}

function findDigest(row: TrackedIssuance, event: TrailEvent) {
  const { name, callerName } = toNames(event);
  // Whoever asks by a session of this row may ask in another's name, whose digest says nothing of this one.
  return findDigestDifference(
    row,
    [name, callerName].find((known) => known?.issuanceId === row.id),
  );
}
