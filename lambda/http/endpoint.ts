import type { Principal, RequestOrigin } from '../core/principal.ts';

/** What an endpoint is handed: a proven principal, and parameters that API Gateway has taken apart. */
export interface EndpointRequest {
  readonly principal: Principal;
  readonly origin: RequestOrigin;
  /** By the names in the route's path. Not decoded: every name of ours needs no encoding. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Every value of each parameter. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** What the header `If-Match` says, as it is written; absent without one. */
  readonly ifMatch?: string;
  /**
   * The token of this very request, as the authorizer took it. There on routes that may show it to STS alone, and
   * under `/v1` alone.
   */
  readonly bearerToken?: string;
  /** Parsed from JSON within the body's limits; `{}` when there is no body. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** For profiles whose proof STS is shown. */
export const bearerTokenOf = ({ bearerToken }: EndpointRequest): Pick<EndpointRequest, 'bearerToken'> =>
  bearerToken === undefined ? {} : { bearerToken };

export interface EndpointResponse {
  readonly status: number;
  /** Sent as JSON, or as plain text where it is a string and the headers name no other type. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One API operation: parse, call the use case, render. Rejects with a `BrokerError` for what the caller caused. */
export type Endpoint = (request: EndpointRequest) => Promise<EndpointResponse>;

/** What an operation that is open to everybody is handed: parameters alone, of the route's own schemas' names. */
export interface OpenRequest {
  /** Every value of each parameter. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Every value of each field of an HTML form; empty where the route takes none. */
  readonly form: Readonly<Record<string, readonly string[]>>;
  /** By name; the first of several. */
  readonly cookies: ReadonlyMap<string, string>;
  /** Whether the client would rather have HTML: a browser. */
  readonly prefersHtml: boolean;
  /** As in `RequestOrigin`: what ties the lines of one request together. */
  readonly gatewayRequestId: string;
}

/** An operation that is open to everybody. Rejects with a `BrokerError` for what the caller caused. */
export type OpenEndpoint = (request: OpenRequest) => Promise<EndpointResponse>;
