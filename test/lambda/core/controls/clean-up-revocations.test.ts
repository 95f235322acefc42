import { describe, expect, it } from '@jest/globals';
import { createApplyRevocation } from '../../../../lambda/core/controls/apply-revocation.ts';
import { isCleanUpEvent } from '../../../../lambda/core/controls/clean-up-event.ts';
import { createCleanUpRevocations } from '../../../../lambda/core/controls/clean-up-revocations.ts';
import type { Revocation } from '../../../../lambda/core/controls/revocation.ts';
import type { AppliedPolicy, RevokerAnswer } from '../../../../lambda/core/controls/revoker.ts';
import { ControlsUnavailableError } from '../../../../lambda/core/errors.ts';
import { aRevocation, aRevocationPolicy, ownRoleArn } from '../../../support/a-revocation.ts';
import { aRecordingLogger } from '../../../support/recording-logger.ts';
import { nowMs } from '../../../support/tokens.ts';

const deployment = { accountId: '111111111111', region: 'eu-west-1', partition: 'aws', stage: 'prod' };
const now = () => nowMs;
const lost: RevokerAnswer = { state: 'FAILED', isCertain: false, detail: 'TimeoutError: no answer' };
const full: RevokerAnswer = { state: 'FAILED', isCertain: true, detail: 'no room' };

interface StoreOptions {
  readonly taken?: boolean;
  readonly due?: readonly Revocation[];
  readonly unreadable?: readonly string[];
}

function aStore(options: StoreOptions = {}) {
  const puts: Revocation[] = [];
  return {
    puts,
    states: () => puts.map(({ policies }) => policies.map(({ state }) => state)),
    store: {
      put: async (revocation: Revocation) => {
        puts.push(revocation);
        return options.taken !== true;
      },
      due: async () => ({ revocations: options.due ?? [], unreadable: options.unreadable ?? [] }),
    },
  };
}

function aRevoker(answer: RevokerAnswer = { state: 'DONE' }) {
  const calls: string[] = [];
  const ask =
    (what: string) =>
    async ({ policyName }: { readonly policyName: string }) => {
      calls.push(`${what} ${policyName}`);
      return answer;
    };
  return { calls, revoker: { apply: ask('apply'), remove: ask('remove') } };
}

const started = { startedMs: nowMs };

describe('applying a revocation', () => {
  it('writes down that it is about to, and then that it has', async () => {
    const { store, states } = aStore();
    const { revoker, calls } = aRevoker();

    const done = await createApplyRevocation({ now, deployment, store, revoker })(aRevocation(), started);

    expect(states()).toEqual([['APPLYING'], ['APPLIED']]);
    expect(done).toMatchObject({ version: 2, policies: [{ state: 'APPLIED' }] });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['FAILED', full],
    ['APPLYING', lost],
  ] as const)('is %s after %j', async (state, answer) => {
    const { store, states } = aStore();

    await createApplyRevocation({ now, deployment, store, revoker: aRevoker(answer).revoker })(
      aRevocation(),
      started,
    );

    expect(states()).toEqual([['APPLYING'], [state]]);
  });

  it('is printed where nothing applies it', async () => {
    const { store, states } = aStore();

    await createApplyRevocation({ now, deployment, store })(aRevocation(), started);

    expect(states()).toEqual([['PRINTED']]);
  });

  it.each([
    { type: 'role', arn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly' },
    { type: 'role', arn: 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-controls' },
    { type: 'user', arn: 'arn:aws:iam::111111111111:user/daypass/daypass-prod-eu-west-1-federator' },
  ] as const)('is printed for %j', async (holder) => {
    const { store, states } = aStore();
    const { revoker, calls } = aRevoker();
    const planned = aRevocation({ policies: [aRevocationPolicy({ holder })] });

    await createApplyRevocation({ now, deployment, store, revoker })(planned, started);

    expect([states(), calls]).toEqual([[['PRINTED']], []]);
  });

  it('applies nothing that was not written down', async () => {
    const { store } = aStore({ taken: true });
    const { revoker, calls } = aRevoker();

    expect(
      await createApplyRevocation({ now, deployment, store, revoker })(aRevocation(), started),
    ).toBeUndefined();
    expect(calls).toEqual([]);
  });
});

describe('applying a revocation again', () => {
  it.each([
    ['APPLIED', full],
    ['APPLYING', lost],
    ['APPLYING', full],
  ] as const)('leaves what may be there %s after %j: it is taken off later', async (state, answer) => {
    const { store, states } = aStore();
    const apply = createApplyRevocation({ now, deployment, store, revoker: aRevoker(answer).revoker });

    await apply(aRevocation({ version: 3 }), { ...started, before: [aRevocationPolicy({ state })] });

    expect(states().at(-1)).toEqual([state]);
  });

  it('forgets none that the plan has no more', async () => {
    const { store, states } = aStore();
    const gone = aRevocationPolicy({ state: 'APPLIED', holder: { type: 'role', arn: `${ownRoleArn}2` } });

    await createApplyRevocation({ now, deployment, store })(aRevocation({ version: 3 }), {
      ...started,
      before: [gone],
    });

    expect(states()).toEqual([['PRINTED', 'APPLIED']]);
  });

  it('is applied, whatever nobody knew of the try before', async () => {
    const { store, states } = aStore();
    const { revoker } = aRevoker();

    await createApplyRevocation({ now, deployment, store, revoker })(aRevocation({ version: 3 }), {
      ...started,
      before: [aRevocationPolicy({ state: 'APPLYING' })],
    });

    expect(states().at(-1)).toEqual(['APPLIED']);
  });

  it.each(['FAILED', 'REMOVED', 'PRINTED', 'LEFT'] as const)(
    'keeps nothing of the plan before that stands on no role: %s',
    async (state) => {
      const { store, states } = aStore();
      const gone = aRevocationPolicy({ state, holder: { type: 'role', arn: `${ownRoleArn}2` } });

      await createApplyRevocation({ now, deployment, store })(aRevocation({ version: 3 }), {
        ...started,
        before: [gone],
      });

      expect(states()).toEqual([['PRINTED']]);
    },
  );

  it('fails with what is no fault of the store', async () => {
    const { revoker } = aRevoker();
    const put = async ({ version }: Revocation) => {
      if (version > 1) throw new TypeError('a defect');
      return true;
    };

    await expect(
      createApplyRevocation({ now, deployment, store: { put }, revoker })(aRevocation(), started),
    ).rejects.toThrow('a defect');
  });

  it('tells what was applied when it cannot be written down', async () => {
    const { store } = aStore();
    const failing = {
      put: async (revocation: Revocation) => {
        if (revocation.version > 1) throw new ControlsUnavailableError('so nothing was done');
        return store.put(revocation);
      },
    };
    const { revoker } = aRevoker();

    const done = await createApplyRevocation({ now, deployment, store: failing, revoker })(
      aRevocation(),
      started,
    );

    expect(done).toMatchObject({
      version: 1,
      policies: [{ state: 'APPLIED', detail: expect.stringContaining('the record still says APPLYING') }],
    });
  });

  it('prints what there was no time to try', async () => {
    const { store, states } = aStore();
    const { revoker, calls } = aRevoker();
    const two = [aRevocationPolicy(), aRevocationPolicy({ holder: { type: 'role', arn: `${ownRoleArn}2` } })];
    let atMs = nowMs;
    const slow = {
      ...revoker,
      apply: async (policy: AppliedPolicy) => {
        atMs += 15_000;
        return revoker.apply(policy);
      },
    };

    await createApplyRevocation({ now: () => atMs, deployment, store, revoker: slow })(
      aRevocation({ policies: two }),
      started,
    );

    expect(states().at(-1)).toEqual(['APPLIED', 'PRINTED']);
    expect(calls).toHaveLength(1);
  });
});

describe('a revocation that took long to plan', () => {
  it('is printed: the answer would come too late', async () => {
    const { store, states } = aStore();
    const { revoker, calls } = aRevoker();

    const late = { startedMs: nowMs - 14_001 };
    await createApplyRevocation({ now, deployment, store, revoker })(aRevocation(), late);

    expect(states().at(-1)).toEqual(['PRINTED']);
    expect(calls).toEqual([]);
  });
});

describe('cleaning up', () => {
  const over = { removableAt: new Date(nowMs - 1).toISOString() };
  const run = async (policies: Revocation['policies'], answer?: RevokerAnswer) => {
    const { store, states } = aStore({ due: [aRevocation({ version: 2, policies })] });
    const { revoker, calls } = aRevoker(answer);
    const logger = aRecordingLogger();
    const result = await createCleanUpRevocations({ store, revoker, logger, now: () => nowMs })();
    return { result, states: states(), calls };
  };

  it('takes off what may be there, and what is over', async () => {
    const { result, states, calls } = await run([
      aRevocationPolicy({ ...over, state: 'APPLIED' }),
      aRevocationPolicy({ ...over, state: 'APPLYING', detail: 'perhaps' }),
      aRevocationPolicy({ ...over, state: 'FAILED' }),
      aRevocationPolicy({ ...over, state: 'PRINTED' }),
      aRevocationPolicy({ state: 'APPLIED', holder: { type: 'role', arn: `${ownRoleArn}2` } }),
    ]);

    expect(states).toEqual([['REMOVED', 'REMOVED', 'FAILED', 'PRINTED', 'APPLIED']]);
    expect(result).toEqual({ due: 1, removed: 2, failed: 0 });
    expect(calls).toHaveLength(2);
  });

  it.each([lost, full])('leaves it for the next run after %j', async (answer) => {
    const { result, states } = await run([aRevocationPolicy({ ...over, state: 'APPLIED' })], answer);

    expect(states).toEqual([['APPLIED']]);
    expect(result).toEqual({ due: 1, removed: 0, failed: 1 });
  });

  it('comes past what cannot be read, and names it', async () => {
    const policies = [aRevocationPolicy({ ...over, state: 'APPLIED' })];
    const { store, states } = aStore({ due: [aRevocation({ policies })], unreadable: ['revocation#X'] });
    const logger = aRecordingLogger();
    const { revoker } = aRevoker();

    const result = await createCleanUpRevocations({ store, revoker, logger, now: () => nowMs })();

    expect(result).toEqual({ due: 2, removed: 1, failed: 1 });
    expect(states()).toEqual([['REMOVED']]);
    expect(logger.entries).toMatchObject([
      { level: 'error', message: 'revocation unreadable', fields: { target: 'revocation#X' } },
      { level: 'error', message: 'revocations cleaned up' },
    ]);
  });

  it('gives up after a week: a role that was deleted looks like one that may not be changed', async () => {
    const removableAt = new Date(nowMs - 7 * 86_400_000 - 1).toISOString();

    const { states } = await run([aRevocationPolicy({ removableAt, state: 'APPLIED' })], full);

    expect(states).toEqual([['LEFT']]);
  });
});

describe('the event of the schedule', () => {
  it.each([
    [{ task: 'clean-up-revocations' }, true],
    [{ task: 'clean-up-revocations', httpMethod: 'POST' }, false],
    [{ task: 'clean-up' }, false],
    [{}, false],
    [null, false],
    [[], false],
  ])('%j is it: %s', (event, expected) => {
    expect(isCleanUpEvent(event)).toBe(expected);
  });
});
