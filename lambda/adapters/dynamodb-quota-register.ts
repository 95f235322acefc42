import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { CountedAttempt, QuotaRegister } from '../core/controls/control-ports.ts';
import { quotaTable } from './quota-table.ts';
import { type RepeatPorts, repeatCall } from './repeat-call.ts';

export interface DynamodbQuotaRegisterOptions extends RepeatPorts {
  /** With `maxAttempts: 1`: this adapter repeats by itself, within its time. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
}

/** Seconds that a minute's count is kept beyond its end: functions' clocks may be apart. */
const keptSeconds = 300;

/**
 * Counts by one conditional write. It is repeated when its answer is lost, and may then count one attempt twice: a
 * principal that is near its limit waits for the next minute.
 */
export function createDynamodbQuotaRegister({
  client,
  tableName: TableName,
  ...ports
}: DynamodbQuotaRegisterOptions): QuotaRegister {
  const { partitionKey, timeToLiveAttribute } = quotaTable;

  const count = async (
    { principalId, minute, limit }: CountedAttempt,
    abortSignal: AbortSignal,
  ): Promise<boolean> => {
    try {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName,
          Key: { [partitionKey]: { S: `${principalId}#${minute}` } },
          UpdateExpression: 'SET #expiresAt = :expiresAt ADD #attempts :one',
          ConditionExpression: 'attribute_not_exists(#attempts) OR #attempts < :limit',
          ExpressionAttributeNames: { '#attempts': 'attempts', '#expiresAt': timeToLiveAttribute },
          ExpressionAttributeValues: {
            ':one': { N: '1' },
            ':limit': { N: String(limit) },
            ':expiresAt': { N: String((minute + 1) * 60 + keptSeconds) },
          },
          ReturnValues: 'UPDATED_NEW',
        }),
        { abortSignal },
      );
      const attempts = Number(Attributes?.['attempts']?.N);
      if (attempts >= 1 && attempts <= limit) return true;
      throw new TypeError('DynamoDB answered without saying how many attempts there were');
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  return { count: (attempt) => repeatCall((signal) => count(attempt, signal), ports) };
}
