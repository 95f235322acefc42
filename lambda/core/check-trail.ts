import type { Report } from './compile-statements.ts';
import type { Deployment } from './configuration.ts';
import type { TrailSection } from './trail-schema.ts';

/** The broker's own calls are in its own account, and a trail of its own has no other's. */
export function checkTrail(
  { accounts, existing }: Partial<TrailSection>,
  deployment: Deployment | undefined,
  report: Report,
): void {
  if (accounts === undefined || deployment === undefined) return;
  const { accountId } = deployment;
  const path = ['trail', 'accounts'];
  if (!accounts.includes(accountId)) {
    const allowed = `a list with ${accountId}, the account of this deployment, whose calls nobody else's events have`;
    report({ path, value: accounts, allowed });
    return;
  }
  if (existing !== undefined || accounts.every((account) => account === accountId)) return;
  const allowed = `${accountId} alone without trail.existing: a trail of its own has no other account's events`;
  report({ path, value: accounts, allowed });
}
