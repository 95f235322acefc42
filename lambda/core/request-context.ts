import type { Profile } from './configuration.ts';
import type { NarrowingRequest } from './plan-session.ts';
import type { RequestContext } from './policy/policy.ts';
import type { Principal, RequestOrigin } from './principal.ts';

/** Condition keys in lower case to their values, to be read by the evaluator and by templates. */
export type MutableContext = Map<string, string | readonly string[]>;

/** What the proof says: `claims:<name>` and the `daypass:` keys of the principal. */
export function toPrincipalContext(principal: Principal, nowMs: number): MutableContext {
  const nowSeconds = Math.floor(nowMs / 1000);
  const context: MutableContext = new Map<string, string | readonly string[]>([
    ['daypass:issuer', principal.issuer],
    ['daypass:subject', principal.subject],
    // Always present, so that a Deny on "false" holds for those without it.
    ['daypass:multifactorauthpresent', String(principal.mfa)],
  ]);
  if (principal.issuedAt !== undefined)
    context.set('daypass:tokenage', String(nowSeconds - principal.issuedAt));
  if (principal.aws !== undefined) {
    const { accountId, organizationId } = principal.aws;
    context.set('aws:principalarn', principal.subject).set('aws:principalaccount', accountId);
    if (organizationId !== undefined) context.set('aws:principalorgid', organizationId);
  }
  if (principal.authTime !== undefined) {
    context.set('daypass:authtime', toIso(principal.authTime * 1000));
    if (principal.mfa) context.set('daypass:multifactorauthage', String(nowSeconds - principal.authTime));
  }
  for (const [name, value] of Object.entries(principal.claims)) {
    // A claim that the caller chose itself decides nothing and fills nothing in.
    if (!principal.selfAsserted?.includes(name)) context.set(`claims:${name.toLowerCase()}`, value);
  }
  return context;
}

/** What the proof says, what API Gateway says of the request, and the time. */
export function toRequestContext(principal: Principal, origin: RequestOrigin, nowMs: number): MutableContext {
  return toPrincipalContext(principal, nowMs)
    .set('daypass:sourceip', origin.sourceIp)
    .set('daypass:currenttime', toIso(nowMs))
    .set('daypass:epochtime', String(Math.floor(nowMs / 1000)));
}

/** All of that, and what is asked for where there is no profile. What is absent is no key. */
export function toAskedContext(
  request: RequestContext,
  { durationSeconds, reason }: Pick<NarrowingRequest, 'durationSeconds' | 'reason'>,
): MutableContext {
  const context: MutableContext = new Map(request);
  if (durationSeconds !== undefined) context.set('daypass:requestedduration', String(durationSeconds));
  return reason === undefined ? context : context.set('daypass:reason', reason);
}

/** All of that, the profile, and its default where no duration is asked for. */
export function toProfileContext(
  request: RequestContext,
  { principal, profile }: { readonly principal: Principal; readonly profile: Profile },
  { durationSeconds = profile.duration.defaultSeconds, reason }: NarrowingRequest,
): RequestContext {
  const context = toAskedContext(request, {
    durationSeconds,
    ...(reason === undefined ? {} : { reason }),
  }).set('daypass:profile', profile.name);
  const { aws, issuer } = principal;
  if (aws?.guardedProfile === profile.name && profile.mfaEnforcedFor.includes(issuer)) {
    context.set('daypass:multifactorauthpresent', 'true');
  }
  return context;
}

/** IAM's date form: ISO 8601 without milliseconds. */
const toIso = (ms: number) => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
