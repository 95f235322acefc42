import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { AuditUnavailableError } from '../core/errors.ts';
import type { FindingStore } from '../core/reconciliation/reconciliation-ports.ts';
import { toErrorDetail } from './error-detail.ts';
import { toItem } from './finding-item.ts';
import { findingTable } from './finding-table.ts';
import { putOnce } from './put-once.ts';
import { writeDurably } from './write-durably.ts';

export interface DynamodbFindingStoreOptions {
  /** Its own retries are safe here: a write that was repeated is read back and compared. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  readonly retentionDays: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new random value, of at least 128 bits. */
  readonly newNonce: () => string;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

const secondsPerDay = 86_400;
const { partitionKey } = findingTable;

/** Keeps findings: each is added once, and opened again where it was resolved and is found once more. */
export function createDynamodbFindingStore(options: DynamodbFindingStoreOptions): FindingStore {
  const { client, tableName: TableName, retentionDays, now, newNonce, pause } = options;

  /** RESOLVED to OPEN. `false` when it is open. */
  const reopen = (id: string): Promise<boolean> => {
    const Key = { [partitionKey]: { S: id } };
    const nonce = newNonce();
    return writeDurably<boolean>({
      write: async (abortSignal) => {
        const { Attributes } = await client.send(
          new UpdateItemCommand({
            TableName,
            Key,
            UpdateExpression:
              'SET #state = :open, reopenedAt = :at, #nonce = :nonce REMOVE resolvedAt, resolution',
            ConditionExpression: '#state = :resolved',
            ExpressionAttributeNames: { '#state': 'state', '#nonce': 'nonce' },
            ExpressionAttributeValues: {
              ':resolved': { S: 'RESOLVED' },
              ':open': { S: 'OPEN' },
              ':at': { S: new Date(now()).toISOString() },
              ':nonce': { S: nonce },
            },
            ReturnValues: 'ALL_NEW',
          }),
          { abortSignal },
        );
        return Attributes?.['nonce']?.S === nonce || undefined;
      },
      readBack: async (abortSignal) => {
        const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), {
          abortSignal,
        });
        return Item === undefined ? undefined : Item['nonce']?.S === nonce;
      },
      pause,
      toError: toUnwritten,
    });
  };

  return {
    record: async (discovery) => {
      const nowMs = now();
      const item = toItem(
        {
          ...discovery,
          state: 'OPEN',
          createdAt: new Date(nowMs).toISOString(),
          expiresAtSeconds: Math.floor(nowMs / 1000) + retentionDays * secondsPerDay,
        },
        newNonce(),
      );
      const isNew = await putOnce(
        { item, keys: [partitionKey], nonceOf: (found) => found['nonce']?.S },
        { client, tableName: TableName, pause, toError: toUnwritten },
      );
      return { isNew: isNew || (await reopen(discovery.id)) };
    },

    resolve: (id, resolution) => {
      const Key = { [partitionKey]: { S: id } };
      const resolvedAt = new Date(now()).toISOString();
      return writeDurably<boolean>({
        write: async (abortSignal) => {
          const { Attributes } = await client.send(
            new UpdateItemCommand({
              TableName,
              Key,
              UpdateExpression: 'SET #state = :resolved, resolvedAt = :at, resolution = :why',
              ConditionExpression: '#state = :open',
              ExpressionAttributeNames: { '#state': 'state' },
              ExpressionAttributeValues: {
                ':resolved': { S: 'RESOLVED' },
                ':open': { S: 'OPEN' },
                ':at': { S: resolvedAt },
                ':why': { S: resolution },
              },
              ReturnValues: 'ALL_NEW',
            }),
            { abortSignal },
          );
          return Attributes?.['state']?.S === 'RESOLVED' || undefined;
        },
        readBack: async (abortSignal) => {
          const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), {
            abortSignal,
          });
          return Item?.['resolvedAt']?.S === resolvedAt && Item['resolution']?.S === resolution;
        },
        pause,
        toError: toUnwritten,
      });
    },
  };
}

const toUnwritten = (cause: unknown) =>
  new AuditUnavailableError('a finding cannot be written; try again shortly', {
    ...{ cause, detail: toErrorDetail(cause) },
    retryAfterSeconds: 5,
  });
