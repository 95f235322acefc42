import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startStoresInDynamodb, storesInMemory } from '../../../support/reconciliation-stores.ts';
import { aStory, playStory } from '../../../support/reconciliation-story.ts';
import type { ReconciliationStores } from '../../../support/reconciliation-world.ts';
import { testStores } from '../../../support/stores-contract.ts';

/**
 * Issuing, dying, stealing, editing, delivering in any order, twice or never, sweeping and settling: in the end each
 * session without a row is found, nothing else is, and each row is closed.
 */
async function holdsFor(stores: ReconciliationStores, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(aStory, async (steps) => {
      const { openFindings, expected, ambiguous, failures, wrong } = await playStory(steps, stores);
      const open = new Set(openFindings);
      const either = ambiguous.flat();

      expect(failures).toEqual([]);
      expect(openFindings.filter((id) => !either.includes(id)).sort()).toEqual([...new Set(expected)].sort());
      for (const ids of ambiguous) expect(ids.filter((id) => !open.has(id)).length).toBeLessThanOrEqual(1);
      expect(wrong).toEqual([]);
    }),
    { numRuns },
  );
}

describe('whatever happens in whatever order', () => {
  describe('in memory', () => {
    const stores = storesInMemory();

    testStores(() => stores);

    it('is told apart', async () => {
      await holdsFor(stores, 300);
    }, 60_000);
  });

  describe('in DynamoDB', () => {
    let stores: Awaited<ReturnType<typeof startStoresInDynamodb>>;

    beforeAll(async () => {
      stores = await startStoresInDynamodb();
    });

    afterAll(() => stores.stop());

    testStores(() => stores);

    it('is told apart', async () => {
      await holdsFor(stores, 6);
    }, 60_000);
  });
});
