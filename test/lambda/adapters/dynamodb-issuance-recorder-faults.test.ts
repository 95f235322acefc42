import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { createDynamodbIssuanceRecorder } from '../../../lambda/adapters/dynamodb-issuance-recorder.ts';
import { fromItem, toItem } from '../../../lambda/adapters/issuance-item.ts';
import { AuditUnavailableError } from '../../../lambda/core/errors.ts';
import type { IssuanceRecorder } from '../../../lambda/core/ports.ts';
import type { Fault, FaultKind } from '../../../local/faults.ts';
import { aDenial, anIntent, outcomes } from '../../support/an-issuance.ts';
import { startIssuanceTable, type TestIssuanceTable } from '../../support/an-issuance-table.ts';
import { startLoopbackServer } from '../../support/loopback-server.ts';
import { nowMs } from '../../support/tokens.ts';

/** Milliseconds after which a write counts as hanging: the adapter gives up after two seconds. */
const hangs = 6000;

let table: TestIssuanceTable;
let recorder: IssuanceRecorder;
const pauses: number[] = [];

beforeAll(async () => {
  table = await startIssuanceTable();
  recorder = createDynamodbIssuanceRecorder({
    client: await table.clientOf('issuer'),
    tableName: table.tableName,
    pause: async (ms) => pauses.push(ms),
  });
});

afterEach(() => {
  table.aws.faults.clear();
  pauses.length = 0;
});

afterAll(() => table.stop());

const newId = () => ulid(nowMs);
const aNewIntent = () => anIntent({ id: newId() });

async function aPendingIntent() {
  const intent = aNewIntent();
  await recorder.recordIntent(intent);
  return intent;
}

const fail = (...faults: readonly Omit<Fault, 'service'>[]) =>
  table.aws.faults.replace(faults.map((fault) => ({ service: 'dynamodb', ...fault })));

/** Each write, and what the store must hold if it claims to have been made. */
const writes = [
  {
    write: 'recordIntent',
    operation: 'PutItem',
    prepare: async () => {
      const intent = aNewIntent();
      return { id: intent.id, act: () => recorder.recordIntent(intent), made: { state: 'PENDING' } };
    },
  },
  {
    write: 'recordDenial',
    operation: 'PutItem',
    prepare: async () => {
      const denial = aDenial({ id: newId() });
      return { id: denial.id, act: () => recorder.recordDenial(denial), made: { state: 'DENIED' } };
    },
  },
  {
    write: 'recordOutcome',
    operation: 'UpdateItem',
    prepare: async () => {
      const intent = await aPendingIntent();
      const act = () => recorder.recordOutcome(intent, outcomes.ISSUED);
      return { id: intent.id, act, made: outcomes.ISSUED };
    },
  },
] as const;

const quickKinds: readonly FaultKind[] = [
  'throttle',
  '500',
  'reset',
  'lost',
  'malformed',
  'empty',
  'accessdenied',
  'conditional',
];

const pairs = writes.flatMap((one) => quickKinds.map((kind) => ({ ...one, kind })));

const stateOf = async (id: string) => {
  const row = await table.row(id);
  return row === undefined ? undefined : fromItem(row);
};

describe('a write that meets a fault', () => {
  it.each([1, 2].flatMap((times) => pairs.map((pair) => ({ ...pair, times }))))(
    '$times times ($write, $kind) is made nevertheless',
    async ({ operation, kind, prepare, times }) => {
      const { id, act, made } = await prepare();
      fail({ operation, kind, times });

      await act();

      table.aws.faults.clear();
      expect(await stateOf(id)).toMatchObject(made);
    },
  );

  it.each(pairs)(
    'each time ($write, $kind) is given up, as an audit that is unavailable',
    async ({ operation, kind, prepare }) => {
      const { id, act, made } = await prepare();
      const before = await stateOf(id);
      fail({ operation, kind });

      await expect(act()).rejects.toMatchObject({
        code: 'audit-unavailable',
        retryAfterSeconds: 5,
        detail: expect.stringMatching(/./),
      });

      // Only an answer that was lost leaves what it answered.
      table.aws.faults.clear();
      if (kind === 'lost') expect(await stateOf(id)).toMatchObject(made);
      else expect(await stateOf(id)).toEqual(before);
    },
  );

  /** All three writes at once: each takes its time. */
  const prepareAll = () => Promise.all(writes.map(({ prepare }) => prepare()));
  const failAll = (kind: FaultKind, times?: 1) =>
    fail(
      { operation: 'PutItem', kind, delayMs: 1500, ...(times === undefined ? {} : { times: 2 }) },
      { operation: 'UpdateItem', kind, delayMs: 1500, ...(times === undefined ? {} : { times }) },
    );

  it.each(['timeout', 'slow'] as const)(
    'of no answer once (%s) is made nevertheless',
    async (kind) => {
      const all = await prepareAll();
      failAll(kind, 1);

      await Promise.all(all.map(({ act }) => act()));

      table.aws.faults.clear();
      for (const { id, made } of all) expect(await stateOf(id)).toMatchObject(made);
    },
    hangs,
  );

  it.each(['timeout', 'slow'] as const)(
    'of no answer each time (%s) is given up',
    async (kind) => {
      const all = await prepareAll();
      failAll(kind);

      const settled = await Promise.allSettled(all.map(({ act }) => act()));

      const refused = { status: 'rejected', reason: { code: 'audit-unavailable' } };
      expect(settled).toMatchObject([refused, refused, refused]);
    },
    hangs,
  );

  it(
    'and can never be read back is given up, though it was made',
    async () => {
      const all = await prepareAll();
      fail(
        { operation: 'PutItem', kind: 'lost', times: 2 },
        { operation: 'UpdateItem', kind: 'lost', times: 1 },
        { operation: 'GetItem', kind: 'timeout' },
      );

      const settled = await Promise.allSettled(all.map(({ act }) => act()));

      const refused = { status: 'rejected', reason: { code: 'audit-unavailable' } };
      expect(settled).toMatchObject([refused, refused, refused]);
      table.aws.faults.clear();
      for (const { id, made } of all) expect(await stateOf(id)).toMatchObject(made);
    },
    hangs,
  );

  it.each(['500', 'reset', 'malformed', 'empty', 'throttle', 'timeout'] as const)(
    'and whose reading back meets %s once is made nevertheless',
    async (kind) => {
      const { id, act, made } = await writes[0].prepare();
      fail({ operation: 'PutItem', kind: 'lost', times: 1 }, { operation: 'GetItem', kind, times: 1 });

      await act();

      table.aws.faults.clear();
      expect(await stateOf(id)).toMatchObject(made);
    },
    hangs,
  );

  it('pauses between three attempts, and makes no fourth', async () => {
    fail({ operation: 'PutItem', kind: '500', times: 3 });

    await expect(recorder.recordIntent(aNewIntent())).rejects.toThrow(AuditUnavailableError);
    expect(pauses).toEqual([0, 50, 100]);
    expect(table.aws.faults.list()).toEqual([]);
  });

  it('waits for no second attempt when the first succeeds', async () => {
    await recorder.recordIntent(aNewIntent());

    expect(pauses).toEqual([0]);
  });

  it('keeps the cause for the log', async () => {
    fail({ operation: 'PutItem', kind: 'throttle' });

    await expect(recorder.recordIntent(aNewIntent())).rejects.toMatchObject({
      detail: expect.stringContaining('ProvisionedThroughputExceededException'),
      cause: { name: 'ProvisionedThroughputExceededException' },
    });
  });
});

describe('a write to a store that lies', () => {
  const lies: readonly (readonly [string, string])[] = [
    ['an empty object', '{}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['text', '"ok"'],
    [
      'the attributes of another row',
      JSON.stringify({ Attributes: toItem({ id: newId(), state: 'ISSUED' }) }),
    ],
    ['attributes without the outcome', JSON.stringify({ Attributes: toItem(anIntent()) })],
    ['a beginning', '{"Attributes":{"id":{"S":"'],
    ['HTML', '<html>ok</html>'],
  ];

  const server = startLoopbackServer();
  const liar = server.then(({ url }) =>
    createDynamodbIssuanceRecorder({
      client: new DynamoDBClient({
        endpoint: url,
        region: 'eu-west-1',
        maxAttempts: 1,
        credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' },
      }),
      tableName: 'daypass-issuances',
      pause: async () => {},
    }),
  );

  afterAll(async () => (await server).close());

  it.each(lies)('and answers 200 with %s is given up', async (_what, body) => {
    const { respond, requests } = await server;
    respond((response) =>
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(body),
    );
    const lied = await liar;

    await expect(lied.recordOutcome(anIntent(), outcomes.ISSUED)).rejects.toThrow(AuditUnavailableError);
    await expect(lied.recordIntent(anIntent())).rejects.toThrow(AuditUnavailableError);
    await expect(lied.recordDenial(aDenial())).rejects.toThrow(AuditUnavailableError);
    expect(requests).toHaveLength(9);
  });

  it(
    'and never ends its answer is given up',
    async () => {
      const { respond } = await server;
      respond((response) => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': 500 });
        response.write('{"ConsumedCapacity":{"TableName":"daypass-issuances",');
      });

      await expect((await liar).recordIntent(anIntent())).rejects.toThrow(AuditUnavailableError);
    },
    hangs,
  );

  it('and breaks every connection off is given up', async () => {
    const { respond, requests } = await server;
    respond((response) => response.destroy());

    await expect((await liar).recordIntent(anIntent())).rejects.toThrow(AuditUnavailableError);
    expect(requests).toHaveLength(3);
  });
});
