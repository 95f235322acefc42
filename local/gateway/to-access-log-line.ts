import type { Route } from '../../lambda/http/routes.ts';
import type { GatewayRequest } from './read-request.ts';
import type { Proof } from './to-proxy-event.ts';

/** A request that reached a route, and what became of it. */
export interface AccessLogEntry {
  readonly request: GatewayRequest;
  readonly route: Pick<Route, 'path'>;
  /** Absent where nobody was proven. */
  readonly proof?: Proof;
  readonly status: number;
}

/** A line of the access log, with what of the stack's format the broker reads again; `-` for what there is not. */
export const toAccessLogLine = ({ request, route, proof, status }: AccessLogEntry): string =>
  JSON.stringify({
    requestId: request.requestId,
    extendedRequestId: request.extendedRequestId,
    requestTimeEpochMs: String(request.receivedAt),
    sourceIp: request.sourceIp,
    principalId: String(proof?.authorizer?.['principalId'] ?? '-'),
    accountId: proof?.identity?.accountId ?? '-',
    userArn: proof?.identity?.userArn ?? '-',
    method: request.method,
    resourcePath: route.path,
    status: String(status),
  });
