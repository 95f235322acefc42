import type { ExpectedCall } from './expected-events.ts';
import type { TrackedIssuance } from './reconciliation-ports.ts';
import type { Match, Sightings } from './sighting.ts';

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
  const isSeen = ({ place }: ExpectedCall) => sightings[place] !== undefined;
  const must = covered.filter(({ presence }) => presence === 'must');
  const may = covered.filter(({ presence }) => presence === 'may');
  const seen = Object.values(sightings);
  const matched = seen.some((sighting) => (sighting?.differences ?? []).length > 0)
    ? 'MISMATCHED'
    : 'MATCHED';

  if (!must.every(isSeen)) return isSettled ? (row.match ?? 'MISSING') : row.match;
  if (may.every(isSeen)) return seen.length === 0 ? (row.match ?? 'NOT_EXPECTED') : matched;
  if (!isSettled && row.match === undefined) return undefined;
  if (seen.length > 0) return matched;
  return row.match ?? (row.state === 'UNKNOWN' ? 'ABSENT' : 'NOT_EXPECTED');
}

/** Names of the calls that must have an event and have none, for a person. */
export const toUnseen = ({
  sightings,
  calls,
  trailAccounts,
}: Omit<MatchQuestion, 'row' | 'isSettled'>): readonly string[] =>
  calls
    .filter(({ presence, place }) => presence === 'must' && sightings[place] === undefined)
    .filter(({ accounts }) => accounts.some((account) => trailAccounts.has(account)))
    .map(
      ({ eventName, accounts }) =>
        `${eventName} in ${accounts.filter((account) => trailAccounts.has(account)).join(' or ')}`,
    );
