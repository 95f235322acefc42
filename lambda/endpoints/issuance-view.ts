import type { Issuance } from '../core/issuance.ts';

/**
 * An issuance as a reader of the audit sees it. Why it was denied, and by which statement, is for those whom the audit
 * section trusts: to the caller itself an unknown and a forbidden profile read alike, here too.
 */
export function toIssuanceView(issuance: Issuance, scope: 'all' | 'own'): object {
  const { expiresAtSeconds, detail, statement, ...shown } = issuance;
  const reserved = {
    ...(statement === undefined ? {} : { statement }),
    ...(detail === undefined ? {} : { detail }),
  };
  return {
    ...shown,
    ...(scope === 'all' ? reserved : {}),
    keptUntil: new Date(expiresAtSeconds * 1000).toISOString(),
  };
}
