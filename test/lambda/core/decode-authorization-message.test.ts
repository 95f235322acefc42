import { describe, expect, it } from '@jest/globals';
import { createDecodeAuthorizationMessage } from '../../../lambda/core/decode-authorization-message.ts';
import type { DecodedMessage, StsAnswer } from '../../../lambda/core/ports.ts';
import { aConfiguration } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { issuePorts, refusalOf } from '../../support/issue-ports.ts';

const encodedMessage = 'CanaryEncodedMessage0123456789';
const decoded: StsAnswer<DecodedMessage> = {
  state: 'ISSUED',
  decodedMessage: { allowed: false, context: { action: 'canary:Action' } },
  requestId: 'r-1',
};

const trust = [
  {
    Sid: 'Alice',
    Effect: 'Allow',
    Principal: { Federated: 'okta' },
    Condition: { StringEquals: { 'daypass:Subject': 'alice@example.com' } },
  },
];

function aDecoding(
  options: {
    readonly section?: object | undefined;
    readonly answer?: StsAnswer<DecodedMessage>;
    readonly failing?: Parameters<typeof issuePorts>[1];
  } = {},
) {
  const { section = { trust }, answer = decoded } = options;
  const sections =
    'section' in options && options.section === undefined ? {} : { authorizationMessages: section };
  const { ports, calls, steps } = issuePorts(aConfiguration(sections), options.failing);
  const decode = createDecodeAuthorizationMessage({
    ...ports,
    messages: {
      decode: async (asked) => {
        calls.push({ asked });
        return answer;
      },
    },
  });
  return { decode, calls, steps };
}

const ask = ({ decode }: ReturnType<typeof aDecoding>, principal = aPrincipal(), reason?: string) =>
  decode(principal, { encodedMessage, ...(reason === undefined ? {} : { reason }) }, anOrigin());

describe('decoding', () => {
  it('decides, writes the intent, asks STS once, writes the outcome and shows it, in this order', async () => {
    const decoding = aDecoding();

    const { answer } = await ask(decoding, aPrincipal(), 'incident 42');

    expect(decoding.steps()).toEqual(['intent', 'asked', 'outcome']);
    expect(decoding.calls[1]).toEqual({ asked: encodedMessage });
    expect(answer).toBe(decoded);
  });

  it('writes down who asked and why, and neither message', async () => {
    const decoding = aDecoding();

    await ask(decoding, aPrincipal(), 'incident 42');

    const [intent, , outcome] = decoding.calls;
    expect(intent).toEqual({
      intent: {
        ...{ id: '01KDVDPJ000000000000000000', nonce: 'nonce', createdAt: '2026-01-01T00:00:00.000Z' },
        principal: { issuer: 'okta', subject: 'alice@example.com' },
        ...{ purpose: 'authorization-message', reason: 'incident 42', statement: 'Alice' },
        ...{ roleArns: [], sessionTags: {}, transitiveTagKeys: [], managedPolicyArns: [] },
        ...anOrigin(),
        region: 'eu-west-1',
        expiresAtSeconds: expect.any(Number),
      },
    });
    expect(outcome).toEqual({
      outcome: { state: 'ISSUED', finishedAt: '2026-01-01T00:00:00.000Z', stsRequestId: 'r-1' },
    });
    expect(JSON.stringify([intent, outcome])).not.toMatch(/canary/i);
  });

  it('decides by the reason too', async () => {
    const Condition = { StringLike: { 'daypass:Reason': 'INC-*' } };
    const section = { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' }, Condition }] };

    const [named, other] = [aDecoding({ section }), aDecoding({ section })];
    await ask(named, aPrincipal(), 'INC-42');
    await refusalOf(ask(other, aPrincipal(), 'why not'));

    expect([named.steps(), other.steps()]).toEqual([['intent', 'asked', 'outcome'], ['denial']]);
  });

  it.each([
    ['somebody else', {}, aPrincipal({ subject: 'bob@example.com' }), 'no statement'],
    ['somebody of another case', {}, aPrincipal({ subject: 'Alice@example.com' }), 'no statement'],
    ['another issuer’s', {}, aPrincipal({ issuer: 'aws' }), 'no statement'],
    ['anybody where there is no section', { section: undefined }, aPrincipal(), 'has no section'],
  ])('is not for %s: a DENIED row, and STS is not asked', async (_who, options, principal, detail) => {
    const decoding = aDecoding(options);

    const refusal = await refusalOf(ask(decoding, principal));

    expect([refusal.status, refusal.code, decoding.steps()]).toEqual([403, 'access-denied', ['denial']]);
    expect(decoding.calls[0]).toMatchObject({
      denial: { purpose: 'authorization-message', detail: expect.stringContaining(detail) },
    });
    expect(JSON.stringify([decoding.calls, refusal])).not.toMatch(/canary/i);
  });

  it.each([
    ['InvalidAuthorizationMessageException', 400, 'invalid-authorization-message'],
    ['AccessDenied', 403, 'refused-by-sts'],
    ['ValidationError', 403, 'refused-by-sts'],
  ])('says of %s: %i %s', async (errorCode, status, code) => {
    const decoding = aDecoding({ answer: { state: 'REFUSED', errorCode, detail: 'no' } });

    const refusal = await refusalOf(ask(decoding));

    expect([refusal.status, refusal.code]).toEqual([status, code]);
    expect(decoding.calls.at(-1)).toMatchObject({ outcome: { state: 'REFUSED', errorCode } });
  });

  it.each(['intent', 'outcome'] as const)('shows nothing where the %s is not durable', async (at) => {
    await expect(ask(aDecoding({ failing: { at } }))).rejects.toThrow('the audit cannot be written');
  });
});
