import type { IncomingMessage } from 'node:http';
import { ClientError } from '../client-error.ts';
import { isProfileName } from '../profile-name.ts';
import {
  type AgentAnswer,
  toContainerAnswer,
  toErrorAnswer,
  toMetadataAnswer,
  toProblemAnswer,
  toTextAnswer,
} from './agent-answer.ts';
import type { CredentialKeeper } from './credential-keeper.ts';
import type { MetadataTokens } from './metadata-tokens.ts';
import { isSameSecret } from './secret-token.ts';

export interface AnswerRequestOptions {
  readonly keeper: CredentialKeeper;
  /** What requests for container credentials have to show. */
  readonly token: string;
  /** The profiles that it serves. @default all that the broker gives */
  readonly profiles?: readonly string[];
  /** The metadata service of EC2, where it is served. */
  readonly metadata?: { readonly profile: string; readonly tokens: MetadataTokens };
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Is told of what no ClientError explains. */
  readonly reportDefect: (error: unknown) => void;
}

const containerPath = /^\/profiles\/([^/?]+)\/container-credentials$/;
const healthPath = '/health';
const metadataTokenPath = '/latest/api/token';
const metadataRolePath = /^\/latest\/meta-data\/iam\/security-credentials(?:\/([^/?]*))?$/;
/** Seconds (EC2 User Guide, "Use IMDSv2"). */
const maxTtlSeconds = 21_600;
const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';
const tokenHeader = 'x-aws-ec2-metadata-token';

/** Answers a request that `refuseRequest` has let pass. Never rejects. */
export async function answerRequest(
  request: IncomingMessage,
  options: AnswerRequestOptions,
): Promise<AgentAnswer> {
  try {
    const { url = '' } = request;
    const profile = containerPath.exec(url)?.[1];
    if (profile !== undefined && isProfileName(profile))
      return await answerContainer(request, profile, options);
    if (url === healthPath) return answerHealth(request, options);
    if (options.metadata !== undefined && url.startsWith('/latest/'))
      return await answerMetadata(request, options, options.metadata);
    return unknownPath();
  } catch (error) {
    if (!(error instanceof ClientError)) options.reportDefect(error);
    return toErrorAnswer(error);
  }
}

async function answerContainer(
  request: IncomingMessage,
  profile: string,
  { keeper, token, profiles }: AnswerRequestOptions,
): Promise<AgentAnswer> {
  if (request.method !== 'GET') return wrongMethod('GET');
  if (!isAuthorized(request, token)) return wrongToken(request);
  if (profiles !== undefined && !profiles.includes(profile))
    return toProblemAnswer(
      404,
      'profile-not-served',
      `this agent serves no ${profile}; allowed: ${profiles.join(', ')}`,
    );
  return toContainerAnswer(await keeper.get(profile));
}

/** For whoever looks whether the agent that a file speaks of is still there. */
function answerHealth(request: IncomingMessage, { token }: AnswerRequestOptions): AgentAnswer {
  if (request.method !== 'GET') return wrongMethod('GET');
  return isAuthorized(request, token) ? toTextAnswer('daypass agent\n') : wrongToken(request);
}

/** SDKs send the token raw; `Bearer` before it is what everybody else sends. */
function isAuthorized({ headersDistinct }: IncomingMessage, token: string): boolean {
  const [given, ...more] = headersDistinct['authorization'] ?? [];
  return given !== undefined && more.length === 0 && isSameSecret(given.replace(/^Bearer +/i, ''), token);
}

async function answerMetadata(
  request: IncomingMessage,
  { keeper, now }: AnswerRequestOptions,
  { profile, tokens }: NonNullable<AnswerRequestOptions['metadata']>,
): Promise<AgentAnswer> {
  const { url = '', method, headersDistinct: headers } = request;
  if (url === metadataTokenPath) {
    return method === 'PUT' ? answerMetadataToken(headers[ttlHeader], tokens) : wrongMethod('PUT');
  }
  if (method !== 'GET') return wrongMethod('GET');
  const [token = '', ...more] = headers[tokenHeader] ?? [];
  if (more.length > 0 || !tokens.isValid(token))
    return toProblemAnswer(401, 'metadata-token-refused', `IMDSv2 alone: PUT ${metadataTokenPath} first`);
  const asked = metadataRolePath.exec(url);
  if (asked === null) return unknownPath();
  if (asked[1] === undefined || asked[1] === '') return toTextAnswer(profile);
  return asked[1] === profile ? toMetadataAnswer(await keeper.get(profile), now()) : unknownPath();
}

function answerMetadataToken(values: readonly string[] | undefined, tokens: MetadataTokens): AgentAnswer {
  const [value = '', ...more] = values ?? [];
  const ttlSeconds = /^\d{1,5}$/.test(value) && more.length === 0 ? Number(value) : 0;
  if (ttlSeconds < 1 || ttlSeconds > maxTtlSeconds)
    return toProblemAnswer(400, 'ttl-refused', `${ttlHeader}: 1–${maxTtlSeconds} seconds`);
  return toTextAnswer(tokens.create(ttlSeconds), { [ttlHeader]: String(ttlSeconds) });
}

const wrongToken = ({ headers }: IncomingMessage) =>
  toProblemAnswer(
    401,
    'agent-token-refused',
    headers.authorization === undefined
      ? 'Authorization is missing; SDKs of before 2024 know no file of a token: daypass agent --print-env <profile> --inline-token'
      : 'Authorization is not the token of this agent; a new one has a new token: daypass agent --print-env <profile>',
  );

const wrongMethod = (allowed: string) =>
  toProblemAnswer(405, 'method-not-allowed', `allowed: ${allowed}`, { headers: { Allow: allowed } });

const unknownPath = () =>
  toProblemAnswer(404, 'not-found', 'allowed: /profiles/<profile>/container-credentials');
