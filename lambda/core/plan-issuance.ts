import type { AllowDecision } from './decide-issuance.ts';
import type { Attempt, Intent } from './issuance.ts';
import { planAssumeRole } from './plan-assume-role.ts';
import { type NarrowingRequest, planSession } from './plan-session.ts';
import { planWebIdentity } from './plan-web-identity.ts';
import type { AssumeRoleRequest, WebIdentitySession } from './ports.ts';

/** The row and what STS is asked for, made of the same values. */
export type IssuancePlan = AssumeRolePlan | WebIdentityPlan;

export interface AssumeRolePlan {
  readonly mechanism: 'assume-role';
  readonly intent: Intent;
  /** One for each hop, in order. */
  readonly requests: readonly AssumeRoleRequest[];
}

export interface WebIdentityPlan {
  readonly mechanism: 'web-identity';
  readonly intent: Intent;
  /** Without the token, which is made of the intent once that is written. */
  readonly session: WebIdentitySession;
}

/** @throws what `planSession` throws */
export function planIssuance(
  decision: AllowDecision,
  attempt: Attempt,
  narrowing: NarrowingRequest,
): IssuancePlan {
  const { profile } = decision;
  const planned = planSession(decision, attempt, narrowing);
  const { mechanism } = profile;
  const { intent } = planned;
  return mechanism === 'assume-role'
    ? { mechanism, intent, requests: planAssumeRole(profile, planned) }
    : { mechanism, intent, session: planWebIdentity(profile, planned) };
}
