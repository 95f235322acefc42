import { describe, expect, it } from '@jest/globals';
import type { StsAnswer } from '../../../lambda/core/ports.ts';
import { createRelaySessionToken } from '../../../lambda/core/relay-session-token.ts';
import { aConfiguration } from '../../support/a-configuration.ts';
import {
  aPresignedSessionToken,
  longTermKeyId,
  type PresignedName,
  presignedParameters,
} from '../../support/a-presigned-session-token.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIssuedAnswer } from '../../support/an-issuance.ts';
import { issuePorts, refusalOf } from '../../support/issue-ports.ts';

const trust = [
  {
    Sid: 'Users',
    Effect: 'Allow',
    Principal: { Federated: 'aws' },
    Condition: { StringEquals: { 'aws:PrincipalAccount': '222222222222' } },
  },
];

const aSection = (changes: object = {}) =>
  aConfiguration({
    issuers: {
      okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
      aws: { type: 'iam', accounts: ['222222222222', '333333333333'] },
    },
    sessionTokens: { trust, ...changes },
  });

const developer = 'arn:aws:iam::222222222222:user/developer';

const aUser = (aws: object = {}) =>
  aPrincipal({
    ...{ issuer: 'aws', subject: developer, mfa: false, claims: { principalType: 'User' } },
    aws: { accountId: '222222222222', accessKeyId: longTermKeyId, ...aws },
  });

const { assumedRole: _, packedPolicySize: __, ...given } = anIssuedAnswer();

function aRelay(
  options: {
    readonly configuration?: ReturnType<typeof aConfiguration>;
    readonly answer?: StsAnswer;
    readonly failing?: Parameters<typeof issuePorts>[1];
  } = {},
) {
  const { configuration = aSection(), answer = given } = options;
  const { ports, calls, steps } = issuePorts(configuration, options.failing);
  const relay = createRelaySessionToken({
    ...ports,
    relay: {
      getSessionToken: async (asked) => {
        calls.push({ asked });
        return answer;
      },
    },
  });
  return { relay, calls, steps };
}

const ask = (
  { relay }: ReturnType<typeof aRelay>,
  changes: Partial<Record<PresignedName, string>> = {},
  { principal = aUser(), reason }: { principal?: ReturnType<typeof aUser>; reason?: string } = {},
) =>
  relay(
    principal,
    { presigned: aPresignedSessionToken(changes), ...(reason === undefined ? {} : { reason }) },
    anOrigin(),
  );

const ofKey = (accessKeyId: string) => ({
  'X-Amz-Credential': presignedParameters['X-Amz-Credential'].replace(longTermKeyId, accessKeyId),
});

describe('relaying', () => {
  it('decides, writes the intent, asks STS once, writes the outcome and releases, in this order', async () => {
    const relay = aRelay();

    const { answer } = await ask(relay, { DurationSeconds: '900' }, { reason: 'incident 42' });

    expect(relay.steps()).toEqual(['intent', 'asked', 'outcome']);
    expect(answer).toBe(given);
    expect(relay.calls[1]).toEqual({ asked: aPresignedSessionToken({ DurationSeconds: '900' }) });
  });

  it('writes down who asked and for how long, that it is not enforced, and nothing of the request', async () => {
    const relay = aRelay();

    await ask(relay, { DurationSeconds: '900' }, { reason: 'incident 42' });

    expect(relay.calls[0]).toEqual({
      intent: {
        ...{ id: '01KDVDPJ000000000000000000', nonce: 'nonce', createdAt: '2026-01-01T00:00:00.000Z' },
        principal: { issuer: 'aws', subject: developer },
        ...{ purpose: 'session-token', mechanism: 'session-token', enforcement: 'recorded' },
        ...{ requestedDurationSeconds: 900, durationSeconds: 900, reason: 'incident 42' },
        ...{ roleArns: [], sessionTags: {}, transitiveTagKeys: [], managedPolicyArns: [] },
        ...anOrigin(),
        region: 'eu-west-1',
        callerAccessKeyId: 'AKIAI44QH8DHBEXAMPLE',
        statement: 'Users',
        expiresAtSeconds: expect.any(Number),
      },
    });
    const rows = JSON.stringify(relay.calls.filter((call) => !('asked' in call)));
    expect(rows).not.toMatch(/c0ffee|123456|mfa\/|X-Amz|Canary/);
  });

  it('counts a request without a duration as one for twelve hours', async () => {
    const relay = aRelay();

    await ask(relay);

    expect(relay.calls[0]).toMatchObject({ intent: { durationSeconds: 43_200 } });
    expect(relay.calls[0]).not.toHaveProperty('intent.requestedDurationSeconds');
  });

  it.each([
    [{ maxSeconds: 3600 }, '3600'],
    [{ maxSeconds: 3600 }, '900'],
    [{ maxSeconds: 129_600 }, '129600'],
    [{ maxSeconds: 129_600 }, undefined],
    [{ maxSeconds: 43_200 }, undefined],
    [{}, '43200'],
  ])('of at most %j takes %s', async (duration, seconds) => {
    const relay = aRelay({ configuration: aSection({ duration }) });

    await ask(relay, seconds === undefined ? {} : { DurationSeconds: seconds });

    expect(relay.steps()).toEqual(['intent', 'asked', 'outcome']);
  });

  it.each([
    [{ maxSeconds: 3600 }, '3601', 'DurationSeconds is 3601; session tokens are given for 900–3600'],
    [{ maxSeconds: 43_199 }, undefined, 'no DurationSeconds, for which AWS STS gives 43200'],
    [{}, '43201', '900–43200'],
    [{ maxSeconds: 900 }, '129600', '900–900'],
  ])('of at most %j refuses %s, without a row and without STS', async (duration, seconds, message) => {
    const relay = aRelay({ configuration: aSection({ duration }) });

    const refusal = await refusalOf(ask(relay, seconds === undefined ? {} : { DurationSeconds: seconds }));

    expect([refusal.code, relay.calls]).toEqual(['duration-out-of-range', []]);
    expect(refusal.message).toContain(message);
  });

  it('decides by the duration and the reason too', async () => {
    const Condition = {
      NumericLessThanEquals: { 'daypass:RequestedDuration': '3600' },
      StringLike: { 'daypass:Reason': 'INC-*' },
    };
    const configuration = aSection({
      trust: [{ Effect: 'Allow', Principal: { Federated: 'aws' }, Condition }],
    });
    const asked = async (seconds: string | undefined, reason: string | undefined) => {
      const relay = aRelay({ configuration });
      const changes = seconds === undefined ? {} : { DurationSeconds: seconds };
      await ask(relay, changes, reason === undefined ? {} : { reason }).catch(() => undefined);
      return relay.steps();
    };

    expect(await asked('3600', 'INC-42')).toEqual(['intent', 'asked', 'outcome']);
    expect(await asked('3601', 'INC-42')).toEqual(['denial']);
    expect(await asked(undefined, 'INC-42')).toEqual(['denial']);
    expect(await asked('3600', 'why not')).toEqual(['denial']);
    expect(await asked('3600', undefined)).toEqual(['denial']);
  });
});

describe('nobody is relayed', () => {
  const other = 'AKIAIOSFODNN7EXAMPLE';
  const session = longTermKeyId.replace('AKIA', 'ASIA');

  it.each([
    ['another’s key', {}, aUser({ accessKeyId: other }), 'is of key AKIAI44QH8DHBEXAMPLE'],
    ['a key that begins alike', {}, aUser({ accessKeyId: `${longTermKeyId}0` }), 'is of key'],
    ['a key of another case', {}, aUser({ accessKeyId: longTermKeyId.toLowerCase() }), 'is of key'],
    ['an empty key', {}, aUser({ accessKeyId: '' }), 'is of key'],
    ['a session of the call', {}, aUser({ accessKeyId: session }), 'is of key'],
    ['a session of the request', ofKey(session), aUser(), 'is of key'],
    ['one session of both', ofKey(session), aUser({ accessKeyId: session }), 'is not a long-term key'],
    [
      'a role’s id for a key',
      ofKey('AROA3XFRBF535PLBIFPI4'),
      aUser({ accessKeyId: 'AROA3XFRBF535PLBIFPI4' }),
      'is not a long-term key',
    ],
    [
      'another account',
      {},
      aUser({ accountId: '333333333333' }),
      'no statement of the section sessionTokens',
    ],
    [
      'a principal without a key',
      {},
      aPrincipal({ issuer: 'aws', aws: { accountId: '222222222222' } }),
      'a key that is not known',
    ],
    ['a token', {}, aPrincipal(), 'no statement of the section sessionTokens'],
  ])('with %s: a DENIED row, and STS is not asked', async (_what, changes, principal, detail) => {
    const relay = aRelay();

    const refusal = await refusalOf(ask(relay, changes, { principal }));

    expect([refusal.status, refusal.code, relay.steps()]).toEqual([403, 'access-denied', ['denial']]);
    expect(relay.calls[0]).toMatchObject({
      denial: { purpose: 'session-token', detail: expect.stringContaining(detail) },
    });
    // No statement denied.
    expect(relay.calls[0]).not.toHaveProperty('denial.statement');
    expect(JSON.stringify([relay.calls, refusal.message, refusal.extensions])).not.toMatch(/c0ffee|123456/);
  });

  it('where there is no section, whoever asks reads the same as whoever is not trusted', async () => {
    const none = aRelay({ configuration: aConfiguration() });
    const untrusting = aRelay();

    const [first, second] = await Promise.all([
      refusalOf(ask(none)),
      refusalOf(ask(untrusting, {}, { principal: aUser({ accountId: '333333333333' }) })),
    ]);

    expect([first.code, none.steps()]).toEqual(['access-denied', ['denial']]);
    expect(none.calls[0]).toMatchObject({
      denial: { detail: 'the configuration has no section sessionTokens' },
    });
    expect(first.message).toBe(second.message);
  });

  it('whom a statement denies, though another allows', async () => {
    const configuration = aSection({
      trust: [...trust, { Sid: 'NotNow', Effect: 'Deny', Principal: '*' }],
    });
    const relay = aRelay({ configuration });

    const { code } = await refusalOf(ask(relay));

    expect(code).toBe('access-denied');
    expect(relay.calls).toMatchObject([{ denial: { statement: 'NotNow' } }]);
  });

  it('before the intent is durable', async () => {
    const relay = aRelay({ failing: { at: 'intent' } });

    await expect(ask(relay)).rejects.toThrow('the audit cannot be written');
    expect(relay.steps()).toEqual(['intent']);
  });

  it('whose outcome is not durable: nothing is released', async () => {
    const relay = aRelay({ failing: { at: 'outcome' } });

    await expect(ask(relay)).rejects.toThrow('the audit cannot be written');
    expect(relay.steps()).toEqual(['intent', 'asked', 'outcome']);
  });
});
