import type { ExternalIds, Integration, Verification } from './integration.ts';
import { isOver } from './wrong-external-ids.ts';

export interface VerificationContext {
  readonly nowMs: number;
  /** How long the role may still accept the ExternalId before the one that is proven now. */
  readonly graceSeconds: number;
  /** What is done about a role that no longer enforces its id. */
  readonly drift: 'suspend' | 'flag';
  /** Whether the schedule looked, and nobody asked. */
  readonly isScheduled: boolean;
}

/** What a verification makes of the integration; its version is the caller's to set. */
export function applyVerification(
  integration: Integration,
  verification: Verification,
  context: VerificationContext,
): Integration {
  const seen = { ...integration, verification };
  switch (verification.result) {
    case 'PASSED':
      return {
        ...withState(seen, 'VERIFIED'),
        externalIds: toProvenIds(integration, verification, context),
        provenAt: verification.at,
      };
    case 'FAILED':
      return withFailure(seen, { before: integration.verification, verification, context });
    case 'INCONCLUSIVE':
      return seen;
  }
}

/** Whether the role let somebody in who must not. */
export const isDangerous = ({ result, findings }: Verification): boolean =>
  result === 'FAILED' && findings.some(({ severity }) => severity === 'danger');

/** A suspension is for somebody to end, whatever the role does. */
const withState = (integration: Integration, state: 'VERIFIED' | 'FAILED'): Integration =>
  integration.state === 'SUSPENDED' || integration.state === 'DELETED'
    ? integration
    : { ...integration, state };

function toProvenIds(
  { version, externalIds }: Integration,
  { at, proved, version: probed, probes }: Verification,
  { nowMs, graceSeconds }: VerificationContext,
): ExternalIds {
  const { current, next, previous = [] } = externalIds;
  // A pass has seen each refused whose time was over when it began. What was changed since is left to the next one.
  const isSeen = version === probed && probes.some(({ kind }) => kind === 'previous-id');
  const kept = isSeen ? previous.filter((one) => !isOver(one, Date.parse(at))) : previous;
  if (proved !== 'next') {
    return { current, ...(next === undefined ? {} : { next }), ...toPrevious(kept) };
  }
  if (next === undefined) throw new TypeError('there is no next ExternalId that could be proven');
  const acceptedUntil = new Date(nowMs + 1000 * graceSeconds).toISOString();
  return { current: next, ...toPrevious([...kept, { value: current, acceptedUntil }]) };
}

const toPrevious = (previous: NonNullable<ExternalIds['previous']>): Pick<ExternalIds, 'previous'> =>
  previous.length === 0 ? {} : { previous };

function withFailure(
  integration: Integration,
  {
    before,
    verification,
    context: { drift, isScheduled },
  }: {
    readonly before: Verification | undefined;
    readonly verification: Verification;
    readonly context: VerificationContext;
  },
): Integration {
  if (!countsForState(verification)) return integration;
  const wasVerified = integration.state === 'VERIFIED';
  if (!isDangerous(verification)) {
    // One refusal may pass by itself: the schedule looks again soon, and believes the second.
    const isConfirmed = !isScheduled || (before !== undefined && countsForState(before));
    return wasVerified && !isConfirmed ? integration : withState(integration, 'FAILED');
  }
  // One that never enforced its id is nothing new.
  if (drift === 'flag' || !wasVerified) return withState(integration, 'FAILED');
  return { ...integration, state: 'SUSPENDED', suspension: toSuspension(verification) };
}

/** Not where the role only does not take the next id yet: with the current one nobody is refused. */
const countsForState = ({ result, findings }: Verification): boolean =>
  result === 'FAILED' &&
  findings.some(({ code, severity }) => severity !== 'warning' && code !== 'next-external-id-refused');

/** Shown to the third party: what was seen, and nothing else. */
const toSuspension = ({ at, findings }: Verification): NonNullable<Integration['suspension']> => ({
  ...{ at, by: 'daypass' },
  reason: findings
    .filter(({ severity }) => severity === 'danger')
    .map(({ message }) => message)
    .join('; '),
});
