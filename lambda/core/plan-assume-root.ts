import type { AssumeRootProfile } from './configuration.ts';
import { planHops } from './plan-hops.ts';
import type { PlannedSession, SessionIntent } from './plan-session.ts';
import type { AssumeRoleRequest, AssumeRootRequest } from './ports.ts';
import { toRoleSessionName } from './role-session-name.ts';
import { toRootTaskPolicy } from './root-task-policy.ts';
import { stsLimits } from './sts-limits.ts';

export interface AssumeRootPlan {
  readonly mechanism: 'assume-root';
  readonly intent: SessionIntent;
  readonly sessionPolicy?: undefined;
  /** One for each role on the way, in order: the session of the last one asks for the root user's. */
  readonly requests: readonly AssumeRoleRequest[];
  readonly root: AssumeRootRequest;
}

/**
 * The requests that lead to the root user. AssumeRoot takes no session name, no source identity and no tags: the
 * sessions on the way say whose it is, and the request id and the access key id are the row's.
 */
export function planAssumeRoot(
  profile: AssumeRootProfile,
  { intent: unnamed }: PlannedSession,
): AssumeRootPlan {
  const { mechanism, via, targetPrincipal, taskPolicyArn } = profile;
  const roleArn = via.at(-1);
  if (roleArn === undefined) throw new TypeError('no role asks for the root user');
  const targeted = { ...unnamed, targetPrincipal, taskPolicyArn };
  const roleSessionName = toRoleSessionName(targeted, profile);
  const intent = { ...targeted, roleSessionName };
  const { durationSeconds, sourceIdentity } = intent;
  const [, partition = ''] = roleArn.split(':');
  const root = { targetPrincipal, taskPolicyArn, durationSeconds };
  const requests = planHops(
    { via: via.slice(0, -1) },
    {
      ...{ roleArn, roleSessionName, durationSeconds: stsLimits.chainedDuration.min },
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      ...{ sessionTags: {}, transitiveTagKeys: [], managedPolicyArns: [] },
      sessionPolicy: toRootTaskPolicy(partition, root),
    },
  );
  return { mechanism, intent, requests, root };
}
