import { STATUS_CODES } from 'node:http';
import { toContainerDocument, toSeconds } from '../../../lambda/core/credential-texts.ts';
import { BrokerRefusal } from '../broker-client.ts';
import { ClientError, type ClientErrorCode } from '../client-error.ts';
import type { Credentials } from '../credentials.ts';

/** What the agent answers with. */
export interface AgentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** As the SDKs read them from AWS_CONTAINER_CREDENTIALS_FULL_URI. */
export const toContainerAnswer = (credentials: Credentials): AgentAnswer =>
  toJsonAnswer(200, toContainerDocument(credentials), { 'Daypass-Issuance-Id': credentials.issuanceId });

/** As the metadata service of EC2 gives those of a role (EC2 User Guide, "Retrieve security credentials"). */
export const toMetadataAnswer = (credentials: Credentials, now: number): AgentAnswer =>
  toJsonAnswer(200, {
    Code: 'Success',
    LastUpdated: toSeconds(new Date(now)),
    Type: 'AWS-HMAC',
    ...toContainerDocument(credentials),
  });

export const toTextAnswer = (body: string, headers: Readonly<Record<string, string>> = {}): AgentAnswer => ({
  status: 200,
  headers: { 'Content-Type': 'text/plain', ...headers },
  body,
});

const toJsonAnswer = (
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): AgentAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/**
 * A problem document (RFC 9457) of the agent's own, with `Code` and `Message` where the SDKs look for them.
 *
 * @param detail lower case, without a full stop, and says what to do next
 */
export function toProblemAnswer(
  status: number,
  code: string,
  detail: string,
  {
    headers = {},
    members = {},
  }: { readonly headers?: Readonly<Record<string, string>>; readonly members?: object } = {},
): AgentAnswer {
  const title = STATUS_CODES[status] ?? 'Error';
  const problem = { type: 'about:blank', title, status, detail, code, Code: code, Message: detail };
  return toJsonAnswer(
    status,
    { ...members, ...problem },
    { 'Content-Type': 'application/problem+json', ...headers },
  );
}

/** Statuses below 500 where a person has to act: of others, the SDK for JavaScript shows the number alone. */
const statuses: Readonly<Record<ClientErrorCode, number>> = {
  usage: 400,
  'not-logged-in': 401,
  refused: 403,
  unavailable: 503,
  interrupted: 503,
  failed: 400,
};

/** Seconds, where the broker says none. */
const retryAfterSeconds = 5;

/** Why there are no credentials, for whoever reads the SDK's error. A defect says nothing of itself. */
export function toErrorAnswer(error: unknown): AgentAnswer {
  if (!(error instanceof ClientError))
    return toProblemAnswer(500, 'internal-error', 'the agent of daypass failed; its own output says more');
  const status =
    error instanceof BrokerRefusal && error.code === 'failed' ? error.status : statuses[error.code];
  const code = error instanceof BrokerRefusal && error.problemCode !== '' ? error.problemCode : error.code;
  const detail = error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
  const wait = error instanceof BrokerRefusal ? error.retryAfterSeconds : undefined;
  return toProblemAnswer(status, code, detail, {
    headers: status === 503 ? { 'Retry-After': String(wait ?? retryAfterSeconds) } : {},
    members: error instanceof BrokerRefusal ? toMembers(error.problem) : {},
  });
}

/** Of the broker's problem document: whom to ask, and which row of the audit it is. */
function toMembers(problem: Readonly<Record<string, unknown>>): object {
  const names = ['issuanceId', 'owner', 'requestAccessUrl', 'instance'];
  return Object.fromEntries(names.flatMap((name) => (name in problem ? [[name, problem[name]]] : [])));
}
