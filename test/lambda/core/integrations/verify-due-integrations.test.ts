import { describe, expect, it } from '@jest/globals';
import type { Configuration } from '../../../../lambda/core/configuration.ts';
import { VerificationUnavailableError } from '../../../../lambda/core/errors.ts';
import type { Integration, Verification } from '../../../../lambda/core/integrations/integration.ts';
import {
  createVerifyDueIntegrations,
  scheduleTimes,
} from '../../../../lambda/core/integrations/verify-due-integrations.ts';
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
}

/** The schedule over a store in memory, with a clock of its own. */
function aSchedule({ configuration = aManagingConfiguration(), verify, takesMs = 3000 }: Options = {}) {
  const store = createMemoryIntegrations();
  const logger = aRecordingLogger();
  const world = { now: nowMs };
  const asked: { name: string; timeoutMs: number; authority: VerifyAuthority }[] = [];
  const { recordVerification } = manageIntegrations({
    ...{ configuration, store, reserve: store.reserve, logger },
    now: () => world.now,
  });
  const verifyDue = createVerifyDueIntegrations({
    ...{ store, recordVerification, logger },
    now: () => world.now,
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
          ...changes,
        }),
      ),
    run: () => verifyDue(world.now + 29_000),
    find: async (name: string) => (await store.find(name))?.integration,
    drift: () => logger.entries.filter(({ message }) => message === 'integration drift'),
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
    expect(result).toEqual({ due: 3, passed: 3, failed: 0, inconclusive: 0 });
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

    expect([before, first.due]).toEqual([scheduleTimes.maxPerRun, 20]);
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

    await run();

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

  it('is not confused with one that lets nobody in any more', async () => {
    const { add, run, find, drift, logger } = aSchedule({ verify: () => aFailedVerification('error') });
    await add('acme', 2 * day);

    await run();

    expect((await find('acme'))?.state).toBe('FAILED');
    expect(drift()).toEqual([]);
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
