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
 * identity. None of those is Daypass's to say, so none is in the row.
 */
export function planSaml(profile: SamlProfile, { intent, ...planned }: PlannedSession): SamlPlan {
  const { mechanism, roleArn, principalArn } = profile;
  const { durationSeconds, managedPolicyArns } = intent;
  return {
    mechanism,
    intent,
    ...planned,
    session: { roleArn, principalArn, durationSeconds, managedPolicyArns, ...planned },
  };
}
