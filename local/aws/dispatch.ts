import { AwsError } from './aws-error.ts';
import { parseQuery } from './canonical-request.ts';
import { type AwsRequest, header, type Outcome } from './exchange.ts';
import { federationPath } from './federation/federation.ts';
import { toErrorXml, xmlAnswer } from './sts/xml.ts';

export interface Services {
  readonly sts: (request: AwsRequest) => Promise<Outcome>;
  readonly dynamodb: (request: AwsRequest) => Promise<Outcome>;
  readonly kms: (request: AwsRequest) => Promise<Outcome>;
  readonly iam: (request: AwsRequest) => Promise<Outcome>;
  readonly secretsManager: (request: AwsRequest) => Promise<Outcome>;
  readonly lambda: (request: AwsRequest) => Promise<Outcome>;
  readonly s3: (request: AwsRequest) => Promise<Outcome>;
  readonly events: (request: AwsRequest) => Promise<Outcome>;
  readonly federation: (request: AwsRequest) => Promise<Outcome>;
}

/**
 * Sends a request to its service: a JSON protocol names it in `x-amz-target`, any other in the scope of the signature.
 * Neither is proven here; each service checks the scope again.
 */
export async function dispatch(request: AwsRequest, services: Services): Promise<Outcome> {
  if (request.path === federationPath) return services.federation(request);
  const target = header(request, 'x-amz-target');
  if (target?.startsWith('DynamoDB_')) return services.dynamodb(request);
  if (target?.startsWith('TrentService.')) return services.kms(request);
  if (target?.startsWith('secretsmanager.')) return services.secretsManager(request);
  if (target?.startsWith('AWSEvents.')) return services.events(request);
  const service = signedService(request);
  // STS has calls that nobody signs, so it takes what has no scope.
  if (target === undefined && (service === undefined || service === 'sts')) return services.sts(request);
  if (service === 'dynamodb') return services.dynamodb(request);
  if (service === 'kms') return services.kms(request);
  if (service === 'secretsmanager') return services.secretsManager(request);
  if (target === undefined && service === 'iam') return services.iam(request);
  if (target === undefined && service === 'lambda') return services.lambda(request);
  if (target === undefined && service === 's3') return services.s3(request);
  const name = (target ?? service ?? '').slice(0, 64);
  const error = new AwsError(
    'NotImplemented',
    501,
    `The embedded AWS has sts, dynamodb, kms, iam, secretsmanager, lambda, s3 and events, not ${name}`,
  );
  const answer = xmlAnswer(501, toErrorXml(error, request.requestId), request.requestId);
  return { kind: 'answer', answer };
}

function signedService(request: AwsRequest): string | undefined {
  const authorization = header(request, 'authorization');
  const credential =
    authorization === undefined
      ? parseQuery(request.query).find(([name]) => name === 'X-Amz-Credential')?.[1]
      : /Credential=([^,\s]+)/.exec(authorization)?.[1];
  return credential?.split('/')[3];
}
