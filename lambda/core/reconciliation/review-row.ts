import { compareOutcome } from './compare-event.ts';
import { decideMatch, toUnseen } from './decide-match.ts';
import { toLateMismatch, toMissing, toUnauditedSighting } from './discoveries.ts';
import type { ExpectedCall } from './expected-events.ts';
import type { Discovery } from './finding.ts';
import type { TrackedIssuance } from './reconciliation-ports.ts';
import { isSameCall } from './same-call.ts';
import type { Match, Sighting, Sightings } from './sighting.ts';

/** What the row comes to with what was seen by now. */
export interface Review {
  /** Places that hold something else than the row was read with. */
  readonly changed: Sightings;
  readonly match?: Match;
  readonly discoveries: readonly Discovery[];
}

/**
 * Looks at the row and at all that was seen of it, as if it were for the first time: events come in any order, before
 * the outcome as well, which alone says by which ids STS answered.
 *
 * @param added what was seen just now, by place
 */
export function reviewRow(
  row: TrackedIssuance,
  added: Sightings,
  context: {
    readonly calls: readonly ExpectedCall[];
    readonly trailAccounts: ReadonlySet<string>;
    readonly isSettled: boolean;
  },
): Review {
  const discoveries: Discovery[] = [];
  const changed: Record<number, Sighting> = {};
  for (const [key, sighting] of Object.entries({ ...row.sightings, ...added })) {
    const place = Number(key);
    const looked = sighting === undefined ? undefined : lookAgain(row, context.calls[place], sighting);
    if (looked === undefined) continue;
    discoveries.push(...looked.discoveries);
    if (looked.sighting !== row.sightings[place]) changed[place] = looked.sighting;
  }
  const question = { row, sightings: { ...row.sightings, ...changed }, ...context };
  const match = decideMatch(question);
  if (match === 'MISSING' && row.match !== match) discoveries.push(toMissing(row, toUnseen(question)));
  return { changed, ...(match === undefined ? {} : { match }), discoveries };
}

/** What the outcome says of a call, now that it is there. */
function lookAgain(
  row: TrackedIssuance,
  call: ExpectedCall | undefined,
  sighting: Sighting,
): { readonly sighting: Sighting; readonly discoveries: readonly Discovery[] } {
  if (call === undefined || row.state === 'PENDING') return { sighting, discoveries: [] };
  const { differences: known = [] } = sighting;
  const differences = compareOutcome(call, sighting).filter(({ field }) => !known.includes(field));
  if (differences.length === 0) return { sighting, discoveries: [] };
  const isAnother = isSameCall(call, sighting) === false;
  const isGranted = sighting.errorCode === undefined;
  return {
    sighting: { ...sighting, differences: [...known, ...differences.map(({ field }) => field)] },
    discoveries:
      isAnother && !isGranted
        ? []
        : [
            isAnother
              ? toUnauditedSighting(row, sighting, differences)
              : toLateMismatch(row, sighting, differences),
          ],
  };
}
