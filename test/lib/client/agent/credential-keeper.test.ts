import { describe, expect, it } from '@jest/globals';
import { createCredentialKeeper, type KeeperEvent } from '../../../../lib/client/agent/credential-keeper.ts';
import { BrokerRefusal } from '../../../../lib/client/broker-client.ts';
import { ClientError } from '../../../../lib/client/client-error.ts';
import { aCredentialSource } from '../../../support/a-credential-source.ts';

const second = 1000;
const minute = 60 * second;

function aKeeper(lifetimeMs?: number) {
  const source = aCredentialSource(lifetimeMs);
  const events: KeeperEvent[] = [];
  const stopping = new AbortController();
  const keeper = createCredentialKeeper({
    open: source.open,
    now: source.now,
    signal: stopping.signal,
    report: (event) => events.push(event),
  });
  const idOf = async (profile = 'shop') => (await keeper.get(profile)).issuanceId;
  return { source, keeper, events, stopping, idOf };
}

/** Lets what runs in the background end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const refusal = () =>
  new BrokerRefusal(403, { detail: 'no profile shop that you may use', code: 'access-denied' });
const outage = () => new ClientError('unavailable', 'no broker answers');

describe('CredentialKeeper', () => {
  it('issues once for a hundred that ask at the same time', async () => {
    const { source, keeper } = aKeeper();
    const held = source.hold();

    const asked = Array.from({ length: 100 }, () => keeper.get('shop'));
    await settle();
    held.release();
    const answers = await Promise.all(asked);

    expect(source.attempts).toEqual(['shop']);
    expect(new Set(answers.map(({ issuanceId }) => issuanceId)).size).toBe(1);
  });

  it('keeps profiles apart', async () => {
    const { source, idOf } = aKeeper();

    const ids = await Promise.all([idOf('shop'), idOf('web'), idOf('shop'), idOf('web')]);

    expect(source.attempts).toEqual(['shop', 'web']);
    expect(ids).toEqual(['sre-shop-1', 'sre-web-2', 'sre-shop-1', 'sre-web-2']);
  });

  it('hands out what it has until 16 minutes before expiry, then renews behind whoever asks', async () => {
    const { source, idOf } = aKeeper();
    await idOf();

    source.advance(44 * minute - 1);
    await idOf();
    await settle();
    expect(source.attempts).toHaveLength(1);
    source.advance(1);
    expect(await idOf()).toBe('sre-shop-1');
    await settle();

    expect(await idOf()).toBe('sre-shop-2');
    expect(source.attempts).toHaveLength(2);
  });

  it('lets whoever asks wait in the last minute', async () => {
    const { source, idOf } = aKeeper();
    await idOf();

    source.advance(59 * minute);

    expect(await idOf()).toBe('sre-shop-2');
  });

  it('goes by the wall clock: after a night of sleep nothing old is handed out', async () => {
    const { source, idOf } = aKeeper();
    await idOf();

    source.advance(9 * 60 * minute);

    expect(await idOf()).toBe('sre-shop-2');
  });

  it('is not fooled by a clock that is set back', async () => {
    const { source, idOf } = aKeeper();
    source.fail(outage());
    await expect(idOf()).rejects.toThrow('no broker answers');

    source.fail(undefined);
    source.advance(-60 * minute);

    expect(await idOf()).toBe('sre-shop-2');
  });

  it('refuses credentials that have expired already, and does not issue others for each that asks', async () => {
    const { source, idOf } = aKeeper(-1);

    await expect(idOf()).rejects.toThrow('expired already by the clock of this machine');
    await expect(idOf()).rejects.toMatchObject({ hint: 'set the clock: it is ahead' });

    expect(source.attempts).toHaveLength(1);
  });

  it('forgets the profiles that nobody asked for longest, where somebody asks for any name there is', async () => {
    const { source, idOf } = aKeeper();
    await idOf('first');
    source.advance(1);
    for (let index = 0; index < 256; index += 1) await idOf(`p${index}`);

    expect(await idOf('p0')).toBe('sre-p0-2');
    expect(await idOf('first')).toBe('sre-first-258');
  });
});

describe('CredentialKeeper, of callers,', () => {
  it("hands nobody another caller's credentials", async () => {
    const { source, idOf } = aKeeper();
    await idOf();

    source.login('developer');

    expect(await idOf()).toBe('developer-shop-2');
  });

  it('hands nothing out after a logout, and forgets what it had', async () => {
    const { source, idOf } = aKeeper();
    await idOf();

    source.login(undefined);
    await expect(idOf()).rejects.toMatchObject({ code: 'not-logged-in' });
    source.login('sre');

    expect(await idOf()).toBe('sre-shop-2');
  });

  it('serves nothing more of a login that has ended, and goes on with the next', async () => {
    const { source, keeper, idOf } = aKeeper();
    await idOf();
    source.fail(new ClientError('not-logged-in', 'the login has expired'));

    source.advance(50 * minute);
    await keeper.renewDue();
    await expect(idOf()).rejects.toThrow('the login has expired');
    source.fail(undefined);
    source.advance(3 * second);

    expect(await idOf()).toBe('sre-shop-3');
  });
});

describe('CredentialKeeper, where it comes to nothing,', () => {
  it('remembers a refusal for ten seconds: the retries of an SDK are one attempt', async () => {
    const { source, idOf } = aKeeper();
    source.fail(refusal());

    for (let attempt = 0; attempt < 4; attempt += 1) {
      await expect(idOf()).rejects.toMatchObject({ problemCode: 'access-denied' });
      source.advance(second);
    }
    expect(source.attempts).toHaveLength(1);
    source.advance(6 * second);

    await expect(idOf()).rejects.toThrow();
    expect(source.attempts).toHaveLength(2);
  });

  it('remembers an outage for two seconds, so that a retry finds the broker that came back', async () => {
    const { source, idOf } = aKeeper();
    source.fail(outage());
    await expect(idOf()).rejects.toThrow();
    await expect(idOf()).rejects.toThrow();
    expect(source.attempts).toHaveLength(1);

    source.fail(undefined);
    source.advance(2 * second);

    expect(await idOf()).toBe('sre-shop-2');
  });

  it.each([
    [20, 20 * second],
    [3600, minute],
  ])('waits as the broker says (%i s), up to a minute', async (retryAfterSeconds, waitedMs) => {
    const { source, idOf } = aKeeper();
    source.fail(new BrokerRefusal(429, {}, { retryAfterSeconds }));
    await expect(idOf()).rejects.toThrow();

    source.advance(waitedMs - 1);
    await expect(idOf()).rejects.toThrow();
    expect(source.attempts).toHaveLength(1);
    source.advance(1);
    await expect(idOf()).rejects.toThrow();

    expect(source.attempts).toHaveLength(2);
  });

  it('serves the older ones while they are good, and says so', async () => {
    const { source, idOf, events } = aKeeper();
    await idOf();
    source.fail(outage());

    source.advance(59.5 * minute);
    expect(await idOf()).toBe('sre-shop-1');
    source.advance(0.5 * minute);

    await expect(idOf()).rejects.toThrow('no broker answers');
    expect(events.map((event) => event.kind === 'failed' && event.servesOlder)).toEqual([false, true, false]);
  });

  it('serves nothing of what was allowed and is so no longer', async () => {
    const { source, keeper, idOf } = aKeeper();
    await idOf();
    source.fail(refusal());

    source.advance(45 * minute);
    await keeper.renewDue();

    await expect(idOf()).rejects.toMatchObject({ code: 'refused' });
    expect(source.attempts).toHaveLength(2);
  });

  it('tries ahead once a minute, however many ask', async () => {
    const { source, idOf } = aKeeper();
    await idOf();
    source.fail(outage());
    source.advance(45 * minute);

    for (let asked = 0; asked < 60; asked += 1) {
      await idOf();
      await settle();
      source.advance(2 * second);
    }

    expect(source.attempts).toHaveLength(3);
  });

  it('ends what is under way when it is stopped', async () => {
    const { source, keeper, stopping } = aKeeper();
    source.hold();
    const asked = keeper.get('shop');
    await settle();

    stopping.abort();

    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('CredentialKeeper.renewDue', () => {
  it('renews what was used lately, 16 minutes before it expires', async () => {
    const { source, keeper, idOf } = aKeeper();
    await idOf();

    source.advance(43 * minute);
    await keeper.renewDue();
    expect(source.attempts).toHaveLength(1);
    source.advance(minute);
    await keeper.renewDue();

    expect(source.attempts).toHaveLength(2);
    expect(await idOf()).toBe('sre-shop-2');
  });

  it('renews credentials of 15 minutes 6 minutes before they expire', async () => {
    const { source, keeper, idOf } = aKeeper(15 * minute);
    await idOf();

    source.advance(9 * minute);
    await keeper.renewDue();

    expect(source.attempts).toHaveLength(2);
  });

  it('issues once more for a profile that nobody uses, then nothing all night', async () => {
    const { source, keeper, idOf } = aKeeper(15 * minute);
    await idOf();

    for (let passed = 0; passed < 8 * 60; passed += 1) {
      source.advance(minute);
      await keeper.renewDue();
    }

    expect(source.attempts).toHaveLength(2);
  });

  it('renews nothing that was last used an hour ago', async () => {
    const { source, keeper, idOf } = aKeeper(12 * 60 * minute);
    await idOf();

    source.advance(11 * 60 * minute + 50 * minute);
    await keeper.renewDue();

    expect(source.attempts).toHaveLength(1);
  });

  it('goes on for as long as somebody uses it', async () => {
    const { source, keeper, idOf } = aKeeper(15 * minute);
    await idOf();

    for (let passed = 0; passed < 60; passed += 1) {
      source.advance(minute);
      await keeper.renewDue();
      await idOf();
    }

    expect(source.attempts).toHaveLength(7);
  });

  it.each([
    ['nobody is logged in', undefined],
    ['another caller is', 'developer'],
  ])('does nothing where %s', async (_, caller) => {
    const { source, keeper, idOf } = aKeeper();
    await idOf();
    source.login(caller);

    source.advance(45 * minute);
    await keeper.renewDue();

    expect(source.attempts).toHaveLength(1);
  });
});
