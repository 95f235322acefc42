import { type PresignedLimits, parsePresignedSessionToken } from '../core/presigned-session-token.ts';
import type { RelaySessionToken } from '../core/relay-session-token.ts';
import { credentialsQuery } from '../http/credential-schemas.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { parseQuery, parseRequest } from '../http/parse-request.ts';
import { renderCredentials } from '../http/render-credentials.ts';
import { sessionTokenBody } from '../http/sts-schemas.ts';

export interface RelayEndpointOptions extends Pick<PresignedLimits, 'origins' | 'region'> {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** `POST /iam/v1/session-tokens?format=`: a session of the caller's own, with MFA. */
export const createRelaySessionTokenEndpoint =
  (relaySessionToken: RelaySessionToken, { now, ...place }: RelayEndpointOptions): Endpoint =>
  async ({ principal, origin, query, body }) => {
    const { format = 'sts' } = parseQuery(credentialsQuery, query);
    const { presignedUrl, ...request } = parseRequest('body', sessionTokenBody, body);
    const presigned = parsePresignedSessionToken(presignedUrl, { ...place, nowMs: now() });

    return renderCredentials(await relaySessionToken(principal, { presigned, ...request }, origin), format);
  };
