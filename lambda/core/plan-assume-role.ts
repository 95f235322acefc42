import type { AssumeRoleProfile } from './configuration.ts';
import { planHops } from './plan-hops.ts';
import type { PlannedSession, SessionIntent } from './plan-session.ts';
import type { AssumeRoleRequest } from './ports.ts';
import { toRoleSessionName } from './role-session-name.ts';

export interface AssumeRolePlan {
  readonly mechanism: 'assume-role';
  readonly intent: SessionIntent;
  readonly sessionPolicy?: string;
  /** One for each hop, in order. */
  readonly requests: readonly AssumeRoleRequest[];
}

/** The requests that ask for a session, one for each hop in order: what is written down is what is sent. */
export function planAssumeRole(
  profile: AssumeRoleProfile,
  { intent: unnamed, ...planned }: PlannedSession,
): AssumeRolePlan {
  const { mechanism, roleArn, externalId } = profile;
  const roleSessionName = toRoleSessionName(unnamed, profile);
  const intent = { ...unnamed, roleSessionName };
  const { durationSeconds, sessionTags, transitiveTagKeys, managedPolicyArns, sourceIdentity } = intent;
  const requests = planHops(profile, {
    ...{ roleArn, roleSessionName, durationSeconds, sessionTags, transitiveTagKeys, managedPolicyArns },
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(externalId === undefined ? {} : { externalId }),
    ...planned,
  });
  return { mechanism, intent, ...planned, requests };
}
