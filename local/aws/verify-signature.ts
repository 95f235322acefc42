import { createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import { sha256, toCanonicalRequest } from './canonical-request.ts';
import type { AwsRequest } from './exchange.ts';
import { fromBasicTime, type SignatureParameters, toBasicTime } from './signature-parameters.ts';

/** STS and DynamoDB take a signature that's at most 15 minutes off, either way ("… - 15 min." in their answers). */
const skewMs = 15 * 60 * 1000;

export interface Scope {
  readonly service: string;
  readonly regions: readonly string[];
}

/** Checks all that needs no secret: when and for which region and service the request was signed. */
export function checkScope(signature: SignatureParameters, { service, regions }: Scope, nowMs: number): void {
  checkTime(signature.timestamp, nowMs);
  if (!signature.signedHeaders.includes('host')) {
    throw mismatch("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const { date, timestamp, terminator } = signature;
  const problems = [
    regions.includes(signature.region) ? '' : 'Credential should be scoped to a valid region. ',
    signature.service === service ? '' : `Credential should be scoped to correct service: '${service}'. `,
    terminator === 'aws4_request'
      ? ''
      : `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator.slice(0, 64)}'. `,
    timestamp.startsWith(`${date}T`)
      ? ''
      : `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date.slice(0, 64)}' != '${timestamp.slice(0, 8)}', from '${timestamp}'. `,
  ].join('');
  if (problems !== '') throw mismatch(problems);
}

function checkTime(timestamp: string, nowMs: number): void {
  const signedAt = fromBasicTime(timestamp);
  const now = toBasicTime(nowMs);
  if (Number.isNaN(signedAt)) {
    throw new AwsError(
      'IncompleteSignature',
      400,
      `Date must be in ISO-8601 'basic format'. Got '${timestamp}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  if (signedAt < nowMs - skewMs) {
    throw mismatch(
      `Signature expired: ${timestamp} is now earlier than ${toBasicTime(nowMs - skewMs)} (${now} - 15 min.)`,
    );
  }
  if (signedAt > nowMs + skewMs) {
    throw mismatch(
      `Signature not yet current: ${timestamp} is still later than ${toBasicTime(nowMs + skewMs)} (${now} + 15 min.)`,
    );
  }
}

/** Makes the signature again with the secret and compares. @throws AwsError SignatureDoesNotMatch */
export function checkSignature(
  request: AwsRequest,
  signature: SignatureParameters,
  secretAccessKey: string,
): void {
  // An AWS header outside the signature could be put in or changed by whoever passes the request on.
  const unsigned = [...request.headers.keys()].find(
    (name) =>
      name.startsWith('x-amz-') && name !== 'x-amzn-trace-id' && !signature.signedHeaders.includes(name),
  );
  if (unsigned !== undefined) {
    throw mismatch(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
  const expected = sign(request, signature, secretAccessKey);
  const presented = Buffer.from(signature.signature, 'utf8');
  if (presented.length !== expected.length || !timingSafeEqual(presented, expected)) {
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

function sign(request: AwsRequest, signature: SignatureParameters, secretAccessKey: string): Buffer {
  const { date, region, service, terminator, timestamp, signedHeaders } = signature;
  const stringToSign = [
    'AWS4-HMAC-SHA256',
    timestamp,
    `${date}/${region}/${service}/${terminator}`,
    sha256(toCanonicalRequest(request, signedHeaders)),
  ].join('\n');
  const key = [date, region, service, terminator].reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`);
  return Buffer.from(hmac(key, stringToSign).toString('hex'), 'utf8');
}

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const mismatch = (message: string): AwsError => new AwsError('SignatureDoesNotMatch', 403, message);
