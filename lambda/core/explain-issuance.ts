import type { Configuration, Profile } from './configuration.ts';
import { type DenyDecision, decideIssuance, decideTrust } from './decide-issuance.ts';
import { estimatePackedSize } from './estimate-packed-size.ts';
import { findNearestMiss, type NearestMiss } from './find-nearest-miss.ts';
import type { Attempt, Intent } from './issuance.ts';
import type { IssueCredentialsRequest } from './issue-credentials.ts';
import { type IssuancePlan, planIssuance } from './plan-issuance.ts';
import { toPolicyCharacters } from './plan-session.ts';
import type { RequestContext } from './policy/policy.ts';
import type { Principal, RequestOrigin } from './principal.ts';
import { toProfileContext, toRequestContext } from './request-context.ts';
import { durationLimits } from './sts-limits.ts';

/** What would become of a request, and why. */
export type Explanation = AllowExplanation | DenyExplanation;

export interface AllowExplanation {
  readonly effect: 'Allow';
  readonly profile: Profile;
  /** What the row would say, but for what is made anew for each issuance: its id and the session's name. */
  readonly intent: Omit<Intent, keyof Attempt | 'roleSessionName'>;
  readonly duration: ExplainedDuration;
  /** JSON, as it would be sent. */
  readonly sessionPolicy?: string;
  /** Of `stsLimits.maxPolicyCharacters`. */
  readonly policyCharacters: number;
  /** Percent; an estimate, see `estimatePackedSize`. */
  readonly estimatedPackedSize?: number;
}

/** Nothing is clamped: what is asked for beyond the maximum is refused. */
export interface ExplainedDuration {
  readonly seconds: number;
  readonly setBy: 'request' | 'profile-default';
  readonly maximumSeconds: number;
  /**
   * `role-chaining`: STS gives no longer session to a caller that is one itself, whatever the profile says. `sts`: nor
   * to anybody else.
   */
  readonly maximumSetBy: 'profile' | 'role-chaining' | 'sts';
}

export interface DenyExplanation {
  readonly effect: 'Deny';
  /** The name asked for, which need not exist. */
  readonly profile: string;
  /** For whom the audit section trusts: to everybody else every denial reads the same. */
  readonly reserved?: Omit<DenyDecision, 'effect'> & { readonly nearestMiss?: NearestMiss };
}

/** @throws what issuing would throw for a request that the profile doesn't take: it would be the same refusal */
export type ExplainIssuance = (
  principal: Principal,
  request: IssueCredentialsRequest,
  origin: RequestOrigin,
) => Explanation;

/**
 * What issuing would do, without doing any of it: no row, no STS call, and a proof that may have one effect keeps it.
 * A caller learns by it what `GET /v1/profiles` tells already, whether a profile is its own; for that no row is kept
 * either.
 */
export function createExplainIssuance(ports: {
  readonly configuration: Configuration;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): ExplainIssuance {
  const { configuration, now } = ports;

  return (principal, request, origin) => {
    const nowMs = now();
    const context = toRequestContext(principal, origin, nowMs);
    const profile = configuration.profiles.get(request.profile);
    const decision = decideIssuance(profile, principal, context, request);
    if (decision.effect === 'Allow') {
      const plan = planIssuance(decision, toAttempt(principal, request, origin), request);
      return explainPlan(decision.profile, plan, request);
    }
    const isTrusted = decideTrust(configuration.audit.trust, principal, context).effect === 'Allow';
    if (!isTrusted) return { effect: 'Deny', profile: request.profile };
    const { effect, ...reserved } = decision;
    const nearestMiss =
      profile && findMiss(profile, principal, toProfileContext(context, { principal, profile }, request));
    return {
      effect,
      profile: request.profile,
      reserved: { ...reserved, ...(nearestMiss === undefined ? {} : { nearestMiss }) },
    };
  };
}

/** Where an explicit Deny decided, or a template could not be filled in, no Allow was missed. */
function findMiss(
  { trust }: Profile,
  principal: Principal,
  context: RequestContext,
): NearestMiss | undefined {
  const { effect } = decideTrust(trust, principal, context);
  return effect === 'ImplicitDeny' ? findNearestMiss(trust, principal, context) : undefined;
}

/** What the plan is made for: the row's own members that are new with each issuance are not shown. */
function toAttempt(
  { issuer, subject }: Principal,
  { profile }: IssueCredentialsRequest,
  origin: RequestOrigin,
): Attempt {
  const made = { id: '0'.repeat(26), nonce: '', createdAt: new Date(0).toISOString(), expiresAtSeconds: 0 };
  return { ...made, principal: { issuer, subject }, profile, ...origin };
}

function explainPlan(
  profile: Profile,
  plan: IssuancePlan,
  { durationSeconds }: IssueCredentialsRequest,
): AllowExplanation {
  const { intent, sessionPolicy } = plan;
  const { sessionTags, managedPolicyArns } = intent;
  const estimate = estimatePackedSize({
    ...(sessionPolicy === undefined ? {} : { policy: sessionPolicy }),
    policyArns: managedPolicyArns,
    tags: new Map(Object.entries(sessionTags)),
  });
  const { maxSeconds } = profile.duration;
  return {
    effect: 'Allow',
    profile,
    intent,
    duration: {
      seconds: intent.durationSeconds,
      setBy: durationSeconds === undefined ? 'profile-default' : 'request',
      maximumSeconds: maxSeconds,
      maximumSetBy: toMaximumSetBy(profile),
    },
    ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
    policyCharacters: toPolicyCharacters(sessionPolicy, managedPolicyArns),
    ...(estimate === undefined ? {} : { estimatedPackedSize: estimate }),
  };
}

function toMaximumSetBy({ mechanism, duration }: Profile): ExplainedDuration['maximumSetBy'] {
  if (duration.maxSeconds < durationLimits[mechanism].max) return 'profile';
  return mechanism === 'assume-role' ? 'role-chaining' : 'sts';
}
