import type { AssumeRoleProfile, WebIdentityTokenSettings } from './configuration.ts';
import type { AllowDecision } from './decide-issuance.ts';
import {
  AudienceNotOfferedError,
  DurationOutOfRangeError,
  WebIdentityTokenNotOfferedError,
} from './errors.ts';
import type { Attempt, Intent } from './issuance.ts';
import { planHops } from './plan-hops.ts';
import { type ErrorContact, requireReason, toContact } from './plan-session.ts';
import type { AssumeRoleRequest, WebIdentityTokenRequest } from './ports.ts';
import { toRequestTags } from './request-tags.ts';
import { toRoleSessionName } from './role-session-name.ts';
import { sha256 } from './sha256.ts';
import { toSourceIdentity } from './source-identity.ts';
import { stsLimits } from './sts-limits.ts';
import { toWebIdentityTokenPolicy } from './web-identity-token-policy.ts';

/** What a caller says beside the profile's name. */
export interface TokenWishes {
  readonly audience: string;
  readonly durationSeconds?: number;
  readonly reason?: string;
}

export interface WebIdentityTokenPlan {
  readonly intent: Intent;
  /** One for each role, in order: the session of the last one, the profile's own, asks for the token. */
  readonly requests: readonly AssumeRoleRequest[];
  readonly token: WebIdentityTokenRequest;
}

/**
 * The profile's role is assumed as for its credentials, so that it is the token's subject, but for one call: with a
 * policy that allows this and nothing else, in the place of the profile's own. The caller's tags and policies are for
 * credentials alone.
 *
 * @throws WebIdentityTokenNotOfferedError, AudienceNotOfferedError, DurationOutOfRangeError, ReasonRequiredError: each
 * says what is allowed, as `planSession` does
 */
export function planWebIdentityToken(
  { profile, sessionTags, statement }: AllowDecision,
  attempt: Attempt,
  wishes: TokenWishes,
): WebIdentityTokenPlan {
  const contact = toContact(profile);
  if (profile.mechanism !== 'assume-role' || profile.webIdentityToken === undefined) {
    throw new WebIdentityTokenNotOfferedError(
      `profile ${profile.name} gives no web identity tokens; GET /v1/profiles says which do, and for whom`,
      contact,
    );
  }
  const { signingAlgorithm } = profile.webIdentityToken;
  requireReason(profile, wishes, contact);
  const audience = requireAudience(profile.name, profile.webIdentityToken, wishes, contact);
  const durationSeconds = requireDuration(profile.name, profile.webIdentityToken, wishes, contact);
  const token = { audience, durationSeconds, signingAlgorithm, requestTags: toRequestTags(attempt) };
  const sessionPolicy = toWebIdentityTokenPolicy(token);

  const unnamed: Intent = {
    ...attempt,
    mechanism: profile.mechanism,
    roleArns: [...profile.via, profile.roleArn],
    ...(profile.setSourceIdentity ? { sourceIdentity: toSourceIdentity(attempt.principal) } : {}),
    durationSeconds,
    sessionTags,
    transitiveTagKeys: profile.transitiveTagKeys.filter((key) => Object.hasOwn(sessionTags, key)),
    sessionPolicySha256: sha256(sessionPolicy).toString('hex'),
    managedPolicyArns: [],
    audiences: [audience],
    statement,
  };
  const roleSessionName = toRoleSessionName(unnamed, profile);
  const intent = { ...unnamed, roleSessionName };
  return { intent, token, requests: toRequests(profile, { intent, roleSessionName, sessionPolicy }) };
}

/**
 * Seconds by which the session outlives the token: it begins before it, by as much as both calls take, and STS's clocks
 * may differ.
 */
const marginSeconds = stsLimits.chainedDuration.max - stsLimits.webIdentityTokenDuration.max;

function toRequests(
  profile: AssumeRoleProfile,
  {
    intent: { sourceIdentity, sessionTags, transitiveTagKeys, durationSeconds = 0 },
    ...planned
  }: { readonly intent: Intent; readonly roleSessionName: string; readonly sessionPolicy: string },
): readonly AssumeRoleRequest[] {
  const { roleArn, externalId } = profile;
  return planHops(profile, {
    ...{ roleArn, ...planned, sessionTags, transitiveTagKeys, managedPolicyArns: [] },
    durationSeconds: Math.max(stsLimits.chainedDuration.min, durationSeconds + marginSeconds),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(externalId === undefined ? {} : { externalId }),
  });
}

function requireAudience(
  name: string,
  { audiences }: WebIdentityTokenSettings,
  { audience }: TokenWishes,
  contact: ErrorContact,
): string {
  if (audiences.includes(audience)) return audience;
  throw new AudienceNotOfferedError(
    `profile ${name} gives no token for that audience; it gives them for: ${audiences.join(', ')}`,
    contact,
  );
}

function requireDuration(
  name: string,
  { duration: { defaultSeconds, maxSeconds } }: WebIdentityTokenSettings,
  { durationSeconds = defaultSeconds }: TokenWishes,
  contact: ErrorContact,
): number {
  const { min } = stsLimits.webIdentityTokenDuration;
  if (durationSeconds >= min && durationSeconds <= maxSeconds) return durationSeconds;
  throw new DurationOutOfRangeError(
    `durationSeconds is ${durationSeconds}; profile ${name} gives tokens for ${min}–${maxSeconds}, and ${defaultSeconds} when it is left out`,
    contact,
  );
}
