import { randomBytes } from 'node:crypto';
import type {
  APIGatewayEventRequestContextWithAuthorizer,
  APIGatewayProxyEventBase,
  APIGatewayRequestAuthorizerEvent,
} from 'aws-lambda';
import type { GatewayIdentity } from './authenticate-request.ts';
import type { RouteMatch } from './match-route.ts';
import { type GatewayRequest, headerValue } from './read-request.ts';

/** The one API that the gateway plays. */
export interface GatewayApi {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  /** @default none */
  readonly stageVariables?: Readonly<Record<string, string>>;
}

/** `principalId`, the authorizer's context as strings, and how long it took: what API Gateway hands on. */
export type AuthorizerContext = Readonly<Record<string, string | number>>;

/** What authorization adds to an event: `authorizer` or who signed, never both. */
export type Proof =
  | { readonly authorizer: AuthorizerContext; readonly identity?: never }
  | { readonly authorizer: null; readonly identity?: GatewayIdentity };

export type ProxyEvent = APIGatewayProxyEventBase<AuthorizerContext | null>;

/** A Lambda proxy event of a REST API (payload format 1.0). */
export function toProxyEvent(
  request: GatewayRequest,
  match: RouteMatch,
  options: {
    readonly api: GatewayApi;
    readonly body: Buffer;
    readonly proof: Proof;
  },
): ProxyEvent {
  const { api, body, proof } = options;
  const { authorizer, identity = nobody } = proof;
  const context = toRequestContext(request, match, api, authorizer);
  return {
    ...toRequestMembers(request, match, api),
    requestContext: { ...context, identity: { ...context.identity, ...identity } },
    // API Gateway takes a body for text as long as no binary media types are declared; what isn't UTF-8 is replaced.
    body: body.length === 0 ? null : body.toString('utf8'),
    isBase64Encoded: false,
  };
}

/** The ARN of a method as API Gateway's policies name it: with the path that was asked for, not the resource's. */
export const toMethodArn = (
  { partition, region, accountId, apiId, stage }: GatewayApi,
  { method, path }: Pick<GatewayRequest, 'method' | 'path'>,
): string => `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}/${method}${path}`;

/** The event of an authorizer of type REQUEST: the request without its body, and the ARN of the method. */
export function toAuthorizerEvent(
  request: GatewayRequest,
  match: RouteMatch,
  api: GatewayApi,
): APIGatewayRequestAuthorizerEvent {
  return {
    type: 'REQUEST',
    methodArn: toMethodArn(api, request),
    ...toRequestMembers(request, match, api),
    requestContext: toRequestContext(request, match, api, undefined),
  };
}

function toRequestMembers(
  request: GatewayRequest,
  { route, pathParameters }: RouteMatch,
  { stageVariables }: GatewayApi,
) {
  const headers = toForwardedHeaders(request);
  const query = toQuery(request.query);
  return {
    resource: route.path,
    path: request.path,
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: headers,
    queryStringParameters: query && lastValues(query),
    multiValueQueryStringParameters: query,
    pathParameters: Object.keys(pathParameters).length === 0 ? null : { ...pathParameters },
    stageVariables: stageVariables === undefined ? null : { ...stageVariables },
  };
}

function toRequestContext<Authorizer>(
  request: GatewayRequest,
  { route }: RouteMatch,
  { accountId, apiId, stage }: GatewayApi,
  authorizer: Authorizer,
): APIGatewayEventRequestContextWithAuthorizer<Authorizer> {
  return {
    accountId,
    apiId,
    stage,
    protocol: 'HTTP/1.1',
    httpMethod: request.method,
    // As behind a custom domain name, where the stage is no part of it.
    path: request.path,
    resourceId: route.operation,
    resourcePath: route.path,
    requestId: request.requestId,
    extendedRequestId: request.extendedRequestId,
    requestTime: toLogTime(request.receivedAt),
    requestTimeEpoch: request.receivedAt,
    identity: {
      ...nobody,
      apiKey: null,
      apiKeyId: null,
      clientCert: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      sourceIp: request.sourceIp,
      userAgent: headerValue(request.headers, 'user-agent') ?? null,
    },
    authorizer,
  };
}

const nobody = {
  accessKey: null,
  accountId: null,
  caller: null,
  principalOrgId: null,
  user: null,
  userArn: null,
} as const;

/** Between two hops only (RFC 9110 §7.6.1): they don't reach a function. */
const hopByHop = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The client's headers and those that API Gateway adds. What a client says in X-Forwarded-For stays its own claim. */
function toForwardedHeaders({ headers, sourceIp, receivedAt }: GatewayRequest): Record<string, string[]> {
  const own = Object.entries(headers).filter(([name]) => {
    const lowerCase = name.toLowerCase();
    return !hopByHop.has(lowerCase) && !lowerCase.startsWith('x-forwarded-');
  });
  const claimed = headerValue(headers, 'x-forwarded-for');
  const seconds = Math.floor(receivedAt / 1000).toString(16);
  return {
    'X-Amzn-Trace-Id': [`Root=1-${seconds}-${randomBytes(12).toString('hex')}`],
    ...Object.fromEntries(own.map(([name, values]) => [name, [...values]])),
    'X-Forwarded-For': [claimed === undefined ? sourceIp : `${claimed}, ${sourceIp}`],
    'X-Forwarded-Proto': ['http'],
  };
}

function toQuery(query: string): Record<string, string[]> | null {
  const parameters = new URLSearchParams(query);
  const names = [...new Set(parameters.keys())];
  return names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, parameters.getAll(name)]));
}

const lastValues = (values: Readonly<Record<string, readonly string[]>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));

/** `21/Nov/2026:02:57:37 +0000`, the common log format. */
function toLogTime(milliseconds: number): string {
  const [, day, month, year, time] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(milliseconds).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
