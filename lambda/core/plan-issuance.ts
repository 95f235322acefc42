import type { AllowDecision } from './decide-issuance.ts';
import type { Attempt } from './issuance.ts';
import { type AssumeRolePlan, planAssumeRole } from './plan-assume-role.ts';
import { type AssumeRootPlan, planAssumeRoot } from './plan-assume-root.ts';
import { type FederationTokenPlan, planFederationToken } from './plan-federation-token.ts';
import { planSaml, type SamlPlan } from './plan-saml.ts';
import { type NarrowingRequest, planSession } from './plan-session.ts';
import { planWebIdentity, type WebIdentityPlan } from './plan-web-identity.ts';

/** The row and what STS is asked for, made of the same values. */
export type IssuancePlan = AssumeRolePlan | AssumeRootPlan | WebIdentityPlan | FederationTokenPlan | SamlPlan;

/** @throws what `planSession` throws */
export function planIssuance(
  decision: AllowDecision,
  attempt: Attempt,
  request: NarrowingRequest,
): IssuancePlan {
  const { profile } = decision;
  const planned = planSession(decision, attempt, request);
  switch (profile.mechanism) {
    case 'assume-role':
      return planAssumeRole(profile, planned);
    case 'assume-root':
      return planAssumeRoot(profile, planned);
    case 'web-identity':
      return planWebIdentity(profile, planned);
    case 'federation-token':
      return planFederationToken(profile, planned);
    case 'saml':
      return planSaml(profile, planned, decision.assertedSessionName);
  }
}
