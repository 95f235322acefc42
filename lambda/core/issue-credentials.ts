import { assumeRoleWithWebIdentity, type WebIdentityIssuer } from './assume-role-with-web-identity.ts';
import { assumeRoles, type Chained } from './assume-roles.ts';
import { type Configuration, usesWebIdentity } from './configuration.ts';
import { type DenyDecision, decideIssuance } from './decide-issuance.ts';
import {
  AccessDeniedError,
  type BrokerError,
  ProofReplayedError,
  RefusedByStsError,
  SessionTooLargeError,
  StsOutcomeUnknownError,
  StsThrottledError,
  StsUnavailableError,
  TokenKeyUnavailableError,
} from './errors.ts';
import type { Attempt, Denial, Hop, Intent, IssuancePurpose, Outcome } from './issuance.ts';
import { type IssuancePlan, planIssuance } from './plan-issuance.ts';
import { type ErrorContact, type NarrowingRequest, toContact } from './plan-session.ts';
import type { IssuanceRecorder, ProofRegister, SecurityTokenService, StsAnswer } from './ports.ts';
import type { Principal, RequestOrigin } from './principal.ts';
import { toRequestContext } from './request-context.ts';

export interface IssueCredentialsPorts {
  readonly configuration: Configuration;
  readonly issuances: IssuanceRecorder;
  readonly sts: SecurityTokenService;
  readonly proofs: ProofRegister;
  /** Needed where a profile has the mechanism `web-identity`. */
  readonly webIdentity?: WebIdentityIssuer;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new ULID for this instant. */
  readonly newId: (nowMs: number) => string;
  /** A new random value, of at least 128 bits. */
  readonly newNonce: () => string;
}

export interface IssueCredentialsRequest extends NarrowingRequest {
  readonly profile: string;
  /** What for, where it is not for the credentials themselves. */
  readonly purpose?: IssuancePurpose;
}

export interface IssuedCredentials {
  readonly intent: Intent;
  readonly answer: Extract<StsAnswer, { readonly state: 'ISSUED' }>;
}

export type IssueCredentials = (
  principal: Principal,
  request: IssueCredentialsRequest,
  origin: RequestOrigin,
) => Promise<IssuedCredentials>;

/**
 * The heart: decide, consume the proof where it may have one effect, write the intent, call STS once for each hop,
 * write the outcome, release. In this order, so that no proof has two intents, no STS call is made without a durable
 * row and no credentials leave without a durable outcome.
 */
export function createIssueCredentials(ports: IssueCredentialsPorts): IssueCredentials {
  const { configuration, issuances, proofs, now, newId, newNonce } = ports;
  if (usesWebIdentity(configuration) && ports.webIdentity === undefined) {
    throw new TypeError('a profile has the mechanism web-identity, and there is nobody to sign its tokens');
  }

  return async (principal, request, origin) => {
    const nowMs = now();
    const attempt = toAttempt({
      id: newId(nowMs),
      nonce: newNonce(),
      nowMs,
      principal,
      request,
      origin,
      configuration,
    });
    const profile = configuration.profiles.get(request.profile);

    const decision = decideIssuance(profile, principal, toRequestContext(principal, origin, nowMs), request);
    if (decision.effect === 'Deny') {
      await issuances.recordDenial(toDenial(attempt, decision));
      throw toAccessDenied(attempt, decision, configuration);
    }
    const plan = planIssuance(decision, attempt, request);
    const { intent } = plan;
    if (!(await consumeProof(principal, proofs))) {
      await issuances.recordDenial({ ...attempt, detail: 'the proof had its one effect before' });
      throw toReplayed(attempt);
    }
    await issuances.recordIntent(intent);
    const { answer, hops } = await askSts(plan, ports);
    await issuances.recordOutcome(intent, toOutcome(answer, hops, now()));
    if (answer.state !== 'ISSUED') throw toStsError(answer, intent, toContact(decision.profile));
    return { intent, answer };
  };
}

async function askSts(
  plan: IssuancePlan,
  { sts, webIdentity: issuer }: IssueCredentialsPorts,
): Promise<Chained> {
  if (plan.mechanism === 'assume-role') return assumeRoles(plan.requests, sts);
  if (issuer === undefined) throw new TypeError('there is nobody to sign a token');
  return { answer: await assumeRoleWithWebIdentity(plan, { sts, issuer }), hops: [] };
}

/** Before the intent: of two that show one proof, in whichever functions, one comes this far. */
const consumeProof = async ({ proofId, expiresAt }: Principal, proofs: ProofRegister): Promise<boolean> =>
  proofId === undefined || proofs.consume({ id: proofId, expiresAtSeconds: expiresAt });

const toReplayed = ({ id }: Attempt) =>
  new ProofReplayedError(
    'the jti of this token has been used; sign a new token with a jti of its own for each issuance',
    { extensions: { issuanceId: id } },
  );

function toAttempt(input: {
  readonly id: string;
  readonly nonce: string;
  readonly nowMs: number;
  readonly principal: Principal;
  readonly request: IssueCredentialsRequest;
  readonly origin: RequestOrigin;
  readonly configuration: Configuration;
}): Attempt {
  const { id, nonce, nowMs, principal, request, origin, configuration } = input;
  const { issuer, subject, claims } = principal;
  // Whoever shares a role is told apart by this alone, as far as a name that the caller chose can.
  const { sessionName } = principal.aws === undefined ? {} : claims;
  const { profile, purpose, durationSeconds, reason } = request;
  return {
    id,
    nonce,
    createdAt: new Date(nowMs).toISOString(),
    principal: { issuer, subject, ...(typeof sessionName === 'string' ? { sessionName } : {}) },
    profile,
    ...(purpose === undefined ? {} : { purpose }),
    ...(durationSeconds === undefined ? {} : { requestedDurationSeconds: durationSeconds }),
    ...(reason === undefined ? {} : { reason }),
    ...origin,
    expiresAtSeconds: Math.floor(nowMs / 1000) + configuration.audit.retentionDays * secondsPerDay,
  };
}

const secondsPerDay = 86_400;

const toDenial = (attempt: Attempt, { statement, detail }: DenyDecision): Denial => ({
  ...attempt,
  ...(statement === undefined ? {} : { statement }),
  detail,
});

/** The same words and the deployment's own contact for an unknown, a forbidden and a mismatched profile. */
function toAccessDenied(
  { id, profile }: Attempt,
  { detail }: DenyDecision,
  { owner, requestAccessUrl }: Configuration,
): AccessDeniedError {
  return new AccessDeniedError(
    `no profile ${profile} that you may use; GET /v1/profiles lists those that you may, and ${owner} can say more about this issuance`,
    {
      detail,
      extensions: { issuanceId: id, owner, ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }) },
    },
  );
}

function toOutcome(answer: StsAnswer, sessions: readonly Hop[], nowMs: number): Outcome {
  const finishedAt = new Date(nowMs).toISOString();
  const { state, requestId } = answer;
  const stsRequestId = requestId === undefined ? {} : { stsRequestId: requestId };
  const hops = sessions.length === 0 ? {} : { hops: sessions };
  if (answer.state !== 'ISSUED') {
    const { errorCode, detail } = answer;
    return { state, finishedAt, ...stsRequestId, ...hops, errorCode, detail };
  }
  const { credentials, packedPolicySize } = answer;
  return {
    state,
    finishedAt,
    ...stsRequestId,
    ...hops,
    accessKeyId: credentials.accessKeyId,
    expiration: credentials.expiration.toISOString(),
    ...(packedPolicySize === undefined ? {} : { packedPolicySize }),
  };
}

type Refusal = Exclude<StsAnswer, { readonly state: 'ISSUED' }>;

function toStsError(refusal: Refusal, { id, profile }: Intent, contact: ErrorContact): BrokerError {
  const { errorCode, detail } = refusal;
  const options = {
    detail: `${errorCode}: ${detail}`,
    extensions: { issuanceId: id, ...contact.extensions },
  };
  if (refusal.state === 'REFUSED' && errorCode === 'PackedPolicyTooLarge') {
    return new SessionTooLargeError(
      `the session tags and policies of profile ${profile} exceed the packed size that STS takes; ask for fewer or shorter tags`,
      options,
    );
  }
  if (refusal.state === 'REFUSED') {
    return new RefusedByStsError(
      `AWS STS refused the role of profile ${profile}: the profile's owner can see why in the audit, by this issuance`,
      options,
    );
  }
  if (refusal.state === 'UNKNOWN') {
    return new StsOutcomeUnknownError(
      'AWS STS gave no readable answer in time; nothing was released, and a repeat is a new issuance',
      { ...options, retryAfterSeconds: 5 },
    );
  }
  if (refusal.cause === 'unsigned') {
    return new TokenKeyUnavailableError(
      'the broker cannot sign a token now; nothing was issued, try again in a while',
      {
        ...options,
        retryAfterSeconds: 30,
      },
    );
  }
  return refusal.cause === 'throttled'
    ? new StsThrottledError('AWS STS throttled the call; nothing was issued, try again shortly', {
        ...options,
        retryAfterSeconds: 5,
      })
    : new StsUnavailableError('AWS STS could not be reached; nothing was issued, try again shortly', {
        ...options,
        retryAfterSeconds: 5,
      });
}
