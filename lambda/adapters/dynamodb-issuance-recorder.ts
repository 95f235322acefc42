import { isDeepStrictEqual } from 'node:util';
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { AuditUnavailableError } from '../core/errors.ts';
import type { Attempt, Outcome } from '../core/issuance.ts';
import type { IssuanceRecorder } from '../core/ports.ts';
import { toSourceIdentity } from '../core/source-identity.ts';
import { toErrorDetail } from './error-detail.ts';
import { type IssuanceItem, toDayKey, toItem, toOpenKey } from './issuance-item.ts';
import { writeDurably } from './write-durably.ts';

export interface DynamodbIssuanceRecorderOptions {
  /** With `maxAttempts: 1`: this adapter repeats a write itself, because only it can tell a lost answer from a lie. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

/** Writes issuances with single-item conditional writes: a new row never replaces one, a finished row changes no more. */
export function createDynamodbIssuanceRecorder(options: DynamodbIssuanceRecorderOptions): IssuanceRecorder {
  const { client, tableName: TableName, pause } = options;

  /** Puts a new row. */
  const put = (row: Attempt, attributes: object): Promise<void> => {
    const Item = toItem({ ...row, ...attributes });
    return makeDurable(
      pick(Item, ['id', 'nonce']),
      'STS was not called and nothing was issued',
      async (abortSignal) => {
        const { ConsumedCapacity } = await client.send(
          new PutItemCommand({
            TableName,
            Item,
            ConditionExpression: 'attribute_not_exists(id)',
            // A put's answer is empty by nature: this tells an empty one from the truth.
            ReturnConsumedCapacity: 'TOTAL',
          }),
          { abortSignal },
        );
        return ConsumedCapacity !== undefined;
      },
    );
  };

  /** Finishes a pending row. */
  const finish = (row: Attempt, outcome: Outcome): Promise<void> => {
    const { id, nonce } = toItem({ id: row.id, nonce: row.nonce });
    if (id === undefined || nonce === undefined) throw new TypeError('an issuance has an id and a nonce');
    const changes = toItem({ ...outcome, ...toReaderKeys(row) });
    const isPending = '#state = :pending';
    const isOurs = '#nonce = :nonce';
    const command = new UpdateItemCommand({
      TableName,
      Key: { id },
      UpdateExpression: `${toSetExpression(changes)} ${toOpenExpression(outcome)}`,
      ConditionExpression: `${isPending} AND ${isOurs}`,
      ExpressionAttributeNames: { ...toNames(changes), '#nonce': 'nonce', '#open': 'open' },
      ExpressionAttributeValues: {
        ...toValues(changes),
        ...(needsMatch(outcome) ? { ':open': { S: toOpenKey('UNMATCHED', row.id) } } : {}),
        ':pending': { S: 'PENDING' },
        ':nonce': nonce,
      },
      ReturnValues: 'ALL_NEW',
    });
    const expected = { ...changes, id, nonce };
    const consequence =
      'the credentials were dropped; a session that nobody holds may exist until it expires';
    return makeDurable(expected, consequence, async (abortSignal) => {
      const { Attributes } = await client.send(command, { abortSignal });
      return holds(Attributes, expected);
    });
  };

  /**
   * Writes until the row is known to be there.
   *
   * @param expected what the row then holds
   * @param consequence what follows when it can't be written, for the caller
   * @param write answers whether DynamoDB confirmed it
   */
  const makeDurable = async (
    expected: IssuanceItem,
    consequence: string,
    write: (signal: AbortSignal) => Promise<boolean>,
  ): Promise<void> => {
    await writeDurably<true>({
      write: async (signal) => (await write(signal)) || undefined,
      readBack: async (signal) => (await isThere(expected, signal)) || undefined,
      pause,
      toError: (cause) =>
        new AuditUnavailableError(`the audit cannot be written, so ${consequence}; try again shortly`, {
          cause,
          detail: toErrorDetail(cause),
          retryAfterSeconds: 5,
          extensions: { issuanceId: expected['id']?.S },
        }),
    });
  };

  const isThere = async (expected: IssuanceItem, abortSignal: AbortSignal): Promise<boolean> => {
    const Key = pick(expected, ['id']);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), {
      abortSignal,
    });
    return holds(Item, expected);
  };

  return {
    recordDenial: (denial) =>
      put(denial, { state: 'DENIED', finishedAt: denial.createdAt, ...toReaderKeys(denial) }),
    // Indexed under `open` alone: a throttled index of the audit's readers cannot stop an issuance.
    recordIntent: (intent) => put(intent, { state: 'PENDING', open: toOpenKey('PENDING', intent.id) }),
    recordOutcome: finish,
  };
}

/** The keys of the indexes that the audit reads, but for the access key id, which is the outcome's. */
const toReaderKeys = ({ id, createdAt, principal }: Attempt) => ({
  principalId: toSourceIdentity(principal),
  day: toDayKey(id, createdAt),
});

/** CloudTrail has no event of a request that never reached STS, and none of a throttled one, but of each hop before it. */
const needsMatch = ({ state, hops = [] }: Outcome) => state !== 'FAILED' || hops.length > 0;

const toOpenExpression = (outcome: Outcome) => (needsMatch(outcome) ? ', #open = :open' : 'REMOVE #open');

const toSetExpression = (changes: IssuanceItem) =>
  `SET ${Object.keys(changes)
    .map((name) => `#${name} = :${name}`)
    .join(', ')}`;

const toNames = (changes: IssuanceItem) =>
  Object.fromEntries(Object.keys(changes).map((name) => [`#${name}`, name]));

const toValues = (changes: IssuanceItem): IssuanceItem =>
  Object.fromEntries(Object.entries(changes).map(([name, value]) => [`:${name}`, value]));

const pick = (item: IssuanceItem, names: readonly string[]): IssuanceItem =>
  Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));

/** Whether an item has each of these attributes with this very value. */
const holds = (item: IssuanceItem | undefined, expected: IssuanceItem): boolean =>
  item !== undefined &&
  Object.entries(expected).every(([name, value]) => isDeepStrictEqual(item[name], value));
