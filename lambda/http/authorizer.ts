import type { APIGatewayAuthorizerWithContextResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { Authenticate } from '../core/authenticate.ts';
import { IssuerUnavailableError, TokenRefusedError } from '../core/authentication-errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Principal } from '../core/principal.ts';
import { toPrincipalId } from '../core/principal-id.ts';
import { sha256 } from '../core/sha256.ts';
import { findBearerToken } from './bearer-token.ts';

/** `principal` is the JSON of a `Principal`: API Gateway carries scalars only. */
export type AuthorizerResult = APIGatewayAuthorizerWithContextResult<{ readonly principal: string }>;

/**
 * API Gateway's side of authentication (Lambda authorizer of type REQUEST): allows exactly the method that the
 * event names, for the principal of its bearer token.
 *
 * Rejects with an Error of the message `Unauthorized`, which API Gateway makes 401; any other error is
 * AUTHORIZER_FAILURE, 503.
 */
export function createAuthorizer(options: {
  /** The one API and stage whose events are taken. */
  readonly apiId: string;
  readonly stage: string;
  readonly authenticate: Authenticate;
  readonly logger: Logger;
}): (event: APIGatewayRequestAuthorizerEvent) => Promise<AuthorizerResult> {
  const { authenticate, logger } = options;
  return async (event) => {
    const trace: Trace = { gatewayRequestId: event.requestContext?.extendedRequestId };
    try {
      requireOwnMethod(event, options);
      const token = requireBearerToken(event);
      trace.tokenSha256 = sha256(token).toString('hex');
      const principal = await authenticate(token);
      const result = toResult(event.methodArn, principal);
      logger.info('token accepted', {
        ...trace,
        issuer: principal.issuer,
        principalId: result.principalId,
      });
      return result;
    } catch (error) {
      throw toGatewayError(error, trace, logger);
    }
  };
}

/** What ties the lines of one request together. */
interface Trace {
  readonly gatewayRequestId: string | undefined;
  tokenSha256?: string;
}

/**
 * The ARN becomes a policy's resource, and a part of it is the path that the caller chose: what IAM reads as a
 * pattern or a variable there would allow more than this method.
 */
function requireOwnMethod(
  { type, methodArn }: APIGatewayRequestAuthorizerEvent,
  { apiId, stage }: { readonly apiId: string; readonly stage: string },
): void {
  const [, eventApiId, eventStage] =
    /^arn:[a-z-]+:execute-api:[a-z0-9-]+:\d{12}:([^/*?$]+)\/([^/*?$]+)\/[A-Z]+\/[^*?$]*$/.exec(methodArn) ??
    [];
  if (type === 'REQUEST' && eventApiId === apiId && eventStage === stage) return;
  throw new TokenRefusedError('foreign-method', {
    detail: 'methodArn is not one method of the API and stage of this function, without *, ? and $',
  });
}

function requireBearerToken(event: APIGatewayRequestAuthorizerEvent): string {
  const token = findBearerToken(event);
  if (token !== undefined) return token;
  throw new TokenRefusedError('authorization-header', {
    detail: 'not exactly one Authorization header of the form "Bearer <token>"',
  });
}

function toResult(methodArn: string, principal: Principal): AuthorizerResult {
  return {
    principalId: toPrincipalId(principal),
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }],
    },
    context: { principal: JSON.stringify(principal) },
  };
}

function toGatewayError(error: unknown, trace: Trace, logger: Logger): unknown {
  if (error instanceof TokenRefusedError) {
    const { reason, detail, issuer } = error;
    logger.warn('token refused', { ...trace, reason, detail, issuer });
    return new Error('Unauthorized');
  }
  const issuer = error instanceof IssuerUnavailableError ? { issuer: error.issuer } : {};
  logger.error('token could not be verified', { ...trace, ...issuer, cause: error });
  return error;
}
