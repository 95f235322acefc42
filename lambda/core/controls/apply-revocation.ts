import type { Deployment } from '../configuration.ts';
import { findAppliableRole } from './appliable-role.ts';
import type { RevocationStore } from './control-ports.ts';
import type { PlannedRevocation } from './plan-revocation.ts';
import type { Revocation, RevocationPolicy } from './revocation.ts';
import type { Revoker } from './revoker.ts';

type Planned = Omit<Revocation, 'policies'> & Pick<PlannedRevocation, 'policies'>;

/** `undefined` when somebody else's came first: nothing was applied then. */
export type ApplyRevocation = (planned: Planned) => Promise<Revocation | undefined>;

/**
 * Records a revocation, has its policies applied where that is set up and the role is one of those, and records what
 * became of it. Whatever may stand on a role has been written down before.
 */
export function createApplyRevocation({
  deployment,
  store,
  revoker,
}: {
  readonly deployment: Deployment;
  readonly store: Pick<RevocationStore, 'put'>;
  readonly revoker?: Revoker;
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

  return async (planned) => {
    const begun = { ...planned, policies: planned.policies.map(begin) };
    if (!(await store.put(begun))) return undefined;
    if (!begun.policies.some(({ state }) => state === 'APPLYING')) return begun;
    const policies: RevocationPolicy[] = [];
    // One after the other: IAM throttles changes.
    for (const policy of begun.policies) policies.push(await applyOne(policy));
    const done = { ...begun, version: begun.version + 1, policies };
    // Where somebody else's change came between, that one has its own record, of the same policy.
    await store.put(done);
    return done;
  };
}
