import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { BrokerError, InvalidRequestError } from '../core/errors.ts';
import type { DeployedIamIssuer } from '../core/find-iam-issuer.ts';
import type { FunctionName } from '../core/function-roles.ts';
import { holdsSecret } from '../core/holds-secret.ts';
import type { Logger } from '../core/logger.ts';
import type { RequestOrigin } from '../core/principal.ts';
import { findBearerToken } from './bearer-token.ts';
import { proofMember } from './credential-schemas.ts';
import type { Endpoint, EndpointResponse, OpenEndpoint } from './endpoint.ts';
import { headerValues } from './header-values.ts';
import { parseJsonBody } from './parse-json-body.ts';
import { toProblem } from './problem.ts';
import { type OwnApi, requireOwnRoute } from './require-own-route.ts';
import { requireIamPrincipal, requirePrincipal } from './require-principal.ts';
import type { Operation, Route } from './routes.ts';
import { toOpenRequest } from './to-open-request.ts';

export interface HandlerOptions {
  readonly handledBy: FunctionName;
  readonly own: OwnApi;
  /** One for each operation that the route table gives to this function and that needs a token. */
  readonly endpoints: Readonly<Partial<Record<Operation, Endpoint>>>;
  /** One for each that is open. @default none */
  readonly openEndpoints?: Readonly<Partial<Record<Operation, OpenEndpoint>>>;
  /** Hears signed requests under `/iam/v1`. @default none is heard */
  readonly iamIssuer?: DeployedIamIssuer | undefined;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

type HttpMiddleware = MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult>;

export type HttpHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** A function behind API Gateway: own route, principal, body, endpoint, in this order; one log line a request. */
export function createHandler(options: HandlerOptions): HttpHandler {
  const { handledBy, own, endpoints, openEndpoints = {}, now } = options;

  const handle: HttpHandler = async (event) => {
    const route = requireOwnRoute(event, own, handledBy);
    const { operation, authorization } = route;
    if (authorization === 'none') {
      return toResult(await requireBound(openEndpoints, operation)(toOpenRequest(event, route)));
    }
    const endpoint = requireBound(endpoints, operation);
    // The path decides which of the two is read, never which of them is there.
    const principal =
      authorization === 'iam'
        ? requireIamPrincipal(event, { issuer: options.iamIssuer, own, nowMs: now() })
        : requirePrincipal(event, now());
    const proof = toProof(event, route);
    const body = parseJsonBody(event, route.showsProof ? proofMember : undefined, route.limits);
    const { pathParameters, query } = toParameters(event);
    requireNothingIgnored(route, query, body);
    return toResult(
      await endpoint({
        ...{ principal, origin: toOrigin(event), pathParameters, query, body },
        ...toIfMatch(event),
        ...proof,
      }),
    );
  };

  const handler = middy(handle).use(logRequest(options)).use(respondWithProblem());
  // A direct invocation may hand over any JSON: as an object it has none of an event's parts, and is refused.
  return (event, context) => handler(Object(event), context);
}

function requireBound<Bound>(
  endpoints: Readonly<Partial<Record<Operation, Bound>>>,
  operation: Operation,
): Bound {
  const endpoint = endpoints[operation];
  if (endpoint === undefined) throw new TypeError(`no endpoint is bound to ${operation}`);
  return endpoint;
}

/** What a route has no use for would be ignored in silence: the caller meant something by it. */
function requireNothingIgnored(
  { method, path, schemas }: Route,
  query: Readonly<Record<string, unknown>>,
  body: Readonly<Record<string, unknown>>,
): void {
  const parameters = schemas.query === undefined ? Object.keys(query) : [];
  const members = schemas.body === undefined ? Object.keys(body) : [];
  const errors = [
    ...parameters.map((name) => ({ path: `query.${name}`, allowed: 'no query parameters' })),
    ...members.map((name) => ({ path: `body.${name}`, allowed: 'no body' })),
  ];
  if (errors.length === 0) return;
  const sentences = errors.map((error) => `${error.path}; allowed: ${error.allowed}`);
  throw new InvalidRequestError(`${method} ${path} cannot take ${sentences.join(' · ')}`, {
    extensions: { errors },
  });
}

/** Nobody who has no use for a token is handed one. */
function toProof(event: APIGatewayProxyEvent, { showsProof, authorization }: Route) {
  const bearerToken = showsProof && authorization === 'token' ? findBearerToken(event) : undefined;
  return bearerToken === undefined ? {} : { bearerToken };
}

/** Of several headers, all that they say: a list, as if it stood in one. */
function toIfMatch(event: APIGatewayProxyEvent): { readonly ifMatch?: string } {
  const values = headerValues(event, 'if-match');
  return values.length === 0 ? {} : { ifMatch: values.join(', ') };
}

function toParameters({ pathParameters, multiValueQueryStringParameters }: APIGatewayProxyEvent) {
  const path = Object.entries(pathParameters ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const query = Object.entries(multiValueQueryStringParameters ?? {}).map(([name, values]) => [
    name,
    values ?? [],
  ]);
  return { pathParameters: Object.fromEntries(path), query: Object.fromEntries(query) };
}

const maxUserAgentLength = 256;

function toOrigin({ requestContext }: APIGatewayProxyEvent): RequestOrigin {
  const { identity } = requestContext;
  return {
    sourceIp: identity.sourceIp,
    userAgent: toShownUserAgent(identity.userAgent ?? ''),
    gatewayRequestId: requestContext.extendedRequestId ?? '',
  };
}

/** Well-formed, because half a character is stored as another than was hashed. A secret sent by mistake is not kept. */
const toShownUserAgent = (text: string): string =>
  holdsSecret(text)
    ? '(redacted: it had the shape of a secret)'
    : (text.length <= maxUserAgentLength ? text : `${text.slice(0, maxUserAgentLength - 1)}…`).toWellFormed();

/** Nothing that this broker says may be kept by a cache, or be taken for anything but what it says it is. */
const commonHeaders = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

function toResult({ status, body, headers = {} }: EndpointResponse): APIGatewayProxyResult {
  const isText = typeof body === 'string';
  return {
    statusCode: status,
    headers: {
      'Content-Type': isText ? 'text/plain; charset=utf-8' : 'application/json',
      ...commonHeaders,
      ...headers,
    },
    body: isText ? body : JSON.stringify(body),
  };
}

/** The one place that renders an error. */
const respondWithProblem = (): HttpMiddleware => ({
  onError: (request) => {
    request.response = toResult(
      toProblem(request.error, request.event.requestContext?.extendedRequestId ?? ''),
    );
  },
});

/** One line a request, joined with the row by the gateway's request id. No header, query, body or answer is in it. */
const logRequest = ({ logger, now, handledBy }: HandlerOptions): HttpMiddleware => {
  const startedAt = new WeakMap<object, number>();
  const toFields = ({
    event,
    response,
  }: {
    event: APIGatewayProxyEvent;
    response: APIGatewayProxyResult | null | undefined;
  }) => ({
    function: handledBy,
    method: event.httpMethod,
    resource: event.resource,
    status: response?.statusCode,
    durationMs: now() - (startedAt.get(event) ?? now()),
    gatewayRequestId: event.requestContext?.extendedRequestId,
  });
  return {
    before: ({ event }) => {
      startedAt.set(event, now());
    },
    after: (request) => logger.info('request', toFields(request)),
    onError: (request) => {
      const { error } = request;
      const isCallers = error instanceof BrokerError && error.status < 500;
      logger[isCallers ? 'info' : 'error']('request', { ...toFields(request), ...toErrorFields(error) });
    },
  };
};

/** An unexpected error is a defect: its stack leads to it. */
function toErrorFields(error: unknown) {
  if (error instanceof BrokerError) {
    const { code, detail, cause, extensions } = error;
    return { code, detail, cause, issuanceId: extensions['issuanceId'] };
  }
  return { error, stack: error instanceof Error ? error.stack : undefined };
}
