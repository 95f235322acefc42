import { describe, expect, it } from '@jest/globals';
import type { RotateFederatorKey } from '../../../lambda/core/rotate-federator-key.ts';
import { type RotationStep, rotationSteps } from '../../../lambda/core/rotation-event.ts';
import { aRotationStandIn, firstVersion, type Interruption } from '../../support/rotation-stand-in.ts';

const hourMs = 3_600_000;
const farAway = Number.MAX_SAFE_INTEGER;
const toTask = (step: RotationStep, versionId: string) => ({ kind: 'step', step, versionId }) as const;
const tick = { kind: 'deactivate-previous-key' } as const;

type StandIn = ReturnType<typeof aRotationStandIn>;

/** A step by a function that is started for it. */
const run = (aws: StandIn, step: RotationStep, versionId: string, deadlineMs = farAway) =>
  aws.aFunction()(toTask(step, versionId), deadlineMs);

async function rotate(aws: StandIn, steps: readonly RotationStep[] = rotationSteps): Promise<string> {
  const token = aws.beginRotation();
  for (const step of steps) await run(aws, step, token);
  return token;
}

/** The calls of a task, in order. */
async function callsOf(aws: StandIn, task: Parameters<RotateFederatorKey>[0]): Promise<readonly string[]> {
  const calls: string[] = [];
  const interruption: Interruption = {
    before: async (operation) => {
      calls.push(operation);
    },
    after: async () => {},
  };
  await aws.aFunction(interruption)(task, farAway);
  return calls;
}

const states = (aws: StandIn) =>
  [...aws.keys().values()].map(({ accessKeyId, isActive }) => `${accessKeyId.slice(-2)} ${isActive}`);
const labels = (aws: StandIn) =>
  Object.fromEntries(
    aws.secret().versions.map(({ versionId, stages }) => [versionId, [...stages].sort()] as const),
  );

describe('rotation of the federator key', () => {
  it('makes the first key current', async () => {
    const aws = aRotationStandIn();
    const token = await rotate(aws);

    expect(states(aws)).toEqual(['A1 true']);
    expect(aws.keyOf('AWSCURRENT')?.accessKeyId).toBe('AKIAAAAAAAAAAAAAAAA1');
    expect(labels(aws)).toEqual({
      [firstVersion]: ['AWSPREVIOUS'],
      [token]: ['AWSCURRENT', 'AWSPENDING', 'DAYPASS_TESTED'],
    });
  });

  it('keeps the old key for an hour, deactivates it, and deletes it at the next rotation', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    await rotate(aws);
    const seen = [states(aws)];
    const outcomes: string[] = [];
    for (const waitMs of [hourMs - 1, 1, hourMs]) {
      aws.advance(waitMs);
      outcomes.push((await aws.aFunction()(tick, farAway)).outcome);
      seen.push(states(aws));
    }
    await rotate(aws);

    expect(outcomes).toEqual(['too-early', 'deactivated', 'not-active']);
    expect(seen).toEqual([
      ['A1 true', 'A2 true'],
      ['A1 true', 'A2 true'],
      ['A1 false', 'A2 true'],
      ['A1 false', 'A2 true'],
    ]);
    expect(states(aws)).toEqual(['A2 true', 'A3 true']);
  });

  it('says so where nobody has asked for a rotation in time, of the first one as well', async () => {
    const look = async (aws: StandIn) => (await aws.aFunction()(tick, farAway)).isOverdue;
    const [never, once] = [aRotationStandIn(), aRotationStandIn()];
    await rotate(once);
    const seen: unknown[] = [];
    for (const aws of [never, once]) {
      aws.advance((33 * 24 - 1) * hourMs);
      seen.push(await look(aws));
      aws.advance(2 * hourMs);
      seen.push(await look(aws));
      await rotate(aws);
      seen.push(await look(aws));
    }

    expect(seen).toEqual([false, true, false, false, true, false]);
  });

  it('does nothing more when steps are repeated', async () => {
    const aws = aRotationStandIn();
    const token = aws.beginRotation();
    const outcomes: string[] = [];
    for (const step of rotationSteps) {
      for (const _repeat of [1, 2]) outcomes.push((await run(aws, step, token)).outcome);
    }
    for (const step of rotationSteps) outcomes.push((await run(aws, step, token)).outcome);

    expect(outcomes).toEqual([
      'created',
      'already-created',
      'nothing-to-do',
      'nothing-to-do',
      'tested',
      'already-tested',
      'made-current',
      'already-current',
      'already-current',
      'nothing-to-do',
      'already-current',
      'already-current',
    ]);
    expect(states(aws)).toEqual(['A1 true']);
  });

  it.each(rotationSteps)('refuses %s for a version that is not pending', async (step) => {
    const aws = aRotationStandIn();
    const old = await rotate(aws);
    await rotate(aws);
    const before = [states(aws), labels(aws)];

    for (const versionId of [old, firstVersion, '-'.repeat(32)]) {
      await expect(run(aws, step, versionId)).rejects.toMatchObject({ code: 'not-pending' });
    }
    expect([states(aws), labels(aws)]).toEqual(before);
  });
});

describe('createSecret', () => {
  it('calls in an order in which nothing that is made meanwhile is deleted', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    aws.addKey();
    const token = aws.beginRotation();

    expect(await callsOf(aws, toTask('createSecret', token))).toEqual([
      'ListAccessKeys',
      'DescribeSecret',
      'GetSecretValue',
      'GetSecretValue',
      'GetSecretValue',
      'DeleteAccessKey',
      'CreateAccessKey',
      'PutSecretValue',
    ]);
  });

  it('deletes a key that was made and not kept', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    const orphan = aws.addKey().accessKeyId;
    const outcome = await run(aws, 'createSecret', aws.beginRotation());

    expect(outcome).toMatchObject({ outcome: 'created', deletedAccessKeyIds: [orphan] });
    expect(states(aws)).toEqual(['A1 true', 'A3 true']);
  });

  it('waits while the previous key may still be in use, and goes on once it was deactivated', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    await rotate(aws);
    const token = aws.beginRotation();
    await expect(run(aws, 'createSecret', token)).rejects.toMatchObject({ code: 'previous-key-active' });
    const held = states(aws);
    aws.advance(hourMs);
    await aws.aFunction()(tick, farAway);
    await run(aws, 'createSecret', token);

    expect(held).toEqual(['A1 true', 'A2 true']);
    expect(states(aws)).toEqual(['A2 true', 'A3 true']);
  });

  it('never deletes the current key, even when somebody has deactivated it', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    aws.setKey('AKIAAAAAAAAAAAAAAAA1', { isActive: false });
    await rotate(aws);

    expect(states(aws)).toEqual(['A1 false', 'A2 true']);
  });

  it('goes on an hour after somebody deactivated the current key, though the previous one is active', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    await rotate(aws);
    aws.setKey('AKIAAAAAAAAAAAAAAAA2', { isActive: false });
    const token = aws.beginRotation();
    await expect(run(aws, 'createSecret', token)).rejects.toMatchObject({ code: 'previous-key-active' });
    aws.advance(hourMs);
    await aws.aFunction()(tick, farAway);
    const held = states(aws);
    await run(aws, 'createSecret', token);

    expect(held).toEqual(['A1 true', 'A2 false']);
    expect(states(aws)).toEqual(['A2 false', 'A3 true']);
  });

  it('goes on at once where somebody deleted the current key', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    await rotate(aws);
    aws.setKey('AKIAAAAAAAAAAAAAAAA2', undefined);
    await rotate(aws);

    expect(states(aws)).toEqual(['A1 true', 'A3 true']);
    expect(aws.keyOf('AWSCURRENT')?.accessKeyId).toBe('AKIAAAAAAAAAAAAAAAA3');
  });

  it('deactivates the previous key within a week, though the secret changes all the time', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    await rotate(aws);
    const outcomes: string[] = [];
    for (let hours = 0; hours < 8 * 24; hours += 1) {
      aws.advance(hourMs - 1);
      aws.setSecret({ ...aws.secret(), lastChangedAtMs: aws.now() });
      outcomes.push((await aws.aFunction()(tick, farAway)).outcome);
    }

    expect(new Set(outcomes.slice(0, 7 * 24 - 2))).toEqual(new Set(['too-early']));
    expect(outcomes).toContain('deactivated');
    expect(states(aws)).toEqual(['A1 false', 'A2 true']);
  });

  it('never deletes by what was read long ago', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    aws.addKey();
    const slow: Interruption = {
      before: async (operation) => {
        if (operation === 'GetSecretValue') aws.advance(7000);
      },
      after: async () => {},
    };
    const task = toTask('createSecret', aws.beginRotation());

    await expect(aws.aFunction(slow)(task, farAway)).rejects.toMatchObject({ code: 'too-slow' });
    expect(states(aws)).toEqual(['A1 true', 'A2 true']);
  });

  it('tries again when IAM counts a key that it does not list', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    let times = 0;
    const late: Interruption = {
      before: async (operation) => {
        if (operation === 'CreateAccessKey' && times++ === 0) aws.addKey();
      },
      after: async () => {},
    };

    expect(await aws.aFunction(late)(toTask('createSecret', aws.beginRotation()), farAway)).toMatchObject({
      outcome: 'created',
      deletedAccessKeyIds: ['AKIAAAAAAAAAAAAAAAA2'],
    });
    expect(states(aws)).toEqual(['A1 true', 'A3 true']);
  });

  it('takes up a rotation that failed, with its key', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    const failed = await rotate(aws, ['createSecret', 'setSecret']);
    aws.advance(24 * hourMs);
    const again = await rotate(aws);

    expect(again).toBe(failed);
    expect(states(aws)).toEqual(['A1 true', 'A2 true']);
    expect(aws.keyOf('AWSCURRENT')?.accessKeyId).toBe('AKIAAAAAAAAAAAAAAAA2');
  });

  it.each([
    ['deleted', undefined],
    ['deactivated', { isActive: false }],
  ])('gives up a rotation whose key was %s, so that the next one can begin', async (_how, change) => {
    const aws = aRotationStandIn();
    await rotate(aws);
    const token = await rotate(aws, ['createSecret', 'setSecret', 'testSecret']);
    aws.setKey('AKIAAAAAAAAAAAAAAAA2', change);
    const soon = await run(aws, 'createSecret', token);
    aws.advance(hourMs);
    const late = run(aws, 'createSecret', token);

    expect(soon.outcome).toBe('already-created');
    await expect(late).rejects.toMatchObject({ code: 'abandoned' });
    expect(await rotate(aws)).not.toBe(token);
    expect(aws.keyOf('AWSCURRENT')?.accessKeyId).toBe('AKIAAAAAAAAAAAAAAAA3');
  });

  it('gives up a rotation whose version holds no key', async () => {
    const aws = aRotationStandIn();
    const token = aws.beginRotation();
    const { versions, ...rest } = aws.secret();
    const value = { kind: 'string', text: 'by hand' } as const;
    aws.setSecret({
      ...rest,
      versions: versions.map((version) => (version.versionId === token ? { ...version, value } : version)),
    });

    await expect(run(aws, 'createSecret', token)).rejects.toMatchObject({ code: 'abandoned' });
    expect(await rotate(aws)).not.toBe(token);
  });

  it('makes no key for a secret in which nothing is current', async () => {
    const aws = aRotationStandIn();
    const token = aws.beginRotation();
    const { versions, ...rest } = aws.secret();
    aws.setSecret({
      ...rest,
      versions: versions.map((version) => ({
        ...version,
        stages: version.stages.filter((stage) => stage !== 'AWSCURRENT'),
      })),
    });

    await expect(run(aws, 'createSecret', token)).rejects.toMatchObject({ code: 'no-current-version' });
    expect(states(aws)).toEqual([]);
  });
});

describe('testSecret', () => {
  it('asks ten times in a row over a minute', async () => {
    const aws = aRotationStandIn();
    const token = await rotate(aws, ['createSecret']);
    const startedAtMs = aws.now();
    const calls = await callsOf(aws, toTask('testSecret', token));

    expect(calls.filter((call) => call === 'GetCallerIdentity')).toHaveLength(10);
    expect(aws.now() - startedAtMs).toBeGreaterThanOrEqual(60_000);
    expect(aws.now() - startedAtMs).toBeLessThan(61_000);
  });

  it('begins the count anew at each refusal', async () => {
    const aws = aRotationStandIn();
    const token = await rotate(aws, ['createSecret']);
    let asked = 0;
    const refusedAt = [5, 14];
    const wavering: Interruption = {
      before: async (operation) => {
        if (operation !== 'GetCallerIdentity') return;
        asked += 1;
        aws.setKey('AKIAAAAAAAAAAAAAAAA1', { isActive: !refusedAt.includes(asked) });
      },
      after: async () => {},
    };
    await aws.aFunction(wavering)(toTask('testSecret', token), farAway);

    expect(asked).toBe(24);
  });

  it('gives up as soon as a whole test no longer fits, and passes when it is repeated', async () => {
    const aws = aRotationStandIn();
    aws.setDelay(100_000);
    const token = await rotate(aws, ['createSecret']);
    const deadlineMs = aws.now() + 120_000;

    await expect(run(aws, 'testSecret', token, deadlineMs)).rejects.toMatchObject({ code: 'not-steady' });
    expect(aws.now()).toBeLessThan(deadlineMs - 45_000);
    await expect(run(aws, 'finishSecret', token)).rejects.toMatchObject({ code: 'not-tested' });
    expect(aws.keyOf('AWSCURRENT')).toBeUndefined();
    aws.advance(60_000);
    expect((await run(aws, 'testSecret', token, aws.now() + 120_000)).outcome).toBe('tested');
  });

  it('does not begin without the time for it', async () => {
    const aws = aRotationStandIn();
    const token = await rotate(aws, ['createSecret']);
    const startedAtMs = aws.now();

    await expect(run(aws, 'testSecret', token, aws.now() + 59_000)).rejects.toMatchObject({
      code: 'not-steady',
    });
    expect(aws.now()).toBe(startedAtMs);
  });

  it.each([
    'arn:aws:iam::111111111111:user/daypass/other',
    'arn:aws:iam::111111111111:user/federator/other',
    'arn:aws:iam::111111111111:user/not-federator',
    'arn:aws:iam::222222222222:user/daypass/federator',
    'arn:aws-cn:iam::111111111111:user/daypass/federator',
    'arn:aws:sts::111111111111:assumed-role/federator/federator',
    'arn:aws:iam::111111111111:root',
  ])('refuses a key of %s', async (arn) => {
    const aws = aRotationStandIn();
    aws.setIdentity(arn);
    const token = await rotate(aws, ['createSecret']);

    await expect(run(aws, 'testSecret', token)).rejects.toMatchObject({ code: 'wrong-identity' });
    expect(labels(aws)[token]).toEqual(['AWSPENDING']);
  });

  it('needs a key', async () => {
    const aws = aRotationStandIn();
    const token = aws.beginRotation();

    await expect(run(aws, 'testSecret', token)).rejects.toMatchObject({ code: 'no-pending-key' });
  });
});

describe('finishSecret', () => {
  it.each([
    [[], 'no-pending-key'],
    [['createSecret'], 'not-tested'],
    [['createSecret', 'setSecret'], 'not-tested'],
  ] as const)('makes nothing current after %j', async (steps, code) => {
    const aws = aRotationStandIn();
    await rotate(aws);
    const token = await rotate(aws, steps);

    await expect(run(aws, 'finishSecret', token)).rejects.toMatchObject({ code });
    expect(aws.keyOf('AWSCURRENT')?.accessKeyId).toBe('AKIAAAAAAAAAAAAAAAA1');
  });

  it('makes no key current that was taken away after its test', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    const token = await rotate(aws, ['createSecret', 'testSecret']);
    aws.setKey('AKIAAAAAAAAAAAAAAAA2', { isActive: false });

    await expect(run(aws, 'finishSecret', token)).rejects.toMatchObject({ code: 'not-tested' });
    expect(aws.keyOf('AWSCURRENT')?.accessKeyId).toBe('AKIAAAAAAAAAAAAAAAA1');
  });
});

describe('deactivate-previous-key', () => {
  const afterTwo = async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    await rotate(aws);
    aws.advance(hourMs);
    return aws;
  };
  const deactivate = async (aws: StandIn) => (await aws.aFunction()(tick, farAway)).outcome;

  it('has nothing to do before the second rotation', async () => {
    const aws = aRotationStandIn();
    const before = await deactivate(aws);
    await rotate(aws);
    aws.advance(hourMs);

    expect([before, await deactivate(aws)]).toEqual(['no-previous-key', 'no-previous-key']);
    expect(states(aws)).toEqual(['A1 true']);
  });

  it('is not early when the rotation had stood still for days before it was finished', async () => {
    const aws = aRotationStandIn();
    await rotate(aws);
    const token = await rotate(aws, ['createSecret', 'testSecret']);
    aws.advance(72 * hourMs);
    await run(aws, 'finishSecret', token);
    aws.advance(hourMs - 1);

    expect(await deactivate(aws)).toBe('too-early');
  });

  it.each([
    ['deactivated', { isActive: false }],
    ['deleted', undefined],
  ])('leaves the last active key when the current one was %s', async (_how, change) => {
    const aws = await afterTwo();
    aws.setKey('AKIAAAAAAAAAAAAAAAA2', change);

    expect(await deactivate(aws)).toBe('no-other-key');
    expect(aws.keys().get('AKIAAAAAAAAAAAAAAAA1')?.isActive).toBe(true);
  });

  it('leaves the current key when the previous version holds the same', async () => {
    const aws = await afterTwo();
    const { versions, ...rest } = aws.secret();
    const value = versions.find(({ stages }) => stages.includes('AWSCURRENT'))?.value;
    aws.setSecret({
      ...rest,
      versions: versions.map((version) =>
        version.stages.includes('AWSPREVIOUS') ? { ...version, value } : version,
      ),
    });

    expect(await deactivate(aws)).toBe('no-other-key');
    expect(states(aws)).toEqual(['A1 true', 'A2 true']);
  });
});
