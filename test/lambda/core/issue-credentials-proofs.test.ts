import { describe, expect, it } from '@jest/globals';
import { ProofRegisterUnavailableError, ProofReplayedError } from '../../../lambda/core/errors.ts';
import type { IssueCredentialsRequest } from '../../../lambda/core/issue-credentials.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIssuing, type Step } from '../../support/issuing.ts';
import { nowSeconds } from '../../support/tokens.ts';

/** A third party with a `private_key_jwt`. */
const anIntegration = (proofId = 'p'.repeat(43)) =>
  aPrincipal({
    issuer: 'acme',
    subject: 'acme',
    mfa: false,
    expiresAt: nowSeconds + 120,
    proofId,
  });

const issue = (
  issuing: ReturnType<typeof anIssuing>,
  request: Partial<IssueCredentialsRequest> = {},
  principal = anIntegration(),
) => issuing.issueCredentials(principal, { profile: 'shared', ...request }, anOrigin());

describe('issuing for a proof that may have one effect', () => {
  it('consumes it after the decision and before the intent', async () => {
    const issuing = anIssuing();

    await issue(issuing);

    expect(issuing.steps()).toEqual(['proof', 'intent', 'request', 'outcome']);
    expect(issuing.calls[0]).toEqual({ proof: { id: 'p'.repeat(43), expiresAtSeconds: nowSeconds + 120 } });
  });

  it('refuses it the second time, without an intent and without a call of STS', async () => {
    const issuing = anIssuing();
    await issue(issuing);

    const second = issue(issuing);

    await expect(second).rejects.toThrow(ProofReplayedError);
    await expect(second).rejects.toMatchObject({ status: 401, code: 'proof-already-used' });
    expect(issuing.steps()).toEqual(['proof', 'intent', 'request', 'outcome', 'proof', 'denial']);
    expect(issuing.calls.at(-1)).toMatchObject({
      denial: { profile: 'shared', detail: 'the proof had its one effect before' },
    });
  });

  it('refuses it for another profile and another duration too', async () => {
    const issuing = anIssuing();
    await issue(issuing);

    await expect(issue(issuing, { durationSeconds: 1000 })).rejects.toThrow(ProofReplayedError);
    expect(issuing.steps().filter((step) => step === 'request')).toHaveLength(1);
  });

  it('lets one of fifty at the same time through', async () => {
    const issuing = anIssuing();

    const settled = await Promise.allSettled(Array.from({ length: 50 }, () => issue(issuing)));

    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(issuing.steps().filter((step) => step === 'intent')).toHaveLength(1);
    expect(issuing.steps().filter((step) => step === 'request')).toHaveLength(1);
  });

  it('takes each of two proofs of one integration', async () => {
    const issuing = anIssuing();

    await issue(issuing);
    await issue(issuing, {}, anIntegration('q'.repeat(43)));

    expect(issuing.steps().filter((step) => step === 'request')).toHaveLength(2);
  });

  it.each([
    ['denied', { profile: 'forbidden' }, 403, ['denial']],
    ['of an unknown profile', { profile: 'no-such-profile' }, 403, ['denial']],
    ['malformed for the profile', { durationSeconds: 3600 }, 400, []],
    ['with a tag that is not accepted', { sessionTags: { Ticket: '1' } }, 400, []],
  ])('is left whole by a request that is %s', async (_what, request, status, steps) => {
    const issuing = anIssuing();

    await expect(issue(issuing, request)).rejects.toMatchObject({ status });
    expect(issuing.steps()).toEqual(steps);

    // The same proof is good for the request that was meant.
    await issue(issuing);
    expect(issuing.steps()).toEqual([...steps, 'proof', 'intent', 'request', 'outcome']);
  });

  it.each(['recordIntent', 'assumeRole', 'recordOutcome'] as const satisfies readonly Step[])(
    'stays consumed when %s fails: a repeat is refused rather than issued twice',
    async (step) => {
      const failing = { step, error: new Error('broken') };
      const issuing = anIssuing({ fail: failing });
      await expect(issue(issuing)).rejects.toThrow('broken');
      const steps = issuing.steps();

      await expect(issue(issuing)).rejects.toThrow(ProofReplayedError);
      expect(issuing.steps()).toEqual([...steps, 'proof', 'denial']);
    },
  );

  it('writes no row and calls nobody when the register cannot answer', async () => {
    const error = new ProofRegisterUnavailableError('whether it was used cannot be found out', {
      retryAfterSeconds: 5,
    });
    const issuing = anIssuing({ fail: { step: 'consume', error } });

    await expect(issue(issuing)).rejects.toMatchObject({
      code: 'replay-check-unavailable',
      status: 503,
      retryAfterSeconds: 5,
    });
    expect(issuing.steps()).toEqual(['proof']);
  });

  it('asks no register for those whose proof may be shown again', async () => {
    const issuing = anIssuing({ fail: { step: 'consume', error: new Error('asked') } });

    await issue(issuing, { profile: 'prod-readonly' }, aPrincipal());

    expect(issuing.steps()).toEqual(['intent', 'request', 'outcome']);
  });
});

describe('issuing for a session of a role', () => {
  const aSession = (changes: Parameters<typeof aPrincipal>[0] = {}) =>
    aPrincipal({
      issuer: 'aws',
      subject: 'arn:aws:iam::222222222222:role/Deploy',
      claims: { principalType: 'AssumedRole', sessionName: 'build-17' },
      selfAsserted: ['sessionName'],
      mfa: false,
      aws: { accountId: '222222222222' },
      ...changes,
    });

  it('writes down the session’s name beside the role, in every kind of row', async () => {
    const issuing = anIssuing();
    const principal = {
      issuer: 'aws',
      subject: 'arn:aws:iam::222222222222:role/Deploy',
      sessionName: 'build-17',
    };

    await issue(issuing, {}, aSession());
    await expect(issue(issuing, { profile: 'forbidden' }, aSession())).rejects.toMatchObject({ status: 403 });

    expect(issuing.calls).toMatchObject([{ intent: { principal } }, {}, {}, { denial: { principal } }]);
  });

  it('sends STS nothing of a name that its holder chose', async () => {
    const names: unknown[] = [];
    for (const sessionName of ['build-17', 'root-of-all-evil']) {
      const issuing = anIssuing();
      await issue(issuing, {}, aSession({ claims: { principalType: 'AssumedRole', sessionName } }));
      const [, { request }] = issuing.calls as [object, { request: { roleSessionName: string } }];
      names.push({ ...request, roleSessionName: request.roleSessionName.replace(/-[\w-]{16}$/, '') });
    }

    expect(JSON.stringify(names)).not.toMatch(/build-17|evil/);
    expect(names[0]).toEqual(names[1]);
  });

  it('writes down no such name for callers of other kinds, whatever their claims are called', async () => {
    const issuing = anIssuing();

    await issue(issuing, { profile: 'prod-readonly' }, aPrincipal({ claims: { sessionName: 'x' } }));

    expect(issuing.calls[0]).toMatchObject({
      intent: { principal: { issuer: 'okta', subject: 'alice@example.com' } },
    });
    expect(issuing.calls[0]).not.toHaveProperty('intent.principal.sessionName');
  });
});
