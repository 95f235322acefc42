import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { createDynamodbIssuanceMatcher } from '../../../lambda/adapters/dynamodb-issuance-matcher.ts';
import { createDynamodbIssuanceRecorder } from '../../../lambda/adapters/dynamodb-issuance-recorder.ts';
import { toDayKey, toOpenKey } from '../../../lambda/adapters/issuance-item.ts';
import type { Outcome } from '../../../lambda/core/issuance.ts';
import type { IssuanceRecorder } from '../../../lambda/core/ports.ts';
import type {
  IssuanceMatcher,
  TrackedIssuance,
} from '../../../lambda/core/reconciliation/reconciliation-ports.ts';
import type { Sighting } from '../../../lambda/core/reconciliation/sighting.ts';
import { toSourceIdentity } from '../../../lambda/core/source-identity.ts';
import { anIntent, outcomes } from '../../support/an-issuance.ts';
import { startIssuanceTable, type TestIssuanceTable } from '../../support/an-issuance-table.ts';
import { nowMs } from '../../support/tokens.ts';

let table: TestIssuanceTable;
let recorder: IssuanceRecorder;
let matcher: IssuanceMatcher;

beforeAll(async () => {
  table = await startIssuanceTable();
  const common = { tableName: table.tableName, pause: async () => {} };
  recorder = createDynamodbIssuanceRecorder({ ...common, client: await table.clientOf('issuer') });
  // The permissions that the deployed function has, and no others.
  matcher = createDynamodbIssuanceMatcher({
    ...{ ...common, client: await table.clientOf('reconciler') },
    now: () => nowMs,
  });
});

afterAll(() => table.stop());
afterEach(() => table.aws.faults.clear());

async function aPendingRow(ms = nowMs) {
  const intent = anIntent({ id: ulid(ms), createdAt: new Date(ms).toISOString() });
  await recorder.recordIntent(intent);
  return intent;
}

async function aRow(outcome: Outcome = outcomes.ISSUED, ms = nowMs): Promise<TrackedIssuance> {
  const intent = await aPendingRow(ms);
  await recorder.recordOutcome(intent, outcome);
  return seen(intent.id);
}

async function seen(id: string): Promise<TrackedIssuance> {
  const row = await matcher.find(id);
  if (row === undefined) throw new TypeError('no such row');
  return row;
}

const attributes = async (id: string) => unmarshall((await table.row(id)) ?? {});

const aSighting = (changes: Partial<Sighting> = {}): Sighting => ({
  eventId: 'e-1',
  sharedEventId: 's-1',
  eventTime: '2026-01-01T00:00:00Z',
  eventName: 'AssumeRole',
  region: 'eu-west-1',
  accountId: '111111111111',
  requestId: 'r-1',
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  differences: ['durationSeconds'],
  ...changes,
});

describe('find', () => {
  it('shows the row, what was seen of it, and whether it is open', async () => {
    const row = await aRow();

    await matcher.update(row, { sightings: { 1: aSighting() }, match: 'MATCHED', closes: false });

    expect(await matcher.find(row.id)).toEqual({
      ...row,
      match: 'MATCHED',
      sightings: { 1: aSighting() },
      isOpen: true,
    });
  });

  it('finds none that is not there, nor one that has expired', async () => {
    const expired = anIntent({ id: ulid(nowMs), expiresAtSeconds: Math.floor(nowMs / 1000) });
    await recorder.recordIntent(expired);

    expect(await matcher.find(ulid(nowMs))).toBeUndefined();
    expect(await matcher.find(expired.id)).toBeUndefined();
  });

  it('rejects when the store cannot answer, and when it answers nothing', async () => {
    const { id } = await aPendingRow();

    for (const kind of ['500', 'empty', 'malformed'] as const) {
      table.aws.faults.replace([{ service: 'dynamodb', operation: 'GetItem', kind }]);
      await expect(matcher.find(id)).rejects.toMatchObject({ code: 'audit-unavailable' });
    }
  });

  it('rejects for a row that cannot be read, rather than saying that there is none', async () => {
    const { id } = await aPendingRow();
    const item = (await table.row(id)) ?? {};
    await table.put({ ...item, state: { S: 'SOMETHING' } });

    await expect(matcher.find(id)).rejects.toMatchObject({ code: 'audit-unavailable' });
  });
});

describe('findByAccessKeyId', () => {
  it('finds the newest row that has the key, as it is now', async () => {
    const accessKeyId = 'ASIABYKEY00000000001';
    await aRow({ ...outcomes.ISSUED, accessKeyId }, nowMs - 1000);
    const newest = await aRow({ ...outcomes.ISSUED, accessKeyId }, nowMs);

    expect(await matcher.findByAccessKeyId(accessKeyId)).toEqual(newest);
    expect(await matcher.findByAccessKeyId('ASIABYKEY00000000002')).toBeUndefined();
  });
});

describe('update', () => {
  it('changes the events, the match and the index, and nothing else', async () => {
    const row = await aRow();
    const before = await attributes(row.id);

    const isDone = await matcher.update(row, {
      sightings: { 0: aSighting() },
      match: 'MATCHED',
      closes: true,
    });

    const { open, ...rest } = before;
    expect(isDone).toBe(true);
    expect(open).toBe(toOpenKey('UNMATCHED', row.id));
    expect(await attributes(row.id)).toEqual({ ...rest, event0: aSighting(), match: 'MATCHED' });
  });

  it('keeps a pending row in its index, and lets its outcome be written', async () => {
    const intent = await aPendingRow();

    await matcher.update(await seen(intent.id), { sightings: { 0: aSighting() }, closes: false });
    await recorder.recordOutcome(intent, outcomes.ISSUED);

    expect(await matcher.find(intent.id)).toMatchObject({ state: 'ISSUED', sightings: { 0: aSighting() } });
    await expect(
      (async () => matcher.update({ ...(await seen(intent.id)), state: 'PENDING' }, { closes: true }))(),
    ).rejects.toThrow(TypeError);
  });

  it.each<[string, (row: TrackedIssuance) => Promise<unknown> | unknown, Partial<TrackedIssuance>]>([
    ['its state is another', () => {}, { state: 'UNKNOWN' }],
    ['it has a match by now', (row) => matcher.update(row, { match: 'MISSING', closes: false }), {}],
    ['it lost the match it was seen with', () => {}, { match: 'MISSING' }],
    [
      'another event is in the place',
      (row) => matcher.update(row, { sightings: { 0: aSighting({ eventId: 'e-2' }) }, closes: false }),
      {},
    ],
    ['no event is where one was seen', () => {}, { sightings: { 0: aSighting({ eventId: 'e-3' }) } }],
  ])('writes nothing when %s', async (_case, meanwhile, differently) => {
    const row = await aRow();
    await meanwhile(row);
    const before = await attributes(row.id);

    const isDone = await matcher.update(
      { ...row, ...differently },
      { sightings: { 0: aSighting() }, match: 'MATCHED', closes: true },
    );

    expect(isDone).toBe(false);
    expect(await attributes(row.id)).toEqual(before);
  });

  it('takes the place of the event that was seen there', async () => {
    const row = await aRow();
    await matcher.update(row, { sightings: { 0: aSighting({ eventId: 'denied' }) }, closes: false });

    const isDone = await matcher.update(await seen(row.id), { sightings: { 0: aSighting() }, closes: false });

    expect(isDone).toBe(true);
    expect((await seen(row.id)).sightings).toEqual({ 0: aSighting() });
  });

  it('makes no row of one that is gone', async () => {
    const row = { ...(await aRow()), id: ulid(nowMs) };

    expect(await matcher.update(row, { match: 'MATCHED', closes: false })).toBe(false);
    expect(await table.row(row.id)).toBeUndefined();
  });

  it('is done once when its answer was lost, and says so', async () => {
    const row = await aRow();
    table.aws.faults.replace([{ service: 'dynamodb', operation: 'UpdateItem', kind: 'lost', times: 1 }]);

    const isDone = await matcher.update(row, {
      sightings: { 0: aSighting() },
      match: 'MATCHED',
      closes: true,
    });

    expect(isDone).toBe(true);
    expect(await seen(row.id)).toMatchObject({ match: 'MATCHED', isOpen: false });
  });

  it('rejects when it cannot be told whether it was written', async () => {
    const row = await aRow();
    table.aws.faults.replace([{ service: 'dynamodb', kind: 'reset' }]);

    await expect(matcher.update(row, { match: 'MATCHED', closes: true })).rejects.toMatchObject({
      code: 'audit-unavailable',
    });
  });

  it('writes nothing where there is nothing to write', async () => {
    const row = await aRow();

    expect(await matcher.update(row, { closes: false })).toBe(true);
    expect(await seen(row.id)).toEqual(row);
  });
});

describe('sweep', () => {
  const finishedAt = new Date(nowMs + 300_000).toISOString();

  it('finishes a pending row as UNKNOWN, with the keys that an outcome gives it', async () => {
    const intent = await aPendingRow();

    const isDone = await matcher.sweep(await seen(intent.id), finishedAt);

    expect(isDone).toBe(true);
    expect(await attributes(intent.id)).toMatchObject({
      state: 'UNKNOWN',
      errorCode: 'swept',
      finishedAt,
      principalId: toSourceIdentity(intent.principal),
      day: toDayKey(intent.id, intent.createdAt),
      open: toOpenKey('UNMATCHED', intent.id),
    });
  });

  it('leaves a row alone that has its outcome by now', async () => {
    const intent = await aPendingRow();
    const row = await seen(intent.id);
    await recorder.recordOutcome(intent, outcomes.ISSUED);

    expect(await matcher.sweep(row, finishedAt)).toBe(false);
    expect(await seen(intent.id)).toMatchObject({ state: 'ISSUED' });
  });

  it('takes an outcome the way that comes after it: the credentials are dropped', async () => {
    const intent = await aPendingRow();
    await matcher.sweep(await seen(intent.id), finishedAt);

    await expect(recorder.recordOutcome(intent, outcomes.ISSUED)).rejects.toMatchObject({
      code: 'audit-unavailable',
    });
    expect(await seen(intent.id)).toMatchObject({ state: 'UNKNOWN', errorCode: 'swept' });
  });
});

describe('listOpen', () => {
  it('lists ids of all shards in order, page by page, of before an instant', async () => {
    const monthAgo = nowMs - 30 * 86_400_000;
    const ids: string[] = [];
    for (let index = 0; index < 20; index += 1) ids.push((await aPendingRow(monthAgo + index)).id);
    const query = { state: 'PENDING', beforeMs: monthAgo + 18, limit: 7 } as const;

    const first = await matcher.listOpen(query);
    const second = await matcher.listOpen({ ...query, after: first.ids.at(-1) ?? '' });
    const third = await matcher.listOpen({ ...query, after: second.ids.at(-1) ?? '' });

    expect(first).toEqual({ ids: ids.slice(0, 7), hasMore: true });
    expect(second).toEqual({ ids: ids.slice(7, 14), hasMore: true });
    expect(third).toEqual({ ids: ids.slice(14, 18), hasMore: false });
  });

  it('has neither what is finished in another way, nor what was closed', async () => {
    const past = nowMs - 60 * 86_400_000;
    const open = await aRow(outcomes.REFUSED, past);
    const closed = await aRow(outcomes.ISSUED, past + 1);
    await matcher.update(closed, { match: 'MATCHED', closes: true });

    expect(await matcher.listOpen({ state: 'UNMATCHED', beforeMs: past + 1000, limit: 100 })).toEqual({
      ids: [open.id],
      hasMore: false,
    });
  });

  it('has nothing of before the oldest, nor after the newest', async () => {
    expect(await matcher.listOpen({ state: 'PENDING', beforeMs: 0, limit: 5 })).toEqual({
      ids: [],
      hasMore: false,
    });
    expect(await matcher.listOpen({ state: 'PENDING', beforeMs: 1, after: ulid(nowMs), limit: 5 })).toEqual({
      ids: [],
      hasMore: false,
    });
  });
});

describe('the role of the function that reconciles', () => {
  it('may not make rows, nor delete them', async () => {
    const recorderOfReconciler = createDynamodbIssuanceRecorder({
      client: await table.clientOf('reconciler'),
      tableName: table.tableName,
      pause: async () => {},
    });

    await expect(recorderOfReconciler.recordIntent(anIntent({ id: ulid(nowMs) }))).rejects.toMatchObject({
      detail: expect.stringContaining('not authorized to perform: dynamodb:PutItem'),
    });
  });
});
