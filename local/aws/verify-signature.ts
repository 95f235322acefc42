import { createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import { sha256, toCanonicalRequest } from './canonical-request.ts';
import type { AwsRequest } from './exchange.ts';
import { fromBasicTime, type SignatureParameters, toBasicTime } from './signature-parameters.ts';

export interface Scope {
  readonly service: string;
  readonly regions: readonly string[];
  /** How far off the time of a signature may be, either way, in minutes. @default 15, as STS and DynamoDB have it ("… - 15 min." in their answers) */
  readonly skewMinutes?: number;
}

/** Checks all that needs no secret: when and for which region and service the request was signed. */
export function checkScope(signature: SignatureParameters, scope: Scope, nowMs: number): void {
  const { service, regions, skewMinutes = 15 } = scope;
  checkTime(signature.timestamp, nowMs, skewMinutes);
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

function checkTime(timestamp: string, nowMs: number, skewMinutes: number): void {
  const skewMs = skewMinutes * 60_000;
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
      `Signature expired: ${timestamp} is now earlier than ${toBasicTime(nowMs - skewMs)} (${now} - ${skewMinutes} min.)`,
    );
  }
  if (signedAt > nowMs + skewMs) {
    throw mismatch(
      `Signature not yet current: ${timestamp} is still later than ${toBasicTime(nowMs + skewMs)} (${now} + ${skewMinutes} min.)`,
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
    sha256(toCanonicalRequest(request, { service, signedHeaders })),
  ].join('\n');
  const key = [date, region, service, terminator].reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`);
  return Buffer.from(hmac(key, stringToSign).toString('hex'), 'utf8');
}

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const mismatch = (message: string): AwsError => new AwsError('SignatureDoesNotMatch', 403, message);
