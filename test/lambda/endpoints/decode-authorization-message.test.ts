import { describe, expect, it } from '@jest/globals';
import { BrokerError } from '../../../lambda/core/errors.ts';
import { createDecodeAuthorizationMessageEndpoint } from '../../../lambda/endpoints/decode-authorization-message.ts';
import { authorizationMessageAnswer } from '../../../lambda/http/sts-schemas.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIntent } from '../../support/an-issuance.ts';

const decodedMessage = { allowed: false, explicitDeny: true };

/** Answers, or refuses with a broker error; `asked` is what reached the use case. */
async function post(body: Readonly<Record<string, unknown>>) {
  const asked: unknown[] = [];
  const endpoint = createDecodeAuthorizationMessageEndpoint(async (...request) => {
    asked.push(request);
    return { intent: anIntent(), answer: { state: 'ISSUED', decodedMessage, requestId: 'r' } };
  });
  const request = { principal: aPrincipal(), origin: anOrigin(), pathParameters: {}, query: {} };
  try {
    return { answer: await endpoint({ ...request, body }), asked };
  } catch (error) {
    if (error instanceof BrokerError) return { error, asked };
    throw error;
  }
}

describe('POST authorization-messages/decode', () => {
  it('hands on the message and the reason, and answers as its schema says', async () => {
    const body = { encodedMessage: 'x'.repeat(10_240), reason: 'incident 42' };

    const { answer, asked } = await post(body);

    expect(asked).toEqual([[aPrincipal(), body, anOrigin()]]);
    expect(answer).toEqual({
      status: 200,
      headers: { 'Daypass-Issuance-Id': anIntent().id },
      body: { IssuanceId: anIntent().id, DecodedMessage: decodedMessage },
    });
    expect(authorizationMessageAnswer.safeParse(answer?.body).error).toBeUndefined();
  });

  it.each([
    ['none', {}],
    ['an empty one', { encodedMessage: '' }],
    ['10 241 characters', { encodedMessage: 'canary'.padEnd(10_241, 'x') }],
    ['null', { encodedMessage: null }],
    ['a list', { encodedMessage: ['canary'] }],
    ['another key', { encodedMessage: 'canary', 'canary-key': 1 }],
    ['an empty reason', { encodedMessage: 'canary', reason: ' ' }],
  ])('refuses %s before anybody is asked, and repeats nothing', async (_what, body) => {
    const { error, asked } = await post(body);

    expect([error?.status, error?.code, asked]).toEqual([400, 'invalid-request', []]);
    expect(JSON.stringify([error?.message, error?.extensions])).not.toMatch(/canary/);
  });
});
