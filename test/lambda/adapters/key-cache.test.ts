import { describe, expect, it } from '@jest/globals';
import { createKeyCache, keyCacheTimes } from '../../../lambda/adapters/key-cache.ts';
import type { VerificationKey } from '../../../lambda/adapters/verification-keys.ts';
import { nowMs } from '../../support/tokens.ts';

const { maxAgeMs, staleLimitMs, cooldownMs, retryMs } = keyCacheTimes;

/** A cache over an issuer whose answer, and a clock whose time, the test sets. */
function aCache() {
  const world = { now: nowMs, fetches: 0, stale: [] as unknown[], answer: keysNamed('first') };
  const cache = createKeyCache({
    fetchKeys: () => {
      world.fetches += 1;
      return world.answer();
    },
    now: () => world.now,
    onStale: (cause) => world.stale.push(cause),
  });
  return { world, cache };
}

/** Told apart by their ids; the cache looks at nothing else. */
const keysNamed = (keyId: string) => async () => [{ keyId } as VerificationKey] as const;
const down = () => Promise.reject(new Error('down'));
const idsOf = async (keys: Promise<readonly VerificationKey[]>) => (await keys).map(({ keyId }) => keyId);

/** A cache that fetched `first`, that much later, with the issuer answering so. */
async function aWarmCache(laterMs: number, answer: ReturnType<typeof keysNamed> | typeof down) {
  const { world, cache } = aCache();
  await cache.current();
  world.now += laterMs;
  world.answer = answer as ReturnType<typeof keysNamed>;
  return { world, cache };
}

describe('createKeyCache', () => {
  it('fetches nothing before it is asked', () => {
    expect(aCache().world.fetches).toBe(0);
  });

  it('fetches once for requests at the same time', async () => {
    const { world, cache } = aCache();

    await Promise.all([cache.current(), cache.current(), cache.recent()]);

    expect(world.fetches).toBe(1);
  });

  it('shares a failing fetch too', async () => {
    const { world, cache } = aCache();
    world.answer = down as never;

    const outcomes = await Promise.allSettled([cache.current(), cache.current()]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(world.fetches).toBe(1);
  });

  it('keeps keys until their max age', async () => {
    const { world, cache } = await aWarmCache(maxAgeMs - 1, keysNamed('second'));

    expect(await idsOf(cache.current())).toEqual(['first']);
    expect(world.fetches).toBe(1);
  });

  it('forgets withdrawn keys at their max age', async () => {
    const { cache } = await aWarmCache(maxAgeMs, keysNamed('second'));

    expect(await idsOf(cache.current())).toEqual(['second']);
  });

  it('forgets them even when none are left', async () => {
    const { cache } = await aWarmCache(maxAgeMs, async () => [] as never);

    expect(await idsOf(cache.current())).toEqual([]);
  });

  it('serves old keys while the issuer is down, and says so', async () => {
    const { world, cache } = await aWarmCache(staleLimitMs - 1, down);

    expect(await idsOf(cache.current())).toEqual(['first']);
    expect(world.stale).toEqual([new Error('down')]);
  });

  it('serves keys no longer than the stale limit', async () => {
    const { cache } = await aWarmCache(staleLimitMs, down);

    await expect(cache.current()).rejects.toThrow('down');
  });

  it('does not count a failed attempt as a fetch when it ages keys', async () => {
    const { world, cache } = await aWarmCache(staleLimitMs / 2, down);
    await cache.current();
    world.now += staleLimitMs / 2;

    await expect(cache.current()).rejects.toThrow('down');
  });

  it('tries an issuer that is down once in a cooldown while old keys serve', async () => {
    const { world, cache } = await aWarmCache(maxAgeMs, down);

    await cache.current();
    world.now += cooldownMs - 1;
    await cache.current();
    expect(world.fetches).toBe(2);
    world.now += 1;
    await cache.current();
    expect(world.fetches).toBe(3);
  });

  it('takes new keys as soon as the issuer is back', async () => {
    const { world, cache } = await aWarmCache(maxAgeMs, down);
    await cache.current();
    world.answer = keysNamed('second');
    world.now += cooldownMs;

    expect(await idsOf(cache.current())).toEqual(['second']);
  });

  it('tries again after the retry time when it has no keys, and fails at once before', async () => {
    const { world, cache } = aCache();
    world.answer = down as never;
    await expect(cache.current()).rejects.toThrow('down');
    world.answer = keysNamed('first');

    world.now += retryMs - 1;
    await expect(cache.current()).rejects.toThrow('down');
    expect(world.fetches).toBe(1);
    world.now += 1;
    expect(await idsOf(cache.current())).toEqual(['first']);
  });

  it('fetches keys again for an unknown one, once in a cooldown', async () => {
    const { world, cache } = await aWarmCache(cooldownMs - 1, keysNamed('second'));

    expect(await idsOf(cache.recent())).toEqual(['first']);
    world.now += 1;
    expect(await idsOf(cache.recent())).toEqual(['second']);
    for (let request = 0; request < 100; request += 1) await cache.recent();
    expect(world.fetches).toBe(2);
  });

  it('has no recent keys while the issuer is down, and does not hammer it', async () => {
    const { world, cache } = await aWarmCache(cooldownMs, down);

    for (let request = 0; request < 100; request += 1) await expect(cache.recent()).rejects.toThrow('down');

    expect(world.fetches).toBe(2);
    expect(await idsOf(cache.current())).toEqual(['first']);
  });

  it('takes keys from before a clock that was set back for old', async () => {
    const { cache } = await aWarmCache(-1, keysNamed('second'));

    expect(await idsOf(cache.current())).toEqual(['second']);
  });
});
