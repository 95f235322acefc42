import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type { OpenRequest } from '../../lambda/http/endpoint.ts';
import { type Operation, type Route, routes } from '../../lambda/http/routes.ts';
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

/** What API Gateway hands to a function for one operation of ours, at its path under `/v1`. */
export const anEvent = (operation: Operation, parts: EventParts = {}): APIGatewayProxyEvent =>
  toEvent(requireRoute(operation, ['token', 'none']), parts);

/** `requestContext.identity` of a signed request: a session of the role `Deploy`. */
export const anIdentity = (changes: Readonly<Record<string, unknown>> = {}) => ({
  sourceIp: '203.0.113.7',
  userAgent: 'aws-sdk-js/3.1000.0',
  accountId: '222222222222',
  caller: 'AROA3XFRBF535PLBIFPI4:build-17',
  userArn: 'arn:aws:sts::222222222222:assumed-role/Deploy/build-17',
  principalOrgId: 'o-exampleorg1',
  user: 'AROA3XFRBF535PLBIFPI4:build-17',
  accessKey: 'ASIAIOSFODNN7EXAMPLE',
  apiKey: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  ...changes,
});

/** The same of a signed request, at its path under `/iam/v1`. */
export const anIamEvent = (operation: Operation, parts: EventParts = {}): APIGatewayProxyEvent =>
  toEvent(requireRoute(operation, ['iam']), {
    authorizer: undefined,
    // Under /iam the path and its parameters must agree.
    pathParameters: { profile: 'prod-readonly', id: '01M7YD6702EK2T57VJEABWXG64' },
    ...parts,
    requestContext: { identity: anIdentity(), ...parts.requestContext },
  });

/** What an operation that is open to everybody is handed. */
export const anOpenRequest = (changes: Partial<OpenRequest> = {}): OpenRequest => ({
  query: {},
  form: {},
  cookies: new Map(),
  prefersHtml: false,
  gatewayRequestId: 'JKJaXmPLvHcESHA=',
  ...changes,
});

function requireRoute(operation: Operation, authorizations: readonly Route['authorization'][]): Route {
  const route = routes.find(
    (one) => one.operation === operation && authorizations.includes(one.authorization),
  );
  if (route === undefined) throw new TypeError(`no route ${operation}`);
  return route;
}

function toEvent(route: Route, parts: EventParts): APIGatewayProxyEvent {
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
