import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { anAuthorizerEvent } from '../support/authorizer-event.ts';
import type { AttackWorld } from './attack-world.ts';
import type { SentRequest } from './tables/bad-token.ts';

/** What a row must have to be tried. */
export interface Attempted {
  readonly token: (world: AttackWorld) => string;
  readonly sent?: (token: string) => SentRequest;
}

/** The event of a row, and the request id by which its log line is found. */
export interface Attempt {
  readonly event: APIGatewayRequestAuthorizerEvent;
  readonly requestId: string;
  readonly token: string;
}

let count = 0;

export function toAttempt(row: Attempted, world: AttackWorld): Attempt {
  count += 1;
  const requestId = `request-${count}`;
  const token = row.token(world);
  const { headers, changes } = row.sent?.(token) ?? {};
  const plain = anAuthorizerEvent([`Bearer ${token}`]);
  const event = {
    ...plain,
    requestContext: { ...plain.requestContext, extendedRequestId: requestId },
    ...(headers === undefined ? {} : { headers: toLast(headers), multiValueHeaders: headers }),
    ...changes,
  };
  return { event: event as APIGatewayRequestAuthorizerEvent, requestId, token };
}

/** The header map that keeps the last value of each. */
const toLast = (headers: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.at(-1)]));

/** What came of an attempt: the answer that API Gateway gets, and what the log says. */
export interface Verdict {
  /** `Unauthorized`, another error's message, or `accepted`. */
  readonly answer: string;
  readonly reason: unknown;
  readonly issuer: unknown;
}
