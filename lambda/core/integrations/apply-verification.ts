import type { ExternalIds, Integration, Verification } from './integration.ts';

export interface VerificationContext {
  readonly nowMs: number;
  /** How long the role may still accept the ExternalId before the one that is proven now. */
  readonly graceSeconds: number;
  /** Given where the schedule looked, and nobody asked: what is done about a role that no longer enforces its id. */
  readonly drift?: 'suspend' | 'flag';
}

/** What a verification makes of the integration; its version is the caller's to set. */
export function applyVerification(
  integration: Integration,
  verification: Verification,
  context: VerificationContext,
): Integration {
  if (verification.proved === 'next' && integration.externalIds.next === undefined)
    throw new TypeError('there is no next ExternalId that could be proven');
  const seen = { ...integration, verification };
  switch (verification.result) {
    case 'PASSED':
      return { ...withState(seen, 'VERIFIED'), externalIds: toProvenIds(seen, verification, context) };
    case 'FAILED':
      return toFailed(seen, verification, context);
    case 'INCONCLUSIVE':
      return seen;
  }
}

/** A suspension is for somebody to end, whatever the role does. */
const withState = (integration: Integration, state: 'VERIFIED' | 'FAILED'): Integration =>
  integration.state === 'SUSPENDED' || integration.state === 'DELETED'
    ? integration
    : { ...integration, state };

function toProvenIds(
  { externalIds }: Integration,
  { probes, proved }: Verification,
  { nowMs, graceSeconds }: VerificationContext,
): ExternalIds {
  const { current, next, previous } = externalIds;
  if (proved === 'next' && next !== undefined) {
    const acceptedUntil = new Date(nowMs + 1000 * graceSeconds).toISOString();
    return { current: next, previous: { value: current, acceptedUntil } };
  }
  const isRefused = probes.some(({ kind, seen }) => kind === 'previous-id' && seen === 'refused');
  if (previous === undefined || !isRefused || !isOver(previous, nowMs)) return externalIds;
  return { current, ...(next === undefined ? {} : { next }) };
}

/** Whether the role must refuse the ExternalId before the current one by now. */
export const isOver = ({ acceptedUntil }: { readonly acceptedUntil: string }, nowMs: number) =>
  Date.parse(acceptedUntil) <= nowMs;

function toFailed(
  integration: Integration,
  { at, findings, proved }: Verification,
  { drift }: VerificationContext,
): Integration {
  const isOpen = findings.some(({ severity }) => severity === 'danger');
  // A role that does not take the next id yet says nothing of the current one: nobody is refused meanwhile.
  if (proved === 'next' && !isOpen) return integration;
  // One that never enforced its id is nothing new.
  if (drift !== 'suspend' || !isOpen || integration.state !== 'VERIFIED')
    return withState(integration, 'FAILED');
  return { ...integration, state: 'SUSPENDED', suspension: { at, by: 'daypass', reason: driftReason } };
}

const driftReason =
  'the role no longer refuses sessions with a wrong ExternalId or without one; the last verification says what to change';
