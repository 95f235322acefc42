import { describe, expect, it } from '@jest/globals';
import { createAdmission } from '../../../../lambda/core/controls/admission.ts';
import type { CountedAttempt, SuspendedTarget } from '../../../../lambda/core/controls/control-ports.ts';
import { type SuspensionTarget, toTargetKey } from '../../../../lambda/core/controls/suspension.ts';
import { ControlsUnavailableError, TooManyAttemptsError } from '../../../../lambda/core/errors.ts';
import { anOrigin, aPrincipal } from '../../../support/a-principal.ts';
import { anIssuing } from '../../../support/issuing.ts';

const unavailable = new ControlsUnavailableError('not now');

function anAdmission(
  options: {
    readonly suspended?: readonly string[];
    readonly counts?: boolean | Error;
    readonly readError?: Error;
    readonly nowMs?: number;
    /** Of proofs; absent where none is taken. */
    readonly isConsumed?: (id: string) => Promise<boolean>;
  } = {},
) {
  const counted: CountedAttempt[] = [];
  const asked: string[][] = [];
  const admission = createAdmission({
    configuration: { limits: { attemptsPerMinute: 7 } },
    quotas: {
      count: async (attempt) => {
        counted.push(attempt);
        if (options.counts instanceof Error) throw options.counts;
        return options.counts ?? true;
      },
    },
    suspensions: {
      findSuspended: async (targets: readonly SuspensionTarget[]): Promise<readonly SuspendedTarget[]> => {
        asked.push(targets.map(toTargetKey));
        if (options.readError !== undefined) throw options.readError;
        return targets
          .filter((target) => options.suspended?.includes(target.kind))
          .map((target) => ({ target, reason: 'a reason for operators' }));
      },
    },
    ...(options.isConsumed === undefined ? {} : { proofs: { isConsumed: options.isConsumed } }),
    now: () => options.nowMs ?? Date.parse('2026-11-21T10:00:13.500Z'),
  });
  return { admission, counted, asked };
}

const alice = aPrincipal({ subject: 'alice@example.com' });

describe('admission', () => {
  it('counts by source identity and minute, and reads every target of the request', async () => {
    const { admission, counted, asked } = anAdmission();

    expect(await admission.admit(alice, { profile: 'prod-readonly' })).toEqual([]);

    const minute = Date.parse('2026-11-21T10:00:00Z') / 60_000;
    expect(counted).toEqual([{ principalId: 'okta.alice@example.com', minute, limit: 7 }]);
    expect(asked).toEqual([
      ['everything', expect.stringMatching(/^principal#[\w-]{43}$/), 'issuer#okta', 'profile#prod-readonly'],
    ]);
  });

  it('looks for the integration that is asked for, and for that whose keys ask', async () => {
    const { admission, asked } = anAdmission();
    const partner = aPrincipal({
      ...{ issuer: 'globex', subject: 'globex' },
      integration: { keyThumbprint: 'x'.repeat(43) },
    });

    await admission.admit(alice, { integration: 'initech' });
    await admission.admit(partner, { integration: 'initech' });
    await admission.admit(partner, { integration: 'globex' });
    await admission.findOwn(partner);

    expect(asked.map((keys) => keys.filter((key) => key.startsWith('integration#')))).toEqual([
      ['integration#initech'],
      ['integration#globex', 'integration#initech'],
      ['integration#globex'],
      ['integration#globex'],
    ]);
  });

  it('counts all sessions of a role together', async () => {
    const { admission, counted } = anAdmission();
    const subject = 'arn:aws:iam::222222222222:role/Deploy';
    for (const sessionName of ['build-1', 'build-2'])
      await admission.count(
        aPrincipal({ issuer: 'aws', subject, claims: { sessionName }, aws: { accountId: '222222222222' } }),
      );

    expect(new Set(counted.map(({ principalId }) => principalId)).size).toBe(1);
  });

  it.each([
    ['2026-11-21T10:00:00.000Z', 60],
    ['2026-11-21T10:00:13.999Z', 47],
    ['2026-11-21T10:00:59.999Z', 1],
  ])('over the limit at %s is refused for %i seconds', async (now, retryAfterSeconds) => {
    const { admission } = anAdmission({ counts: false, nowMs: Date.parse(now) });

    const refused = admission.admit(alice, {});

    await expect(refused).rejects.toBeInstanceOf(TooManyAttemptsError);
    await expect(refused).rejects.toMatchObject({ retryAfterSeconds, status: 429 });
  });

  it.each([
    ['count', { counts: unavailable }],
    ['read', { readError: unavailable }],
  ])('fails where it cannot %s', async (_, options) => {
    await expect(anAdmission(options).admission.admit(alice, {})).rejects.toBe(unavailable);
  });

  it('of managing looks for the principal and its issuer alone', async () => {
    const { admission, asked, counted } = anAdmission({ suspended: ['issuer', 'everything'] });

    expect((await admission.findOwn(alice)).map(({ target }) => target.kind)).toEqual(['issuer']);
    expect(asked).toEqual([[expect.stringMatching(/^principal#/), 'issuer#okta']]);
    expect(counted).toEqual([]);
  });
});

describe('an attempt with a proof that is good once', () => {
  const used = 'u'.repeat(43);
  const isConsumed = async (id: string) => id === used;
  const partner = (proofId: string) => aPrincipal({ issuer: 'globex', subject: 'globex', proofId });

  it.each([
    ['of its owner while it is good', 'g'.repeat(43), { isConsumed }, 'globex.globex'],
    ['of nobody it could keep out once it was used', used, { isConsumed }, 'globex.globex/used'],
    ['the same where none is taken', 'g'.repeat(43), {}, 'globex.globex/used'],
  ])('is %s', async (_, proofId, options, principalId) => {
    const { admission, counted } = anAdmission(options);

    await admission.admit(partner(proofId), {});
    await admission.count(partner(proofId));

    expect(counted.map((attempt) => attempt.principalId)).toEqual([principalId, principalId]);
  });

  it('is counted after it was used: its denials cannot fill the audit', async () => {
    const { admission } = anAdmission({ isConsumed, counts: false });

    await expect(admission.admit(partner(used), {})).rejects.toBeInstanceOf(TooManyAttemptsError);
  });

  it('is not made where nobody knows whether it was used', async () => {
    const { admission, counted } = anAdmission({ isConsumed: () => Promise.reject(unavailable) });

    await expect(admission.admit(partner(used), {})).rejects.toBe(unavailable);
    expect(counted).toEqual([]);
  });
});

describe('issuing', () => {
  const issue = (options: Parameters<typeof anAdmission>[0], profile = 'prod-readonly') => {
    const { admission } = anAdmission(options);
    const { issueCredentials, calls, steps } = anIssuing({ admission });
    return { asking: issueCredentials(alice, { profile }, anOrigin()), calls, steps };
  };

  it('issues to whom nothing is suspended', async () => {
    const { asking, steps } = issue({});

    await asking;
    expect(steps()).toEqual(['intent', 'request', 'outcome']);
  });

  it.each([
    ['over the quota', { counts: false }, 'too-many-attempts'],
    ['while attempts cannot be counted', { counts: unavailable }, 'controls-unavailable'],
    ['while nobody knows what is suspended', { readError: unavailable }, 'controls-unavailable'],
  ])('writes no row and asks nothing of STS %s', async (_, options, code) => {
    for (const profile of ['prod-readonly', 'forbidden', 'none']) {
      const { asking, steps } = issue(options, profile);

      await expect(asking).rejects.toMatchObject({ code });
      expect(steps()).toEqual([]);
    }
  });

  it.each([
    ['everything', 'suspended'],
    ['principal', 'suspended'],
    ['profile', 'access-denied'],
    ['issuer', 'access-denied'],
  ])(
    'denies where %s is suspended, with a row that says so and words that do not say why',
    async (kind, code) => {
      const { asking, calls, steps } = issue({ suspended: [kind] });

      const error = await asking.then(
        () => undefined,
        (thrown: unknown) => thrown as Error & { readonly code: string; readonly extensions: object },
      );

      expect(error).toMatchObject({ code, extensions: { owner: 'platform-team@example.com' } });
      expect(JSON.stringify([error?.message, error?.extensions])).not.toContain('a reason for operators');
      expect(steps()).toEqual(['denial']);
      expect(calls).toEqual([
        {
          denial: expect.objectContaining({
            detail: expect.stringMatching(/^suspended: .*a reason for operators/),
          }),
        },
      ]);
    },
  );

  it('reads alike for a suspended and for a forbidden profile', async () => {
    const toWords = async ({ asking }: ReturnType<typeof issue>, profile: string) =>
      asking.catch((error: Error) => error.message.replaceAll(profile, '<profile>'));

    const suspended = await toWords(issue({ suspended: ['profile'] }), 'prod-readonly');
    const forbidden = await toWords(issue({}, 'forbidden'), 'forbidden');

    expect(suspended).toBe(forbidden);
  });
});
