import type { Deployment } from '../configuration.ts';
import { ControlsUnavailableError } from '../errors.ts';
import { findAppliableRole } from './appliable-role.ts';
import type { RevocationStore } from './control-ports.ts';
import type { PlannedRevocation } from './plan-revocation.ts';
import { mayBeThere, type Revocation, type RevocationPolicy } from './revocation.ts';
import type { Revoker } from './revoker.ts';

type Planned = Omit<Revocation, 'policies'> & Pick<PlannedRevocation, 'policies'>;

/**
 * @param circumstances.before what the version before says of its policies
 * @param circumstances.startedMs when the request came, which has to be answered in time: epoch milliseconds
 * @returns `undefined` when somebody else's came first: nothing was applied then
 */
export type ApplyRevocation = (
  planned: Planned,
  circumstances: { readonly startedMs: number; readonly before?: readonly RevocationPolicy[] | undefined },
) => Promise<Revocation | undefined>;

/**
 * Records a revocation, has its policies applied where that is set up and the role is one of those, and records what
 * became of it. Whatever may stand on a role has been written down before.
 */
export function createApplyRevocation({
  deployment,
  store,
  revoker,
  now,
}: {
  readonly deployment: Deployment;
  readonly store: Pick<RevocationStore, 'put'>;
  readonly revoker?: Revoker;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): ApplyRevocation {
  const begin = (policy: PlannedRevocation['policies'][number]): RevocationPolicy => {
    if (revoker === undefined)
      return { ...policy, state: 'PRINTED', detail: 'nothing is applied here: the configuration says so' };
    const { type, arn } = policy.holder;
    if (type === 'user' || findAppliableRole(arn, deployment) === undefined)
      return {
        ...policy,
        state: 'PRINTED',
        detail:
          "nothing is applied here: it is no role of the broker's account under /daypass/, or one of the broker's own",
      };
    return { ...policy, state: 'APPLYING' };
  };

  const applyOne = async (policy: RevocationPolicy): Promise<RevocationPolicy> => {
    if (revoker === undefined || policy.state !== 'APPLYING') return policy;
    const { holder, policyName, ends } = policy;
    const answer = await revoker.apply({ roleArn: holder.arn, policyName, ends });
    if (answer.state === 'DONE') return { ...policy, state: 'APPLIED' };
    const { isCertain, detail } = answer;
    return { ...policy, state: isCertain ? 'FAILED' : 'APPLYING', detail };
  };

  const applyAll = async (
    begun: readonly RevocationPolicy[],
    untilMs: number,
  ): Promise<readonly RevocationPolicy[]> => {
    const policies: RevocationPolicy[] = [];
    // One after the other: IAM throttles changes.
    for (const policy of begun)
      policies.push(
        policy.state === 'APPLYING' && now() > untilMs
          ? { ...policy, state: 'PRINTED', detail: 'there was no time to try it: apply it, or ask again' }
          : await applyOne(policy),
      );
    return policies;
  };

  return async (planned, { startedMs, before = [] }) => {
    const tried = planned.policies.map(begin);
    const left = before.filter((policy) => mayBeThere(policy) && !tried.some((one) => isSame(one, policy)));
    const kept = tried.map((policy) => keep(policy, before));
    const begun = { ...planned, policies: [...kept, ...left] };
    if (!(await store.put(begun))) return undefined;
    if (!tried.some(({ state }) => state === 'APPLYING')) return begun;
    const answered = await applyAll(tried, startedMs + timeToTryMs);
    const policies = [...answered.map((policy) => keep(policy, before)), ...left];
    const done = { ...begun, version: begun.version + 1, policies };
    try {
      // Where somebody else's change came between, that one has its own record, of the same policy.
      await store.put(done);
      return done;
    } catch (error) {
      if (!(error instanceof ControlsUnavailableError)) throw error;
      // A 503 would read as if nothing had been done, and policies are there.
      return {
        ...begun,
        policies: policies.map((policy, index) => toUnwritten(policy, begun.policies[index])),
      };
    }
  };
}

/** From the request's start: looking for sessions takes some of it. API Gateway waits 29 seconds; the last try may take nine of them. */
const timeToTryMs = 14_000;

const isSame = (one: RevocationPolicy, other: RevocationPolicy): boolean =>
  one.holder.arn === other.holder.arn && one.policyName === other.policyName;

/** One that may be there of the version before still may, whatever became of this try: it is to be taken off once. */
function keep(policy: RevocationPolicy, before: readonly RevocationPolicy[]): RevocationPolicy {
  const last = before.find((one) => isSame(one, policy));
  if (last === undefined || !mayBeThere(last) || policy.state === 'APPLIED') return policy;
  const removableAt = [policy.removableAt, last.removableAt].sort().at(-1) ?? policy.removableAt;
  return { ...policy, removableAt, state: last.state };
}

const toUnwritten = (policy: RevocationPolicy, written?: RevocationPolicy): RevocationPolicy => {
  if (written === undefined || written.state === policy.state) return policy;
  const told = `the record still says ${written.state}, because it could not be written`;
  const { detail } = policy;
  return { ...policy, detail: detail === undefined ? told : `${detail}; ${told}` };
};
