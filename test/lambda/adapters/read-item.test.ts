import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readItem } from '../../../lambda/adapters/read-item.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';

/* A server that keeps what it is asked for: the embedded DynamoDB is always consistent, whatever is asked of it. */
let server: LoopbackServer;

beforeAll(async () => {
  server = await startLoopbackServer();
});
afterAll(() => server.close());

const read = (answer: object) => {
  server.respond((response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify(answer));
  });
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' };
  return readItem({
    client: new DynamoDBClient({ endpoint: server.url, region: 'eu-west-1', maxAttempts: 1, credentials }),
    ...{ tableName: 'Controls', key: { target: { S: 'everything' } } },
    abortSignal: AbortSignal.timeout(5000),
  });
};

const capacity = { ConsumedCapacity: { TableName: 'Controls', CapacityUnits: 1 } };

describe('an item', () => {
  it('is asked for as it is now, and not as it was: what was suspended a moment ago is', async () => {
    await read(capacity);

    expect(server.requests.map(({ body }) => JSON.parse(body))).toEqual([
      {
        ...{ TableName: 'Controls', Key: { target: { S: 'everything' } } },
        ...{ ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' },
      },
    ]);
  });

  it('is there, or is not, where DynamoDB says that it looked', async () => {
    const Item = { target: { S: 'everything' } };

    expect(await read({ ...capacity, Item })).toEqual(Item);
    expect(await read(capacity)).toBeUndefined();
  });

  it('is not taken for absent where the answer is empty', async () => {
    await expect(read({})).rejects.toThrow('without saying what it read');
  });
});
