import { describe, expect, it } from '@jest/globals';
import type { Configuration } from '../../../../lambda/core/configuration.ts';
import {
  IntegrationsUnavailableError,
  VerificationUnavailableError,
} from '../../../../lambda/core/errors.ts';
import type { Integration, Verification } from '../../../../lambda/core/integrations/integration.ts';
import { scheduleTimes } from '../../../../lambda/core/integrations/schedule-times.ts';
import { createVerifyDueIntegrations } from '../../../../lambda/core/integrations/verify-due-integrations.ts';
import type { VerifyAuthority } from '../../../../lambda/core/integrations/verify-ports.ts';
import {
  aFailedVerification,
  aManagingConfiguration,
  anIntegrationsSection,
  anIntegrationVersion,
  aVerification,
  createMemoryIntegrations,
  manageIntegrations,
} from '../../../support/managing-integrations.ts';
import { aRecordingLogger } from '../../../support/recording-logger.ts';
import { nowMs } from '../../../support/tokens.ts';

const day = 86_400_000;

interface Options {
  readonly configuration?: Configuration;
  /** @default passes */
  readonly verify?: (name: string) => Verification;
  /** Milliseconds that each verification takes. @default 3000 */
  readonly takesMs?: number;
  /** Names of those that cannot be read. @default none */
  readonly unreadable?: readonly string[];
  /** Names of those of which nothing can be written. @default none */
  readonly unwritable?: readonly string[];
}

/** A run that found nothing to do. */
const nothing = { due: 0, passed: 0, failed: 0, inconclusive: 0, leftOut: 0, remaining: 0 };

/** The schedule over a store in memory, with a clock of its own. */
function aSchedule({
  configuration = aManagingConfiguration(),
  verify,
  takesMs = 3000,
  unreadable = [],
  unwritable = [],
}: Options = {}) {
  const store = createMemoryIntegrations();
  const logger = aRecordingLogger();
  const world = { now: nowMs };
  const asked: { name: string; timeoutMs: number; authority: VerifyAuthority }[] = [];
  const { recordVerification } = manageIntegrations({
    ...{ configuration, store, reserve: store.reserve, logger },
    now: () => world.now,
  });
  const verifyDue = createVerifyDueIntegrations({
    logger,
    now: () => world.now,
    store: {
      names: (page) => store.names(page),
      find: async (name) => {
        if (unreadable.includes(name)) throw new IntegrationsUnavailableError('the table cannot be read');
        return store.find(name);
      },
    },
    recordVerification: async (seen) => {
      if (unwritable.includes(seen.basis.name)) throw new TypeError('the item is too large');
      return recordVerification(seen);
    },
    verifierWithin: (timeoutMs) => ({
      verify: async (name, authority) => {
        const at = new Date(world.now).toISOString();
        asked.push({ name, timeoutMs, authority });
        world.now += Math.min(takesMs, timeoutMs);
        if (takesMs > timeoutMs) throw new VerificationUnavailableError('no answer');
        const { version = 0 } = (await store.find(name))?.integration ?? {};
        return { ...(verify?.(name) ?? aVerification()), at, version };
      },
    }),
  });
  return {
    ...{ store, logger, asked, world },
    add: (name: string, agoMs: number, changes: Partial<Integration> = {}) =>
      store.append(
        anIntegrationVersion({
          ...{ name, state: 'VERIFIED' },
          verification: aVerification({ at: new Date(nowMs - agoMs).toISOString() }),
          provenAt: new Date(nowMs - agoMs).toISOString(),
          ...changes,
        }),
      ),
    run: (event?: { readonly olderThanSeconds: number }) => verifyDue(world.now + 29_000, event),
    find: async (name: string) => (await store.find(name))?.integration,
    drift: () => logger.entries.filter(({ message }) => message === 'integration drift'),
    said: (message: string) =>
      logger.entries
        .filter((entry) => entry.message === message)
        .map(({ level, fields }) => `${level} ${fields['integration']}`),
  };
}

const inconclusive = (agoMs: number) => ({
  verification: aVerification({ at: new Date(nowMs - agoMs).toISOString(), result: 'INCONCLUSIVE' }),
});

describe('the schedule of verifications', () => {
  it('begins with those that nobody looked at for longest, one after the other', async () => {
    const { add, run, asked } = aSchedule();
    await add('younger', 2 * day);
    await add('oldest', 4 * day);
    await add('older', 3 * day);

    const result = await run();

    expect(asked.map(({ name }) => name)).toEqual(['oldest', 'older', 'younger']);
    expect(result).toEqual({ ...nothing, due: 3, passed: 3 });
  });

  it('leaves alone what was looked at today, what was never proven and what is ended', async () => {
    const { add, run, asked } = aSchedule();
    await add('fresh', scheduleTimes.intervalMs - 1);
    await add('created', 9 * day, { state: 'CREATED' });
    await add('suspended', 9 * day, { state: 'SUSPENDED' });
    await add('deleted', 9 * day, { state: 'DELETED' });

    await run();

    expect(asked).toEqual([]);
  });

  it('looks again at one that failed: it issues again once it is proven', async () => {
    const { add, run, find } = aSchedule();
    await add('failed', 2 * day, { state: 'FAILED' });

    await run();

    expect((await find('failed'))?.state).toBe('VERIFIED');
  });

  it('looks at each once in a day, and parts those that were verified together', async () => {
    const { add, run, asked, world } = aSchedule();
    const names = Array.from({ length: 30 }, (_, index) => `partner-${index}`);
    for (const name of names) await add(name, 0);
    const firsts = new Map<string, number>();

    for (let minutes = 0; minutes < 24 * 60; minutes += 10) {
      world.now = nowMs + minutes * 60_000;
      await run();
      for (const { name } of asked) firsts.set(name, firsts.get(name) ?? minutes);
    }

    expect([...firsts.keys()].sort()).toEqual([...names].sort());
    expect(new Set(firsts.values()).size).toBeGreaterThan(5);
    expect(Math.min(...firsts.values())).toBeGreaterThanOrEqual(20 * 60);
  });

  it('does no more than a run may, and goes on in the next', async () => {
    const { add, run, asked } = aSchedule({ takesMs: 10 });
    for (let index = 0; index < 20; index += 1) await add(`partner-${index}`, 2 * day + index);

    const first = await run();
    const before = asked.length;
    await run();
    await run();

    expect([before, first.due, first.remaining]).toEqual([scheduleTimes.maxPerRun, 20, 12]);
    expect(new Set(asked.map(({ name }) => name)).size).toBe(20);
  });

  it('begins none for which the time is too short, and waits for none beyond it', async () => {
    const { add, run, asked, world } = aSchedule({ takesMs: 9000 });
    for (let index = 0; index < 5; index += 1) await add(`partner-${index}`, 2 * day);

    await run();

    expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([24_000, 17_000]);
    expect(world.now - nowMs).toBeLessThanOrEqual(29_000);
  });

  it('asks in nobody’s name', async () => {
    const { add, run, asked } = aSchedule();
    await add('acme', 2 * day);

    await run();

    expect(asked[0]?.authority).toMatchObject({
      principal: { issuer: 'daypass', subject: 'schedule', claims: {} },
      statement: 'schedule',
    });
  });
});

describe('a role that no longer enforces its ExternalId', () => {
  it('is suspended where the configuration says so, and named with what was found', async () => {
    const { add, run, find, drift } = aSchedule({ verify: () => aFailedVerification() });
    await add('acme', 2 * day);

    const result = await run();

    expect(result).toEqual({ ...nothing, due: 1, failed: 1, drifted: ['acme'] });
    expect(await find('acme')).toMatchObject({ state: 'SUSPENDED', suspension: { by: 'daypass' } });
    expect(drift()).toEqual([
      {
        level: 'error',
        message: 'integration drift',
        fields: { integration: 'acme', findings: ['external-id-not-enforced'], state: 'SUSPENDED' },
      },
    ]);
  });

  it('is flagged where the configuration says that: it issues nothing, and is named all the same', async () => {
    const configuration = aManagingConfiguration({ integrations: anIntegrationsSection({ drift: 'flag' }) });
    const { add, run, find, drift } = aSchedule({ configuration, verify: () => aFailedVerification() });
    await add('acme', 2 * day);

    await run();

    expect((await find('acme'))?.state).toBe('FAILED');
    expect(drift()).toEqual([
      expect.objectContaining({ fields: expect.objectContaining({ state: 'FAILED' }) }),
    ]);
  });

  it('is not confused with one that lets nobody in any more, which is believed an hour later', async () => {
    const { add, run, find, drift, logger, world } = aSchedule({
      verify: () => aFailedVerification('error'),
    });
    await add('acme', 2 * day);

    await run();
    expect((await find('acme'))?.state).toBe('VERIFIED');
    world.now += scheduleTimes.retryMs;
    const result = await run();

    expect((await find('acme'))?.state).toBe('FAILED');
    expect(drift()).toEqual([]);
    expect(result).toEqual({ ...nothing, due: 1, failed: 1, broken: ['acme'] });
    expect(logger.entries).toContainEqual(
      expect.objectContaining({ message: 'integration no longer works' }),
    );
  });
});

describe('a verification that finds nothing out', () => {
  it('suspends nothing, and is repeated in an hour', async () => {
    const { add, run, find, asked, world, drift } = aSchedule({
      verify: () => aVerification({ result: 'INCONCLUSIVE' }),
    });
    await add('acme', 2 * day);

    await run();
    world.now = nowMs + scheduleTimes.retryMs - 1000;
    await run();
    const before = asked.length;
    world.now = nowMs + scheduleTimes.retryMs + 10_000;
    await run();

    expect([before, asked.length]).toEqual([1, 2]);
    expect((await find('acme'))?.state).toBe('VERIFIED');
    expect(drift()).toEqual([]);
  });

  it('is due again sooner than one that passed', async () => {
    const { add, run, asked } = aSchedule();
    await add('passed', 2 * scheduleTimes.retryMs);
    await add('open', 2 * scheduleTimes.retryMs, inconclusive(2 * scheduleTimes.retryMs));

    await run();

    expect(asked.map(({ name }) => name)).toEqual(['open']);
  });

  it('that gives no answer keeps nobody else from their turn', async () => {
    const { add, run, asked, find } = aSchedule({ takesMs: 60_000 });
    await add('slow', 9 * day);
    await add('other', 8 * day);

    await run();
    await run();

    expect(asked.map(({ name }) => name)).toEqual(['slow', 'other']);
    expect(await find('slow')).toMatchObject({
      state: 'VERIFIED',
      verification: { result: 'INCONCLUSIVE', findings: [{ code: 'inconclusive' }] },
    });
  });
});

describe('one that cannot be read or written', () => {
  it('keeps nobody else from their turn, and is named', async () => {
    const { add, run, asked, said } = aSchedule({ unreadable: ['unreadable'], unwritable: ['unwritable'] });
    for (const name of ['unreadable', 'unwritable', 'well']) await add(name, 2 * day);

    const result = await run();

    expect(asked.map(({ name }) => name).sort()).toEqual(['unwritable', 'well']);
    expect(result).toEqual({ ...nothing, due: 2, passed: 1, leftOut: 2 });
    expect(said('integration left out')).toEqual(['error unreadable', 'error unwritable']);
  });

  it('is not for ever the first, even where it takes all the time of a run', async () => {
    const { add, run, asked, world } = aSchedule({ takesMs: 60_000, unwritable: ['a', 'b'] });
    await add('a', 9 * day);
    await add('b', 8 * day);
    await add('well', 2 * day);

    for (let minutes = 0; minutes < 60; minutes += 10) {
      world.now = nowMs + minutes * 60_000;
      await run();
    }

    expect(asked.map(({ name }) => name)).toContain('well');
  });

  it('ends the run where not even the names can be read', async () => {
    const { store, run } = aSchedule();
    store.names = async () => {
      throw new IntegrationsUnavailableError('the table cannot be read');
    };

    await expect(run()).rejects.toThrow('the table cannot be read');
  });
});

describe('one that issues and is not proven', () => {
  const hour = 3_600_000;
  const lastLook = (result: Verification['result'], agoMs: number) => ({
    verification: aVerification({ at: new Date(nowMs - agoMs).toISOString(), result }),
  });

  it.each(['FAILED', 'INCONCLUSIVE'] as const)(
    'is looked at again in an hour where the last look was %s',
    async (result) => {
      const { add, run, asked } = aSchedule();
      await add('just-now', hour, lastLook(result, hour - 1));
      await add('an-hour-ago', hour, lastLook(result, hour));

      await run();

      expect(asked.map(({ name }) => name)).toEqual(['an-hour-ago']);
    },
  );

  it('waits for the day where it failed, and issues nothing', async () => {
    const { add, run, asked } = aSchedule();
    await add('failed', 19 * hour, { state: 'FAILED', ...lastLook('FAILED', 19 * hour) });

    await run();

    expect(asked).toEqual([]);
  });

  it('is called unproven after three days, in each run, until it is proven', async () => {
    const { add, run, said, world } = aSchedule({ verify: () => aVerification({ result: 'INCONCLUSIVE' }) });
    await add('fresh', 72 * hour - 60_000);
    await add('long-ago', 72 * hour, lastLook('INCONCLUSIVE', 0));
    const proven = new Date(nowMs).toISOString();
    const looked = lastLook('INCONCLUSIVE', 0);
    await add('proven-since', 0, { ...looked, provenAt: proven });
    await add('no-more', 99 * hour, { state: 'FAILED' });
    await add('suspended', 99 * hour, { state: 'SUSPENDED' });

    await run();
    expect(said('integration unproven')).toEqual(['error long-ago']);
    world.now = nowMs + 30_000;
    await run();
    expect(said('integration unproven')).toEqual(['error long-ago', 'error long-ago']);
  });

  it('is proven by a look that passes, and by no other', async () => {
    const { add, run, find } = aSchedule({
      verify: (name) => aVerification({ result: name === 'passes' ? 'PASSED' : 'INCONCLUSIVE' }),
    });
    const longAgo = new Date(nowMs - 4 * day).toISOString();
    await add('passes', 4 * day);
    await add('nothing', 4 * day);

    await run();

    expect(Date.parse((await find('passes'))?.provenAt ?? '')).toBeGreaterThanOrEqual(nowMs);
    expect((await find('nothing'))?.provenAt).toBe(longAgo);
  });
});

describe('an operator', () => {
  it('has all of them proven now that are verified or failed, as many as a run may, and is told of the rest', async () => {
    const { add, run, asked } = aSchedule({ takesMs: 10 });
    for (let index = 0; index < 12; index += 1) await add(`partner-${index}`, index * 1000);
    await add('created', 1000, { state: 'CREATED' });
    await add('suspended', 1000, { state: 'SUSPENDED' });

    expect((await run()).due).toBe(0);
    const first = await run({ olderThanSeconds: 0 });
    await run({ olderThanSeconds: 0 });

    expect(first).toMatchObject({ due: 12, passed: 8, remaining: 4 });
    expect(new Set(asked.map(({ name }) => name)).size).toBe(12);
  });

  it('names an age below which none is looked at', async () => {
    const { add, run, asked } = aSchedule();
    await add('younger', 599_999);
    await add('older', 600_000);
    await add('failed', 600_000, { state: 'FAILED' });

    await run({ olderThanSeconds: 600 });

    expect(asked.map(({ name }) => name).sort()).toEqual(['failed', 'older']);
  });
});
