import { randomUUID } from 'node:crypto';
import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createDynamodbFindingReader } from '../../../lambda/adapters/dynamodb-finding-reader.ts';
import { createDynamodbFindingStore } from '../../../lambda/adapters/dynamodb-finding-store.ts';
import {
  createDynamodbWitnessStore,
  type WitnessStore,
} from '../../../lambda/adapters/dynamodb-witness-store.ts';
import type { Discovery } from '../../../lambda/core/reconciliation/finding.ts';
import {
  type FindingPage,
  type FindingReader,
  isFindingPlace,
} from '../../../lambda/core/reconciliation/finding-ports.ts';
import type { FindingStore } from '../../../lambda/core/reconciliation/reconciliation-ports.ts';
import { startIssuanceTable, type TestIssuanceTable } from '../../support/an-issuance-table.ts';
import { reconciliationTables } from '../../support/reconciliation-tables.ts';
import { nowMs } from '../../support/tokens.ts';

let table: TestIssuanceTable;
let store: FindingStore;
let reader: FindingReader;
let witnesses: WitnessStore;
/** The clock of the store. */
let time = nowMs;
const day = 86_400_000;

beforeAll(async () => {
  table = await startIssuanceTable();
  const client = await table.clientOf('reconciler');
  store = createDynamodbFindingStore({
    ...{ client, tableName: reconciliationTables.findings, retentionDays: 400 },
    newNonce: () => randomUUID(),
    ...{ now: () => time, pause: async () => {} },
  });
  reader = createDynamodbFindingReader({
    ...{ client: await table.clientOf('audit'), tableName: reconciliationTables.findings },
    now: () => time,
  });
  witnesses = createDynamodbWitnessStore({
    ...{ client, tableName: reconciliationTables.witnesses },
    ...{ now: () => time, pause: async () => {} },
  });
});

afterAll(() => table.stop());
afterEach(() => {
  table.aws.faults.clear();
  time = nowMs;
});

const aDiscovery = (changes: Partial<Discovery> = {}): Discovery => ({
  id: 'unaudited-issuance-e-1',
  kind: 'unaudited-issuance',
  severity: 'critical',
  summary: 'a session that nobody wrote down',
  event: { eventId: 'e-1', region: 'eu-west-1', accountId: '111111111111', foundIn: 's3://trail/o.json.gz' },
  differences: [{ field: 'roleArn', row: 'a' }],
  ...changes,
});

const whole = { fromMs: nowMs - 400 * day, toMs: nowMs + day, limit: 100 };

const ids = async (query: Partial<Parameters<FindingReader['page']>[0]>) =>
  (await reader.page({ ...whole, ...query })).findings.map(({ id }) => id);

describe('a finding', () => {
  it('is new for the first alone, and stays as it was found', async () => {
    const discovery = aDiscovery({ id: 'once' });

    const first = await store.record(discovery);
    time = nowMs + 1000;
    const second = await store.record({ ...discovery, summary: 'another', severity: 'warning' });

    expect([first, second]).toEqual([{ isNew: true }, { isNew: false }]);
    expect(await reader.find('once')).toEqual({
      ...discovery,
      state: 'OPEN',
      createdAt: new Date(nowMs).toISOString(),
      expiresAtSeconds: Math.floor(nowMs / 1000) + 400 * 86_400,
    });
  });

  it('is new for one of several that find it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => store.record(aDiscovery({ id: 'at-once' }))),
    );

    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it('is new when the answer of its write was lost', async () => {
    table.aws.faults.replace([{ service: 'dynamodb', operation: 'PutItem', kind: 'lost', times: 1 }]);

    expect(await store.record(aDiscovery({ id: 'lost' }))).toEqual({ isNew: true });
  });

  it('is not recorded when that cannot be told', async () => {
    table.aws.faults.replace([{ service: 'dynamodb', kind: '500' }]);

    await expect(store.record(aDiscovery({ id: 'never' }))).rejects.toMatchObject({
      code: 'audit-unavailable',
    });
  });

  it('takes no field that a finding does not have', async () => {
    const discovery = { ...aDiscovery({ id: 'bare' }), sessionToken: 'CanaryOfTheTrail' };

    await store.record({ ...discovery, event: { ...discovery.event, secret: 'CanaryOfTheTrail' } as never });

    const { Item = {} } = await table.aws
      .dynamodb()
      .send(new GetItemCommand({ TableName: reconciliationTables.findings, Key: { id: { S: 'bare' } } }));
    expect(JSON.stringify(unmarshall(Item))).not.toContain('Canary');
  });

  it('is resolved once, with the reason', async () => {
    await store.record(aDiscovery({ id: 'healed', kind: 'missing-from-cloudtrail' }));

    const answers = [
      await store.resolve('healed', 'the event came late'),
      await store.resolve('healed', 'again'),
      await store.resolve('nothing', 'there is none'),
    ];

    expect(answers).toEqual([true, false, false]);
    expect(await reader.find('healed')).toMatchObject({
      state: 'RESOLVED',
      resolution: 'the event came late',
      resolvedAt: new Date(nowMs).toISOString(),
    });
    expect(await reader.find('nothing')).toBeUndefined();
  });

  it('is open again, and new, when it is found after it was resolved', async () => {
    await store.record(aDiscovery({ id: 'back' }));
    const first = await reader.find('back');
    await store.resolve('back', 'it came');
    time = nowMs + 1000;

    const answers = [
      await store.record(aDiscovery({ id: 'back' })),
      await store.record(aDiscovery({ id: 'back' })),
    ];

    expect(answers).toEqual([{ isNew: true }, { isNew: false }]);
    // Where it was in the lists, and for as long as it was.
    expect(await reader.find('back')).toEqual({ ...first, reopenedAt: new Date(time).toISOString() });
    time = nowMs;
  });

  it('is open again, and new, when the answer of that was lost', async () => {
    await store.record(aDiscovery({ id: 'back-in-silence' }));
    await store.resolve('back-in-silence', 'it came');
    table.aws.faults.replace([{ service: 'dynamodb', operation: 'UpdateItem', kind: 'lost', times: 1 }]);

    expect(await store.record(aDiscovery({ id: 'back-in-silence' }))).toEqual({ isNew: true });
  });

  it('is opened again by one of two who find it at once', async () => {
    await store.record(aDiscovery({ id: 'back-twice' }));
    await store.resolve('back-twice', 'it came');

    const answers = await Promise.all([1, 2].map(() => store.record(aDiscovery({ id: 'back-twice' }))));

    expect(answers.map(({ isNew }) => isNew).sort()).toEqual([false, true]);
  });

  it('is resolved when the answer of that was lost', async () => {
    await store.record(aDiscovery({ id: 'healed-in-silence' }));
    table.aws.faults.replace([{ service: 'dynamodb', operation: 'UpdateItem', kind: 'lost', times: 1 }]);

    expect(await store.resolve('healed-in-silence', 'it came')).toBe(true);
  });
});

describe('findings', () => {
  const at = (daysAgo: number) => nowMs - 100 * day - daysAgo * day;
  const query = { fromMs: at(20), toMs: at(-1) };

  beforeAll(async () => {
    for (const [index, daysAgo] of [0, 0, 0, 1, 1, 5, 12].entries()) {
      time = at(daysAgo) - index;
      await store.record(
        aDiscovery({
          id: `f${index}`,
          ...(index % 2 === 0 ? {} : { kind: 'mismatch', severity: 'error' }),
        }),
      );
    }
    await store.resolve('f5', 'healed');
  });

  it('are listed newest first, over days without any', async () => {
    expect(await ids(query)).toEqual(['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6']);
  });

  it('are filtered by kind, state, severity and time', async () => {
    expect(await ids({ ...query, kind: 'mismatch' })).toEqual(['f1', 'f3', 'f5']);
    expect(await ids({ ...query, severity: 'critical' })).toEqual(['f0', 'f2', 'f4', 'f6']);
    expect(await ids({ ...query, state: 'RESOLVED' })).toEqual(['f5']);
    expect(await ids({ ...query, fromMs: at(1) - 3 })).toEqual(['f0', 'f1', 'f2', 'f3']);
    expect(await ids({ ...query, toMs: at(0) - 1 })).toEqual(['f2', 'f3', 'f4', 'f5', 'f6']);
  });

  it.each([1, 2, 3])('are all there over pages of %i', async (limit) => {
    const found: string[] = [];
    let before: string | undefined;
    for (let pages = 0; pages < 20; pages += 1) {
      const page = await reader.page({ ...query, limit, ...(before === undefined ? {} : { before }) });
      found.push(...page.findings.map(({ id }) => id));
      before = page.next;
      if (before === undefined) break;
    }

    expect(before).toBeUndefined();
    expect(found).toEqual(['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6']);
  });

  it('that have expired are not there', async () => {
    time = nowMs + 301 * day;

    expect(await ids({ ...query })).toEqual([]);
    expect(await reader.find('f0')).toBeUndefined();
  });

  it('cannot be read, rather than none, when the store does not answer', async () => {
    table.aws.faults.replace([{ service: 'dynamodb', kind: 'empty' }]);

    await expect(reader.page({ ...whole, ...query })).rejects.toMatchObject({ code: 'audit-unavailable' });
    await expect(reader.find('f0')).rejects.toMatchObject({ code: 'audit-unavailable' });
  });
});

describe('findings that are many, or far apart', () => {
  const recordAt = (atMs: number, id: string, changes: Partial<Discovery> = {}) => {
    time = atMs;
    return store.record(aDiscovery({ id, ...changes }));
  };
  const spanOf = (daysAgo: number, days = 1) => ({
    fromMs: nowMs - daysAgo * day,
    toMs: nowMs - (daysAgo - days) * day,
  });

  it('of one day are gone through to its beginning for the only one of its kind', async () => {
    const span = spanOf(150);
    await recordAt(span.fromMs, 'rare', { kind: 'other-principal' });
    for (let index = 1; index <= 130; index += 1) await recordAt(span.fromMs + index, `many-${index}`);
    time = nowMs;

    const page = await reader.page({ ...span, kind: 'other-principal', limit: 1 });

    expect(page.findings.map(({ id }) => id)).toEqual(['rare']);
  });

  it('of one instant are told apart by their ids', async () => {
    const span = spanOf(160);
    for (const id of ['a', 'b', 'c']) await recordAt(span.fromMs, id);
    time = nowMs;

    const first = await reader.page({ ...span, limit: 1 });
    const second = await reader.page({ ...span, limit: 1, before: first.next ?? '' });

    expect([...first.findings, ...second.findings].map(({ id }) => id)).toEqual(['c', 'b']);
  });

  it('are on the next page where there are many days without any, and the page says where that begins', async () => {
    const span = spanOf(370, 200);
    await recordAt(span.fromMs, 'far');
    await recordAt(span.toMs - 1, 'near');
    time = nowMs;

    const pages: FindingPage[] = [];
    let before: string | undefined;
    do {
      const page = await reader.page({ ...span, limit: 10, ...(before === undefined ? {} : { before }) });
      pages.push(page);
      before = page.next;
      expect(before === undefined || isFindingPlace(before)).toBe(true);
    } while (before !== undefined && pages.length < 10);

    expect(pages.map(({ findings }) => findings.map(({ id }) => id))).toEqual([['near'], [], [], ['far']]);
  });
});

describe('witnesses', () => {
  const line = { gatewayRequestId: 'JKJaXmPLvHcESHA=', principalId: 'p', accountId: '222222222222' };
  const call = {
    ...{ eventId: 'e', eventTime: '2026-01-01T00:00:00Z', eventName: 'AssumeRole', region: 'eu-west-1' },
    ...{ accountId: '111111111111', requestId: 'r', errorCode: 'AccessDenied' },
  };

  it('are remembered, each as it came first, without what is not asked for', async () => {
    await witnesses.gateway.remember({ ...line, secret: 'CanaryOfTheTrail' } as never);
    await witnesses.gateway.remember({ ...line, principalId: 'somebody else' });
    await witnesses.calls.remember('r', call);
    await witnesses.calls.remember('r', { ...call, eventId: 'copy' });

    expect(await witnesses.gateway.find(line.gatewayRequestId)).toEqual(line);
    expect(await witnesses.calls.find('r')).toEqual(call);
    const { Items = [] } = await table.aws
      .dynamodb()
      .send(new ScanCommand({ TableName: reconciliationTables.witnesses }));
    expect(Items).toHaveLength(2);
    expect(JSON.stringify(Items)).not.toContain('Canary');
    expect(new Set(Items.map(({ expiresAtSeconds }) => expiresAtSeconds?.N))).toEqual(
      new Set([String(Math.floor(nowMs / 1000) + 3 * 86_400)]),
    );
  });

  it('of one kind are none of the other', async () => {
    await witnesses.gateway.remember({ gatewayRequestId: 'same' });

    expect(await witnesses.calls.find('same')).toBeUndefined();
    expect(await witnesses.gateway.find('other')).toBeUndefined();
  });

  it('cannot be read, rather than none, when the store does not answer', async () => {
    table.aws.faults.replace([{ service: 'dynamodb', kind: 'empty' }]);

    await expect(witnesses.gateway.find('same')).rejects.toMatchObject({ code: 'audit-unavailable' });
    await expect(witnesses.gateway.remember({ gatewayRequestId: 'x' })).rejects.toMatchObject({
      code: 'audit-unavailable',
    });
  });
});

describe('the roles', () => {
  it('of who reads may not write, and of who writes may not list', async () => {
    const options = { tableName: reconciliationTables.findings, retentionDays: 1, newNonce: () => 'n' };
    const clock = { now: () => nowMs, pause: async () => {} };
    const writing = createDynamodbFindingStore({
      ...{ ...options, ...clock, client: await table.clientOf('audit') },
    });
    const listing = createDynamodbFindingReader({
      ...{ ...options, ...clock, client: await table.clientOf('reconciler') },
    });

    await expect(writing.record(aDiscovery({ id: 'x' }))).rejects.toMatchObject({
      detail: expect.stringContaining('not authorized'),
    });
    await expect(listing.page(whole)).rejects.toMatchObject({
      detail: expect.stringContaining('not authorized'),
    });
  });
});
