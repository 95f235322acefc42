import { describe, expect, it } from '@jest/globals';
import { BrokerError } from '../../../lambda/core/errors.ts';
import { createRelaySessionTokenEndpoint } from '../../../lambda/endpoints/relay-session-token.ts';
import type { EndpointRequest } from '../../../lambda/http/endpoint.ts';
import { sessionTokenAnswer } from '../../../lambda/http/sts-schemas.ts';
import {
  aPresignedSessionToken,
  aPresignedUrl,
  presignedLimits,
} from '../../support/a-presigned-session-token.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIntent, anIssuedAnswer } from '../../support/an-issuance.ts';
import { badAddresses, badParameters } from '../core/tables/bad-presigned-urls.ts';

const { assumedRole: _, packedPolicySize: __, ...answer } = anIssuedAnswer();
const { profile: ___, sourceIdentity: ____, ...intent } = anIntent({ purpose: 'session-token' });

/** Answers, or refuses with a broker error; `asked` is what reached the use case. */
async function post(changes: Partial<EndpointRequest>) {
  const asked: unknown[] = [];
  const { origins, region, nowMs } = presignedLimits;
  const endpoint = createRelaySessionTokenEndpoint(
    async (...request) => {
      asked.push(request);
      return { intent, answer };
    },
    { origins, region, now: () => nowMs },
  );
  const request = {
    ...{ principal: aPrincipal(), origin: anOrigin(), pathParameters: {}, query: {} },
    body: { presignedUrl: aPresignedUrl() },
  };
  try {
    return { answer: await endpoint({ ...request, ...changes }), asked };
  } catch (error) {
    if (error instanceof BrokerError) return { error, asked };
    throw error;
  }
}

describe('POST session-tokens', () => {
  it('hands on what was presigned and why, as this principal from this origin', async () => {
    const { asked } = await post({ body: { presignedUrl: aPresignedUrl(), reason: 'incident 42' } });

    expect(asked).toEqual([
      [aPrincipal(), { presigned: aPresignedSessionToken(), reason: 'incident 42' }, anOrigin()],
    ]);
  });

  it('answers as its schema says, without a user', async () => {
    const { answer: given } = await post({});

    expect(given?.status).toBe(200);
    expect(sessionTokenAnswer.safeParse(given?.body).error).toBeUndefined();
    expect(given?.headers).toEqual({ 'Daypass-Issuance-Id': intent.id });
  });

  it('writes a section of its own into a credentials file', async () => {
    const { answer: given } = await post({ query: { format: ['ini'] } });

    expect(given?.body).toMatch(/^\[daypass-session\]\n/);
  });

  it.each([...badAddresses, ...badParameters])(
    'refuses %s before anybody is asked',
    async (_what, presignedUrl) => {
      const { error, asked } = await post({ body: { presignedUrl } });

      expect([error?.status, error?.code, asked]).toEqual([400, 'invalid-request', []]);
    },
  );

  it.each([
    ['no URL', {}],
    ['a URL that is a number', { presignedUrl: 1 }],
    ['a URL that is a list', { presignedUrl: [aPresignedUrl()] }],
    ['a URL that is an object', { presignedUrl: { href: aPresignedUrl() } }],
    ['a URL of 16 000 characters', { presignedUrl: `${aPresignedUrl()}${'x'.repeat(16_000)}` }],
    ['another key', { presignedUrl: aPresignedUrl(), durationSeconds: 900 }],
    ['a URL under another name', { url: aPresignedUrl() }],
    ['an empty reason', { presignedUrl: aPresignedUrl(), reason: '' }],
    ['the URL as the reason', { presignedUrl: aPresignedUrl(), reason: aPresignedUrl() }],
  ])('refuses %s, and repeats nothing', async (_what, body) => {
    const { error, asked } = await post({ body });

    expect([error?.status, asked]).toEqual([400, []]);
    expect(JSON.stringify([error?.message, error?.extensions])).not.toMatch(/c0ffee|123456|AKIA/);
  });

  it('refuses a format of nobody', async () => {
    expect((await post({ query: { format: ['xml'] } })).error?.status).toBe(400);
  });
});
