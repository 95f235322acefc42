import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { IntegrationsUnavailableError } from '../core/errors.ts';
import type { IntegrationStore } from '../core/integrations/integration-ports.ts';
import { toErrorDetail } from './error-detail.ts';
import { fromItem, type IntegrationItem, listing, toItem } from './integration-item.ts';
import { integrationTable } from './integration-table.ts';
import { putOnce } from './put-once.ts';

export interface DynamodbIntegrationStoreOptions {
  /** With `maxAttempts: 1`: this adapter repeats a write itself, because only it can tell a lost answer from a conflict. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

/** For a read, its repeats included. */
const readTimeoutMs = 2000;
const readAttemptTimeoutMs = 900;
const readPausesMs = [0, 50, 100];

const { partitionKey, sortKey } = integrationTable;

/** One query: its values by the names that the expression uses. */
interface Query {
  readonly index?: keyof typeof integrationTable.indexes;
  readonly condition: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
  readonly newestFirst: boolean;
  readonly limit: number;
}

interface Answer {
  readonly items: readonly IntegrationItem[];
  readonly hasMore: boolean;
}

/** Keeps integrations as versions that are only ever added. */
export function createDynamodbIntegrationStore(options: DynamodbIntegrationStoreOptions): IntegrationStore {
  const { client, tableName: TableName, pause } = options;

  const ask = async (query: Query, abortSignal: AbortSignal): Promise<Answer> => {
    const { Items, LastEvaluatedKey, ConsumedCapacity } = await client.send(
      new QueryCommand({
        TableName,
        // No index can be read consistently: what it does not list yet is found by its name.
        ...(query.index === undefined ? { ConsistentRead: true } : { IndexName: query.index }),
        KeyConditionExpression: query.condition,
        ExpressionAttributeNames: query.names,
        ExpressionAttributeValues: query.values,
        ScanIndexForward: !query.newestFirst,
        Limit: query.limit,
        // Tells an empty answer from one without items.
        ReturnConsumedCapacity: 'TOTAL',
      }),
      { abortSignal },
    );
    if (Items === undefined || ConsumedCapacity === undefined)
      throw new TypeError('DynamoDB answered a query without saying what it read');
    return { items: Items, hasMore: LastEvaluatedKey !== undefined };
  };

  /** Reads change nothing: each failure is worth another attempt, within the time. */
  const askRepeatedly = async (query: Query): Promise<Answer> => {
    const deadline = AbortSignal.timeout(readTimeoutMs);
    let cause: unknown;
    for (const pauseMs of readPausesMs) {
      await pause(pauseMs);
      try {
        return await ask(query, AbortSignal.any([deadline, AbortSignal.timeout(readAttemptTimeoutMs)]));
      } catch (error) {
        cause = error;
      }
      if (deadline.aborted) break;
    }
    throw cause;
  };

  const read = async <Value>(query: Query, toValue: (answer: Answer) => Value): Promise<Value> => {
    try {
      return toValue(await askRepeatedly(query));
    } catch (cause) {
      throw new IntegrationsUnavailableError('the integrations cannot be read; try again shortly', {
        ...{ cause, detail: toErrorDetail(cause) },
        retryAfterSeconds: 5,
      });
    }
  };

  const readVersions = (
    name: string,
    { before, limit }: { readonly before?: number; readonly limit: number },
  ) =>
    read(
      {
        condition: '#name = :name AND #version BETWEEN :first AND :last',
        names: { '#name': partitionKey, '#version': sortKey },
        values: {
          ':name': { S: name },
          ':first': { N: '1' },
          ':last': { N: String((before ?? maxVersion + 1) - 1) },
        },
        newestFirst: true,
        limit,
      },
      ({ items }) => items.map(fromItem),
    );

  return {
    find: async (name) => (await readVersions(name, { limit: 1 }))[0],

    history: async (name, page) => ((page.before ?? 2) <= 1 ? [] : readVersions(name, page)),

    names: ({ after, limit }) =>
      read(
        {
          index: 'listing',
          condition: after === undefined ? '#listing = :listing' : '#listing = :listing AND #name > :after',
          names: {
            '#listing': integrationTable.indexes.listing.partitionKey,
            ...(after === undefined ? {} : { '#name': partitionKey }),
          },
          values: { ':listing': { S: listing }, ...(after === undefined ? {} : { ':after': { S: after } }) },
          newestFirst: false,
          limit,
        },
        ({ items, hasMore }) => {
          const names = items.map(toName);
          const last = names.at(-1);
          return { names, ...(hasMore && last !== undefined ? { next: last } : {}) };
        },
      ),

    append: (version) =>
      putOnce(
        { item: toItem(version), keys: [partitionKey, sortKey], nonceOf },
        { client, tableName: TableName, pause, toError: toUnwritten },
      ),
  };
}

/** Nine digits, as an ETag has them. */
const maxVersion = 999_999_999;

const nonceOf = ({ change }: Readonly<Record<string, AttributeValue>>) => change?.M?.['nonce']?.S;

function toName(item: IntegrationItem): string {
  const name = item[partitionKey]?.S;
  if (name === undefined) throw new TypeError('the index has an entry without a name');
  return name;
}

const toUnwritten = (cause: unknown) =>
  new IntegrationsUnavailableError(
    'the change cannot be written, or whether it was cannot be found out; read the integration again before a repeat',
    { cause, detail: toErrorDetail(cause), retryAfterSeconds: 5 },
  );
