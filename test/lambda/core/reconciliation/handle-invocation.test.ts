import { describe, expect, it } from '@jest/globals';
import { createHandleInvocation } from '../../../../lambda/core/reconciliation/handle-invocation.ts';
import type { RecordsOutcome } from '../../../../lambda/core/reconciliation/reconcile-records.ts';
import { aRecordingLogger } from '../../../support/recording-logger.ts';

const nothing = {
  ...{ foreign: 0, harmless: 0, 'nothing-minted': 0, 'too-old': 0, remembered: 0 },
  ...{ deferred: 0, joined: 0, unaudited: 0, unreadable: 0, failed: 0 },
};

/** Whose objects hold one record each, which comes to this. */
function aHandler(counts: Partial<RecordsOutcome['counts']> = {}) {
  const keys: string[] = [];
  const unused = () => Promise.reject(new Error('nobody asks'));
  const handle = createHandleInvocation({
    reconcileRecords: async () => ({ counts: { ...nothing, ...counts }, found: [] }),
    objects: {
      findAccount: ({ key }) => (key.startsWith('other') ? undefined : '111111111111'),
      isUnreadable: (_error): _error is Error => false,
      read: async function* (key) {
        keys.push(key);
        yield {};
      },
    },
    findings: { record: unused, resolve: unused },
    accountId: '111111111111',
    hearLine: { keep: unused, compare: unused },
    tasks: { sweep: unused, settle: unused },
    logger: aRecordingLogger(),
  });
  return { handle, keys };
}

const aMessage = (messageId: string, ...s3ObjectKey: readonly string[]) => ({
  ...{ eventSource: 'aws:sqs', messageId },
  body: JSON.stringify({ s3Bucket: 'trail', s3ObjectKey }),
});

const anEvent = { 'detail-type': 'AWS API Call via CloudTrail', id: 'e', detail: {} };

describe('a message of the queue', () => {
  it.each([
    ['an event that failed', { failed: 1 }, ['m']],
    ['an event whose row may still come from another region', { deferred: 1 }, ['m']],
    ['a session without a row', { unaudited: 1 }, []],
    ['a record that cannot be read', { unreadable: 1 }, []],
    ['what is matched', { joined: 1, foreign: 1, harmless: 1, 'too-old': 1, remembered: 1 }, []],
  ] as const)('comes again, or not, after %s', async (_what, counts, failedMessageIds) => {
    const { handle } = aHandler(counts);

    expect(await handle({ Records: [aMessage('m', 'a')] }, () => 60_000)).toEqual({ failedMessageIds });
  });

  it('comes again where there was no time, and what was done before does not', async () => {
    const { handle, keys } = aHandler();
    const left = [60_000, 15_001, 15_000, 14_000];

    const answer = await handle(
      { Records: [aMessage('1', 'a', 'b'), aMessage('2', 'c'), aMessage('3', 'other'), aMessage('4', 'd')] },
      () => left.shift() ?? 0,
    );

    expect(answer).toEqual({ failedMessageIds: ['2', '4'] });
    expect(keys).toEqual(['a', 'b']);
  });
});

describe('an event of the bus', () => {
  it('comes again where it failed', async () => {
    await expect(aHandler({ failed: 1 }).handle(anEvent, () => 60_000)).rejects.toThrow(
      'could not be reconciled',
    );
  });

  it('does not where its row may still come: it comes with the trail’s object', async () => {
    expect(await aHandler({ deferred: 1 }).handle(anEvent, () => 60_000)).toEqual({ failedMessageIds: [] });
  });
});
