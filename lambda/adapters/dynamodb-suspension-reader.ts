import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SuspendedTarget, SuspensionReader } from '../core/controls/control-ports.ts';
import { type SuspensionTarget, toTargetKey } from '../core/controls/suspension.ts';
import { fromSuspensionItem } from './control-item.ts';
import { controlTable } from './control-table.ts';
import { type RepeatPorts, repeatCall } from './repeat-call.ts';

export interface DynamodbSuspensionReaderOptions extends RepeatPorts {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
}

/** Reads all targets of a request at once, consistently. */
export function createDynamodbSuspensionReader({
  client,
  tableName,
  ...ports
}: DynamodbSuspensionReaderOptions): SuspensionReader {
  const read = async (
    targets: readonly SuspensionTarget[],
    abortSignal: AbortSignal,
  ): Promise<readonly SuspendedTarget[]> => {
    const keys = targets.map(toTargetKey);
    const { Responses, UnprocessedKeys, ConsumedCapacity } = await client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [tableName]: {
            Keys: keys.map((key) => ({ [controlTable.partitionKey]: { S: key } })),
            ConsistentRead: true,
          },
        },
        // Tells an empty answer from one without items.
        ReturnConsumedCapacity: 'TOTAL',
      }),
      { abortSignal },
    );
    const items = Responses?.[tableName];
    if (items === undefined || ConsumedCapacity === undefined)
      throw new TypeError('DynamoDB answered without saying what it read');
    // One of the keys that were not read may be the one that is suspended.
    if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new Error('DynamoDB left keys unread');
    const found = new Map(
      items.map((item) => [item[controlTable.partitionKey]?.S, fromSuspensionItem(item)]),
    );
    return targets.flatMap((target) => {
      const suspension = found.get(toTargetKey(target));
      return suspension?.state === 'SUSPENDED' ? [{ target, reason: suspension.reason }] : [];
    });
  };

  return {
    findSuspended: (targets) =>
      targets.length === 0 ? Promise.resolve([]) : repeatCall((signal) => read(targets, signal), ports),
  };
}
