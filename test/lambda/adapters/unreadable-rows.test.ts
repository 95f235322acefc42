import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { createDynamodbIssuanceMatcher } from '../../../lambda/adapters/dynamodb-issuance-matcher.ts';
import { createDynamodbIssuanceRecorder } from '../../../lambda/adapters/dynamodb-issuance-recorder.ts';
import { toOpenKey } from '../../../lambda/adapters/issuance-item.ts';
import { anIntent, outcomes } from '../../support/an-issuance.ts';
import { startIssuanceTable, type TestIssuanceTable } from '../../support/an-issuance-table.ts';
import { aReconciling, settleMinutes } from '../../support/reconciling.ts';
import { nowMs } from '../../support/tokens.ts';

let table: TestIssuanceTable;
beforeAll(async () => {
  table = await startIssuanceTable();
});
afterAll(() => table.stop());

/** More than the failures by the store's fault with which a run ends. */
const unreadable = 510;

describe('a settlement', () => {
  it('comes past rows that hold a number which JavaScript has none for, and names each', async () => {
    const ports = { tableName: table.tableName, now: () => nowMs, pause: async () => {} };
    const ids = Array.from({ length: unreadable }, () => ulid(nowMs));
    const put = (id: string) =>
      table.put({
        ...{ id: { S: id }, state: { S: 'ISSUED' }, open: { S: toOpenKey('UNMATCHED', id) } },
        expiresAtSeconds: { N: '9007199254740993.5' },
      });
    for (let index = 0; index < ids.length; index += 50)
      await Promise.all(ids.slice(index, index + 50).map(put));
    const client = await table.clientOf('issuer');
    const recorder = createDynamodbIssuanceRecorder({ ...ports, client });
    const intent = anIntent({ id: ulid(nowMs + 1000) });
    await recorder.recordIntent(intent);
    await recorder.recordOutcome(intent, outcomes.ISSUED);
    const issuances = createDynamodbIssuanceMatcher({
      ...{ ...ports, client: await table.clientOf('reconciler') },
    });
    const { settle, at, failures, memory } = aReconciling({ ports: () => ({ issuances }) });
    at(settleMinutes + 1);

    const { looked, failed, hasMore, closed } = await settle();

    expect({ looked, failed, hasMore }).toEqual({ looked: 1, failed: unreadable, hasMore: false });
    expect(closed).toMatchObject({ MISSING: 1 });
    expect(memory.listFindings()).toContain('missing-from-cloudtrail OPEN');
    expect(failures).toHaveLength(unreadable);
    expect(String(Object(failures[0]).detail)).toMatch(/^ZodError: /);
    expect(JSON.stringify(failures.map((failure) => Object(failure).detail))).not.toContain('9007');
  });
});
