import type { Profile } from './configuration.ts';
import { type AllowDecision, type DenyDecision, decideTrust } from './decide-issuance.ts';
import { estimatePackedSize } from './estimate-packed-size.ts';
import { findNearestMiss, type NearestMiss } from './find-nearest-miss.ts';
import type { Attempt, Intent } from './issuance.ts';
import { planIssuance } from './plan-issuance.ts';
import { type NarrowingRequest, toPolicyCharacters } from './plan-session.ts';
import type { RequestContext } from './policy/policy.ts';
import type { Principal, RequestOrigin } from './principal.ts';
import { toProfileContext } from './request-context.ts';
import { durationLimits } from './sts-limits.ts';

export interface AllowExplanation {
  readonly effect: 'Allow';
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
  readonly setBy: 'request' | 'default';
  readonly maximumSeconds: number;
  /**
   * `settings`: of the profile or the integration. `role-chaining`: STS gives no longer session to a caller that is one
   * itself, whatever the settings say. `sts`: nor to anybody else.
   */
  readonly maximumSetBy: 'settings' | 'role-chaining' | 'sts';
}

/** Why not: for those alone who may know. */
export type DenyReasons = Pick<DenyDecision, 'statement' | 'detail'> & { readonly nearestMiss?: NearestMiss };

interface Question {
  readonly principal: Principal;
  readonly origin: RequestOrigin;
  readonly narrowing: NarrowingRequest;
}

/** @throws what issuing would throw for a request that is not taken: it would be the same refusal */
export function explainAllow(
  decision: AllowDecision,
  { principal, origin, narrowing }: Question,
  asked: Pick<Attempt, 'profile' | 'integration'>,
): AllowExplanation {
  const { profile } = decision;
  const { intent, sessionPolicy } = planIssuance(decision, toAttempt(principal, origin, asked), narrowing);
  const { sessionTags, managedPolicyArns } = intent;
  const estimate = estimatePackedSize({
    ...(sessionPolicy === undefined ? {} : { policy: sessionPolicy }),
    policyArns: managedPolicyArns,
    tags: new Map(Object.entries(sessionTags)),
  });
  return {
    effect: 'Allow',
    intent,
    duration: {
      seconds: intent.durationSeconds,
      setBy: narrowing.durationSeconds === undefined ? 'default' : 'request',
      maximumSeconds: profile.duration.maxSeconds,
      maximumSetBy: toMaximumSetBy(profile),
    },
    ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
    policyCharacters: toPolicyCharacters(sessionPolicy, managedPolicyArns),
    ...(estimate === undefined ? {} : { estimatedPackedSize: estimate }),
  };
}

/** What the plan is made for: the row's own members that are new with each issuance are not shown. */
function toAttempt(
  { issuer, subject }: Principal,
  origin: RequestOrigin,
  asked: Pick<Attempt, 'profile' | 'integration'>,
): Attempt {
  const made = { id: '0'.repeat(26), nonce: '', createdAt: new Date(0).toISOString(), expiresAtSeconds: 0 };
  return { ...made, principal: { issuer, subject }, ...asked, ...origin };
}

function toMaximumSetBy({ mechanism, duration }: Profile): ExplainedDuration['maximumSetBy'] {
  if (duration.maxSeconds < durationLimits[mechanism].max) return 'settings';
  return mechanism === 'assume-role' ? 'role-chaining' : 'sts';
}

/** @param profile absent: there is none of the name */
export function explainDeny(
  { statement, detail }: DenyDecision,
  profile: Profile | undefined,
  {
    principal,
    context,
    narrowing,
  }: {
    readonly principal: Principal;
    readonly context: RequestContext;
    readonly narrowing: NarrowingRequest;
  },
): DenyReasons {
  const nearestMiss =
    profile && findMiss(profile, principal, toProfileContext(context, { principal, profile }, narrowing));
  return {
    detail,
    ...(statement === undefined ? {} : { statement }),
    ...(nearestMiss === undefined ? {} : { nearestMiss }),
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
