import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSdkSessionTokenRelay } from '../../../lambda/adapters/sdk-session-token-relay.ts';
import { parsePresignedSessionToken } from '../../../lambda/core/presigned-session-token.ts';
import {
  aPresignedQuery,
  presignedLimits,
  presignedParameters,
} from '../../support/a-presigned-session-token.ts';
import { secrets } from '../../support/an-issuance.ts';
import { type LoopbackServer, type Respond, startLoopbackServer } from '../../support/loopback-server.ts';
import { anStsAnswer, anStsError, sendXml, stsRequestId } from '../../support/sts-answers.ts';

let server: LoopbackServer;
/** Method and target of each request. */
const lines: string[] = [];
let clients = 0;

beforeAll(async () => {
  server = await startLoopbackServer();
});

beforeEach(() => {
  lines.length = 0;
});

afterAll(() => server.close());

const createRelay = () =>
  createSdkSessionTokenRelay({
    toClient: (signing) => {
      clients += 1;
      return new STSClient({
        ...signing,
        region: 'eu-west-1',
        // What the environment says of endpoints is for other calls.
        endpoint: 'http://127.0.0.1:1',
        maxAttempts: 1,
        requestHandler: { httpAgent: { keepAlive: false } },
        credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      });
    },
    timeoutMs: 400,
  });

const presigned = () =>
  parsePresignedSessionToken(`${server.url}/?${aPresignedQuery({ DurationSeconds: '900' })}`, {
    ...presignedLimits,
    origins: [server.url],
  });

function relay(respond: Respond) {
  server.respond((response, request) => {
    lines.push(`${request.method} ${request.url}`);
    respond(response, request);
  });
  return createRelay().getSessionToken(presigned());
}

const anAnswer = (changes: Parameters<typeof anStsAnswer>[0] = {}) =>
  anStsAnswer({ arn: undefined, assumedRoleId: undefined, packedPolicySize: undefined, ...changes })
    .replaceAll('AssumeRole', 'GetSessionToken')
    .replace('<AssumedRoleUser></AssumedRoleUser>', '');

describe('a relayed GetSessionToken', () => {
  it('is the request that the caller signed and nothing else', async () => {
    await relay(sendXml(200, anAnswer()));

    expect(lines.map(toParts)).toEqual([toParts(`GET /?${aPresignedQuery({ DurationSeconds: '900' })}`)]);
    const [request] = server.requests;
    expect(request?.body).toBe('');
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual(['connection', 'host']);
    expect(request?.headers.host).toBe(server.url.slice('http://'.length));
  });

  it('gives the session', async () => {
    expect(await relay(sendXml(200, anAnswer()))).toEqual({
      state: 'ISSUED',
      credentials: {
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        ...secrets,
        expiration: new Date('2026-01-01T00:15:00Z'),
      },
      requestId: stsRequestId,
    });
  });

  it('has a client of its own each time', async () => {
    const before = clients;

    await relay(sendXml(200, anAnswer()));
    await relay(sendXml(200, anAnswer()));

    expect(clients - before).toBe(2);
  });

  it.each([
    ['a refusal', sendXml(403, anStsError('AccessDenied')), { state: 'REFUSED', errorCode: 'AccessDenied' }],
    ['throttling', sendXml(400, anStsError('Throttling')), { state: 'FAILED', cause: 'throttled' }],
    ['a 500', sendXml(500, anStsError('InternalFailure')), { state: 'UNKNOWN' }],
    ['garbage', sendXml(200, '<<<'), { state: 'UNKNOWN', errorCode: 'UnreadableAnswer' }],
    ['an answer within an error’s text', sendXml(403, anStsError('', anAnswer())), { state: 'UNKNOWN' }],
    [
      'the answer within another element',
      sendXml(200, `<GetCallerIdentityResponse>${anAnswer()}</GetCallerIdentityResponse>`),
      { state: 'UNKNOWN' },
    ],
    ['another operation’s answer', sendXml(200, anStsAnswer()), { state: 'UNKNOWN' }],
    [
      'a long-term key',
      sendXml(200, anAnswer({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE' })),
      { state: 'UNKNOWN', errorCode: 'UnreadableAnswer' },
    ],
    ['a redirect', sendXml(307, '', { location: 'http://127.0.0.1:1/' }), { state: 'UNKNOWN' }],
    ['silence', () => undefined, { state: 'UNKNOWN' }],
    ['a connection that ends', (response) => response.destroy(), { state: 'UNKNOWN' }],
  ] satisfies readonly (readonly [string, Respond, object])[])(
    'is asked for once, whatever comes back: %s',
    async (_what, respond, expected) => {
      const answer = await relay(respond);

      expect(answer).toMatchObject(expected);
      expect(lines).toHaveLength(1);
      expect(JSON.stringify(answer)).not.toMatch(/canary/i);
    },
  );

  it('is in no error, though STS shows how it should have been signed', async () => {
    const { TokenCode, 'X-Amz-Signature': signature } = presignedParameters;
    const message = `does not match ${signature}. The Canonical String for this request should have been 'GET / ${aPresignedQuery().replaceAll('&', '&amp;')}'`;

    const answer = await relay(sendXml(403, anStsError('SignatureDoesNotMatch', message)));

    expect(answer).toMatchObject({ state: 'REFUSED', detail: expect.stringContaining('TokenCode=(code)') });
    expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${TokenCode}|c0ffee`));
  });
});

/** In which order parameters stand is none of the signature's business. */
const toParts = (line: string): readonly string[] => line.split(/[?&]/).sort();
