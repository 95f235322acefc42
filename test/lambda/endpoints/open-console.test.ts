import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../lambda/adapters/json-logger.ts';
import { createOpenConsole } from '../../../lambda/core/open-console.ts';
import type { SigninAnswer } from '../../../lambda/core/ports.ts';
import { createOpenConsoleEndpoint } from '../../../lambda/endpoints/open-console.ts';
import { consoleAnswer } from '../../../lambda/http/console-schemas.ts';
import { createHandler } from '../../../lambda/http/create-handler.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { aContext, anEvent, anIamEvent, authorizedAs, own } from '../../support/an-event.ts';
import { anIssuedAnswer } from '../../support/an-issuance.ts';
import { anIamIssuer } from '../../support/issuers.ts';
import { anIssuing } from '../../support/issuing.ts';
import { nowMs } from '../../support/tokens.ts';

interface Parts {
  readonly event: ReturnType<typeof anEvent>;
  readonly issuing?: ReturnType<typeof anIssuing>;
  readonly partition?: string;
  readonly signin?: SigninAnswer;
}

/** The endpoint behind the real handler, with the real use cases. */
async function ask({ event, issuing = anIssuing(), partition = 'aws', signin = given }: Parts) {
  const lines: string[] = [];
  const openConsole = createOpenConsole({
    issueCredentials: issuing.issueCredentials,
    federation: { getSigninToken: async () => signin },
    federationUrl: 'https://eu-west-1.signin.aws.amazon.com/federation',
    url: 'https://daypass.example.com',
    now: () => nowMs,
  });
  const handler = createHandler({
    handledBy: 'issuer',
    own,
    endpoints: { openConsole: createOpenConsoleEndpoint(openConsole, partition) },
    iamIssuer: anIamIssuer(),
    logger: createLogger({ write: (line) => lines.push(line), now: () => nowMs }),
    now: () => nowMs,
  });
  const { statusCode, headers, body } = await handler(event, aContext);
  return { statusCode, headers, body: JSON.parse(body), steps: issuing.steps(), log: lines.join('\n') };
}

const given: SigninAnswer = { state: 'GIVEN', signinToken: 'CanarySigninToken' };

const of = (profile: string, body?: unknown) =>
  anEvent('openConsole', {
    pathParameters: { profile },
    ...(body === undefined
      ? {}
      : { headers: { 'Content-Type': ['application/json'] }, body: JSON.stringify(body) }),
  });

const destinationOf = (signinUrl: string) => new URL(signinUrl).searchParams.get('Destination');

describe('POST console', () => {
  it('answers a link in the body alone, which nobody may keep', async () => {
    const { statusCode, headers, body, log } = await ask({ event: of('browsed') });

    expect(statusCode).toBe(200);
    expect(body).toEqual({
      IssuanceId: '01KDVDPJ000000000000000000',
      SigninUrl:
        'https://eu-west-1.signin.aws.amazon.com/federation?Action=login&Issuer=https%3A%2F%2Fdaypass.example.com&Destination=https%3A%2F%2Fconsole.aws.amazon.com%2F&SigninToken=CanarySigninToken',
      ExpiresAt: '2026-01-01T00:15:00Z',
      SessionExpiresAt: '2026-01-01T00:15:00Z',
    });
    expect(consoleAnswer.parse(body)).toEqual(body);
    expect(headers).toEqual({
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Daypass-Issuance-Id': '01KDVDPJ000000000000000000',
    });
    expect(log).toContain('"status":200');
    expect(log).not.toMatch(/canary|signin\.aws/i);
  });

  it('takes what credentials takes, and a destination', async () => {
    const issuing = anIssuing();
    const destination = 'https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1#a';

    const { body } = await ask({
      event: of('browsed', { durationSeconds: 1200, reason: 'incident 42', destination }),
      issuing,
    });

    expect(destinationOf(body.SigninUrl)).toBe(destination);
    expect(issuing.calls[0]).toMatchObject({ intent: { durationSeconds: 1200, reason: 'incident 42' } });
  });

  it.each([
    ['aws-cn', 'https://console.amazonaws.cn/'],
    ['aws-us-gov', 'https://console.amazonaws-us-gov.com/'],
  ])('leads to the start page of %s', async (partition, startPage) => {
    const { body } = await ask({ event: of('browsed'), partition });

    expect(destinationOf(body.SigninUrl)).toBe(startPage);
  });

  it.each([
    ['aws-cn', 'https://cn-north-1.console.amazonaws.cn/ec2', 200],
    ['aws-cn', 'https://console.aws.amazon.com/', 400],
    ['aws-us-gov', 'https://console.amazonaws-us-gov.com/ec2', 200],
    ['aws-us-gov', 'https://console.aws.amazon.com/', 400],
  ])('in %s answers %s as destination with %i', async (partition, destination, status) => {
    expect(await ask({ event: of('browsed', { destination }), partition })).toMatchObject({
      statusCode: status,
    });
  });

  it('gives a link to a signed request as well', async () => {
    const event = anIamEvent('openConsole', { pathParameters: { profile: 'shared' } });

    expect(await ask({ event })).toMatchObject({ statusCode: 200, body: { SigninUrl: expect.any(String) } });
  });

  it('warns in a header when policies and tags nearly fill what STS has for them', async () => {
    const issuing = anIssuing({
      answer: (request) => ({ ...anIssuedAnswer(request), packedPolicySize: 80 }),
    });

    expect((await ask({ event: of('browsed'), issuing })).headers).toMatchObject({
      'Daypass-Warning': expect.stringContaining('80 percent'),
    });
  });

  it.each([
    ['another site', 'https://evil.example/'],
    ['the console of another partition', 'https://console.amazonaws.cn/'],
    ['a user', 'https://console.aws.amazon.com@evil.example/'],
    ['a number', 1],
    ['a list', ['https://console.aws.amazon.com/']],
    ['null', null],
  ])(
    'refuses %s as destination before anything, says what is allowed and repeats nothing',
    async (_what, to) => {
      const { statusCode, body, steps } = await ask({ event: of('browsed', { destination: to }) });

      expect(statusCode).toBe(400);
      expect(body).toMatchObject({
        code: 'invalid-request',
        errors: [
          {
            path: 'body.destination',
            allowed:
              'an https URL of at most 2048 characters, on console.aws.amazon.com or a host under it, without port and user',
          },
        ],
      });
      expect(JSON.stringify(body)).not.toMatch(/evil|amazonaws\.cn/);
      expect(steps).toEqual([]);
    },
  );

  it.each([
    ['a purpose', { purpose: 'console' }],
    ['a federation URL', { federationUrl: 'https://evil.example' }],
    ['an issuer', { issuer: 'https://evil.example' }],
    ['a session duration', { sessionDuration: 43_200 }],
  ])('refuses %s in the body', async (_what, further) => {
    const { statusCode, body, steps } = await ask({ event: of('browsed', further) });

    expect(statusCode).toBe(400);
    expect(body.errors).toEqual([
      {
        path: 'body',
        allowed: 'the keys durationSeconds, reason, sessionTags, sessionPolicy, samlAssertion, destination',
      },
    ]);
    expect(steps).toEqual([]);
  });

  it.each([
    ['a profile without console', 'prod-readonly', 400, 'console-not-offered', []],
    ['a profile that the caller may not have', 'forbidden', 403, 'access-denied', ['denial']],
    ['a profile that there is not', 'no-such-profile', 403, 'access-denied', ['denial']],
    ['what is no name of a profile', 'a/b', 400, 'invalid-request', []],
  ])('refuses %s', async (_what, profile, status, code, expected) => {
    const { statusCode, body, steps } = await ask({ event: of(profile) });

    expect(statusCode).toBe(status);
    expect(body).toMatchObject({ code });
    expect(steps).toEqual(expected);
  });

  it('is 503 with Retry-After when the console gives no token, and why stands in the log alone', async () => {
    const signin: SigninAnswer = { state: 'FAILED', detail: 'the endpoint answers 500' };

    const { statusCode, headers, body, log } = await ask({ event: of('browsed'), signin });

    expect(statusCode).toBe(503);
    expect(headers).toMatchObject({ 'Retry-After': '5', 'Cache-Control': 'no-store' });
    expect(body).toMatchObject({
      code: 'console-unavailable',
      issuanceId: '01KDVDPJ000000000000000000',
      detail: expect.stringContaining('a session exists until'),
    });
    expect(JSON.stringify(body)).not.toMatch(/canary|answers 500/i);
    expect(log).toContain('the endpoint answers 500');
    expect(log).not.toMatch(/canary/i);
  });

  it('refuses an expired token', async () => {
    const authorizer = authorizedAs(aPrincipal({ expiresAt: Math.floor(nowMs / 1000) }));
    const event = anEvent('openConsole', { pathParameters: { profile: 'browsed' }, authorizer });

    expect(await ask({ event })).toMatchObject({ statusCode: 401, steps: [] });
  });
});
