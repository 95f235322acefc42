import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSdkAuthorizationMessages } from '../../../lambda/adapters/sdk-authorization-messages.ts';
import { type LoopbackServer, type Respond, startLoopbackServer } from '../../support/loopback-server.ts';
import { anStsError, sendXml, stsRequestId } from '../../support/sts-answers.ts';

let server: LoopbackServer;

beforeAll(async () => {
  server = await startLoopbackServer();
});

afterAll(() => server.close());

const encodedMessage = 'CanaryMessage'.repeat(300);

function decode(respond: Respond) {
  server.respond(respond);
  const messages = createSdkAuthorizationMessages({
    toClient: () =>
      new STSClient({
        ...{ region: 'eu-west-1', endpoint: server.url, maxAttempts: 1 },
        requestHandler: { httpAgent: { keepAlive: false } },
        credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) },
      }),
    timeoutMs: 400,
  });
  return messages.decode(encodedMessage);
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const anAnswer = (message: string) =>
  `<DecodeAuthorizationMessageResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><DecodeAuthorizationMessageResult><DecodedMessage>${escaped(message)}</DecodedMessage></DecodeAuthorizationMessageResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DecodeAuthorizationMessageResponse>`;

describe('DecodeAuthorizationMessage', () => {
  it('gives the message as an object', async () => {
    const message = { allowed: false, context: { resource: 'a&b<c' } };

    expect(await decode(sendXml(200, anAnswer(JSON.stringify(message))))).toEqual({
      ...{ state: 'ISSUED', decodedMessage: message, requestId: stsRequestId },
    });
    expect(new URLSearchParams(server.requests[0]?.body).get('EncodedMessage')).toBe(encodedMessage);
  });

  it.each([
    ['no message', anAnswer('')],
    ['text', anAnswer('canary text')],
    ['half an object', anAnswer('{"canary":')],
    ['a list', anAnswer('["canary"]')],
    ['a string', anAnswer('"canary"')],
    ['null', anAnswer('null')],
    ['no answer', ''],
  ])('is unknown when it gives %s, of which nothing is in the detail', async (_what, body) => {
    const answer = await decode(sendXml(200, body));

    expect(answer).toMatchObject({ state: 'UNKNOWN', errorCode: 'UnreadableAnswer' });
    expect(JSON.stringify(answer)).not.toMatch(/canary/i);
  });

  it.each([
    ['InvalidAuthorizationMessageException', 400, { state: 'REFUSED' }],
    ['AccessDenied', 403, { state: 'REFUSED' }],
    ['Throttling', 400, { state: 'FAILED' }],
    ['InternalFailure', 500, { state: 'UNKNOWN' }],
  ])('answered with %s and %i is asked once', async (code, status, expected) => {
    expect(await decode(sendXml(status, anStsError(code)))).toMatchObject({ ...expected, errorCode: code });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['whole', encodedMessage],
    ['cut short', encodedMessage.slice(0, 100)],
    ['in part', `…${encodedMessage.slice(-40)}`],
  ])('leaves out of an error what it quotes of the message, %s', async (_how, quoted) => {
    const answer = await decode(
      sendXml(400, anStsError('ValidationError', `Value '${quoted}' at 'encodedMessage' failed`)),
    );

    expect(answer).toMatchObject({ state: 'REFUSED', detail: expect.stringContaining("Value '") });
    expect(JSON.stringify(answer)).not.toMatch(/canary/i);
  });
});
