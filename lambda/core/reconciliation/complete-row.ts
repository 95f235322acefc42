import { decodeTime } from 'ulid';
import { checkWitness, needsWitness, type Testimony } from './check-witness.ts';
import { toMissingId, toNoLineId } from './discoveries.ts';
import { type ExpectedCall, toExpectedCalls } from './expected-events.ts';
import type { Discovery } from './finding.ts';
import type {
  FindingStore,
  GatewayWitnesses,
  IssuanceMatcher,
  NamelessCalls,
  TrackedIssuance,
} from './reconciliation-ports.ts';
import { type Review, reviewRow } from './review-row.ts';
import type { Match, Sightings } from './sighting.ts';

export interface ReconciliationPorts {
  readonly issuances: IssuanceMatcher;
  readonly findings: FindingStore;
  readonly nameless: NamelessCalls;
  readonly witnesses: GatewayWitnesses;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface ReconciliationSettings {
  /** The broker's own. */
  readonly accountId: string;
  /** Accounts whose events the trail has. */
  readonly trailAccounts: ReadonlySet<string>;
  /** How long CloudTrail may take. */
  readonly settleMinutes: number;
}

/** A finding, and whether it is the first time that it was found. */
export interface Found {
  readonly discovery: Discovery;
  readonly isNew: boolean;
}

/** What is to be done to the row as it is now. */
export interface RowPlan {
  readonly added: Sightings;
  readonly discoveries: readonly Discovery[];
  /** Ids of findings that turn out to be none. */
  readonly refuted: readonly string[];
}

export interface Completed {
  readonly row: TrackedIssuance;
  readonly match?: Match;
  readonly isOpen: boolean;
  readonly found: readonly Found[];
}

export type CompleteRow = (
  row: TrackedIssuance,
  plan: (row: TrackedIssuance, calls: readonly ExpectedCall[]) => RowPlan | Promise<RowPlan>,
  options: { readonly isSettled: boolean },
) => Promise<Completed>;

/** Two paths and both accounts' copies may bring one event at once; each try is a read and a conditional write. */
const maxTries = 6;

/**
 * Adds to a row what was seen of it, and closes it once nothing is left to wait for. Findings come first: whoever dies
 * between the two finds the same again, where a row that was closed would not be looked at any more.
 */
export function createCompleteRow(ports: ReconciliationPorts, settings: ReconciliationSettings): CompleteRow {
  const { issuances, findings, witnesses, now } = ports;
  const { accountId, trailAccounts, settleMinutes } = settings;

  const record = async (discoveries: readonly Discovery[]): Promise<readonly Found[]> => {
    const found: Found[] = [];
    for (const discovery of discoveries) found.push({ discovery, ...(await findings.record(discovery)) });
    return found;
  };

  const hear = async (
    row: TrackedIssuance,
    { match, changed }: Review,
    isSettled: boolean,
  ): Promise<Testimony> => {
    if (match === undefined) return { waits: true, discoveries: [] };
    const seen = { ...row, sightings: { ...row.sightings, ...changed } };
    // One that is closed was heard, unless it is only now that a session is known to have been given.
    const wasHeard = !row.isOpen && needsWitness(row);
    if (wasHeard || !needsWitness(seen)) return { waits: false, discoveries: [] };
    const line = row.gatewayRequestId === '' ? undefined : await witnesses.find(row.gatewayRequestId);
    return checkWitness(row, line, { isSettled: isSettled || !row.isOpen });
  };

  /** Whoever hears a line looks for the finding that misses it. One that came while that was recorded heard of none: so it is looked for again. */
  const hearAgain = async (row: TrackedIssuance, { discoveries }: Testimony): Promise<readonly Found[]> => {
    const { gatewayRequestId } = row;
    const id = toNoLineId(gatewayRequestId);
    if (gatewayRequestId === '' || !discoveries.some((discovery) => discovery.id === id)) return [];
    const line = await witnesses.find(gatewayRequestId);
    if (line === undefined) return [];
    const found = await record(checkWitness(row, line, { isSettled: true }).discoveries);
    await findings.resolve(id, 'its line of the access log came late');
    return found;
  };

  /** Once the time is up it may have been reported missing, even if whoever did so died before the row said so. */
  const resolveMissing = async (
    row: TrackedIssuance,
    { match }: Review,
    wasFound: boolean,
  ): Promise<void> => {
    const isSeen = match === 'MATCHED' || match === 'MISMATCHED';
    const isLate = now() - decodeTime(row.id) > settleMinutes * msPerMinute;
    if (isSeen && (wasFound || row.match === 'MISSING' || (row.isOpen && isLate)))
      await findings.resolve(toMissingId(row.id), 'its event came late');
  };

  return async (first, plan, { isSettled }) => {
    const found = new Map<string, Found>();
    let row: TrackedIssuance | undefined = first;
    for (let tries = 0; tries < maxTries; tries += 1) {
      if (row === undefined) throw new TypeError(`issuance ${first.id} is not there any more`);
      const calls = toExpectedCalls(row, accountId);
      const { added, discoveries, refuted } = await plan(row, calls);
      const review = reviewRow(row, added, { calls, trailAccounts, isSettled });
      const testimony = await hear(row, review, isSettled);
      const recorded = await record([...discoveries, ...review.discoveries, ...testimony.discoveries]);
      for (const one of [...recorded, ...(await hearAgain(row, testimony))]) {
        if (!found.has(one.discovery.id)) found.set(one.discovery.id, one);
      }
      for (const id of refuted) await findings.resolve(id, 'it is the call of its issuance after all');
      // Also by this very call, in a try that came too late.
      await resolveMissing(row, review, found.has(toMissingId(row.id)));

      const { changed, match } = review;
      const closes = row.isOpen && !testimony.waits;
      const isChanged = Object.keys(changed).length > 0 || match !== row.match || closes;
      const change = { sightings: changed, ...(match === undefined ? {} : { match }), closes };
      if (!isChanged || (await issuances.update(row, change))) {
        return {
          row,
          ...(match === undefined ? {} : { match }),
          isOpen: row.isOpen && !closes,
          found: [...found.values()],
        };
      }
      row = await issuances.find(first.id);
    }
    throw new Error(`issuance ${first.id} changes faster than it can be completed`);
  };
}

const msPerMinute = 60_000;
