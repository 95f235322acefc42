import { describe, expect, it } from '@jest/globals';
import {
  AuditUnavailableError,
  BrokerError,
  RefusedByStsError,
  SessionTooLargeError,
  StsOutcomeUnknownError,
  StsThrottledError,
  StsUnavailableError,
} from '../../../lambda/core/errors.ts';
import type { IssueCredentialsRequest } from '../../../lambda/core/issue-credentials.ts';
import type { StsAnswer } from '../../../lambda/core/ports.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIssuedAnswer, secrets } from '../../support/an-issuance.ts';
import { anIssuing, issuingConfiguration, type Step } from '../../support/issuing.ts';
import { nowSeconds } from '../../support/tokens.ts';

const firstId = '01KDVDPJ000000000000000000';
const auditFails = new AuditUnavailableError('the audit cannot be written');

const issue = (
  issuing: ReturnType<typeof anIssuing>,
  request: Partial<IssueCredentialsRequest> = {},
  principal = aPrincipal(),
) => issuing.issueCredentials(principal, { profile: 'prod-readonly', ...request }, anOrigin());

async function refusalOf(issued: Promise<unknown>): Promise<BrokerError> {
  try {
    await issued;
  } catch (error) {
    if (error instanceof BrokerError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('issuing', () => {
  it('decides, writes the intent, calls STS, writes the outcome and releases, in this order', async () => {
    const issuing = anIssuing();

    const { intent, answer } = await issue(issuing, { durationSeconds: 1200, reason: 'incident 42' });

    expect(issuing.steps()).toEqual(['intent', 'request', 'outcome']);
    expect(answer.credentials).toMatchObject(secrets);
    expect(intent.id).toBe(firstId);
  });

  it('writes down what it sends, and who asked for it from where', async () => {
    const issuing = anIssuing();

    await issue(issuing, { durationSeconds: 1200, reason: 'incident 42' });

    const [{ intent }, { request }] = issuing.calls as [{ intent: object }, { request: object }];
    expect(intent).toEqual({
      id: firstId,
      nonce: 'nonce-1',
      createdAt: '2026-01-01T00:00:00.000Z',
      principal: { issuer: 'okta', subject: 'alice@example.com' },
      profile: 'prod-readonly',
      requestedDurationSeconds: 1200,
      reason: 'incident 42',
      ...anOrigin(),
      region: 'eu-west-1',
      expiresAtSeconds: nowSeconds + 400 * 86_400,
      mechanism: 'assume-role',
      roleArns: ['arn:aws:iam::222222222222:role/daypass/ReadOnly'],
      roleSessionName: expect.stringMatching(new RegExp(`^alice@example.com-${firstId}-[\\w-]{16}$`)),
      sourceIdentity: 'okta.alice@example.com',
      durationSeconds: 1200,
      sessionTags: {},
      transitiveTagKeys: [],
      managedPolicyArns: [],
      statement: 'trust[0]',
    });
    expect(request).toEqual({
      roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
      roleSessionName: Reflect.get(intent, 'roleSessionName'),
      durationSeconds: 1200,
      sourceIdentity: 'okta.alice@example.com',
      sessionTags: {},
      transitiveTagKeys: [],
      managedPolicyArns: [],
    });
  });

  it('holds no secret in any row', async () => {
    const issuing = anIssuing();

    await issue(issuing);

    expect(JSON.stringify(issuing.calls)).not.toMatch(/canary/i);
    expect(JSON.stringify(issuing.calls)).not.toContain(secrets.secretAccessKey);
    expect(JSON.stringify(issuing.calls)).not.toContain(secrets.sessionToken);
  });

  it('sends the tags that the profile accepts beside its own', async () => {
    const issuing = anIssuing();

    await issue(issuing, { profile: 'tagged', sessionTags: { Ticket: 'INC-42' } });

    const sessionTags = { Broker: 'daypass', Ticket: 'INC-42' };
    expect(issuing.calls).toMatchObject([{ intent: { sessionTags } }, { request: { sessionTags } }, {}]);
  });

  it('gives 200 parallel identical requests an issuance each (B71)', async () => {
    const issuing = anIssuing();

    const issued = await Promise.all(Array.from({ length: 200 }, () => issue(issuing)));

    const ids = new Set(issued.map(({ intent }) => intent.id));
    const names = new Set(issued.map(({ intent }) => intent.roleSessionName));
    const nonces = new Set(issued.map(({ intent }) => intent.nonce));
    expect([ids.size, names.size, nonces.size]).toEqual([200, 200, 200]);
    for (const id of ids) {
      const own = issuing.calls.filter(
        (call) =>
          ('intent' in call && call.intent.id === id) ||
          ('request' in call && call.request.roleSessionName.includes(id)) ||
          ('outcome' in call && call.of === id),
      );
      expect(own.map((call) => Object.keys(call)[0])).toEqual(['intent', 'request', 'outcome']);
    }
  });
});

describe('issuing, when a step fails', () => {
  it.each([
    ['recordIntent', ['intent']],
    ['recordOutcome', ['intent', 'request', 'outcome']],
  ] as const)('is refused with the error of %s, and does nothing after it', async (step, steps) => {
    const issuing = anIssuing({ fail: { step, error: auditFails } });

    expect(await refusalOf(issue(issuing))).toBe(auditFails);
    expect(issuing.steps()).toEqual(steps);
  });

  it('is refused when the denial cannot be written, not denied without a row', async () => {
    const issuing = anIssuing({ fail: { step: 'recordDenial', error: auditFails } });

    expect(await refusalOf(issue(issuing, { profile: 'forbidden' }))).toBe(auditFails);
    expect(issuing.steps()).toEqual(['denial']);
  });

  it.each(['recordIntent', 'recordOutcome', 'assumeRole'] as const satisfies readonly Step[])(
    'releases nothing when %s throws what nobody expects',
    async (step) => {
      const defect = new TypeError('x is not a function');
      const issuing = anIssuing({ fail: { step, error: defect } });

      await expect(issue(issuing)).rejects.toBe(defect);
      const last = { recordIntent: 'intent', assumeRole: 'request', recordOutcome: 'outcome' }[step];
      expect(issuing.steps().at(-1)).toBe(last);
    },
  );

  it('releases nothing when the outcome of a refusal cannot be written: the row matters more', async () => {
    const issuing = anIssuing({
      fail: { step: 'recordOutcome', error: auditFails },
      answer: () => ({ state: 'REFUSED', errorCode: 'AccessDenied', detail: 'no' }),
    });

    expect(await refusalOf(issue(issuing))).toBe(auditFails);
  });
});

const answers: readonly (readonly [StsAnswer, new (message: string) => BrokerError, number | undefined])[] = [
  [
    { state: 'REFUSED', errorCode: 'AccessDenied', detail: 'PRIVATE', requestId: 'r' },
    RefusedByStsError,
    undefined,
  ],
  [{ state: 'REFUSED', errorCode: 'ValidationError', detail: 'PRIVATE' }, RefusedByStsError, undefined],
  [
    { state: 'REFUSED', errorCode: 'PackedPolicyTooLarge', detail: 'PRIVATE', requestId: 'r' },
    SessionTooLargeError,
    undefined,
  ],
  [
    { state: 'FAILED', cause: 'throttled', errorCode: 'Throttling', detail: 'PRIVATE', requestId: 'r' },
    StsThrottledError,
    5,
  ],
  [
    { state: 'FAILED', cause: 'unreachable', errorCode: 'ECONNREFUSED', detail: 'PRIVATE' },
    StsUnavailableError,
    5,
  ],
  [{ state: 'UNKNOWN', errorCode: 'ECONNRESET', detail: 'PRIVATE' }, StsOutcomeUnknownError, 5],
  // The name alone does not make it a refusal: the state says whether a session may exist.
  [{ state: 'UNKNOWN', errorCode: 'PackedPolicyTooLarge', detail: 'PRIVATE' }, StsOutcomeUnknownError, 5],
];

describe('issuing, when STS does not issue', () => {
  it.each(answers)(
    '%j is written down and becomes its error',
    async (answer, ErrorClass, retryAfterSeconds) => {
      const issuing = anIssuing({ answer: () => answer });

      const refusal = await refusalOf(issue(issuing));

      expect(refusal).toBeInstanceOf(ErrorClass);
      expect(refusal.retryAfterSeconds).toBe(retryAfterSeconds);
      expect(refusal.extensions).toEqual({
        issuanceId: firstId,
        owner: 'production-owners@example.com',
        requestAccessUrl: 'https://wiki.example.com/daypass',
      });
      expect(refusal.detail).toBe(`${Reflect.get(answer, 'errorCode')}: PRIVATE`);
      expect(refusal.message).not.toContain('PRIVATE');
      const { state, requestId } = answer;
      expect(issuing.calls.at(-1)).toEqual({
        of: firstId,
        outcome: {
          state,
          finishedAt: '2026-01-01T00:00:00.000Z',
          errorCode: Reflect.get(answer, 'errorCode'),
          detail: 'PRIVATE',
          ...(requestId === undefined ? {} : { stsRequestId: requestId }),
        },
      });
      expect(issuing.steps()).toEqual(['intent', 'request', 'outcome']);
    },
  );

  it('an issued session is written down without its secrets', async () => {
    const issuing = anIssuing({ answer: anIssuedAnswer });

    await issue(issuing);

    expect(issuing.calls.at(-1)).toEqual({
      of: firstId,
      outcome: {
        state: 'ISSUED',
        finishedAt: '2026-01-01T00:00:00.000Z',
        stsRequestId: '11111111-2222-3333-4444-555555555555',
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        expiration: '2026-01-01T00:15:00.000Z',
        packedPolicySize: 6,
      },
    });
  });
});

describe('issuing, denied by policy', () => {
  it.each([
    ['nosuchprofile', undefined, 'no such profile'],
    ['forbidden', undefined, 'no statement of the profile allows this principal'],
    ['denied', 'NotAlice', 'a statement of the profile denies this principal'],
    ['mismatched', undefined, 'the principal has no claims:team, which session tag Team needs'],
  ])('of %s is a row with the reason, and costs no STS call', async (profile, statement, detail) => {
    const issuing = anIssuing();

    await refusalOf(issue(issuing, { profile, durationSeconds: 900, reason: 'incident 42' }));

    expect(issuing.calls).toEqual([
      {
        denial: {
          id: firstId,
          nonce: 'nonce-1',
          createdAt: '2026-01-01T00:00:00.000Z',
          principal: { issuer: 'okta', subject: 'alice@example.com' },
          profile,
          requestedDurationSeconds: 900,
          reason: 'incident 42',
          ...anOrigin(),
          region: 'eu-west-1',
          expiresAtSeconds: nowSeconds + 400 * 86_400,
          ...(statement === undefined ? {} : { statement }),
          detail,
        },
      },
    ]);
  });

  it.each(['forbidden', 'denied', 'mismatched'])(
    'reads the same of %s as of one that does not exist, but for its name (B58)',
    async (profile) => {
      const toShown = ({ name, code, status, message, extensions, retryAfterSeconds }: BrokerError) => ({
        ...{ name, code, status, extensions, retryAfterSeconds },
        message: message.replace(profile, 'nosuchprofile'),
      });

      const forbidden = await refusalOf(issue(anIssuing(), { profile }));
      const missing = await refusalOf(issue(anIssuing(), { profile: 'nosuchprofile' }));

      expect(toShown(forbidden)).toEqual(toShown(missing));
      expect(missing).toMatchObject({
        code: 'access-denied',
        status: 403,
        extensions: {
          issuanceId: firstId,
          owner: issuingConfiguration.owner,
          requestAccessUrl: 'https://wiki.example.com/daypass',
        },
      });
    },
  );

  it.each([
    ['a duration out of every range', { durationSeconds: 1 }],
    ['a tag that no profile accepts', { sessionTags: { Nope: 'x' } }],
    ['no reason', {}],
  ])(
    'comes before what is wrong with the request: %s tells nothing of the profile',
    async (_what, request) => {
      const forbidden = await refusalOf(issue(anIssuing(), { profile: 'forbidden', ...request }));
      const missing = await refusalOf(issue(anIssuing(), { profile: 'nosuchprofile', ...request }));

      expect([forbidden.code, missing.code]).toEqual(['access-denied', 'access-denied']);
    },
  );
});

describe('issuing, of a request that is malformed for the profile', () => {
  it.each([
    ['a duration above the maximum', 'prod-readonly', { durationSeconds: 3601 }, 'duration-out-of-range'],
    ['a duration below the minimum', 'prod-readonly', { durationSeconds: 899 }, 'duration-out-of-range'],
    ['a negative duration (B15)', 'prod-readonly', { durationSeconds: -1 }, 'duration-out-of-range'],
    ['43201 seconds', 'prod-readonly', { durationSeconds: 43_201 }, 'duration-out-of-range'],
    ['no reason', 'reasoned', {}, 'reason-required'],
    ['a tag', 'prod-readonly', { sessionTags: { Ticket: 'INC-42' } }, 'session-tag-not-accepted'],
    [
      'a tag beside an accepted one',
      'tagged',
      { sessionTags: { Ticket: 'a', Other: 'b' } },
      'session-tag-not-accepted',
    ],
    ["the broker's own tag (B61)", 'tagged', { sessionTags: { Broker: 'mine' } }, 'session-tag-not-accepted'],
    [
      'an accepted tag in another case',
      'tagged',
      { sessionTags: { ticket: 'a' } },
      'session-tag-not-accepted',
    ],
  ])('%s leaves no row and costs no STS call', async (_what, profile, request, code) => {
    const issuing = anIssuing();

    const refusal = await refusalOf(issue(issuing, { profile, ...request }));

    expect(refusal).toMatchObject({ code, status: 400, extensions: { owner: expect.any(String) } });
    expect(issuing.calls).toEqual([]);
  });
});
