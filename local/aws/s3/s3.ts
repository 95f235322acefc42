import { createHash } from 'node:crypto';
import type { Faults } from '../../faults.ts';
import type { World } from '../../world.ts';
import type { Authenticate, Authentication } from '../authenticate.ts';
import { AwsError } from '../aws-error.ts';
import { decideCall, toFullDeniedMessage } from '../decide-call.ts';
import { type Answer, type AwsRequest, header, type Outcome } from '../exchange.ts';
import { meetFault } from '../fault-outcome.ts';
import type { BucketStore } from './bucket-store.ts';

export interface S3Options {
  readonly world: World;
  readonly store: BucketStore;
  readonly authenticate: Authenticate;
  readonly faults: Faults;
  readonly now: () => number;
  readonly closing: AbortSignal;
}

type Operation = 'GetObject' | 'PutObject';

interface Call {
  readonly operation: Operation;
  readonly bucketName: string;
  readonly key: string;
}

/** S3 as far as objects are put and read, by path-style addresses; no bucket has a policy, so that identities' decide. */
export function createS3(options: S3Options): (request: AwsRequest) => Promise<Outcome> {
  const { world, authenticate, faults, closing } = options;
  return async (request) => {
    try {
      const authentication = authenticate(request, { service: 's3', regions: [world.region] });
      requireOwnContent(request);
      const call = toCall(request);
      return await meetFault(faults.take('s3', call.operation), {
        process: async () => {
          try {
            return perform(request, call, { ...options, authentication });
          } catch (error) {
            return toErrorAnswer(error, request.requestId);
          }
        },
        refuse: (kind) => toErrorAnswer(toFault(kind), request.requestId),
        garbage: '<Error><Code>',
        contentType: 'application/xml',
        closing,
      });
    } catch (error) {
      return { kind: 'answer', answer: toErrorAnswer(error, request.requestId) };
    }
  };
}

/** The signature is over the digest that the header says: the content has to be that of the digest. */
function requireOwnContent(request: AwsRequest): void {
  const said = header(request, 'x-amz-content-sha256');
  const digest = createHash('sha256').update(request.body).digest('hex');
  if (said === digest) return;
  throw new AwsError(
    'XAmzContentSHA256Mismatch',
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
}

function toCall({ method, path, query }: AwsRequest): Call {
  const operation = method === 'GET' ? 'GetObject' : method === 'PUT' ? 'PutObject' : undefined;
  const [, bucketName = '', rest = ''] = /^\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/.exec(path) ?? [];
  const isPlain = [...new URLSearchParams(query)].every(
    ([name, value]) => name === 'x-id' && value === operation,
  );
  if (operation === undefined || rest === '' || !isPlain)
    throw new AwsError(
      'NotImplemented',
      501,
      'The embedded S3 has GetObject and PutObject, and nothing else',
    );
  return { operation, bucketName, key: decode(rest) };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError('InvalidURI', 400, "Couldn't parse the specified URI.");
  }
}

function perform(
  request: AwsRequest,
  { operation, bucketName, key }: Call,
  { store, now, authentication }: S3Options & { readonly authentication: Authentication },
): Answer {
  const owner = store.owner(bucketName);
  if (owner === undefined) throw new AwsError('NoSuchBucket', 404, 'The specified bucket does not exist');
  const call = { ...authentication, sourceIp: request.sourceIp, nowMs: now() };
  const access = { action: `s3:${operation}`, resource: `arn:aws:s3:::${bucketName}/${key}` };
  const outcome = decideCall(call, { ...access, resourceAccountId: owner });
  if (outcome.effect !== 'Allow')
    throw new AwsError('AccessDenied', 403, toFullDeniedMessage(call, { ...access, outcome }));
  const headers = { 'x-amz-request-id': request.requestId };
  if (operation === 'PutObject') {
    store.put(bucketName, key, request.body);
    return { status: 200, headers, body: '' };
  }
  const content = store.find(bucketName, key);
  if (content === undefined) throw new AwsError('NoSuchKey', 404, 'The specified key does not exist.');
  return { status: 200, headers: { ...headers, 'content-type': 'binary/octet-stream' }, body: content };
}

function toFault(kind: string): AwsError {
  if (kind === 'throttle') return new AwsError('SlowDown', 503, 'Please reduce your request rate.');
  if (kind === 'accessdenied') return new AwsError('AccessDenied', 403, 'Access Denied');
  return new AwsError('InternalError', 500, 'We encountered an internal error. Please try again.');
}

/** Source: S3 API reference, "Error responses". */
function toErrorAnswer(error: unknown, requestId: string): Answer {
  if (!(error instanceof AwsError)) throw error;
  const { code, status, message } = error;
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${text}</Message><RequestId>${requestId}</RequestId></Error>`,
  };
}
