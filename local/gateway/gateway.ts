import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FunctionName } from '../../lambda/core/function-roles.ts';
import type { Route } from '../../lambda/http/routes.ts';
import type { Authenticate } from '../aws/authenticate.ts';
import { type Listening, listen } from '../listen.ts';
import { authenticateRequest, toGatewayIdentity } from './authenticate-request.ts';
import { authorizeRequest } from './authorize-request.ts';
import { GatewayRefusal } from './gateway-refusal.ts';
import { matchRoute, type RouteMatch } from './match-route.ts';
import { type GatewayRequest, readBody, requireHeaderSize, toGatewayRequest } from './read-request.ts';
import { createResourcePolicy, type ResourcePolicy } from './resource-policy.ts';
import { parseProxyResult, sendGatewayResponse, sendProxyResult } from './send-response.ts';
import { toAccessLogLine } from './to-access-log-line.ts';
import {
  type GatewayApi,
  type Proof,
  toAuthorizerEvent,
  toMethodArn,
  toProxyEvent,
} from './to-proxy-event.ts';

export interface GatewayOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly routes: readonly Route[];
  readonly api: GatewayApi;
  /** The API's resource policy as JSON. */
  readonly resourcePolicy: unknown;
  /** Proves who signed a request to a route of IAM authorization. */
  readonly authenticate: Authenticate;
  /** Rejects with a FunctionError when the function threw, with any other error when it did not come to answer. */
  readonly invoke: (name: FunctionName, event: unknown) => Promise<unknown>;
  /** What to report as the caller's address. @default the socket's */
  readonly sourceIp?: string;
  /** One line for each request that ended in a gateway response of 5xx. */
  readonly log?: (line: string) => void;
  /** Hears of each request that reached a route, once it was answered. @default nobody does */
  readonly accessLog?: (route: Route, line: string) => void;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
  /** How long a function may take. @default 29000, API Gateway's own */
  readonly timeoutMs?: number;
}

type Defaulted = 'log' | 'accessLog' | 'now' | 'timeoutMs';

type Gateway = Omit<GatewayOptions, 'resourcePolicy' | Defaulted> &
  Required<Pick<GatewayOptions, Defaulted>> & { readonly resourcePolicy: ResourcePolicy };

/** HTTP in front, events of an API Gateway REST API behind. */
export async function startGateway(options: GatewayOptions): Promise<Listening> {
  const { accountId, region } = options.api;
  const resourcePolicy = createResourcePolicy({ document: options.resourcePolicy, accountId, region });
  const gateway: Gateway = {
    log: () => {},
    accessLog: () => {},
    now: Date.now,
    timeoutMs: 29_000,
    ...options,
    resourcePolicy,
  };
  const server = createServer((message, response) => void handle(gateway, message, response));
  server.on('clientError', refuseUnreadable);
  return listen(server, options.port);
}

async function handle(gateway: Gateway, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = toGatewayRequest(message, gateway);
  let reached: { readonly match: RouteMatch; readonly proof?: Proof } | undefined;
  try {
    requireHeaderSize(request);
    const match = requireRoute(gateway.routes, request);
    reached = { match };
    const body = await readBody(message);
    const proof = await authorize(gateway, { request, match, body });
    reached = { match, proof };
    const event = toProxyEvent(request, match, { api: gateway.api, body, proof });
    const result = parseProxyResult(await integrate(gateway, match, event));
    sendProxyResult(response, request, result);
  } catch (error) {
    if (response.destroyed) return;
    const refusal =
      error instanceof GatewayRefusal ? error : new GatewayRefusal('DEFAULT_5XX', String(error), 500);
    sendGatewayResponse(response, request, refusal);
    if (response.statusCode >= 500) {
      gateway.log(`gateway: ${request.method} answered ${response.statusCode}: ${refusal.message}`);
    }
  } finally {
    if (reached !== undefined) {
      const { match, ...proof } = reached;
      const entry = { request, route: match.route, ...proof, status: response.statusCode };
      gateway.accessLog(match.route, toAccessLogLine(entry));
    }
  }
}

function requireRoute(routes: readonly Route[], { method, path }: GatewayRequest): RouteMatch {
  const match = matchRoute(routes, method, path);
  if (match === undefined) throw new GatewayRefusal('MISSING_AUTHENTICATION_TOKEN', 'no such route');
  return match;
}

/** API Gateway bounds the ARN of a method with authorization, in bytes. */
const maxMethodArnBytes = 1600;

interface Asked {
  readonly request: GatewayRequest;
  readonly match: RouteMatch;
  readonly body: Buffer;
}

async function authorize(gateway: Gateway, { request, match, body }: Asked): Promise<Proof> {
  const { api, resourcePolicy, now } = gateway;
  const methodArn = toMethodArn(api, request);
  if (methodArn.length > maxMethodArnBytes) {
    throw new GatewayRefusal('DEFAULT_4XX', `an ARN of more than ${maxMethodArnBytes} bytes`, 414);
  }
  const asked = { methodArn, sourceIp: request.sourceIp, nowMs: now() };
  if (match.route.authorization === 'iam') {
    const { authenticate } = gateway;
    const authentication = authenticateRequest(request, body, { authenticate, region: api.region });
    resourcePolicy.requireForCaller(asked, authentication);
    return { authorizer: null, identity: toGatewayIdentity(authentication) };
  }
  resourcePolicy.requireForAnybody(asked);
  if (match.route.authorization === 'none') return { authorizer: null };
  const authorizer = await authorizeRequest(toAuthorizerEvent(request, match, api), {
    invokeAuthorizer: (event) => withTimeout(gateway.invoke('authorizer', event), gateway.timeoutMs),
    now,
  });
  return { authorizer };
}

async function integrate(gateway: Gateway, { route }: RouteMatch, event: unknown): Promise<unknown> {
  try {
    return await withTimeout(gateway.invoke(route.handledBy, event), gateway.timeoutMs);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const type = error instanceof TimeoutError ? 'INTEGRATION_TIMEOUT' : 'INTEGRATION_FAILURE';
    throw new GatewayRefusal(type, `${route.handledBy}: ${reason}`);
  }
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** The function goes on: API Gateway stops waiting, it does not stop a function. */
async function withTimeout<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TimeoutError(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What Node's parser refuses before there is a request: headers beyond 16 KB, or no HTTP at all. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return;
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
