import type { Finding } from '../core/reconciliation/finding.ts';

/** A finding as a reader of the audit sees it. */
export function toFindingView({ expiresAtSeconds, ...finding }: Finding): object {
  return { ...finding, keptUntil: new Date(expiresAtSeconds * 1000).toISOString() };
}
