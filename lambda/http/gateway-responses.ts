/**
 * What API Gateway answers by itself, before or instead of a function: problem documents like the rest. The stack
 * deploys this table and the local gateway answers from it. Source: API Gateway guide, "Gateway response types".
 */
export interface GatewayResponse {
  readonly type: string;
  /** `undefined` keeps API Gateway's own status: the DEFAULT_ types stand for several. */
  readonly status?: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const challenge = { 'WWW-Authenticate': 'Bearer realm="daypass"' };

export const gatewayResponses = [
  {
    type: 'UNAUTHORIZED',
    status: 401,
    code: 'unauthenticated',
    title: 'Unauthorized',
    detail:
      'the request has no valid token; send "Authorization: Bearer <token>" with an unexpired token of a configured issuer for this audience',
    headers: challenge,
  },
  {
    type: 'ACCESS_DENIED',
    status: 403,
    code: 'refused-by-gateway',
    title: 'Forbidden',
    detail:
      "the request may not reach this route: under /iam only identities of this broker's accounts and organization may, with MFA where a profile wants it, at paths without percent signs and empty segments, and from another account with an Allow of execute-api:Invoke of their own; sign as one of these, or ask the owner of the broker",
  },
  {
    type: 'INVALID_SIGNATURE',
    status: 403,
    code: 'invalid-signature',
    title: 'Forbidden',
    detail:
      "the Authorization header is no valid AWS signature of this request, and no other proof is taken at this path; sign each request anew with Signature Version 4, for the service execute-api in the broker's region",
  },
  {
    type: 'EXPIRED_TOKEN',
    status: 403,
    code: 'expired-credentials',
    title: 'Forbidden',
    detail: 'the AWS credentials that signed the request have expired; sign it anew with fresh ones',
  },
  {
    type: 'MISSING_AUTHENTICATION_TOKEN',
    status: 403,
    code: 'unknown-route',
    title: 'Forbidden',
    detail:
      "there is no such method and path, or it needs a signature: under /iam sign with Signature Version 4, for the service execute-api in the broker's region; /openapi.json lists the routes",
  },
  {
    type: 'AUTHORIZER_FAILURE',
    status: 503,
    code: 'authorizer-unavailable',
    title: 'Service Unavailable',
    detail: 'the token could not be verified because its issuer could not be reached; try again shortly',
    headers: { 'Retry-After': '5' },
  },
  {
    type: 'AUTHORIZER_CONFIGURATION_ERROR',
    status: 503,
    code: 'authorizer-unavailable',
    title: 'Service Unavailable',
    detail: 'the authorizer could not be called; tell the operators of this broker',
  },
  {
    type: 'THROTTLED',
    status: 429,
    code: 'throttled',
    title: 'Too Many Requests',
    detail: 'this broker takes fewer requests per second than that; try again shortly',
    headers: { 'Retry-After': '1' },
  },
  {
    type: 'WAF_FILTERED',
    status: 403,
    code: 'refused-by-firewall',
    title: 'Forbidden',
    detail:
      'a rule of the web application firewall before this broker refused the request for what it holds or where it comes from; a new token would not help, so show the owner of the broker this request id',
  },
  {
    type: 'REQUEST_TOO_LARGE',
    status: 413,
    code: 'request-too-large',
    title: 'Content Too Large',
    detail: 'a request is at most 10 MB, and a body that this broker reads at most 16 KB',
  },
  {
    type: 'INTEGRATION_FAILURE',
    status: 502,
    code: 'function-failed',
    title: 'Bad Gateway',
    detail: 'the function behind this route failed; look for this request id in the logs',
  },
  {
    type: 'INTEGRATION_TIMEOUT',
    status: 504,
    code: 'function-timed-out',
    title: 'Gateway Timeout',
    detail: 'the function behind this route did not answer in time; ask the audit what became of the attempt',
  },
  {
    type: 'DEFAULT_4XX',
    code: 'refused-by-gateway',
    title: 'Refused',
    detail: 'API Gateway refused the request',
  },
  {
    type: 'DEFAULT_5XX',
    code: 'gateway-failed',
    title: 'Failed',
    detail: 'API Gateway could not handle the request; try again shortly',
  },
] as const satisfies readonly GatewayResponse[];

/**
 * The firewall's own answer to an address that asks too often. It knows no request id, and no content type of problem
 * documents. Source: WAF API reference, CustomResponseBody.
 */
export const firewallThrottle = {
  status: 429,
  code: 'throttled-by-firewall',
  title: 'Too Many Requests',
  detail: 'this address has asked too often in the last five minutes; try again in a minute',
  headers: { 'Retry-After': '60' },
} as const satisfies Omit<GatewayResponse, 'type'>;

export type GatewayResponseType = (typeof gatewayResponses)[number]['type'];

/** The problem document of a gateway response, around the id that API Gateway gives the request, where there is one. */
export function toGatewayResponseBody(
  response: Omit<GatewayResponse, 'type' | 'headers'>,
  requestId?: string,
): string {
  const { status, code, title, detail } = response;
  return JSON.stringify({
    type: 'about:blank',
    title,
    ...(status === undefined ? {} : { status }),
    detail,
    code,
    ...(requestId === undefined ? {} : { instance: requestId }),
    Code: code,
    Message: detail,
  });
}
