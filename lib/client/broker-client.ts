import { toBrokerAddress } from './broker-url.ts';
import { ClientError } from './client-error.ts';
import { requireToken } from './login/require-token.ts';
import type { Prover, UnprovenRequest } from './proof.ts';
import { readBounded } from './read-bounded.ts';
import { whileNoting } from './wait-note.ts';

/** One call of the API. */
export interface BrokerRequest {
  readonly method: UnprovenRequest['method'];
  /** As the route table has it, `/v1/…`: callers who sign are sent to `/iam/v1/…`. */
  readonly path: `/v1/${string}`;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Such as If-Match. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface BrokerAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface BrokerClient {
  readonly broker: URL;
  /** See `Prover.id`. */
  readonly callerId: string;
  /** Whether caches may keep what comes now: see `Prover.isKept`. */
  isLoggedIn(): boolean;
  /**
   * What the broker answers to a success. A GET whose connection breaks off is sent once more; nothing else is tried
   * twice: each attempt to issue leaves a row.
   *
   * @throws BrokerRefusal for every other status, ClientError where no answer comes
   */
  call(request: BrokerRequest): Promise<BrokerAnswer>;
}

/** Milliseconds. API Gateway itself ends a request after 29 s. */
const timeoutMs = 35_000;
/** Bytes. API Gateway answers with 10 MB at most. */
const maxBytes = 10_485_760;

const logInAgain = 'log in again with: daypass login';

interface RefusalOptions {
  readonly retryAfterSeconds?: number | undefined;
  /** What to do where the broker takes no such proof: see `Prover.remedy`. @default to log in again */
  readonly remedy?: string | undefined;
}

/** What the broker answered instead, as its problem document has it. */
export class BrokerRefusal extends ClientError {
  override readonly name = 'BrokerRefusal';
  readonly status: number;
  /** `code` of the problem document, such as `access-denied`; empty where there is none. */
  readonly problemCode: string;
  /** All of the problem document. */
  readonly problem: Readonly<Record<string, unknown>>;
  /** Seconds after which another attempt may do, as the broker says. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    problem: Readonly<Record<string, unknown>>,
    { retryAfterSeconds, remedy = logInAgain }: RefusalOptions = {},
  ) {
    const { detail, code } = problem;
    super(
      toErrorCode(status),
      typeof detail === 'string' && detail !== '' ? detail : `the broker answered with status ${status}`,
      toHint(problem, { status, retryAfterSeconds, remedy }),
    );
    this.status = status;
    this.problemCode = typeof code === 'string' ? code : '';
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

function toErrorCode(status: number): ClientError['code'] {
  if (status === 401) return 'not-logged-in';
  if (status === 429 || status >= 500) return 'unavailable';
  if (status === 403) return 'refused';
  return status === 400 ? 'usage' : 'failed';
}

function toHint(
  { code, detail, issuanceId, owner, requestAccessUrl, instance }: Readonly<Record<string, unknown>>,
  {
    status,
    retryAfterSeconds,
    remedy,
  }: { readonly status: number; readonly retryAfterSeconds: number | undefined; readonly remedy: string },
): { readonly hint?: string } {
  const canBeGiven = toErrorCode(status) !== 'unavailable';
  const parts = [
    ...(status === 401 ? [remedy] : []),
    ...(status < 500 && typeof code !== 'string' && typeof detail !== 'string'
      ? ['what answered may be no broker: check DAYPASS_URL']
      : []),
    ...(code === 'reason-required' ? ['say why with --reason'] : []),
    ...(code === 'credentials-not-offered'
      ? ['it gives tokens instead: daypass web-identity-token <profile>']
      : []),
    ...(code === 'access-denied' ? ['yours are listed by: daypass profiles'] : []),
    // Access is not what is missing where the broker can't answer now.
    ...(canBeGiven && typeof requestAccessUrl === 'string' ? [`ask for access at ${requestAccessUrl}`] : []),
    ...(canBeGiven && typeof owner === 'string' ? [`owner: ${owner}`] : []),
    ...(typeof issuanceId === 'string' ? [`issuance ${issuanceId}`] : []),
    ...(retryAfterSeconds === undefined ? [] : [`try again in ${retryAfterSeconds} s`]),
    ...(status >= 500 && typeof instance === 'string' ? [`request ${instance}`] : []),
  ];
  return parts.length === 0 ? {} : { hint: parts.join('; ') };
}

export interface BrokerClientOptions {
  readonly broker: URL;
  readonly prover: Prover;
  /** With the version, as `daypass/0.1.0`: stands in the audit. */
  readonly userAgent: string;
  /** Takes a line for whoever waits. @default nobody is told */
  readonly note?: ((line: string) => void) | undefined;
}

export const createBrokerClient = ({
  broker,
  prover,
  userAgent,
  note,
}: BrokerClientOptions): BrokerClient => ({
  broker,
  callerId: prover.id,
  isLoggedIn: () => prover.isKept?.() ?? true,
  call: async (asked) => {
    const sendOnce = async () => {
      const request = await toProven(asked, { broker, prover, userAgent });
      const waiting = { note, what: `${broker.href} to answer`, longestMs: timeoutMs };
      return whileNoting(waiting, () => send(request, broker, asked.signal));
    };
    try {
      return requireSuccess(await sendOnce(), prover);
    } catch (error) {
      if (asked.method !== 'GET' || !isBrokenConnection(error)) throw error;
      return requireSuccess(await sendOnce(), prover);
    }
  },
});

/** The request with what proves who is asking: under `/iam` where it is signed. */
async function toProven(
  { method, path, query, body, headers = {} }: BrokerRequest,
  { broker, prover, userAgent }: BrokerClientOptions,
): Promise<UnprovenRequest> {
  const proof = await prover.prove();
  const request: UnprovenRequest = {
    method,
    url: toBrokerAddress(broker, proof.kind === 'aws' ? `/iam${path}` : path, query),
    headers: {
      'user-agent': userAgent,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? '' : JSON.stringify(body),
  };
  if (proof.kind === 'aws') return { ...request, headers: requireHeaders(await proof.sign(request)) };
  // fetch's own error would show the header, and so the token.
  requireToken(proof.token, 'the token');
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${proof.token}` } };
}

/** @throws ClientError where fetch's own error would show the header, and so the session token */
function requireHeaders(headers: UnprovenRequest['headers']): UnprovenRequest['headers'] {
  if (Object.values(headers).every((value) => /^[\x20-\x7e]*$/.test(value.trim()))) return headers;
  throw new ClientError('not-logged-in', 'the AWS credentials hold what no header can', {
    hint: 'a session token is one word of printable characters',
  });
}

/** A kept connection that the other side closed in the same moment, as API Gateway does with idle ones. */
const isBrokenConnection = (error: unknown) =>
  error instanceof ClientError && ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(toReason(error.cause));

interface RawAnswer {
  readonly answer: Response;
  readonly text: string;
}

async function send(
  { method, url, headers, body }: UnprovenRequest,
  broker: URL,
  signal: AbortSignal | undefined,
): Promise<RawAnswer> {
  try {
    const answer = await fetch(url, {
      method,
      headers,
      // A redirect would carry the proof to wherever it points.
      redirect: 'error',
      ...(body === '' ? {} : { body }),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]),
    });
    const text = await readBounded(answer, maxBytes);
    if (text !== undefined) return { answer, text };
    throw new ClientError('failed', `the answer of ${broker.href} is too long`, {
      hint: 'what answered may be no broker: check DAYPASS_URL',
    });
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    if (signal?.aborted) throw new ClientError('interrupted', 'stopped', { cause });
    throw new ClientError('unavailable', `no broker answers at ${broker.href} (${toReason(cause)})`, {
      cause,
      hint: 'check DAYPASS_URL and the network; npm start runs a broker on this machine',
    });
  }
}

function requireSuccess({ answer, text }: RawAnswer, { remedy }: Prover): BrokerAnswer {
  if (answer.ok) return { status: answer.status, headers: answer.headers, text };
  throw new BrokerRefusal(answer.status, toProblem(text), {
    retryAfterSeconds: findRetryAfter(answer.headers),
    remedy,
  });
}

/** RFC 9110 §10.2.3: whole seconds. A date, and what is neither, says nothing here. */
function findRetryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function toProblem(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

/** Of fetch, without a code. All else that it says may quote a header, and so what is secret. */
const harmlessMessages: ReadonlySet<unknown> = new Set([
  'bad port',
  'unexpected redirect',
  'The operation was aborted due to timeout',
]);

/** fetch says "fetch failed"; the system's own word is in the cause. */
export function toReason(error: unknown): string {
  const { cause = error } = Object(error) as { readonly cause?: unknown };
  const { code, message } = Object(cause) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string') return code;
  return harmlessMessages.has(message) ? String(message) : 'the request failed';
}
