import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod';
import { ProofExpiredError } from '../core/errors.ts';
import type { Principal } from '../core/principal.ts';

const principal = z.strictObject({
  issuer: z.string().min(1),
  subject: z.string().min(1),
  claims: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  mfa: z.boolean(),
  authTime: z.number().exactOptional(),
  issuedAt: z.number(),
  expiresAt: z.number(),
});

/**
 * The principal that the authorizer proved, once more checked for its age: the authorizer's answer may be older than
 * the function's turn.
 *
 * @throws ProofExpiredError; any other error means that the event is not the authorizer's and becomes a 500
 */
export function requirePrincipal(event: APIGatewayProxyEvent, nowMs: number): Principal {
  const text: unknown = event.requestContext.authorizer?.['principal'];
  if (typeof text !== 'string') throw new TypeError("the event has no principal of this broker's authorizer");
  const proven = parsePrincipal(text);
  if (proven.expiresAt <= nowMs / 1000) {
    throw new ProofExpiredError('the token expired while the request was under way; get a fresh one');
  }
  return proven;
}

/** Without the parser's error as its cause: that quotes claims, and causes are logged. */
function parsePrincipal(text: string): Principal {
  try {
    return principal.parse(JSON.parse(text));
  } catch {
    throw new TypeError("the event's principal is not as this broker's authorizer writes it");
  }
}
