import type { Logger } from '../logger.ts';
import type { RevocationStore } from './control-ports.ts';
import { mayBeThere, type Revocation, type RevocationPolicy } from './revocation.ts';
import type { Revoker } from './revoker.ts';

/** What one run of the schedule did. */
export interface CleanUp {
  /** Revocations whose sessions have all expired. */
  readonly due: number;
  /** Policies that were taken off. */
  readonly removed: number;
  /** Policies that were not, and revocations that cannot be read: the next run tries them again. */
  readonly failed: number;
}

/** A role that was deleted is not to be told from one that may not be changed: IAM denies both. */
const triedForMs = 7 * 86_400_000;

const toFailedState = ({ state, removableAt }: RevocationPolicy, nowMs: number): RevocationPolicy['state'] =>
  nowMs > Date.parse(removableAt) + triedForMs ? 'LEFT' : state;

/** What one run takes. The rest is the next one's. */
const maxDue = 50;

/** Takes policies off that nothing needs any more: roles have little room for them. */
export const createCleanUpRevocations =
  ({
    store,
    revoker,
    logger,
    now,
  }: {
    readonly store: Pick<RevocationStore, 'due' | 'put'>;
    readonly revoker: Revoker;
    readonly logger: Logger;
    /** Epoch milliseconds. */
    readonly now: () => number;
  }) =>
  async (): Promise<CleanUp> => {
    const nowMs = now();
    const { revocations, unreadable } = await store.due(nowMs, maxDue);
    for (const target of unreadable) logger.error('revocation unreadable', { target });
    const seen: RevocationPolicy[] = [];
    for (const revocation of revocations) {
      const policies = await cleanUpOne(revocation, { revoker, nowMs });
      seen.push(...policies.filter((policy, index) => policy !== revocation.policies[index]));
      await store.put({ ...revocation, version: revocation.version + 1, policies });
    }
    const run = {
      due: revocations.length + unreadable.length,
      removed: seen.filter(({ state }) => state === 'REMOVED').length,
      failed: seen.filter(({ state }) => state !== 'REMOVED').length + unreadable.length,
    };
    logger[run.failed === 0 ? 'info' : 'error']('revocations cleaned up', run);
    return run;
  };

async function cleanUpOne(
  { policies }: Revocation,
  { revoker, nowMs }: { readonly revoker: Revoker; readonly nowMs: number },
): Promise<readonly RevocationPolicy[]> {
  const after: RevocationPolicy[] = [];
  for (const policy of policies) {
    if (!mayBeThere(policy) || Date.parse(policy.removableAt) > nowMs) {
      after.push(policy);
      continue;
    }
    const { holder, policyName } = policy;
    const answer = await revoker.remove({ roleArn: holder.arn, policyName });
    const { detail: _gone, ...rest } = policy;
    if (answer.state === 'DONE') after.push({ ...rest, state: 'REMOVED' });
    else after.push({ ...policy, state: toFailedState(policy, nowMs), detail: answer.detail });
  }
  return after;
}
