import type { ExpectedCall } from './expected-events.ts';
import type { TrackedIssuance } from './reconciliation-ports.ts';
import { isSameCall } from './same-call.ts';
import type { Match, Sighting, Sightings } from './sighting.ts';

export interface MatchQuestion {
  readonly row: Pick<TrackedIssuance, 'state' | 'match'>;
  readonly sightings: Sightings;
  readonly calls: readonly ExpectedCall[];
  /** Accounts whose events the trail has. */
  readonly trailAccounts: ReadonlySet<string>;
  /** Whether CloudTrail has had all the time that it may take. */
  readonly isSettled: boolean;
}

/**
 * What can be said of the row by now; `undefined` while it can't. What was seen is never unseen: a row whose events were
 * all there stays matched, whatever the trail covers by now.
 */
export function decideMatch({
  row,
  sightings,
  calls,
  trailAccounts,
  isSettled,
}: MatchQuestion): Match | undefined {
  if (row.state === 'PENDING') return undefined;
  const covered = calls.filter(({ accounts }) => accounts.some((account) => trailAccounts.has(account)));
  const isSeen = (call: ExpectedCall) => findSeen(call, sightings) !== undefined;
  const must = covered.filter(({ presence }) => presence === 'must');
  const may = covered.filter(({ presence }) => presence === 'may');
  const seen = calls.flatMap((call) => findSeen(call, sightings) ?? []);
  const matched = seen.some(({ differences = [] }) => differences.length > 0) ? 'MISMATCHED' : 'MATCHED';

  if (!must.every(isSeen)) return isSettled ? (row.match ?? 'MISSING') : row.match;
  if (may.every(isSeen)) return seen.length === 0 ? (row.match ?? 'NOT_EXPECTED') : matched;
  if (!isSettled && row.match === undefined) return undefined;
  if (seen.length > 0) return matched;
  return row.match ?? (row.state === 'UNKNOWN' ? 'ABSENT' : 'NOT_EXPECTED');
}

/**
 * What was seen of the call: not what came in its name before the outcome, was denied, and is another by its ids. It gave
 * nobody anything, and would cover that the real one never came.
 */
function findSeen(call: ExpectedCall, sightings: Sightings): Sighting | undefined {
  const sighting = sightings[call.place];
  if (sighting === undefined) return undefined;
  return sighting.errorCode !== undefined && isSameCall(call, sighting) === false ? undefined : sighting;
}

/** Names of the calls that must have an event and have none, for a person. */
export const toUnseen = ({
  sightings,
  calls,
  trailAccounts,
}: Omit<MatchQuestion, 'row' | 'isSettled'>): readonly string[] =>
  calls
    .filter((call) => call.presence === 'must' && findSeen(call, sightings) === undefined)
    .filter(({ accounts }) => accounts.some((account) => trailAccounts.has(account)))
    .map(
      ({ eventName, accounts }) =>
        `${eventName} in ${accounts.filter((account) => trailAccounts.has(account)).join(' or ')}`,
    );
