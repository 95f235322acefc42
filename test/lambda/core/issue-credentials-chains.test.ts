import { describe, expect, it } from '@jest/globals';
import { AuditUnavailableError, BrokerError } from '../../../lambda/core/errors.ts';
import type { AssumeRoleRequest, StsAnswer } from '../../../lambda/core/ports.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIssuedAnswer } from '../../support/an-issuance.ts';
import { anIssuing } from '../../support/issuing.ts';

const roleArns = [
  'arn:aws:iam::222222222222:role/Gateway',
  'arn:aws:iam::333333333333:role/Relay',
  'arn:aws:iam::444444444444:role/Warehouse',
];

const issue = (issuing: ReturnType<typeof anIssuing>) =>
  issuing.issueCredentials(aPrincipal(), { profile: 'chained' }, anOrigin());

async function refusalOf(issued: Promise<unknown>): Promise<BrokerError> {
  try {
    await issued;
  } catch (error) {
    if (error instanceof BrokerError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

const hopOf = ({ roleArn }: AssumeRoleRequest) => roleArns.indexOf(roleArn) + 1;

/** Each session's credentials are its own, and its secrets canaries. */
const issued = (request: AssumeRoleRequest): StsAnswer => {
  const hop = hopOf(request);
  const secrets = { secretAccessKey: `Canary-secret-${hop}`, sessionToken: `Canary-token-${hop}` };
  return {
    ...anIssuedAnswer(request, { accessKeyId: `ASIAHOP${hop}000000000000`, ...secrets }),
    requestId: `request-${hop}`,
  };
};

const brokenAt =
  (hop: number, broken: StsAnswer) =>
  (request: AssumeRoleRequest): StsAnswer =>
    hopOf(request) === hop ? broken : issued(request);

const hopsBefore = (hop: number) =>
  roleArns.slice(0, hop - 1).map((roleArn, index) => ({
    roleArn,
    stsRequestId: `request-${index + 1}`,
    accessKeyId: `ASIAHOP${index + 1}000000000000`,
  }));

describe('issuing by a chain', () => {
  it('is one intent, one call for each hop, and one outcome', async () => {
    const issuing = anIssuing({ answer: issued });

    const { intent, answer } = await issue(issuing);

    expect(issuing.steps()).toEqual(['intent', 'request', 'request', 'request', 'outcome']);
    expect(intent.roleArns).toEqual(roleArns);
    expect(answer.credentials).toMatchObject({
      accessKeyId: 'ASIAHOP3000000000000',
      secretAccessKey: 'Canary-secret-3',
    });
  });

  it('uses the credentials of each session for the next call alone', async () => {
    const issuing = anIssuing({ answer: issued });

    await issue(issuing);

    const callers = issuing.calls.flatMap((call) => ('request' in call ? [call.as] : []));
    expect(callers).toEqual([undefined, 'ASIAHOP1000000000000', 'ASIAHOP2000000000000']);
  });

  it('has the sessions on the way in the outcome, and the end as the issuance itself', async () => {
    const issuing = anIssuing({ answer: issued });

    await issue(issuing);

    expect(issuing.calls.at(-1)).toMatchObject({
      outcome: {
        state: 'ISSUED',
        stsRequestId: 'request-3',
        accessKeyId: 'ASIAHOP3000000000000',
        hops: hopsBefore(3),
      },
    });
  });

  it('has no secret of any session in a row, and none of those on the way in the answer', async () => {
    const issuing = anIssuing({ answer: issued });

    const answer = await issue(issuing);

    expect(JSON.stringify(issuing.calls)).not.toContain('Canary');
    expect(JSON.stringify(answer)).not.toMatch(/Canary-\w+-[12]/);
  });

  const broken: readonly (readonly [StsAnswer, string])[] = [
    [{ state: 'REFUSED', errorCode: 'AccessDenied', detail: 'PRIVATE', requestId: 'x' }, 'refused-by-sts'],
    [
      { state: 'FAILED', cause: 'throttled', errorCode: 'Throttling', detail: 'PRIVATE', requestId: 'x' },
      'sts-throttled',
    ],
    [
      { state: 'FAILED', cause: 'unreachable', errorCode: 'ECONNREFUSED', detail: 'PRIVATE' },
      'sts-unavailable',
    ],
    [{ state: 'UNKNOWN', errorCode: 'ECONNRESET', detail: 'PRIVATE' }, 'sts-outcome-unknown'],
  ];

  it.each([1, 2, 3].flatMap((hop) => broken.map(([answer, code]) => ({ hop, answer, code }))))(
    'that breaks at hop $hop with $answer.state becomes $code, and has the sessions before in its row',
    async ({ hop, answer, code }) => {
      const issuing = anIssuing({ answer: brokenAt(hop, answer) });

      const refusal = await refusalOf(issue(issuing));

      expect(refusal.code).toBe(code);
      expect(refusal.message).not.toMatch(/PRIVATE|role\//);
      expect(JSON.stringify(refusal.extensions)).not.toMatch(/PRIVATE|role\/|ASIA/);
      expect(issuing.steps()).toEqual(['intent', ...Array(hop).fill('request'), 'outcome']);
      const { state, requestId } = answer;
      expect(issuing.calls.at(-1)).toEqual({
        of: expect.any(String),
        outcome: {
          state,
          finishedAt: '2026-01-01T00:00:00.000Z',
          errorCode: Reflect.get(answer, 'errorCode'),
          detail: `hop ${hop}, ${roleArns[hop - 1]}: PRIVATE`,
          ...(requestId === undefined ? {} : { stsRequestId: requestId }),
          ...(hop === 1 ? {} : { hops: hopsBefore(hop) }),
        },
      });
      expect(JSON.stringify([refusal.detail, issuing.calls])).not.toContain('Canary');
    },
  );

  it('releases nothing when its outcome cannot be written', async () => {
    const error = new AuditUnavailableError('the audit cannot be written');
    const issuing = anIssuing({ answer: issued, fail: { step: 'recordOutcome', error } });

    expect(await refusalOf(issue(issuing))).toBe(error);
  });

  it('makes no call at all when its intent cannot be written', async () => {
    const error = new AuditUnavailableError('the audit cannot be written');
    const issuing = anIssuing({ answer: issued, fail: { step: 'recordIntent', error } });

    expect(await refusalOf(issue(issuing))).toBe(error);
    expect(issuing.steps()).toEqual(['intent']);
  });
});
