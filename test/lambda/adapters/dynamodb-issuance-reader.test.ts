import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeTime, ulid } from 'ulid';
import { createDynamodbIssuanceReader } from '../../../lambda/adapters/dynamodb-issuance-reader.ts';
import { createDynamodbIssuanceRecorder } from '../../../lambda/adapters/dynamodb-issuance-recorder.ts';
import { toDayKey, toItem } from '../../../lambda/adapters/issuance-item.ts';
import { AuditUnavailableError } from '../../../lambda/core/errors.ts';
import type { Issuance } from '../../../lambda/core/issuance.ts';
import type { IssuanceQuery, IssuanceReader, IssuanceRecorder } from '../../../lambda/core/ports.ts';
import { toSourceIdentity } from '../../../lambda/core/source-identity.ts';
import type { FaultKind } from '../../../local/faults.ts';
import { aDenial, anIntent, anIssuance, hops, outcomes } from '../../support/an-issuance.ts';
import { startIssuanceTable, type TestIssuanceTable } from '../../support/an-issuance-table.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

const msPerDay = 86_400_000;
const hour = 3_600_000;

let table: TestIssuanceTable;
let client: DynamoDBClient;
let reader: IssuanceReader;
let recorder: IssuanceRecorder;

beforeAll(async () => {
  table = await startIssuanceTable();
  const { tableName } = table;
  client = await table.clientOf('audit');
  reader = createDynamodbIssuanceReader({ client, tableName, now: () => nowMs });
  recorder = createDynamodbIssuanceRecorder({
    client: await table.clientOf('issuer'),
    tableName,
    pause: async () => {},
  });
});

afterEach(() => table.aws.faults.clear());

afterAll(() => table.stop());

const query = (changes: Partial<IssuanceQuery> = {}): IssuanceQuery => ({
  fromMs: nowMs - 3 * msPerDay,
  toMs: nowMs + msPerDay,
  limit: 100,
  ...changes,
});

/** A row of its own principal, so that no test sees another's. */
async function issue(name: string, atMs = nowMs, changes: Partial<Issuance> = {}): Promise<Issuance> {
  const id = ulid(atMs);
  const createdAt = new Date(atMs).toISOString();
  const issuance = anIssuance({ id, createdAt, principal: { issuer: 'okta', subject: name }, ...changes });
  const keys = { principalId: toSourceIdentity(issuance.principal), day: toDayKey(id, createdAt) };
  await table.put(toItem({ ...issuance, ...keys }));
  return issuance;
}

const idsOf = async (of: Partial<IssuanceQuery>) =>
  (await reader.page(query(of))).issuances.map(({ id }) => id);

describe('finding a row', () => {
  it('finds one of any state', async () => {
    const { nonce, ...intent } = anIntent({ id: ulid(nowMs) });
    await recorder.recordIntent({ nonce, ...intent });
    expect(await reader.find(intent.id)).toEqual({ ...intent, state: 'PENDING' });

    await recorder.recordOutcome({ nonce, ...intent }, outcomes.ISSUED);
    expect(await reader.find(intent.id)).toEqual({ ...intent, ...outcomes.ISSUED });
  });

  it('finds one with the sessions on the way to it, alone and in a page', async () => {
    const principal = { issuer: 'okta', subject: 'chains' };
    const { nonce, ...intent } = anIntent({ id: ulid(nowMs), principal });
    await recorder.recordIntent({ nonce, ...intent });

    await recorder.recordOutcome({ nonce, ...intent }, { ...outcomes.FAILED, hops });

    const expected = { ...intent, ...outcomes.FAILED, hops };
    expect(await reader.find(intent.id)).toEqual(expected);
    const { issuances } = await reader.page(query({ principalId: 'okta.chains' }));
    expect(issuances).toEqual([expected]);
  });

  it('finds none where there is none', async () => {
    expect(await reader.find(ulid(nowMs))).toBeUndefined();
  });

  it('finds a row until the second in which it expires', async () => {
    const kept = await issue('expiry', nowMs, { expiresAtSeconds: nowSeconds + 1 });
    const expired = await issue('expiry', nowMs, { expiresAtSeconds: nowSeconds });

    expect(await reader.find(kept.id)).toEqual(kept);
    expect(await reader.find(expired.id)).toBeUndefined();
  });
});

describe('a page', () => {
  it('has what was denied and what was finished, not what is pending, newest first', async () => {
    const principal = { issuer: 'okta', subject: 'states' };
    const denial = aDenial({ id: ulid(nowMs - 3), principal });
    const [pending, issued, refused] = [0, 1, 2].map((ms) => anIntent({ id: ulid(nowMs - ms), principal }));
    if (pending === undefined || issued === undefined || refused === undefined) throw new Error('three rows');
    await recorder.recordDenial(denial);
    for (const intent of [pending, issued, refused]) await recorder.recordIntent(intent);
    await recorder.recordOutcome(issued, outcomes.ISSUED);
    await recorder.recordOutcome(refused, outcomes.REFUSED);

    expect(await idsOf({ principalId: 'okta.states' })).toEqual([issued.id, refused.id, denial.id]);
  });

  it('by access key id has the row that holds it', async () => {
    const { id } = await issue('key', nowMs, { accessKeyId: 'ASIAKEY0000000000000' });

    expect(await idsOf({ accessKeyId: 'ASIAKEY0000000000000' })).toEqual([id]);
    expect(await idsOf({ accessKeyId: 'ASIAKEY0000000000000', principalId: 'okta.key' })).toEqual([id]);
    expect(await idsOf({ accessKeyId: 'ASIAKEY0000000000000', principalId: 'okta.other' })).toEqual([]);
    expect(await idsOf({ accessKeyId: 'ASIAKEY0000000000000', state: 'REFUSED' })).toEqual([]);
  });

  it('includes its first millisecond and excludes its last', async () => {
    const at = nowMs - 2 * msPerDay;
    const before = await issue('edges', at - 1);
    const first = await issue('edges', at);
    const last = await issue('edges', at + 10);
    const all = { principalId: 'okta.edges' };

    expect(await idsOf({ ...all, fromMs: at, toMs: at + 10 })).toEqual([first.id]);
    expect(await idsOf({ ...all, fromMs: at - 1, toMs: at + 11 })).toEqual([last.id, first.id, before.id]);
    expect(await idsOf({ fromMs: at, toMs: at + 10 })).toEqual([first.id]);
  });

  it('begins below the id that it is told', async () => {
    const rows = await Promise.all([1, 2, 3].map((ms) => issue('before', nowMs - ms)));
    const [newest, middle, oldest] = rows.map(({ id }) => id);

    expect(await idsOf({ principalId: 'okta.before', before: middle ?? '' })).toEqual([oldest]);
    expect(await idsOf({ principalId: 'okta.before', before: oldest ?? '' })).toEqual([]);
    expect(await idsOf({ principalId: 'okta.before', before: newest ?? '' })).toEqual([middle, oldest]);
  });

  const nothing: readonly (readonly [string, Partial<IssuanceQuery>])[] = [
    ['ends before it begins', { fromMs: nowMs, toMs: nowMs - 1 }],
    ['ends days before it begins', { fromMs: nowMs, toMs: nowMs - 3 * msPerDay }],
    ['ends where it begins', { fromMs: nowMs, toMs: nowMs }],
    ['begins below its beginning', { before: `${encodeTime(nowMs - 9 * msPerDay, 10)}${'Z'.repeat(16)}` }],
    ['begins at its beginning', { before: `${encodeTime(nowMs - 3 * msPerDay, 10)}${'0'.repeat(16)}` }],
    ['begins at the lowest id of all', { fromMs: 0, toMs: 1000, before: '0'.repeat(26) }],
    ['ends before 1970', { fromMs: -2000, toMs: -1000 }],
  ];

  it.each(nothing)('is empty, and the end, when it %s', async (_what, changes) => {
    for (const key of [{}, { principalId: 'okta.before' }, { accessKeyId: 'ASIAIOSFODNN7EXAMPLE' }]) {
      expect(await reader.page(query({ ...changes, ...key }))).toEqual({ issuances: [] });
    }
  });

  it('shows the pending ones, whom only their ids and the open index know, until they are finished', async () => {
    const subjects = ['pending-a', 'pending-b', 'pending-c'];
    const intents = subjects.map((subject, index) => {
      const at = nowMs - index;
      return anIntent({
        id: ulid(at),
        createdAt: new Date(at).toISOString(),
        principal: { issuer: 'okta', subject },
      });
    });
    for (const intent of intents) await recorder.recordIntent(intent);
    const [first, second, third] = intents;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('three are expected');

    const before = await idsOf({ state: 'PENDING' });
    await recorder.recordOutcome(second, outcomes.ISSUED);

    expect(before.filter((id) => intents.some((intent) => intent.id === id))).toEqual([
      first.id,
      second.id,
      third.id,
    ]);
    expect(await idsOf({ state: 'PENDING' })).not.toContain(second.id);
    expect(await idsOf({ state: 'PENDING', principalId: 'okta.pending-c' })).toEqual([third.id]);
    expect(await idsOf({ state: 'PENDING', profile: 'another' })).toEqual([]);
    expect(await idsOf({ state: 'PENDING', accessKeyId: 'ASIAIOSFODNN7EXAMPLE' })).toEqual([]);
  });

  it('walks through empty days in steps that end', async () => {
    const old = await issue('empty-days', nowMs - 32 * msPerDay);
    const pages = [];
    let before: string | undefined;
    do {
      const wide = query({ fromMs: nowMs - 32 * msPerDay, toMs: nowMs - 20 * msPerDay });
      const page = await reader.page({ ...wide, ...(before === undefined ? {} : { before }) });
      pages.push(page.issuances.map(({ id }) => id));
      before = page.next;
    } while (before !== undefined && pages.length < 9);

    expect(pages).toEqual([[], [old.id]]);
  });

  it('has the rows of an integration in one of several states, and of no other', async () => {
    const integration = 'of-states';
    const rows: Issuance[] = [];
    for (const [index, state] of (['ISSUED', 'UNKNOWN', 'REFUSED', 'DENIED', 'FAILED'] as const).entries())
      rows.push(await issue('states', nowMs - index, { integration, state }));
    await issue('states', nowMs, { integration: 'another', state: 'ISSUED' });

    const found = await idsOf({ integration, states: ['ISSUED', 'UNKNOWN'] });

    expect(found).toEqual(rows.slice(0, 2).map(({ id }) => id));
    expect(await idsOf({ integration, states: ['DENIED'] })).toEqual([rows[3]?.id]);
  });

  it('finds a rare match among many rows without a page for each of them', async () => {
    const at = nowMs - 100 * msPerDay;
    await Promise.all(Array.from({ length: 120 }, (_, index) => issue('many', at + index)));
    const rare = await issue('many', at - 1, { profile: 'rare' });
    const span = { fromMs: at - hour, toMs: at + hour, limit: 1 };

    expect(await idsOf({ ...span, profile: 'rare' })).toEqual([rare.id]);
    expect(await idsOf({ ...span, profile: 'rare', principalId: 'okta.many' })).toEqual([rare.id]);
  });

  it.each([
    ['another state', { state: 'BROKEN' }],
    ['no principal', { principal: undefined }],
    ['no source address', { sourceIp: undefined }],
  ])('fails, and does not leave the row out, when one has %s', async (what, broken) => {
    const name = `unreadable ${what}`;
    const at = nowMs - 200 * msPerDay;
    const { id } = await issue(name, at);
    const principalId = toSourceIdentity({ issuer: 'okta', subject: name });
    const keys = { principalId, day: toDayKey(id, new Date(at).toISOString()) };
    await table.put(toItem({ ...anIssuance({ id }), ...keys, ...broken }));

    const of = query({ principalId, fromMs: at - hour });
    await expect(reader.page(of)).rejects.toThrow(AuditUnavailableError);
    await expect(reader.find(id)).rejects.toThrow(AuditUnavailableError);
  });
});

describe('a store that fails', () => {
  const kinds: readonly FaultKind[] = [
    'throttle',
    '500',
    'reset',
    'lost',
    'malformed',
    'empty',
    'accessdenied',
  ];

  it.each(kinds)('(%s) is unavailable, which is not the same as having no row', async (kind) => {
    const { id } = await issue('failing');
    table.aws.faults.replace([{ service: 'dynamodb', kind }]);
    const unavailable = {
      code: 'audit-unavailable',
      retryAfterSeconds: 5,
      detail: expect.stringMatching(/./),
    };

    await expect(reader.find(id)).rejects.toMatchObject(unavailable);
    await expect(reader.page(query({ principalId: 'okta.failing' }))).rejects.toMatchObject(unavailable);
    await expect(reader.page(query())).rejects.toMatchObject(unavailable);
  });

  it('at one of sixteen shards fails the page: it would miss rows', async () => {
    table.aws.faults.replace([{ service: 'dynamodb', operation: 'Query', kind: 'empty', times: 1 }]);

    await expect(reader.page(query())).rejects.toThrow(AuditUnavailableError);
  });

  it('by never answering is unavailable', async () => {
    table.aws.faults.replace([{ service: 'dynamodb', kind: 'timeout' }]);

    const settled = await Promise.allSettled([
      reader.find(ulid(nowMs)),
      reader.page(query({ principalId: 'okta.failing' })),
      reader.page(query()),
    ]);

    const refused = { status: 'rejected', reason: { code: 'audit-unavailable' } };
    expect(settled).toMatchObject([refused, refused, refused]);
  }, 15_000);
});

describe('reading', () => {
  it('asks for rows and for ranges of indexes, never for the whole table', async () => {
    const sent: unknown[] = [];
    const watched = createDynamodbIssuanceReader({
      client: {
        send: ((command: QueryCommand, options: { abortSignal: AbortSignal }) => {
          sent.push(command);
          return client.send(command, options);
        }) as DynamoDBClient['send'],
      },
      tableName: table.tableName,
      now: () => nowMs,
    });
    const { id } = await issue('watched');

    await watched.find(id);
    await watched.page(query());
    await watched.page(query({ principalId: 'okta.watched' }));
    await watched.page(query({ accessKeyId: 'ASIAIOSFODNN7EXAMPLE' }));

    const isAllowed = (command: unknown) =>
      command instanceof GetItemCommand ||
      (command instanceof QueryCommand && command.input.IndexName !== undefined);
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.filter((command) => !isAllowed(command))).toEqual([]);
  });
});
