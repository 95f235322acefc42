import { describe, expect, it } from '@jest/globals';
import { BrokerError, ConsoleUnavailableError } from '../../../lambda/core/errors.ts';
import { createOpenConsole, type OpenConsoleRequest } from '../../../lambda/core/open-console.ts';
import type { Credentials, SigninAnswer } from '../../../lambda/core/ports.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIssuedAnswer, secrets } from '../../support/an-issuance.ts';
import { anIssuing } from '../../support/issuing.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

const firstId = '01KDVDPJ000000000000000000';
const destination = 'https://console.aws.amazon.com/s3/home?region=eu-west-1#a=b&c';
const given: SigninAnswer = { state: 'GIVEN', signinToken: 'Canary+Signin/Token==&Destination=x' };
const failed: SigninAnswer = { state: 'FAILED', detail: 'the endpoint answers 500' };

/** The real use cases, with a federation endpoint that writes down what it is asked. */
function anOpening({ issuing = anIssuing(), signin = given } = {}) {
  const asked: Credentials[] = [];
  const stepsWhenAsked: unknown[] = [];
  const openConsole = createOpenConsole({
    issueCredentials: issuing.issueCredentials,
    federation: {
      getSigninToken: async (credentials) => {
        asked.push(credentials);
        stepsWhenAsked.push(...issuing.steps());
        return signin;
      },
    },
    federationUrl: 'https://eu-west-1.signin.aws.amazon.com/federation',
    url: 'https://daypass.example.com/prod',
    now: () => nowMs,
  });
  const open = (request: Partial<OpenConsoleRequest> = {}, principal = aPrincipal()) =>
    openConsole(principal, { profile: 'browsed', destination, ...request }, anOrigin());
  return { issuing, asked, stepsWhenAsked, open };
}

async function refusalOf(opened: Promise<unknown>): Promise<BrokerError> {
  const refusal = await opened.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refusal instanceof BrokerError) return refusal;
  throw new Error('was not refused');
}

describe('a console link', () => {
  it('leads through the sign-in to the destination, with the token and the broker as issuer', async () => {
    const { signinUrl } = await anOpening().open();

    const { origin, pathname, searchParams, hash } = new URL(signinUrl);
    expect(`${origin}${pathname}${hash}`).toBe('https://eu-west-1.signin.aws.amazon.com/federation');
    expect([...searchParams]).toEqual([
      ['Action', 'login'],
      ['Issuer', 'https://daypass.example.com/prod'],
      ['Destination', destination],
      ['SigninToken', 'Canary+Signin/Token==&Destination=x'],
    ]);
  });

  it('is issued like credentials, which go to the federation endpoint once the outcome is written', async () => {
    const { issuing, asked, stepsWhenAsked, open } = anOpening();

    await open({ durationSeconds: 1200, reason: 'incident 42' });

    expect(stepsWhenAsked).toEqual(['intent', 'request', 'outcome']);
    expect(issuing.steps()).toEqual(['intent', 'request', 'outcome']);
    expect(asked).toEqual([anIssuedAnswer().credentials]);
    expect(issuing.calls).toMatchObject([
      { intent: { id: firstId, purpose: 'console', durationSeconds: 1200, reason: 'incident 42' } },
      { request: { durationSeconds: 1200 } },
      { outcome: { state: 'ISSUED', accessKeyId: 'ASIAIOSFODNN7EXAMPLE' } },
    ]);
  });

  it('is told from credentials by the row, and by the digest in the session name', async () => {
    const forConsole = anIssuing();
    const forCredentials = anIssuing();

    await anOpening({ issuing: forConsole }).open();
    await forCredentials.issueCredentials(aPrincipal(), { profile: 'browsed' }, anOrigin());

    const intentOf = ({ calls }: ReturnType<typeof anIssuing>) =>
      calls.flatMap((call) => ('intent' in call ? [call.intent] : []))[0];
    const { purpose, roleSessionName, ...rest } = intentOf(forConsole) ?? {};
    const { roleSessionName: otherName, ...others } = intentOf(forCredentials) ?? {};
    expect(purpose).toBe('console');
    expect(rest).toEqual(others);
    expect(roleSessionName).not.toBe(otherName);
  });

  it('holds nothing of the credentials, and no row holds anything of the link', async () => {
    const { issuing, open } = anOpening();

    const link = await open();

    expect(JSON.stringify(link)).not.toContain(secrets.secretAccessKey);
    expect(JSON.stringify(link)).not.toContain(secrets.sessionToken);
    expect(JSON.stringify(issuing.calls)).not.toMatch(/canary/i);
  });

  it.each([
    [60_000, 60_000],
    [899_999, 899_999],
    [900_000, 900_000],
    [900_001, 900_000],
    [3_600_000, 900_000],
  ])('of a session of %i ms can be opened for %i ms', async (sessionMs, linkMs) => {
    const expiration = new Date(nowMs + sessionMs);
    const issuing = anIssuing({ answer: (request) => anIssuedAnswer(request, { expiration }) });

    const link = await anOpening({ issuing }).open();

    expect(link.linkExpiration.getTime()).toBe(nowMs + linkMs);
    expect(link.sessionExpiration).toEqual(expiration);
  });

  it('uses up a proof that may have one effect', async () => {
    const { issuing, asked, open } = anOpening();
    const principal = aPrincipal({
      ...{ issuer: 'acme', subject: 'acme', expiresAt: nowSeconds + 60, proofId: 'p'.repeat(43) },
    });

    await open({ profile: 'shared' }, principal);
    const second = await refusalOf(open({ profile: 'shared' }, principal));

    expect(second).toMatchObject({ status: 401, code: 'proof-already-used' });
    expect(issuing.steps()).toEqual(['proof', 'intent', 'request', 'outcome', 'proof', 'denial']);
    expect(issuing.calls.at(-1)).toMatchObject({ denial: { purpose: 'console' } });
    expect(asked).toHaveLength(1);
  });
});

describe('no console link', () => {
  it('is given of a profile that does not say so, and nothing is written or consumed', async () => {
    const { issuing, asked, open } = anOpening();

    const refusal = await refusalOf(open({ profile: 'prod-readonly' }, aPrincipal({ proofId: 'p' })));

    expect(refusal).toMatchObject({
      status: 400,
      code: 'console-not-offered',
      extensions: { owner: 'production-owners@example.com' },
    });
    expect(refusal.message).toContain('POST /v1/profiles/prod-readonly/credentials');
    expect(issuing.steps()).toEqual([]);
    expect(asked).toEqual([]);
  });

  it.each(['forbidden', 'denied', 'mismatched', 'no-such-profile'])(
    'is given of profile %s, which reads the same whether or not it has a console',
    async (profile) => {
      const { issuing, asked, open } = anOpening();

      const refusal = await refusalOf(open({ profile }));

      expect(refusal).toMatchObject({ status: 403, code: 'access-denied' });
      expect(issuing.steps()).toEqual(['denial']);
      expect(issuing.calls).toMatchObject([{ denial: { profile, purpose: 'console' } }]);
      expect(asked).toEqual([]);
    },
  );

  it.each(['recordIntent', 'assumeRole', 'recordOutcome'] as const)(
    'is asked for when %s fails',
    async (step) => {
      const error = new Error('lost');
      const { asked, open } = anOpening({ issuing: anIssuing({ fail: { step, error } }) });

      await expect(open()).rejects.toBe(error);
      expect(asked).toEqual([]);
    },
  );

  it('is asked for when STS gives no session', async () => {
    const issuing = anIssuing({
      answer: () => ({ state: 'REFUSED', errorCode: 'AccessDenied', detail: 'no' }),
    });
    const { asked, open } = anOpening({ issuing });

    expect(await refusalOf(open())).toMatchObject({ code: 'refused-by-sts' });
    expect(asked).toEqual([]);
  });

  it('is 503 when the federation endpoint gives no token, and says that a session exists all the same', async () => {
    const { issuing, open } = anOpening({ signin: failed });

    const refusal = await refusalOf(open());

    expect(refusal).toBeInstanceOf(ConsoleUnavailableError);
    expect(refusal).toMatchObject({
      status: 503,
      code: 'console-unavailable',
      message:
        'the AWS console gave no sign-in token; a session exists until 2026-01-01T00:15:00.000Z and nobody holds it, and a repeat is a new issuance',
      detail: 'the endpoint answers 500',
      extensions: { issuanceId: firstId },
      retryAfterSeconds: 5,
    });
    expect(issuing.steps()).toEqual(['intent', 'request', 'outcome']);
    expect(issuing.calls.at(-1)).toMatchObject({ outcome: { state: 'ISSUED' } });
  });
});
