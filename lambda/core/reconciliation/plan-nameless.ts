import type { RowPlan } from './complete-row.ts';
import type { ExpectedCall } from './expected-events.ts';
import { isDecoding } from './operations.ts';
import type { NamelessCalls, TrackedIssuance } from './reconciliation-ports.ts';
import type { Sighting } from './sighting.ts';

/**
 * Calls that named no issuance, by the request ids that the row was answered with. What is not there is asked for first
 * and then looked for once more, so that of two who come at the same moment one sees the other.
 */
export async function planNameless(
  { id, sightings }: TrackedIssuance,
  calls: readonly ExpectedCall[],
  nameless: NamelessCalls,
): Promise<RowPlan> {
  const added: Record<number, Sighting> = {};
  for (const { place, requestId, presence, caller, wasGranted, eventName } of calls) {
    const isNameless = caller.by === 'broker' && (wasGranted === false || isDecoding(eventName));
    if (!isNameless || presence === 'never' || sightings[place] !== undefined || requestId === undefined)
      continue;
    const sighting = (await nameless.find(requestId)) ?? (await askFor(requestId, id, nameless));
    if (sighting !== undefined) added[place] = sighting;
  }
  return { added, discoveries: [], refuted: [] };
}

async function askFor(
  requestId: string,
  issuanceId: string,
  nameless: NamelessCalls,
): Promise<Sighting | undefined> {
  await nameless.expect(requestId, issuanceId);
  return nameless.find(requestId);
}
