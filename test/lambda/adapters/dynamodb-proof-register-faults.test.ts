import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createDynamodbProofRegister } from '../../../lambda/adapters/dynamodb-proof-register.ts';
import { ProofRegisterUnavailableError } from '../../../lambda/core/errors.ts';
import type { ProofRegister } from '../../../lambda/core/ports.ts';
import type { Fault, FaultKind } from '../../../local/faults.ts';
import { startProofTable, type TestProofTable } from '../../support/a-proof-table.ts';
import { startLoopbackServer } from '../../support/loopback-server.ts';
import { nowSeconds } from '../../support/tokens.ts';

/** Milliseconds after which a write counts as hanging: the adapter gives up after two seconds. */
const hangs = 6000;

let table: TestProofTable;
let register: ProofRegister;
const pauses: number[] = [];
let nonces = 0;
let ids = 0;

const options = {
  tableName: 'daypass-proofs',
  newNonce: () => `nonce-${nonces++}`,
  pause: async (ms: number) => pauses.push(ms),
};

beforeAll(async () => {
  table = await startProofTable();
  register = createDynamodbProofRegister({ ...options, client: await table.clientOf('issuer') });
});

afterEach(() => {
  table.aws.faults.clear();
  pauses.length = 0;
});

afterAll(() => table.stop());

const aProof = () => ({ id: String(ids++).padStart(43, '0'), expiresAtSeconds: nowSeconds + 300 });

const fail = (...faults: readonly Omit<Fault, 'service'>[]) =>
  table.aws.faults.replace(faults.map((fault) => ({ service: 'dynamodb', ...fault })));

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

const unavailable = {
  name: 'ProofRegisterUnavailableError',
  code: 'replay-check-unavailable',
  status: 503,
  retryAfterSeconds: 5,
  detail: expect.stringMatching(/./),
};

describe('looking whether a proof was consumed', () => {
  it.each(quickKinds)('has no answer where DynamoDB has none (%s): never that it was not', async (kind) => {
    const proof = aProof();
    await register.consume(proof);
    fail({ operation: 'GetItem', kind });

    await expect(register.isConsumed(proof.id)).rejects.toMatchObject(unavailable);
  });
});

describe('consuming a proof that meets a fault', () => {
  it.each([1, 2].flatMap((times) => quickKinds.map((kind) => ({ kind, times }))))(
    '$times times ($kind) is the first nevertheless, and the last',
    async ({ kind, times }) => {
      const proof = aProof();
      fail({ operation: 'PutItem', kind, times });

      const isFirst = await register.consume(proof);

      table.aws.faults.clear();
      expect(isFirst).toBe(true);
      expect(await table.item(proof.id)).toMatchObject({ id: { S: proof.id } });
      expect(await register.consume(proof)).toBe(false);
    },
  );

  it.each([1, 2].flatMap((times) => quickKinds.map((kind) => ({ kind, times }))))(
    '$times times ($kind) is refused nevertheless when another consumed it',
    async ({ kind, times }) => {
      const proof = aProof();
      await register.consume(proof);
      fail({ operation: 'PutItem', kind, times });

      expect(await register.consume(proof)).toBe(false);
    },
  );

  it.each(quickKinds)('each time (%s) is given up: neither taken nor called a replay', async (kind) => {
    const proof = aProof();
    fail({ operation: 'PutItem', kind }, ...(kind === 'lost' ? [{ operation: 'GetItem', kind }] : []));

    await expect(register.consume(proof)).rejects.toMatchObject(unavailable);

    table.aws.faults.clear();
    // Only an answer that was lost leaves what it answered, and then nobody may have the proof any more.
    if (kind === 'lost') expect(await register.consume(proof)).toBe(false);
    else expect(await table.item(proof.id)).toBeUndefined();
  });

  it.each(['timeout', 'slow'] as const)(
    'of no answer (%s) is made nevertheless when it is once, and given up when it is each time',
    async (kind) => {
      const [once, always] = [aProof(), aProof()];
      fail({ operation: 'PutItem', kind, delayMs: 1500, times: 1 });
      const isFirst = await register.consume(once);
      fail({ operation: 'PutItem', kind, delayMs: 1500 });

      await expect(register.consume(always)).rejects.toMatchObject(unavailable);
      expect(isFirst).toBe(true);
    },
    hangs,
  );

  it.each([...quickKinds, 'timeout'] as const)(
    'and whose reading back meets %s each time is given up, whoever consumed it',
    async (kind) => {
      const [another, own] = [aProof(), aProof()];
      await register.consume(another);
      fail({ operation: 'GetItem', kind }, { operation: 'PutItem', kind: 'lost', times: 1 });

      const both = await Promise.allSettled([register.consume(own), register.consume(another)]);

      // A lie about the read leaves no way to tell the one from the other.
      expect(both).toMatchObject([
        { status: 'rejected', reason: unavailable },
        { status: 'rejected', reason: unavailable },
      ]);
    },
    hangs,
  );

  it('pauses between three attempts, and makes no fourth', async () => {
    fail({ operation: 'PutItem', kind: '500', times: 3 });

    await expect(register.consume(aProof())).rejects.toThrow(ProofRegisterUnavailableError);
    expect(pauses).toEqual([0, 50, 100]);
    expect(table.aws.faults.list()).toEqual([]);
  });

  it('lets no more than one of many through while answers are lost', async () => {
    const proof = aProof();
    fail({ operation: 'PutItem', kind: 'lost', times: 10 });

    const settled = await Promise.allSettled(Array.from({ length: 20 }, () => register.consume(proof)));

    const taken = settled.filter((one) => one.status === 'fulfilled' && one.value);
    expect(taken.length).toBeLessThanOrEqual(1);
  });

  it('is not the first because an item of another has the same expiry and no nonce', async () => {
    const proof = aProof();
    await table.aws.dynamodb().send(
      new PutItemCommand({
        TableName: table.tableName,
        Item: { id: { S: proof.id }, expiresAtSeconds: { N: String(proof.expiresAtSeconds + 300) } },
      }),
    );

    await expect(register.consume(proof)).rejects.toMatchObject(unavailable);
  });
});

describe('consuming a proof from a store that lies', () => {
  const server = startLoopbackServer();
  const liar = server.then(({ url }) =>
    createDynamodbProofRegister({
      ...options,
      client: new DynamoDBClient({
        endpoint: url,
        region: 'eu-west-1',
        maxAttempts: 1,
        credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' },
      }),
    }),
  );

  afterAll(async () => (await server).close());

  const json = { 'content-type': 'application/x-amz-json-1.0' };

  it.each([
    ['an empty object', '{}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['text', '"ok"'],
    ['an item', '{"Item":{"id":{"S":"x"}}}'],
    ['a beginning', '{"ConsumedCapacity":{"TableName":"'],
    ['HTML', '<html>ok</html>'],
  ])('and answers 200 with %s is given up', async (_what, body) => {
    const { respond, requests } = await server;
    respond((response) => response.writeHead(200, json).end(body));

    await expect((await liar).consume(aProof())).rejects.toThrow(ProofRegisterUnavailableError);
    expect(requests).toHaveLength(3);
  });

  it.each([
    ['nothing', '{}'],
    ['an empty item', '{"Item":{}}'],
    ['the item of another id', '{"Item":{"id":{"S":"y"},"nonce":{"S":"n"}}}'],
    ['a nonce that is no text', '{"Item":{"id":{"S":"x"},"nonce":{"N":"1"}}}'],
  ])('and reads back %s is given up', async (_what, body) => {
    const { respond, requests } = await server;
    const conditional = JSON.stringify({
      __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
      message: 'The conditional request failed',
    });
    let answers = 0;
    respond((response) =>
      answers++ % 2 === 0
        ? response.writeHead(400, json).end(conditional)
        : response.writeHead(200, json).end(body),
    );

    await expect((await liar).consume({ id: 'x', expiresAtSeconds: nowSeconds })).rejects.toThrow(
      ProofRegisterUnavailableError,
    );
    expect(requests).toHaveLength(6);
    expect(JSON.parse(requests[1]?.body ?? '')).toMatchObject({
      Key: { id: { S: 'x' } },
      ConsistentRead: true,
    });
  });
});
