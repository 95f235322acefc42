import type { BrokerIdentity } from './broker-identity.ts';
import {
  createCompleteRow,
  type Found,
  type ReconciliationPorts,
  type ReconciliationSettings,
} from './complete-row.ts';
import { type Evidence, toUnauditedIssuance } from './discoveries.ts';
import { isGranted, toNames, toSighting } from './event-facts.ts';
import type { ExpectedCall } from './expected-events.ts';
import { joinEvent } from './join-event.ts';
import { isDecoding, isHarmless } from './operations.ts';
import { planNameless } from './plan-nameless.ts';
import type { TrackedIssuance } from './reconciliation-ports.ts';
import type { IssuanceName } from './session-name.ts';
import type { TrailEvent } from './trail-event.ts';

/**
 * `foreign`: nothing of the broker's, and nothing is left of it. `harmless`: it gives nothing. `nothing-minted`: it was
 * denied, and no row is known by it. `too-old`: its row would have expired. `remembered`: it names no issuance, and waits
 * for a row that knows its request. `deferred`: of another region, whose row may still be on its way. `joined`: with its
 * row. `unaudited`: there is none.
 */
export type EventOutcome =
  | 'foreign'
  | 'harmless'
  | 'nothing-minted'
  | 'too-old'
  | 'remembered'
  | 'deferred'
  | 'joined'
  | 'unaudited';

export interface Reconciled {
  readonly outcome: EventOutcome;
  readonly issuanceId?: string;
  readonly found: readonly Found[];
}

export interface ReconcileEventOptions extends ReconciliationPorts {
  readonly settings: ReconciliationSettings & {
    /** Days that a row is kept. */
    readonly retentionDays: number;
    /** Regions from which rows are replicated. @default none */
    readonly otherRegions?: readonly string[];
  };
  readonly broker: BrokerIdentity;
}

/** @param foundIn the S3 object, or the EventBridge event, that holds it */
export type ReconcileEvent = (event: TrailEvent, foundIn: string) => Promise<Reconciled>;

/** Joins one event of CloudTrail's with its row. To do so again, in any order, changes nothing. */
export function createReconcileEvent(options: ReconcileEventOptions): ReconcileEvent {
  const { broker, issuances, findings, nameless } = options;
  const completeRow = createCompleteRow(options, options.settings);

  const join = (event: TrailEvent, foundIn: string, row: TrackedIssuance) => {
    const mayHaveComeFirst = isFromElsewhere(event, options) && !mayStillComeFromElsewhere(event, options);
    return joinEvent({ event, foundIn, row, completeRow, broker, mayHaveComeFirst });
  };

  const report = async (evidence: Evidence): Promise<Reconciled> => {
    const { event, issuanceId } = evidence;
    if (mayStillComeFromElsewhere(event, options)) return { outcome: 'deferred', found: [] };
    const discovery = toUnauditedIssuance(evidence);
    const found = [{ discovery, ...(await findings.record(discovery)) }];
    return { outcome: 'unaudited', ...(issuanceId === undefined ? {} : { issuanceId }), found };
  };

  /**
   * A denied call of a function's own role shows nothing of what was asked, so that its row is found from the row's
   * side, by the request id that STS answered with. What can't be joined at all: a denied call whose answer was lost, and
   * a denied one that nobody signed or a caller's own key did. Neither gave anything.
   */
  const remember = async (event: TrailEvent): Promise<Reconciled> => {
    if (event.requestId === undefined) return nothing('nothing-minted');
    await nameless.remember(event.requestId, toSighting(event));
    const id = isLate(event, options) ? await nameless.findExpecting(event.requestId) : undefined;
    const row = id === undefined ? undefined : await issuances.find(id);
    if (row === undefined) return nothing('remembered');
    const plan = (seen: TrackedIssuance, calls: readonly ExpectedCall[]) =>
      planNameless(seen, calls, nameless);
    const { found } = await completeRow(row, plan, { isSettled: false });
    return { outcome: 'joined', issuanceId: row.id, found };
  };

  const reconcileNameless = async (event: TrailEvent, foundIn: string): Promise<Reconciled> => {
    const isOurs = broker.isOurs(event);
    if (isOurs && !isGranted(event)) return remember(event);
    const { accessKeyId } = event.granted ?? {};
    const isLookedFor = isOurs || broker.isFoundByKey(event);
    const row =
      isLookedFor && accessKeyId !== undefined ? await issuances.findByAccessKeyId(accessKeyId) : undefined;
    if (row !== undefined) return join(event, foundIn, row);
    return isOurs ? report({ event, foundIn }) : nothing('foreign');
  };

  return async (event, foundIn) => {
    if (isHarmless(event.eventName)) return nothing('harmless');
    if (isTooOld(event, options)) return nothing('too-old');
    if (isDecoding(event.eventName)) return broker.isOurs(event) ? remember(event) : nothing('foreign');
    const { name, callerName } = toNames(event);
    const ids = new Set([name, callerName].flatMap((known) => known?.issuanceId ?? []));
    const [issuanceId] = ids;
    if (issuanceId === undefined) return reconcileNameless(event, foundIn);
    for (const id of ids) {
      const row = await issuances.find(id);
      const joined = row && (await join(event, foundIn, row));
      if (joined !== undefined && joined.outcome !== 'foreign') return joined;
    }
    // Also where the session that asks has its row: the one that it asks for has none.
    if (!broker.isOurs(event) && !isOfProfile(event, name, broker)) return nothing('foreign');
    return isGranted(event) ? report({ event, foundIn, issuanceId }) : nothing('nothing-minted');
  };
}

const nothing = (outcome: EventOutcome): Reconciled => ({ outcome, found: [] });

/** A name of ours on a role of ours, whoever called. */
const isOfProfile = (
  { requested }: TrailEvent,
  name: IssuanceName | undefined,
  broker: BrokerIdentity,
): boolean => name !== undefined && broker.isProfileRole(requested?.roleArn ?? '');

const msPerMinute = 60_000;
const msPerDay = 86_400_000;

/** By so much a row may be older than the event of its last call, and its reader's clock ahead of its writer's. */
const expiryMarginMs = 3_600_000;

/** A trail may be read again long after; rows expire, and what has none by then says nothing. */
const isTooOld = ({ eventTime }: TrailEvent, { now, settings }: ReconcileEventOptions): boolean =>
  Date.parse(eventTime) + settings.retentionDays * msPerDay - expiryMarginMs < now();

/** With a minute to spare: an event's time is in whole seconds, and before the row's own clock perhaps. */
const isLate = ({ eventTime }: TrailEvent, { now, settings }: ReconcileEventOptions): boolean =>
  now() - Date.parse(eventTime) > (settings.settleMinutes - 1) * msPerMinute;

/** Minutes that a row may take from one region to another. It is there within seconds, as a rule. */
const replicationMinutes = 10;

const mayStillComeFromElsewhere = (event: TrailEvent, options: ReconcileEventOptions): boolean =>
  isFromElsewhere(event, options) &&
  options.now() - Date.parse(event.eventTime) < replicationMinutes * msPerMinute;

const isFromElsewhere = (
  { region }: TrailEvent,
  { settings: { otherRegions = [] } }: ReconcileEventOptions,
): boolean => otherRegions.includes(region);
