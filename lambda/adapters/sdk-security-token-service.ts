import {
  AssumeRoleCommand,
  type AssumeRoleCommandOutput,
  AssumeRoleWithWebIdentityCommand,
  type STSClient,
  STSServiceException,
} from '@aws-sdk/client-sts';
import type {
  AssumeRoleRequest,
  AssumeRoleWithWebIdentityRequest,
  Credentials,
  SecurityTokenService,
  StsAnswer,
} from '../core/ports.ts';

export interface SdkSecurityTokenServiceOptions {
  /**
   * A client for these credentials, or for the function's own when they are left out: with `maxAttempts: 1` and its
   * region set, which makes the endpoint regional.
   */
  readonly toClient: (credentials?: Credentials) => Pick<STSClient, 'send'>;
  /** Milliseconds for the whole call, after which its answer is not waited for. */
  readonly timeoutMs: number;
}

/** Calls STS by the AWS SDK: one attempt, a hard timeout, and an answer that says whether a session may exist. */
export function createSdkSecurityTokenService(options: SdkSecurityTokenServiceOptions): SecurityTokenService {
  const { toClient, timeoutMs } = options;
  return {
    assumeRole: async (request, credentials) => {
      try {
        // The client's own requestTimeout only warns; the signal ends the call.
        const abortSignal = AbortSignal.timeout(timeoutMs);
        return toIssued(await toClient(credentials).send(toCommand(request), { abortSignal }), request);
      } catch (error) {
        return toFailure(error);
      }
    },
    assumeRoleWithWebIdentity: async (request) => {
      try {
        const command = toWebIdentityCommand(request);
        const abortSignal = AbortSignal.timeout(timeoutMs);
        return toIssued(await toClient().send(command, { abortSignal }), request);
      } catch (error) {
        return withoutToken(toFailure(error), request);
      }
    },
  };
}

const toWebIdentityCommand = (request: AssumeRoleWithWebIdentityRequest): AssumeRoleWithWebIdentityCommand =>
  new AssumeRoleWithWebIdentityCommand({
    RoleArn: request.roleArn,
    RoleSessionName: request.roleSessionName,
    WebIdentityToken: request.webIdentityToken,
    DurationSeconds: request.durationSeconds,
    Policy: request.sessionPolicy,
    PolicyArns: orUndefined(request.managedPolicyArns.map((arn) => ({ arn }))),
  });

/** A message that quotes the parameter, or a part of it, would take the token into the row and the log. */
function withoutToken(answer: Failure, { webIdentityToken }: AssumeRoleWithWebIdentityRequest): StsAnswer {
  const [, , signature = ''] = webIdentityToken.split('.');
  const detail = answer.detail.replaceAll(/eyJ[\w.-]+/g, '(token)');
  return { ...answer, detail: signature === '' ? detail : detail.replaceAll(signature, '(token)') };
}

function toCommand(request: AssumeRoleRequest): AssumeRoleCommand {
  const { roleArn, roleSessionName, durationSeconds, sourceIdentity, externalId, sessionPolicy } = request;
  const { sessionTags, transitiveTagKeys, managedPolicyArns } = request;
  return new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: roleSessionName,
    DurationSeconds: durationSeconds,
    SourceIdentity: sourceIdentity,
    ExternalId: externalId,
    Policy: sessionPolicy,
    PolicyArns: orUndefined(managedPolicyArns.map((arn) => ({ arn }))),
    Tags: orUndefined(Object.entries(sessionTags).map(([Key, Value]) => ({ Key, Value }))),
    TransitiveTagKeys: orUndefined([...transitiveTagKeys]),
  });
}

/** An empty list is a parameter of its own on the wire. */
const orUndefined = <Item>(items: Item[]): Item[] | undefined => (items.length === 0 ? undefined : items);

/** Only a whole answer for the very session that was asked for counts. */
function toIssued(
  output: Pick<AssumeRoleCommandOutput, 'Credentials' | 'AssumedRoleUser' | 'PackedPolicySize' | '$metadata'>,
  { roleArn, roleSessionName }: Pick<AssumeRoleRequest, 'roleArn' | 'roleSessionName'>,
): StsAnswer {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = output.Credentials ?? {};
  const { Arn, AssumedRoleId } = output.AssumedRoleUser ?? {};
  const requestId = output.$metadata.requestId;
  const unreadable = (detail: string) => toUnreadable(detail, requestId);

  if (!AccessKeyId || !/^ASIA[A-Z0-9]{12,124}$/.test(AccessKeyId))
    return unreadable('no access key id of a session');
  if (!isPrintable(SecretAccessKey) || !isPrintable(SessionToken))
    return unreadable('credentials are not whole');
  if (!(Expiration instanceof Date) || Number.isNaN(Expiration.getTime())) return unreadable('no expiration');
  if (!Arn || !AssumedRoleId || !requestId) return unreadable('no assumed role or request id');
  if (Arn !== toSessionArn(roleArn, roleSessionName)) return unreadable('the answer is for another session');
  return {
    state: 'ISSUED',
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    },
    assumedRole: { arn: Arn, assumedRoleId: AssumedRoleId },
    requestId,
    ...(output.PackedPolicySize === undefined ? {} : { packedPolicySize: output.PackedPolicySize }),
  };
}

/** Any other character could end a line or a quotation where the credentials are rendered. */
const isPrintable = (value: string | undefined): value is string =>
  value !== undefined && /^[\x21-\x7e]+$/.test(value);

const toUnreadable = (detail: string, requestId?: string): Failure => ({
  state: 'UNKNOWN',
  errorCode: 'UnreadableAnswer',
  detail,
  ...(requestId === undefined ? {} : { requestId }),
});

/** STS leaves the role's path out of a session's ARN. */
function toSessionArn(roleArn: string, roleSessionName: string): string {
  const [, partition, , , accountId, resource = ''] = roleArn.split(':');
  return `arn:${partition}:sts::${accountId}:assumed-role/${resource.split('/').at(-1)}/${roleSessionName}`;
}

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

type Failure = Exclude<StsAnswer, { readonly state: 'ISSUED' }>;

function toFailure(error: unknown): Failure {
  const name = textOf(error, 'name') ?? 'Error';
  const code = textOf(error, 'code') ?? name;
  const detail = toDetail(error);
  if (unsentCodes.has(code) || unsentCodes.has(name)) {
    return { state: 'FAILED', cause: 'unreachable', errorCode: code, detail };
  }
  if (error instanceof STSServiceException) return toRefusal(error);
  // The parser's message quotes the answer, which may hold credentials.
  if (Object.hasOwn(Object(error), '$response')) return toUnreadable('the answer could not be parsed');
  return { state: 'UNKNOWN', errorCode: code, detail };
}

function toRefusal(error: STSServiceException): Failure {
  const { httpStatusCode = 0, requestId } = error.$metadata;
  // As it was on the wire and is in CloudTrail: the SDK's own names have another ending.
  const errorCode = textOf(error, 'Code') ?? error.name;
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
  const message = textOf(error, 'message') ?? 'an error without a message';
  // Well-formed, because half a character is stored as another than was written.
  return (
    message.length <= maxDetailLength ? message : `${message.slice(0, maxDetailLength - 1)}…`
  ).toWellFormed();
}

/** A member of whatever was thrown; the SDK's errors take theirs from the answer, where each may be of any type. */
function textOf(error: unknown, member: string): string | undefined {
  const value: unknown = Reflect.get(Object(error), member);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
