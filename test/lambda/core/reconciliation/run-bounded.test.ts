import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { AuditUnavailableError } from '../../../../lambda/core/errors.ts';
import { runBounded } from '../../../../lambda/core/reconciliation/run-bounded.ts';

const ids = Array.from({ length: 1200 }, (_, index) => String(index).padStart(4, '0'));
const lastId = ids.at(-1);

/** All but the newest row fail so. */
const running = (failure: () => unknown) =>
  runBounded({
    issuances: {
      listOpen: async ({ after = '', limit }) => {
        const rest = ids.filter((id) => id > after);
        return { ids: rest.slice(0, limit), hasMore: rest.length > limit };
      },
    },
    ...{ state: 'UNMATCHED', beforeMs: 0, limit: 5000 },
    hasTime: () => true,
    look: async (id) => {
      if (id !== lastId) throw failure();
    },
    onFailure: () => undefined,
  });

describe('a run over rows that fail', () => {
  it('ends early where the store is to blame, and is not asked about every row', async () => {
    expect(await running(() => new AuditUnavailableError('throttled'))).toEqual({
      ...{ looked: 0, failed: 500, hasMore: true },
    });
  });

  const { error: cause } = z.object({ state: z.string() }).safeParse({});
  it.each([
    ['each', new AuditUnavailableError('unreadable', { cause })],
    ["each one's witness", cause],
  ])('comes to those behind where %s cannot be read for what it holds', async (_, failure) => {
    expect(await running(() => failure)).toEqual({
      ...{ looked: 1, failed: 1199, hasMore: false },
    });
  });
});
