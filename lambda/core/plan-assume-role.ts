import type { AssumeRoleProfile } from './configuration.ts';
import { planHops } from './plan-hops.ts';
import type { PlannedSession } from './plan-session.ts';
import type { AssumeRoleRequest } from './ports.ts';

/** The requests that ask for a session, one for each hop in order: what is written down is what is sent. */
export function planAssumeRole(
  profile: AssumeRoleProfile,
  { intent, sessionPolicy }: PlannedSession,
): readonly AssumeRoleRequest[] {
  const { roleArn, externalId } = profile;
  const { roleSessionName, durationSeconds, sessionTags, transitiveTagKeys, managedPolicyArns } = intent;
  const { sourceIdentity } = intent;
  return planHops(profile, {
    ...{ roleArn, roleSessionName, durationSeconds, sessionTags, transitiveTagKeys, managedPolicyArns },
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
  });
}
