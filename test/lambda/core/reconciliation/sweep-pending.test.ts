import { describe, expect, it } from '@jest/globals';
import { decodeTime } from 'ulid';
import { sweepPending } from '../../../../lambda/core/reconciliation/sweep-pending.ts';
import { aReconciliationMemory } from '../../../support/reconciliation-memory.ts';
import { aRow } from '../../../support/reconciling.ts';

const minute = 60_000;
const madeMs = decodeTime(aRow().id);

function sweeping(region = 'eu-west-1') {
  const memory = aReconciliationMemory();
  const row = memory.add(aRow({}, { state: 'PENDING' }));
  const sweep = (minutes: number, issuances = memory.issuances) =>
    sweepPending({
      ...{ issuances, region, now: () => madeMs + minutes * minute, limit: 10 },
      ...{ hasTime: () => true, onFailure: () => undefined },
    });
  return { memory, row, sweep, state: () => memory.rows.get(row.id)?.state };
}

describe('a row that nobody finished', () => {
  it('is UNKNOWN after five minutes, and not before', async () => {
    const { sweep, state, memory, row } = sweeping();

    expect(await sweep(5)).toMatchObject({ looked: 0, swept: 0 });
    expect(state()).toBe('PENDING');
    expect(await sweep(5.1)).toEqual({ looked: 1, failed: 0, hasMore: false, swept: 1, passedOver: 0 });
    expect(memory.rows.get(row.id)).toMatchObject({ state: 'UNKNOWN', errorCode: 'swept', isOpen: true });
    expect(await sweep(6)).toMatchObject({ looked: 0 });
  });

  it.each([
    ['eu-west-1', 'UNKNOWN'],
    ['eu-central-1', 'PENDING'],
  ])('of region %s is %s after the sweep of eu-west-1', async (region, expected) => {
    const { sweep, state, memory, row } = sweeping();
    memory.rows.set(row.id, { ...row, region });

    await sweep(6);

    expect(state()).toBe(expected);
  });

  it('is left to whoever finished it meanwhile', async () => {
    const { sweep, state, memory, row } = sweeping();
    const find = async () => {
      memory.rows.set(row.id, { ...row, state: 'ISSUED' });
      return row;
    };

    expect(await sweep(6, { ...memory.issuances, find })).toMatchObject({ swept: 0, passedOver: 1 });
    expect(state()).toBe('ISSUED');
  });

  it('stays for the next run where the store fails, or the time is over', async () => {
    const { sweep, state, memory, row } = sweeping();
    const failing = async () => Promise.reject(new Error('down'));

    expect(await sweep(6, { ...memory.issuances, sweep: failing })).toMatchObject({ failed: 1, swept: 0 });
    expect(state()).toBe('PENDING');
    const told: unknown[] = [];
    const run = await sweepPending({
      ...{ issuances: memory.issuances, region: 'eu-west-1', now: () => madeMs + 6 * minute, limit: 10 },
      ...{ hasTime: () => false, onFailure: (id: string) => told.push(id) },
    });
    expect(run).toMatchObject({ looked: 0, hasMore: true });
    expect(row.state).toBe('PENDING');
  });
});
