import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

/**
 * One item as it is now. `undefined` when there is none; rejects when DynamoDB can't answer, or did not say what it read:
 * the answer for an item that is not there is empty by nature, and an empty one is not taken for it.
 */
export async function readItem(options: {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  readonly key: Record<string, AttributeValue>;
  readonly abortSignal: AbortSignal;
}): Promise<Record<string, AttributeValue> | undefined> {
  const { client, tableName: TableName, key: Key, abortSignal } = options;
  const { Item, ConsumedCapacity } = await client.send(
    new GetItemCommand({ TableName, Key, ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' }),
    { abortSignal },
  );
  if (ConsumedCapacity === undefined) throw new TypeError('DynamoDB answered without saying what it read');
  return Item;
}
