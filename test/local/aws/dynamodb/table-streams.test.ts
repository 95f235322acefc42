import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateTableCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StreamRecord } from '../../../../local/aws/dynamodb/table-streams.ts';
import { aWorld, createTable, outcome, startTestAws, type TestAws } from '../an-embedded-aws.ts';

let aws: TestAws;
let client: DynamoDBClient;
let records: StreamRecord[] = [];
let heard: (() => void) | undefined;
let fails = false;
let taken: Promise<void> = Promise.resolve();

beforeAll(async () => {
  aws = await startTestAws(aWorld(), {
    streams: {
      tables: { watched: ['id'] },
      deliver: async (record) => {
        records.push(record);
        heard?.();
        await taken;
        if (fails) throw new Error('nobody listens');
      },
    },
  });
  client = aws.dynamodb();
  for (const TableName of ['watched', 'other'])
    await createTable(
      client,
      new CreateTableCommand({
        ...{ TableName, BillingMode: 'PAY_PER_REQUEST' },
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
});
afterAll(() => aws.stop());
beforeEach(() => {
  records = [];
  fails = false;
});

/** Waits for the record of a write; the write is done before. */
async function hearing(write: () => Promise<unknown>): Promise<StreamRecord | undefined> {
  const next = new Promise<void>((resolve) => {
    heard = resolve;
  });
  await write();
  await next;
  return records.at(-1);
}

const put = (id: string, state = 'PENDING', TableName = 'watched') =>
  client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, state: { S: state } } }));

const update = (id: string, condition?: string) =>
  client.send(
    new UpdateItemCommand({
      ...{ TableName: 'watched', Key: { id: { S: id } }, UpdateExpression: 'SET #state = :state' },
      ...{
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':state': { S: 'ISSUED' } },
      },
      ...(condition === undefined ? {} : { ConditionExpression: condition }),
    }),
  );

describe('the streams of the embedded DynamoDB', () => {
  it('tell of a new row, of its change and of its end, as Lambda hears of them', async () => {
    expect(await hearing(() => put('A'))).toMatchObject({
      ...{ eventName: 'INSERT', eventSource: 'aws:dynamodb', awsRegion: 'eu-west-1' },
      eventSourceARN: 'arn:aws:dynamodb:eu-west-1:111111111111:table/watched/stream/local',
      dynamodb: { Keys: { id: { S: 'A' } }, NewImage: { id: { S: 'A' }, state: { S: 'PENDING' } } },
    });
    expect(await hearing(() => update('A'))).toMatchObject({
      eventName: 'MODIFY',
      dynamodb: { OldImage: { state: { S: 'PENDING' } }, NewImage: { state: { S: 'ISSUED' } } },
    });
    const end = await hearing(() =>
      client.send(new DeleteItemCommand({ TableName: 'watched', Key: { id: { S: 'A' } } })),
    );
    expect(end).toMatchObject({ eventName: 'REMOVE', dynamodb: { OldImage: { state: { S: 'ISSUED' } } } });
    expect(end?.dynamodb).not.toHaveProperty('NewImage');
  });

  it('tell of each write, also where more are made while nobody has taken the first', async () => {
    let take = () => {};
    taken = new Promise((resolve) => {
      take = resolve;
    });
    await hearing(() => put('H'));
    await put('I');
    await update('I');
    const last = hearing(() => put('J'));
    await delay(50);
    take();
    await last;
    while (records.length < 4) await delay(10);

    expect(records.slice(1, 3)).toMatchObject([
      { eventName: 'INSERT', dynamodb: { NewImage: { id: { S: 'I' }, state: { S: 'PENDING' } } } },
      {
        eventName: 'MODIFY',
        dynamodb: { OldImage: { state: { S: 'PENDING' } }, NewImage: { state: { S: 'ISSUED' } } },
      },
    ]);
  });

  it('know what a row was that was written before they were there', async () => {
    await hearing(() => put('K'));
    aws = await aws.restart();
    client = aws.dynamodb();

    expect(await hearing(() => update('K'))).toMatchObject({
      eventName: 'MODIFY',
      dynamodb: { OldImage: { state: { S: 'PENDING' } }, NewImage: { state: { S: 'ISSUED' } } },
    });
  });

  it('number what they tell in its order', async () => {
    const first = await hearing(() => put('B'));
    const second = await hearing(() => put('C'));

    expect(first !== undefined && second !== undefined).toBe(true);
    expect(String(first?.dynamodb.SequenceNumber) < String(second?.dynamodb.SequenceNumber)).toBe(true);
  });

  it('say nothing of other tables, of reads and of writes that failed', async () => {
    await put('D', 'PENDING', 'other');
    await client.send(new GetItemCommand({ TableName: 'watched', Key: { id: { S: 'B' } } }));
    expect(await outcome(update('B', 'attribute_not_exists(id)'))).toContain('ConditionalCheckFailed');

    await hearing(() => put('E'));

    expect(records.map(({ dynamodb }) => dynamodb.Keys)).toEqual([{ id: { S: 'E' } }]);
  });

  it('hold up no write, and lose what nobody takes', async () => {
    fails = true;
    await hearing(() => put('F'));
    fails = false;

    expect((await hearing(() => put('G')))?.dynamodb.Keys).toEqual({ id: { S: 'G' } });
  });
});
