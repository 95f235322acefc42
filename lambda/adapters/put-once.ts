import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { writeDurably } from './write-durably.ts';

/** An item that is added once, and never replaced. */
export interface OnceItem {
  readonly item: Readonly<Record<string, AttributeValue>>;
  /** Names of the attributes of its key. */
  readonly keys: readonly [partitionKey: string, ...sortKey: string[]];
  /** The random value within an item by which a write of our own is known, and that of this one. */
  readonly nonceOf: (item: Readonly<Record<string, AttributeValue>>) => string | undefined;
}

export interface PutOncePorts {
  /** With `maxAttempts: 1`: only who knows the nonce can tell a lost answer from somebody else's item. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
  readonly toError: (cause: unknown) => Error;
}

/** Adds the item. `false` when there is another one under its key, which stays. */
export function putOnce({ item, keys, nonceOf }: OnceItem, ports: PutOncePorts): Promise<boolean> {
  const { client, tableName: TableName, pause, toError } = ports;
  const nonce = nonceOf(item);
  if (nonce === undefined) throw new TypeError('an item that is added once has a nonce');
  const Key = Object.fromEntries(Object.entries(item).filter(([name]) => keys.includes(name)));

  const put = async (abortSignal: AbortSignal): Promise<true | undefined> => {
    const { ConsumedCapacity } = await client.send(
      new PutItemCommand({
        TableName,
        Item: item,
        ConditionExpression: 'attribute_not_exists(#key)',
        ExpressionAttributeNames: { '#key': keys[0] },
        // A put's answer is empty by nature: this tells an empty one from the truth.
        ReturnConsumedCapacity: 'TOTAL',
      }),
      { abortSignal },
    );
    return ConsumedCapacity === undefined ? undefined : true;
  };

  /** Whether the item that is there is this one. */
  const isOurs = async (abortSignal: AbortSignal): Promise<boolean | undefined> => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), {
      abortSignal,
    });
    const found = Item === undefined ? undefined : nonceOf(Item);
    return found === undefined ? undefined : found === nonce;
  };

  return writeDurably<boolean>({ write: put, readBack: isOurs, pause, toError });
}
