import type { APIGatewayProxyEvent } from 'aws-lambda';
import { IdentityRefusedError } from '../core/authentication-errors.ts';
import { ProofExpiredError } from '../core/errors.ts';
import type { DeployedIamIssuer } from '../core/find-iam-issuer.ts';
import { parsePrincipal } from '../core/parse-principal.ts';
import type { Principal } from '../core/principal.ts';
import { toIamPrincipal } from '../core/to-iam-principal.ts';
import { apiPolicyVariable } from './api-policy-variable.ts';
import type { OwnApi } from './require-own-route.ts';

/**
 * The principal that the authorizer proved, once more checked for its age: the authorizer's answer may be older than
 * the function's turn.
 *
 * @throws ProofExpiredError; any other error means that the event is not the authorizer's and becomes a 500
 */
export function requirePrincipal(event: APIGatewayProxyEvent, nowMs: number): Principal {
  const text: unknown = event.requestContext.authorizer?.['principal'];
  if (typeof text !== 'string') throw new TypeError("the event has no principal of this broker's authorizer");
  const proven = parsePrincipal(parseJson(text));
  if (proven === undefined)
    throw new TypeError("the event's principal is not as this broker's authorizer writes it");
  if (proven.expiresAt <= nowMs / 1000) {
    throw new ProofExpiredError('the token expired while the request was under way; get a fresh one');
  }
  return proven;
}

/** Without the parser's error as its cause: that quotes claims, and causes are logged. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The principal whose signature API Gateway's IAM authorization checked: of `identity` alone, whatever else is there.
 *
 * @param options.issuer the one of type `iam`, where there is one
 * @throws IdentityRefusedError
 */
export function requireIamPrincipal(
  event: APIGatewayProxyEvent,
  {
    issuer,
    own,
    nowMs,
  }: { readonly issuer: DeployedIamIssuer | undefined; readonly own: OwnApi; readonly nowMs: number },
): Principal {
  requireSignedHeader(event);
  if (issuer === undefined) {
    throw new IdentityRefusedError('no-issuer', { detail: 'the configuration has no issuer of type iam' });
  }
  // `principalOrgId` is in API Gateway's events, and not in their published types.
  const identity: Readonly<Record<string, unknown>> = { ...event.requestContext.identity };
  const { userArn, caller, accountId, principalOrgId, accessKey, cognitoIdentityId } = identity;
  if (typeof userArn !== 'string' || typeof caller !== 'string' || typeof accountId !== 'string') {
    throw new IdentityRefusedError('unsigned', { detail: 'identity lacks userArn, caller or accountId' });
  }
  const proven = {
    ...{ userArn, caller, accountId },
    ...(typeof principalOrgId === 'string' ? { principalOrgId } : {}),
    ...(typeof accessKey === 'string' ? { accessKeyId: accessKey } : {}),
    ...(typeof cognitoIdentityId === 'string' ? { cognitoIdentityId } : {}),
  };
  const guardedProfile = findGuardedProfile(event, own);
  return toIamPrincipal(guardedProfile === undefined ? proven : { ...proven, guardedProfile }, issuer, nowMs);
}

/** A presigned URL is the signature to whoever has the URL: in a history, a log, a referrer. */
function requireSignedHeader({ multiValueQueryStringParameters }: APIGatewayProxyEvent): void {
  const names = Object.keys(multiValueQueryStringParameters ?? {});
  if (names.some((name) => name.toLowerCase().startsWith('x-amz-')))
    throw new IdentityRefusedError('presigned', {
      detail: 'the signature is in the query, not in the header',
    });
}

function findGuardedProfile(
  { stageVariables, pathParameters }: APIGatewayProxyEvent,
  { apiPolicyId }: OwnApi,
): string | undefined {
  const isInForce = apiPolicyId !== undefined && stageVariables?.[apiPolicyVariable] === apiPolicyId;
  return isInForce ? pathParameters?.['profile'] : undefined;
}
