import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { type Operation, routes } from '../../lambda/http/routes.ts';
import { aPrincipal } from './a-principal.ts';
import { apiId, stage } from './authorizer-event.ts';

export const own = { apiId, stage };

export interface EventParts {
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** Every value of each parameter. */
  readonly query?: Readonly<Record<string, readonly string[]>>;
  /** As it came over the wire. */
  readonly body?: string | null;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly isBase64Encoded?: boolean;
  /** What the authorizer put into its context; `undefined` for nothing. */
  readonly authorizer?: Readonly<Record<string, unknown>> | undefined;
  /** Replaces members of `requestContext`. */
  readonly requestContext?: Readonly<Record<string, unknown>>;
  /** Replaces members of the event. */
  readonly changes?: Readonly<Record<string, unknown>>;
}

export const authorizedAs = (principal = aPrincipal()) => ({ principal: JSON.stringify(principal) });

/** What API Gateway hands to a function for one operation of ours. */
export function anEvent(operation: Operation, parts: EventParts = {}): APIGatewayProxyEvent {
  const route = routes.find((one) => one.operation === operation);
  if (route === undefined) throw new TypeError(`no route ${operation}`);
  const { pathParameters = {}, query = {}, body = null, isBase64Encoded = false } = parts;
  const headers = {
    Host: ['broker.example'],
    ...(body === null ? {} : { 'Content-Type': ['application/json'] }),
    ...parts.headers,
  };
  const event = {
    resource: route.path,
    path: route.path.replaceAll(/\{(\w+)\}/g, (_, name) => pathParameters[name] ?? ''),
    httpMethod: route.method,
    headers: toLast(headers),
    multiValueHeaders: headers,
    pathParameters,
    queryStringParameters: toLast(query),
    multiValueQueryStringParameters: query,
    stageVariables: null,
    requestContext: {
      ...own,
      resourcePath: route.path,
      httpMethod: route.method,
      requestId: 'chosen-by-the-client',
      extendedRequestId: 'JKJaXmPLvHcESHA=',
      authorizer: 'authorizer' in parts ? parts.authorizer : authorizedAs(),
      identity: { sourceIp: '203.0.113.7', userAgent: 'curl/8.14.1' },
      ...parts.requestContext,
    },
    body,
    isBase64Encoded,
    ...parts.changes,
  };
  return event as unknown as APIGatewayProxyEvent;
}

const toLast = (lists: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1)]));

/** The little of a Lambda context that Middy looks at. */
export const aContext = { getRemainingTimeInMillis: () => 15_000 } as Context;
