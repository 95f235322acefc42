import type { SamlProfile } from './configuration.ts';
import type { PlannedSession, SessionIntent } from './plan-session.ts';
import type { AssumeRoleWithSamlRequest } from './ports.ts';

export interface SamlPlan {
  readonly mechanism: 'saml';
  readonly intent: SessionIntent;
  readonly sessionPolicy?: string;
  /** Without the assertion, which is the caller's and in no plan. */
  readonly session: Omit<AssumeRoleWithSamlRequest, 'samlAssertion'>;
}

/**
 * What STS is asked for beside the assertion, which says the rest: the session's name, its tags and its source
 * identity. Only the name is in the row: CloudTrail shows it, and a lost answer leaves nothing else to match by.
 */
export function planSaml(
  profile: SamlProfile,
  { intent: unnamed, ...planned }: PlannedSession,
  assertedSessionName?: string,
): SamlPlan {
  const { mechanism, roleArn, principalArn } = profile;
  const intent =
    assertedSessionName === undefined ? unnamed : { ...unnamed, roleSessionName: assertedSessionName };
  const { durationSeconds, managedPolicyArns } = intent;
  return {
    mechanism,
    intent,
    ...planned,
    session: { roleArn, principalArn, durationSeconds, managedPolicyArns, ...planned },
  };
}
