import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BrokerClient, BrokerRequest } from '../../../lib/client/broker-client.ts';
import { BrokerRefusal } from '../../../lib/client/broker-client.ts';
import { ClientError } from '../../../lib/client/client-error.ts';
import { type FollowOptions, followRows } from '../../../lib/client/follow-rows.ts';
import type { FollowedRow } from '../../../lib/client/look-for-rows.ts';

const startMs = Date.parse('2026-11-21T12:00:00Z');

/** A row, and when it is listed: both in seconds from the start. */
interface Arrival {
  readonly at: number;
  readonly listedAt: number;
}

interface World {
  readonly arrivals: readonly Arrival[];
  /** Seconds from the start, exclusive at the end: when the broker answers nothing. */
  readonly away?: readonly (readonly [from: number, to: number])[];
  /** Seconds by which this machine's clock is fast. */
  readonly fast?: number;
  readonly pageSize?: number;
}

/** An audit with a clock that moves while it is waited for. */
function anAudit({ arrivals, away = [], fast = 0, pageSize = 2 }: World) {
  let seconds = 0;
  const asked: BrokerRequest[] = [];
  const rows = arrivals
    .map(({ at, listedAt }, index) => ({
      ...{ id: toId(at, index), listedAt },
      createdAt: new Date(startMs + at * 1000).toISOString(),
    }))
    .sort((a, b) => (a.id > b.id ? -1 : 1));
  const call: BrokerClient['call'] = async (request) => {
    asked.push(request);
    if (away.some(([from, to]) => seconds >= from && seconds < to))
      throw new ClientError('unavailable', 'no broker answers');
    const { from = '', cursor } = request.query ?? {};
    const listed = rows.filter(
      ({ id, listedAt, createdAt }) =>
        listedAt <= seconds && createdAt >= from && (cursor === undefined || id < cursor),
    );
    const page = listed.slice(0, pageSize);
    const nextCursor = listed.length > page.length ? { nextCursor: page.at(-1)?.id } : {};
    return {
      status: 200,
      headers: new Headers({ date: new Date(startMs + seconds * 1000).toUTCString() }),
      text: JSON.stringify({ issuances: page, ...nextCursor }),
    };
  };
  return {
    call,
    asked,
    now: () => startMs + (seconds + fast) * 1000,
    wait: (ms: number) => {
      seconds += ms / 1000;
    },
    rows,
    seconds: () => seconds,
  };
}

const toId = (at: number, index: number) =>
  `${String(Math.round((at + 1_000_000) * 1000)).padStart(13, '0')}-${String(index).padStart(4, '0')}`;

/** Follows for so many seconds. */
async function follow(world: World, seconds: number, own: Partial<FollowOptions> = {}) {
  const audit = anAudit(world);
  const given: FollowedRow[][] = [];
  const givenAt: number[] = [];
  const told: string[] = [];
  const interruption = new AbortController();
  const ended = await (async () => {
    const options: FollowOptions = {
      ...{ path: '/v1/issuances', member: 'issuances', intervalMs: 5000, signal: interruption.signal },
      ...{ from: (nowMs) => nowMs - 600_000, now: audit.now },
      pause: async (ms) => {
        audit.wait(ms);
        if (audit.seconds() >= seconds) throw new Error('aborted');
      },
      onAway: ({ message }) => told.push(message),
      onBack: () => told.push('back'),
      ...own,
    };
    for await (const rows of followRows<FollowedRow>(audit, options)) {
      given.push([...rows]);
      givenAt.push(audit.seconds());
    }
  })().catch((error: unknown) => error);
  return { audit, given, givenAt, told, ended, ids: given.flat().map(({ id }) => id) };
}

describe('rows that are followed', () => {
  it('come oldest first, those that are there and those that come, each once', async () => {
    const arrivals = [-30, -20, -10, 7, 12, 12].map((at) => ({ at, listedAt: at }));

    const { given, ids, audit, ended } = await follow({ arrivals }, 60);

    expect(ids).toEqual(audit.rows.map(({ id }) => id).reverse());
    expect(given.map((rows) => rows.length)).toEqual([3, 1, 2]);
    expect(ended).toMatchObject({ code: 'interrupted' });
  });

  it('are not lost when they are listed late, nor given twice', async () => {
    const arrivals = [
      { at: -20, listedAt: 42 },
      { at: 30, listedAt: 30 },
      // Swept: its function died.
      { at: 20, listedAt: 420 },
    ];

    const { ids, givenAt } = await follow({ arrivals }, 900);

    expect(ids).toEqual([toId(30, 1), toId(-20, 0), toId(20, 2)]);
    expect(givenAt).toEqual([30, 45, 420]);
  });

  it('are not lost while the broker is away, and it is told once', async () => {
    const arrivals = [3, 40, 4000, 7100, 7300].map((at) => ({ at, listedAt: at }));

    const { ids, told } = await follow({ arrivals, away: [[30, 7200]] }, 7500);

    expect(ids).toEqual(arrivals.map(({ at }, index) => toId(at, index)));
    expect(told).toEqual(['no broker answers', 'back']);
  });

  it('are not lost where the broker was away from the beginning', async () => {
    const { ids } = await follow({ arrivals: [{ at: 0, listedAt: 0 }], away: [[0, 3000]] }, 4000);

    expect(ids).toHaveLength(1);
  });

  it('are not lost where this machine is fast, or slow', async () => {
    const arrivals = [5, 20, 130].map((at) => ({ at, listedAt: at }));

    for (const fast of [7200, -7200]) {
      const { ids } = await follow({ arrivals, fast }, 200);
      expect(ids).toHaveLength(3);
    }
  });

  it('end with what another attempt would not change', async () => {
    const refusal = new BrokerRefusal(401, { detail: 'the token has expired' });
    const own = { pause: async () => undefined };
    const audit = anAudit({ arrivals: [{ at: -1, listedAt: 0 }] });
    let calls = 0;
    const client = {
      call: async (request: BrokerRequest) => {
        calls += 1;
        if (calls > 1) throw refusal;
        return audit.call(request);
      },
    };
    const given: unknown[] = [];

    const followed = (async () => {
      for await (const rows of followRows(client, {
        ...{ path: '/v1/issuances', member: 'issuances', intervalMs: 1, now: audit.now, ...own },
        ...{ from: () => 0, signal: new AbortController().signal },
      }))
        given.push(rows);
    })();

    await expect(followed).rejects.toBe(refusal);
    expect(given).toHaveLength(1);
  });

  it('are waited for as long as the broker asks, at most 30 s, and longer each time where it asks for no wait', async () => {
    const waits: number[] = [];
    const answers = [7, 600, 0, 0].map(
      (retryAfterSeconds) => new BrokerRefusal(503, {}, { retryAfterSeconds }),
    );
    const client = {
      call: async () => {
        throw answers.shift() ?? new ClientError('refused', 'enough');
      },
    };

    const followed = followRows(client, {
      ...{ path: '/v1/issuances', member: 'issuances', intervalMs: 5000, now: () => startMs, from: () => 0 },
      ...{ signal: new AbortController().signal, pause: async (ms) => void waits.push(ms) },
    }).next();

    await expect(followed).rejects.toThrow('enough');
    expect(waits).toEqual([7000, 30_000, 4000, 8000]);
  });

  it('of days ago are asked for once, and not again and again', async () => {
    const { audit } = await follow({ arrivals: [] }, 30, { from: (nowMs) => nowMs - 172_800_000 });

    const spans = audit.asked.map(({ query = {} }) => startMs - Date.parse(query['from'] ?? ''));
    expect(spans[0]).toBe(172_800_000);
    expect(Math.max(...spans.slice(1))).toBeLessThanOrEqual(120_000);
  });

  it('are each given once, however late they are listed and whenever the broker is away', async () => {
    const arrival = fc
      .record({ at: fc.integer({ min: -300, max: 1500 }), late: fc.integer({ min: 0, max: 110 }) })
      .map(({ at, late }) => ({ at, listedAt: at + late }));
    const outage = fc
      .tuple(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 1, max: 1200 }))
      .map(([from, length]) => [from, from + length] as const);
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { maxLength: 30 }),
        fc.array(outage, { maxLength: 3 }),
        fc.integer({ min: 1, max: 5 }),
        async (arrivals, away, pageSize) => {
          const { ids, audit } = await follow({ arrivals, away, pageSize }, 4000, { intervalMs: 20_000 });
          expect([...ids].sort()).toEqual(audit.rows.map(({ id }) => id).sort());
        },
      ),
      { numRuns: 50 },
    );
  });
});
