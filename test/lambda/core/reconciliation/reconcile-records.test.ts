import { describe, expect, it } from '@jest/globals';
import { parseTrailEvent } from '../../../../lambda/core/reconciliation/parse-trail-event.ts';
import type { ReconcileEvent } from '../../../../lambda/core/reconciliation/reconcile-event.ts';
import { createReconcileRecords } from '../../../../lambda/core/reconciliation/reconcile-records.ts';
import { aReconciliationMemory } from '../../../support/reconciliation-memory.ts';
import { aTrailRecord, issuerIdentity, trailCanary } from '../../../support/trail-records.ts';

const record = (eventId: string) =>
  aTrailRecord({ eventName: 'AssumeRole', userIdentity: issuerIdentity, requestParameters: null, eventId });

function reconciling(answer: (eventId: string) => Promise<Awaited<ReturnType<ReconcileEvent>>>) {
  const memory = aReconciliationMemory();
  const failures: unknown[] = [];
  const reconcile = createReconcileRecords({
    reconcileEvent: ({ eventId }) => answer(eventId),
    findings: memory.findings,
    onFailure: (eventId, error) => failures.push([eventId, String(error)]),
  });
  return { memory, failures, reconcile };
}

describe('the records of a delivery', () => {
  it('are counted by what became of each, and none stops another', async () => {
    const { memory, failures, reconcile } = reconciling(async (eventId) => {
      if (eventId === 'fails') throw new Error('store down');
      return { outcome: 'joined', found: [] };
    });
    const others = Array.from({ length: 40 }, (_, index) => record(`event-${index}`));
    const unreadable = [{ ...record('unreadable'), eventTime: trailCanary }, { [trailCanary]: trailCanary }];

    const { counts, found } = await reconcile(
      [record('fails'), ...unreadable, { eventSource: 's3.amazonaws.com' }, ...others],
      's3://x',
    );

    expect(counts).toMatchObject({ failed: 1, unreadable: 2, foreign: 1, joined: 40, unaudited: 0 });
    expect(failures).toEqual([['fails', 'Error: store down']]);
    expect(found.map(({ discovery: { kind, severity } }) => [kind, severity])).toEqual([
      ['unreadable-event', 'error'],
      ['unreadable-event', 'error'],
    ]);
    expect([...memory.findingsById.keys()]).toEqual([
      'unreadable-event-unreadable',
      expect.stringMatching(/^unreadable-event-[0-9a-f]{40}$/),
    ]);
    expect(JSON.stringify([...memory.findingsById.values()])).not.toContain(trailCanary);
  });

  it('that are no JSON at all ring, and are one finding for each object', async () => {
    const { memory, reconcile } = reconciling(async () => ({ outcome: 'foreign', found: [] }));

    await reconcile([undefined], 's3://x');
    await reconcile([undefined], 's3://y');

    expect([...memory.findingsById.values()]).toMatchObject([
      { kind: 'unreadable-event', severity: 'critical' },
      { kind: 'unreadable-event', severity: 'critical' },
    ]);
  });

  it('that cannot be read are one finding, however often they come', async () => {
    const { memory, reconcile } = reconciling(async () => ({ outcome: 'foreign', found: [] }));
    const broken = { ...record('x'), eventTime: 'yesterday' };

    await reconcile([broken], 's3://x');
    const { found } = await reconcile([broken, {}], 's3://y');

    expect(found.map(({ isNew }) => isNew)).toEqual([false, true]);
    expect(memory.listFindings()).toHaveLength(2);
    expect(parseTrailEvent(broken)?.unreadable?.problems).toEqual(['eventTime']);
  });
});
