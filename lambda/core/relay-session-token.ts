import type { SessionTokenSettings } from './configuration.ts';
import type { DenyDecision } from './decide-issuance.ts';
import { decideSection, type SectionDecision } from './decide-section.ts';
import { DurationOutOfRangeError } from './errors.ts';
import type { Attempt, Intent } from './issuance.ts';
import { createIssue, type Issued, type IssuePorts } from './issue.ts';
import { type ErrorContact, toContact } from './plan-session.ts';
import type { RequestContext } from './policy/policy.ts';
import type { GivenSession, SessionTokenRelay } from './ports.ts';
import type { PresignedSessionToken } from './presigned-session-token.ts';
import type { Principal, RequestOrigin } from './principal.ts';
import { toAskedContext } from './request-context.ts';
import { stsLimits } from './sts-limits.ts';

export interface RelaySessionTokenRequest {
  readonly presigned: PresignedSessionToken;
  readonly reason?: string;
}

export type RelaySessionToken = (
  principal: Principal,
  request: RelaySessionTokenRequest,
  origin: RequestOrigin,
) => Promise<Issued<GivenSession>>;

/**
 * Hands a GetSessionToken on to STS that its caller presigned, and the session back. Recorded, not enforced: whoever can
 * presign it can send it to STS without Daypass.
 */
export function createRelaySessionToken(
  ports: IssuePorts & { readonly relay: SessionTokenRelay },
): RelaySessionToken {
  const { configuration, relay } = ports;
  const issue = createIssue(ports);

  return (principal, request, origin) => {
    const { presigned, reason } = request;
    return issue({
      principal,
      origin,
      asked: {
        purpose: 'session-token',
        ...(presigned.durationSeconds === undefined
          ? {}
          : { requestedDurationSeconds: presigned.durationSeconds }),
        ...(reason === undefined ? {} : { reason }),
      },
      decide: (context) => decide(configuration.sessionTokens, principal, request, context),
      deniedMessage,
      plan: (decision, attempt) => {
        const contact = toContact(configuration);
        return {
          intent: toIntent(decision, attempt, { presigned, contact }),
          wanted: 'the session token, as it does for a code that is wrong or was used',
          contact,
          signedBy: 'caller',
          ask: async () => ({ answer: await relay.getSessionToken(presigned), hops: [] }),
        };
      },
    });
  };
}

/** The same words for whoever is not trusted, for another's key, and where there is no section. */
const deniedMessage =
  "no session token that you may have; the configuration's section sessionTokens says who may, and the long-term key (AKIA…) of the presigned request must be the one that signs this call";

type Decision = SectionDecision<SessionTokenSettings>;

function decide(
  settings: SessionTokenSettings | undefined,
  principal: Principal,
  { presigned, reason }: RelaySessionTokenRequest,
  requestContext: RequestContext,
): Decision | DenyDecision {
  const durationSeconds = toSeconds(presigned);
  const context = toAskedContext(requestContext, {
    durationSeconds,
    ...(reason === undefined ? {} : { reason }),
  });
  const decision = decideSection('sessionTokens', settings, principal, context);
  return decision.effect === 'Deny' ? decision : requireOwnKey(decision, principal, presigned);
}

/**
 * GetSessionToken needs no permission and its answer names no user: without this, whoever gets hold of another's
 * presigned request would have that one's session, and the row would name whoever brought it.
 */
function requireOwnKey(
  decision: Decision,
  { aws }: Principal,
  { accessKeyId }: PresignedSessionToken,
): Decision | DenyDecision {
  if (aws?.accessKeyId !== accessKeyId) {
    const signer = aws?.accessKeyId ?? 'a key that is not known';
    const detail = `the presigned request is of key ${accessKeyId}, and this call is signed with ${signer}`;
    return { effect: 'Deny', detail };
  }
  if (!/^AKIA[A-Z0-9]{12,124}$/.test(accessKeyId))
    return { effect: 'Deny', detail: `${accessKeyId} is not a long-term key of an IAM user` };
  return decision;
}

const toSeconds = ({ durationSeconds }: PresignedSessionToken): number =>
  durationSeconds ?? stsLimits.defaultSessionSeconds;

/** @throws DurationOutOfRangeError */
function toIntent(
  { section, statement }: Decision,
  attempt: Attempt,
  { presigned, contact }: { readonly presigned: PresignedSessionToken; readonly contact: ErrorContact },
): Intent {
  const durationSeconds = toSeconds(presigned);
  const { maxSeconds } = section.duration;
  if (durationSeconds > maxSeconds) {
    const asked =
      presigned.durationSeconds === undefined
        ? `the presigned request has no DurationSeconds, for which AWS STS gives ${durationSeconds}`
        : `DurationSeconds is ${durationSeconds}`;
    throw new DurationOutOfRangeError(
      `${asked}; session tokens are given for ${stsLimits.longTermKeyDuration.min}–${maxSeconds}`,
      contact,
    );
  }
  return {
    ...attempt,
    mechanism: 'session-token',
    enforcement: 'recorded',
    roleArns: [],
    callerAccessKeyId: presigned.accessKeyId,
    durationSeconds,
    sessionTags: {},
    transitiveTagKeys: [],
    managedPolicyArns: [],
    statement,
  };
}
