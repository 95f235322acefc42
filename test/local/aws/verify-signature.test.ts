import { describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import * as fc from 'fast-check';
import type { AwsRequest } from '../../../local/aws/exchange.ts';
import { parseSignatureParameters } from '../../../local/aws/signature-parameters.ts';
import { checkScope, checkSignature } from '../../../local/aws/verify-signature.ts';
import { Sha256 } from './sha256.ts';

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey };
const nowMs = Date.parse('2026-03-01T12:00:00Z');
const signer = new SignatureV4({ credentials, region: 'eu-west-1', service: 'sts', sha256: Sha256 });
const scope = { service: 'sts', regions: ['eu-west-1'] };

interface Sketch {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const toHttp = ({ method, path, query, headers, body }: Sketch) => ({
  method,
  protocol: 'http:',
  hostname: '127.0.0.1',
  path,
  query,
  headers: { host: '127.0.0.1:4566', ...headers },
  body,
});

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

async function signed(sketch: Sketch, presign = false): Promise<AwsRequest> {
  const http = toHttp(sketch);
  const signingDate = new Date(nowMs);
  const out = presign
    ? await signer.presign(http, { signingDate, expiresIn: 900 })
    : await signer.sign(http, { signingDate });
  const query = Object.entries(out.query ?? {}).map(
    ([name, value]) => `${encode(name)}=${encode(String(value))}`,
  );
  return {
    method: out.method,
    path: out.path,
    query: query.join('&'),
    headers: new Map(Object.entries(out.headers).map(([name, value]) => [name.toLowerCase(), [value]])),
    body: Buffer.from(sketch.body),
    sourceIp: '127.0.0.1',
    requestId: 'r',
  };
}

function verify(request: AwsRequest, now = nowMs): void {
  const parameters = parseSignatureParameters(request);
  checkScope(parameters, scope, now);
  checkSignature(request, parameters, secretAccessKey);
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const segment = fc.string({ unit: fc.constantFrom(...'abzAZ09-._~%2F!*()@:+ é'), maxLength: 8 });
const sketches: fc.Arbitrary<Sketch> = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  path: fc.array(segment, { maxLength: 3 }).map((parts) => `/${parts.map(encode).join('/')}`),
  query: fc.dictionary(
    // The SDK's signer gathers the query in an ordinary object, which loses this one name: it is sent unsigned.
    text.filter((name) => name !== '' && name !== '__proto__' && !/^x-amz-/i.test(name)),
    text,
    { maxKeys: 4 },
  ),
  headers: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,6}$/), fc.stringMatching(/^[ !-~]{0,12}$/), {
    maxKeys: 3,
  }),
  body: text,
});

describe('checkSignature', () => {
  it('takes whatever the SDK signs', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, async (sketch) => {
        verify(await signed(sketch));
      }),
      { numRuns: 300 },
    );
  });

  it('takes whatever the SDK presigns', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, async (sketch) => {
        verify(await signed({ ...sketch, headers: {} }, true));
      }),
      { numRuns: 200 },
    );
  });

  const sketch: Sketch = {
    method: 'POST',
    path: '/',
    query: {},
    headers: { 'x-one': '1' },
    body: 'Action=A',
  };

  it.each<readonly [string, (request: AwsRequest) => AwsRequest]>([
    ['another body', (request) => ({ ...request, body: Buffer.from('Action=B') })],
    ['another method', (request) => ({ ...request, method: 'GET' })],
    ['another path', (request) => ({ ...request, path: '/x' })],
    ['a further query parameter', (request) => ({ ...request, query: 'Action=B' })],
    ['a further query parameter __proto__', (request) => ({ ...request, query: '__proto__=' })],
    ['another signed header', (request) => withHeader(request, 'x-one', '2')],
    ['another host', (request) => withHeader(request, 'host', 'evil.example')],
    ['another date', (request) => withHeader(request, 'x-amz-date', '20260301T120001Z')],
    ['an AWS header outside the signature', (request) => withHeader(request, 'x-amz-target', 'X.Y')],
    ['a session token outside the signature', (request) => withHeader(request, 'x-amz-security-token', 't')],
    ['an empty signature', (request) => replaceSignature(request, '')],
    ['a shorter signature', (request) => replaceSignature(request, 'abc')],
    ['another signature', (request) => replaceSignature(request, '0'.repeat(64))],
    ['a longer signature', (request) => replaceSignature(request, '0'.repeat(66))],
  ])('refuses %s', async (_name, change) => {
    const changed = change(await signed(sketch));

    expect(() => verify(changed)).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^(SignatureDoesNotMatch|IncompleteSignature)$/),
      }),
    );
  });

  it.each([
    ['in time', 0, 'taken'],
    ['15 minutes late', 15 * 60, 'taken'],
    ['15 minutes early', -15 * 60, 'taken'],
    [
      'a second more late',
      15 * 60 + 1,
      'Signature expired: 20260301T120000Z is now earlier than 20260301T120001Z (20260301T121501Z - 15 min.)',
    ],
    [
      'a second more early',
      -15 * 60 - 1,
      'Signature not yet current: 20260301T120000Z is still later than 20260301T115959Z (20260301T114459Z + 15 min.)',
    ],
  ])('looks at the clock: %s', async (_name, seconds, expected) => {
    const request = await signed(sketch);
    const attempt = () => verify(request, nowMs + seconds * 1000);

    if (expected === 'taken') expect(attempt).not.toThrow();
    else expect(attempt).toThrow(expected);
  });

  it('never throws anything but a refusal, whatever the Authorization header', () => {
    const header = fc.oneof(
      text,
      fc
        .array(
          fc.constantFrom(
            'Credential=',
            'SignedHeaders=',
            'Signature=',
            'a/20260301/eu-west-1/sts/aws4_request',
            'host',
            ',',
            ';',
            '=',
            ' ',
          ),
          { maxLength: 12 },
        )
        .map((parts) => `AWS4-HMAC-SHA256 ${parts.join('')}`),
    );
    fc.assert(
      fc.property(
        header,
        fc.constantFrom('20260301T120000Z', '20269999T999999Z', ''),
        (authorization, date) => {
          const headers = new Map([
            ['authorization', [authorization]],
            ['x-amz-date', [date]],
            ['host', ['h']],
          ]);
          const request = {
            method: 'POST',
            path: '/',
            query: '',
            headers,
            body: Buffer.alloc(0),
            sourceIp: '',
            requestId: '',
          };
          expect(() => verify(request)).toThrow(expect.objectContaining({ name: 'AwsError' }));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('checkScope', () => {
  it.each([
    ['another region', 'eu-west-1/sts', 'us-east-1/sts', 'Credential should be scoped to a valid region. '],
    [
      'another service',
      'eu-west-1/sts',
      'eu-west-1/dynamodb',
      "Credential should be scoped to correct service: 'sts'. ",
    ],
    [
      'both',
      'eu-west-1/sts',
      'us-east-1/s3',
      "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'sts'. ",
    ],
    ['another terminator', 'aws4_request', 'aws5_request', "valid terminator: 'aws4_request'"],
    ['another day', '/20260301/', '/20260302/', "'20260302' != '20260301'"],
    ['an unsigned host', 'SignedHeaders=host;', 'SignedHeaders=', "'Host' must be a 'SignedHeader'"],
  ])('refuses %s', async (_name, from, to, message) => {
    const request = await signed({ method: 'POST', path: '/', query: {}, headers: {}, body: '' });
    const changed = withHeader(request, 'authorization', authorizationOf(request).replace(from, to));

    expect(() => verify(changed)).toThrow(message);
  });
});

const authorizationOf = (request: AwsRequest): string => request.headers.get('authorization')?.[0] ?? '';

const withHeader = (request: AwsRequest, name: string, value: string): AwsRequest => ({
  ...request,
  headers: new Map([...request.headers, [name, [value]]]),
});

const replaceSignature = (request: AwsRequest, signature: string): AwsRequest =>
  withHeader(
    request,
    'authorization',
    authorizationOf(request).replace(/Signature=.*/, `Signature=${signature}`),
  );
