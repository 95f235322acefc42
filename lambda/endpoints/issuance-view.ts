import type { Issuance } from '../core/issuance.ts';
import type { Sightings } from '../core/reconciliation/sighting.ts';

/**
 * An issuance as a reader of the audit sees it. Why it was denied, and by which statement, is for those whom the audit
 * section trusts: to the caller itself an unknown and a forbidden profile read alike, here too.
 */
export function toIssuanceView(issuance: Issuance, scope: 'all' | 'own'): object {
  const { expiresAtSeconds, detail, statement, sightings, ...shown } = issuance;
  const reserved = {
    ...(statement === undefined ? {} : { statement }),
    ...(detail === undefined ? {} : { detail }),
  };
  return {
    ...shown,
    ...(scope === 'all' ? reserved : {}),
    ...(sightings === undefined ? {} : { cloudTrailEvents: toEvents(sightings) }),
    keptUntil: new Date(expiresAtSeconds * 1000).toISOString(),
  };
}

const toEvents = (sightings: Sightings): readonly object[] =>
  Object.entries(sightings).map(([place, sighting]) => ({ call: Number(place), ...sighting }));
