import type { Authenticate, Authentication } from '../aws/authenticate.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { AwsRequest } from '../aws/exchange.ts';
import { GatewayRefusal } from './gateway-refusal.ts';
import { type GatewayRequest, headerValue } from './read-request.ts';

/** Who signed a request, in the words of `requestContext.identity`. */
export interface GatewayIdentity {
  readonly accessKey: string;
  readonly accountId: string;
  /** `AIDA…` of a user, `AROA…:<session>` of a role's session, `<account>:<name>` of a federated user. */
  readonly caller: string;
  readonly user: string;
  readonly userArn: string;
  readonly principalOrgId: string | null;
}

/** "Signature expired: … (… - 5 min.)" is what API Gateway answers. */
const skewMinutes = 5;

/**
 * Proves who signed a request, by header or by query, as API Gateway's IAM authorization does.
 *
 * @throws GatewayRefusal
 */
export function authenticateRequest(
  request: GatewayRequest,
  body: Buffer,
  { authenticate, region }: { readonly authenticate: Authenticate; readonly region: string },
): Authentication {
  try {
    return authenticate(toAwsRequest(request, body), {
      service: 'execute-api',
      regions: [region],
      skewMinutes,
    });
  } catch (error) {
    if (error instanceof AwsError) throw toRefusal(error, request);
    throw error;
  }
}

export const toGatewayIdentity = ({ caller, organizationId }: Authentication): GatewayIdentity => ({
  accessKey: caller.accessKeyId,
  accountId: caller.accountId,
  caller: caller.id,
  user: caller.id,
  userArn: caller.arn,
  principalOrgId: organizationId ?? null,
});

const toAwsRequest = (request: GatewayRequest, body: Buffer): AwsRequest => ({
  method: request.method,
  path: request.path,
  query: request.query,
  headers: new Map(Object.entries(request.headers).map(([name, values]) => [name.toLowerCase(), values])),
  body,
  sourceIp: request.sourceIp,
  requestId: request.requestId,
});

function toRefusal({ code, message }: AwsError, { headers }: GatewayRequest): GatewayRefusal {
  switch (code) {
    case 'MissingAuthenticationToken':
      // A bearer token, say: API Gateway reads whatever stands there as a signature that is incomplete.
      return headerValue(headers, 'authorization')
        ? new GatewayRefusal('INVALID_SIGNATURE', 'the Authorization header is no signature')
        : new GatewayRefusal('MISSING_AUTHENTICATION_TOKEN', message);
    case 'ExpiredToken':
      return new GatewayRefusal('EXPIRED_TOKEN', message);
    case 'InvalidClientTokenId':
      // UnrecognizedClientException, which no type of gateway response is documented for.
      return new GatewayRefusal('ACCESS_DENIED', message);
    default:
      return new GatewayRefusal('INVALID_SIGNATURE', `${code}: ${message}`);
  }
}
