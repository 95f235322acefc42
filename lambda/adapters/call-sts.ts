import { type STSClient, STSServiceException } from '@aws-sdk/client-sts';
import type { Credentials, GivenSession, LongTermKey, StsAnswer, StsFailure } from '../core/ports.ts';
import { findText } from './error-detail.ts';

export interface StsCallOptions {
  /**
   * A client for these credentials, or for the function's own when they are left out: with `maxAttempts: 1` and its
   * region set, which makes the endpoint regional.
   */
  readonly toClient: (credentials?: Credentials | LongTermKey) => Pick<STSClient, 'send'>;
  /** Milliseconds for the whole call, after which its answer is not waited for. */
  readonly timeoutMs: number;
}

/** Calls STS by the AWS SDK: one attempt, a hard timeout, and an answer that says whether a session may exist. */
export async function callSts<Answer>(
  { toClient, timeoutMs }: StsCallOptions,
  {
    credentials,
    send,
  }: {
    readonly credentials?: Credentials | LongTermKey | undefined;
    readonly send: (
      client: Pick<STSClient, 'send'>,
      call: { readonly abortSignal: AbortSignal },
    ) => Promise<Answer>;
  },
): Promise<Answer | StsFailure> {
  try {
    // The client's own requestTimeout only warns; the signal ends the call.
    return await send(toClient(credentials), { abortSignal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    return toFailure(error);
  }
}

/** An empty list is a parameter of its own on the wire. */
export const orUndefined = <Item>(items: Item[]): Item[] | undefined =>
  items.length === 0 ? undefined : items;

/** What every operation that gives a session answers with. */
interface SessionOutput {
  readonly Credentials?:
    | {
        readonly AccessKeyId: string | undefined;
        readonly SecretAccessKey: string | undefined;
        readonly SessionToken: string | undefined;
        readonly Expiration: Date | undefined;
      }
    | undefined;
  readonly PackedPolicySize?: number | undefined;
  readonly $metadata: { readonly requestId?: string | undefined };
}

/** The credentials of an answer, whole or unreadable. Whose they are is the operation's to look at. */
export function toGivenCredentials(output: SessionOutput): StsAnswer<GivenSession> {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = output.Credentials ?? {};
  const { requestId } = output.$metadata;
  const unreadable = (detail: string) => toUnreadable(detail, requestId);

  if (!AccessKeyId || !/^ASIA[A-Z0-9]{12,124}$/.test(AccessKeyId))
    return unreadable('no access key id of a session');
  if (!isPrintable(SecretAccessKey) || !isPrintable(SessionToken))
    return unreadable('credentials are not whole');
  if (!(Expiration instanceof Date) || Number.isNaN(Expiration.getTime())) return unreadable('no expiration');
  if (!requestId) return unreadable('no request id');
  return {
    state: 'ISSUED',
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    },
    requestId,
    ...(output.PackedPolicySize === undefined ? {} : { packedPolicySize: output.PackedPolicySize }),
  };
}

/** Any other character could end a line or a quotation where the credentials are rendered. */
const isPrintable = (value: string | undefined): value is string =>
  value !== undefined && /^[\x21-\x7e]+$/.test(value);

/** Something was answered, and nobody can say what: perhaps a session. */
export const toUnreadable = (detail: string, requestId?: string): StsFailure => ({
  state: 'UNKNOWN',
  errorCode: 'UnreadableAnswer',
  detail,
  ...(requestId === undefined ? {} : { requestId }),
});

const throttlingCodes = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestLimitExceeded',
  'TooManyRequestsException',
]);

/** Nothing was sent: the connection was never there, or there was nothing to sign with. */
const unsentCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'CredentialsProviderError']);

function toFailure(error: unknown): StsFailure {
  const name = findText(error, 'name') ?? 'Error';
  const code = findText(error, 'code') ?? name;
  const detail = toDetail(error);
  if (unsentCodes.has(code) || unsentCodes.has(name)) {
    return { state: 'FAILED', cause: 'unreachable', errorCode: code, detail };
  }
  if (error instanceof STSServiceException) return toRefusal(error);
  // The parser's message quotes the answer, which may hold credentials.
  if (Object.hasOwn(Object(error), '$response')) return toUnreadable('the answer could not be parsed');
  return { state: 'UNKNOWN', errorCode: code, detail };
}

function toRefusal(error: STSServiceException): StsFailure {
  const { httpStatusCode = 0, requestId } = error.$metadata;
  // As it was on the wire and is in CloudTrail: the SDK's own names have another ending.
  const errorCode = findText(error, 'Code') ?? error.name;
  const answered = {
    errorCode,
    detail: toDetail(error),
    ...(requestId === undefined ? {} : { requestId }),
  };
  if (throttlingCodes.has(errorCode) || httpStatusCode === 429)
    return { state: 'FAILED', cause: 'throttled', ...answered };
  // An error that has no code was unreadable: who knows what it followed.
  if (!isCode(errorCode))
    return toUnreadable(`an answer with status ${httpStatusCode} that is not STS's`, requestId);
  if (httpStatusCode >= 400 && httpStatusCode < 500) return { state: 'REFUSED', ...answered };
  return { state: 'UNKNOWN', ...answered };
}

const isCode = (code: string) =>
  /^[\w.:-]{1,128}$/.test(code) &&
  !['Error', 'Unknown', 'UnknownError', 'STSServiceException'].includes(code);

const maxDetailLength = 2000;

/** A message of any length must fit into the row. */
function toDetail(error: unknown): string {
  const message = findText(error, 'message') ?? 'an error without a message';
  // Well-formed, because half a character is stored as another than was written.
  return (
    message.length <= maxDetailLength ? message : `${message.slice(0, maxDetailLength - 1)}…`
  ).toWellFormed();
}
