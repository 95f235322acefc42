import type { Configuration } from './configuration.ts';
import type { Admission } from './controls/admission.ts';
import type { SuspendedTarget } from './controls/control-ports.ts';
import { toSuspendedError, toSuspensionDetail } from './controls/suspension-denial.ts';
import type { DenyDecision } from './decide-issuance.ts';
import { AccessDeniedError, type BrokerError, ProofReplayedError } from './errors.ts';
import type { Attempt, Denial, Hop, Intent, Outcome } from './issuance.ts';
import type { ErrorContact } from './plan-session.ts';
import type { RequestContext } from './policy/policy.ts';
import type { Credentials, IssuanceRecorder, ProofRegister, StsAnswer, StsFailure } from './ports.ts';
import type { Principal, RequestOrigin } from './principal.ts';
import { toRequestContext } from './request-context.ts';
import { toStsError } from './sts-error.ts';
import { isSuspended, suspendedDetail, toSuspendedCallerError } from './suspended-caller.ts';

export interface IssuePorts {
  readonly configuration: Configuration;
  readonly admission: Pick<Admission, 'admit'>;
  readonly issuances: IssuanceRecorder;
  readonly proofs: Pick<ProofRegister, 'consume'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new ULID for this instant. */
  readonly newId: (nowMs: number) => string;
  /** A new random value, of at least 128 bits. */
  readonly newNonce: () => string;
}

/** One thing that a caller asks of STS by Daypass. */
export interface IssueRequest<Decision extends { readonly effect: 'Allow' }, Given extends object> {
  readonly principal: Principal;
  readonly origin: RequestOrigin;
  /** What the row says was asked for. */
  readonly asked: Pick<
    Attempt,
    'profile' | 'integration' | 'purpose' | 'requestedDurationSeconds' | 'reason'
  >;
  decide(context: RequestContext): Decision | DenyDecision;
  /** What a denied caller reads: the same, whatever the reason. */
  readonly deniedMessage: string;
  /** What one reads who may know the reason; nothing else is different then. @default nobody may */
  readonly toDeniedError?: (decision: DenyDecision, issuanceId: string) => BrokerError | undefined;
  /** Rejects with a `BrokerError` for a request that the caller may not make so: nothing is written down then. */
  plan(decision: Decision, attempt: Attempt): Planned<Given> | Promise<Planned<Given>>;
}

/** What is written down, and the call that it says is about to be made. */
export interface Planned<Given extends object> {
  readonly intent: Intent;
  /** Calls STS, once for each hop. Never rejects. */
  ask(): Promise<Asked<Given>>;
  /** What STS is asked for, as the end of "AWS STS refused …". */
  readonly wanted: string;
  readonly contact: ErrorContact;
  /** Whose credentials STS checks: a caller's own proof may be refused without anything being wrong here. */
  readonly signedBy: 'broker' | 'caller';
  /**
   * Whether a new attempt, with a row of its own, would be another than this was. It is asked once, and nothing of the
   * attempt before is repeated. @default never
   */
  readonly mayAskAgain?: (refusal: StsFailure) => Promise<boolean>;
}

export interface Asked<Given extends object> {
  /** Of the last hop that was asked for. */
  readonly answer: StsAnswer<Given>;
  /** The sessions on the way, in order. */
  readonly hops: readonly Hop[];
}

export interface Issued<Given extends object> {
  readonly intent: Intent;
  readonly answer: Extract<StsAnswer<Given>, { readonly state: 'ISSUED' }>;
}

export type Issue = <Decision extends { readonly effect: 'Allow' }, Given extends object>(
  request: IssueRequest<Decision, Given>,
) => Promise<Issued<Given>>;

/**
 * The heart: admit, decide, consume the proof where it may have one effect, write the intent, call STS once for each hop,
 * write the outcome, release. In this order, so that no proof has two intents, no STS call is made without a durable
 * row and nothing leaves without a durable outcome. Whatever Daypass asks of STS goes this way.
 */
export function createIssue(ports: IssuePorts): Issue {
  const { admission, issuances, proofs, now } = ports;

  return async (request) => {
    const suspended = await admission.admit(request.principal, request.asked);
    const first = await decideAndPlan(request, { ports, suspended });
    if (!(await consumeProof(request.principal, proofs))) {
      await issuances.recordDenial({ ...first.attempt, detail: 'the proof had its one effect before' });
      throw toReplayed(first.attempt);
    }
    const refused = await carryOut(first.planned);
    if ('intent' in refused) return refused;
    if (!(await first.planned.mayAskAgain?.(refused))) throw toError(first.planned, refused);

    const second = await decideAndPlan(request, { ports, suspended });
    const again = await carryOut(second.planned);
    if ('intent' in again) return again;
    throw toError(second.planned, again);
  };

  async function carryOut<Given extends object>({
    intent,
    ask,
  }: Planned<Given>): Promise<Issued<Given> | StsFailure> {
    await issuances.recordIntent(intent);
    const { answer, hops } = await ask();
    await issuances.recordOutcome(intent, toOutcome(answer, hops, now()));
    return answer.state === 'ISSUED' ? { intent, answer } : answer;
  }
}

const toError = ({ intent, wanted, contact, signedBy }: Planned<object>, refusal: StsFailure) =>
  toStsError(refusal, { id: intent.id, wanted, contact, signedBy });

async function decideAndPlan<Decision extends { readonly effect: 'Allow' }, Given extends object>(
  request: IssueRequest<Decision, Given>,
  { ports, suspended }: { readonly ports: IssuePorts; readonly suspended: readonly SuspendedTarget[] },
): Promise<{ readonly attempt: Attempt; readonly planned: Planned<Given> }> {
  const nowMs = ports.now();
  const attempt = toAttempt(request, { nowMs, ports });
  const decision =
    suspended.length > 0
      ? ({ effect: 'Deny', detail: toSuspensionDetail(suspended) } as const)
      : request.decide(toRequestContext(request.principal, request.origin, nowMs));
  if (decision.effect === 'Deny') {
    const detail = isSuspended(request.principal) ? suspendedDetail : decision.detail;
    await ports.issuances.recordDenial(toDenial(attempt, { ...decision, detail }));
    const known =
      toSuspendedCallerError(request.principal, attempt.id) ??
      toSuspendedError(suspended, attempt.id, ports.configuration) ??
      request.toDeniedError?.(decision, attempt.id);
    if (known !== undefined) throw known;
    throw toAccessDenied(attempt, decision, { ...ports.configuration, message: request.deniedMessage });
  }
  return { attempt, planned: await request.plan(decision, attempt) };
}

/** Before the intent: of two that show one proof, in whichever functions, one comes this far. */
const consumeProof = async (
  { proofId, expiresAt }: Principal,
  proofs: IssuePorts['proofs'],
): Promise<boolean> => proofId === undefined || proofs.consume({ id: proofId, expiresAtSeconds: expiresAt });

const toReplayed = ({ id }: Attempt) =>
  new ProofReplayedError(
    'the jti of this token has been used; sign a new token with a jti of its own for each issuance',
    { extensions: { issuanceId: id } },
  );

/** What is known of it before anything is decided. */
export function toAttempt(
  { principal, origin, asked }: Pick<IssueRequest<never, never>, 'principal' | 'origin' | 'asked'>,
  {
    nowMs,
    ports,
  }: {
    readonly nowMs: number;
    readonly ports: Pick<IssuePorts, 'configuration' | 'newId' | 'newNonce'>;
  },
): Attempt {
  const { issuer, subject, claims } = principal;
  // Whoever shares a role is told apart by this alone, as far as a name that the caller chose can.
  const { sessionName } = principal.aws === undefined ? {} : claims;
  return {
    id: ports.newId(nowMs),
    nonce: ports.newNonce(),
    createdAt: new Date(nowMs).toISOString(),
    principal: { issuer, subject, ...(typeof sessionName === 'string' ? { sessionName } : {}) },
    ...asked,
    ...origin,
    region: ports.configuration.deployment.region,
    expiresAtSeconds: Math.floor(nowMs / 1000) + ports.configuration.audit.retentionDays * secondsPerDay,
  };
}

const secondsPerDay = 86_400;

const toDenial = (attempt: Attempt, { statement, detail }: DenyDecision): Denial => ({
  ...attempt,
  ...(statement === undefined ? {} : { statement }),
  detail,
});

/** The same words and the deployment's own contact, whatever the reason. */
function toAccessDenied(
  { id }: Attempt,
  { detail }: DenyDecision,
  {
    owner,
    requestAccessUrl,
    message,
  }: Pick<Configuration, 'owner' | 'requestAccessUrl'> & { readonly message: string },
): AccessDeniedError {
  return new AccessDeniedError(`${message}, and ${owner} can say more about this issuance`, {
    detail,
    extensions: { issuanceId: id, owner, ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }) },
  });
}

/** What of an answer is written down: of what was given, what tells it apart, and how long it lasts. */
interface Recorded {
  readonly credentials?: Pick<Credentials, 'accessKeyId' | 'expiration'>;
  readonly expiration?: Date;
  readonly packedPolicySize?: number;
}

function toOutcome(answer: StsAnswer<Recorded>, sessions: readonly Hop[], nowMs: number): Outcome {
  const finishedAt = new Date(nowMs).toISOString();
  const { state, requestId } = answer;
  const stsRequestId = requestId === undefined ? {} : { stsRequestId: requestId };
  const hops = sessions.length === 0 ? {} : { hops: sessions };
  if (answer.state !== 'ISSUED') {
    const { errorCode, detail } = answer;
    return { state, finishedAt, ...stsRequestId, ...hops, errorCode, detail };
  }
  const { credentials, packedPolicySize, expiration = credentials?.expiration } = answer;
  return {
    state,
    finishedAt,
    ...stsRequestId,
    ...hops,
    ...(credentials === undefined ? {} : { accessKeyId: credentials.accessKeyId }),
    ...(expiration === undefined ? {} : { expiration: expiration.toISOString() }),
    ...(packedPolicySize === undefined ? {} : { packedPolicySize }),
  };
}
