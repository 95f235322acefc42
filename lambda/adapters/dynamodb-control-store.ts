import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { Listed, ListPage, RevocationStore, SuspensionStore } from '../core/controls/control-ports.ts';
import type { Revocation } from '../core/controls/revocation.ts';
import { toTargetKey } from '../core/controls/suspension.ts';
import { ControlsUnavailableError } from '../core/errors.ts';
import {
  type ControlItem,
  duePartition,
  fromRevocationItem,
  fromSuspensionItem,
  listings,
  toRevocationItem,
  toRevocationKey,
  toSuspensionItem,
} from './control-item.ts';
import { controlTable } from './control-table.ts';
import { toErrorDetail } from './error-detail.ts';
import { readItem } from './read-item.ts';
import { type RepeatPorts, repeatCall } from './repeat-call.ts';
import { writeDurably } from './write-durably.ts';

export interface DynamodbControlStoreOptions extends RepeatPorts {
  /** With `maxAttempts: 1`: only who knows the nonce can tell a lost answer from somebody else's change. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** A new random value, of at least 128 bits. */
  readonly newNonce: () => string;
}

export interface ControlStore {
  readonly suspensions: SuspensionStore;
  readonly revocations: RevocationStore;
}

const { partitionKey, indexes } = controlTable;

/** Keeps suspensions and revocations, one item each, which a conditional write of the next version replaces. */
export function createDynamodbControlStore(options: DynamodbControlStoreOptions): ControlStore {
  const { newNonce } = options;
  const { find, put, query } = createItems(options);

  const list = async <Item>(
    { listing, newestFirst }: { readonly listing: string; readonly newestFirst: boolean },
    { after, limit }: ListPage,
    fromItem: (item: ControlItem) => Item,
  ): Promise<Listed<Item>> => {
    const { items, last } = await query({
      index: 'listing',
      condition:
        after === undefined
          ? '#listing = :listing'
          : `#listing = :listing AND #target ${newestFirst ? '<' : '>'} :after`,
      names: {
        '#listing': indexes.listing.partitionKey,
        ...(after === undefined ? {} : { '#target': indexes.listing.sortKey }),
      },
      values: { ':listing': { S: listing }, ...(after === undefined ? {} : { ':after': { S: after } }) },
      ...{ newestFirst, limit },
    });
    const next = last?.[partitionKey]?.S;
    return { items: items.map(fromItem), ...(next === undefined ? {} : { next }) };
  };

  return {
    suspensions: {
      find: async (key) => orNone(await find(key), fromSuspensionItem),
      put: (suspension) =>
        put(toTargetKey(suspension.target), suspension.version, toSuspensionItem(suspension, newNonce())),
      list: (page) => list({ listing: listings.suspensions, newestFirst: false }, page, fromSuspensionItem),
    },
    revocations: {
      find: async (id) => orNone(await find(toRevocationKey(id)), fromRevocationItem),
      put: (revocation) =>
        put(toRevocationKey(revocation.id), revocation.version, toRevocationItem(revocation, newNonce())),
      list: async ({ after, limit }) => {
        const page = { limit, ...(after === undefined ? {} : { after: toRevocationKey(after) }) };
        const { items, next } = await list(
          { listing: listings.revocations, newestFirst: true },
          page,
          fromRevocationItem,
        );
        return { items, ...(next === undefined ? {} : { next: next.replace('revocation#', '') }) };
      },
      due: async (nowMs, limit) => {
        const revocations: Revocation[] = [];
        const unreadable: string[] = [];
        let start: Query['start'];
        for (let page = 0; page < maxDuePages && revocations.length < limit; page += 1) {
          const { items, last } = await query({
            index: 'due',
            condition: '#due = :due AND #removeAfter < :now',
            names: { '#due': indexes.due.partitionKey, '#removeAfter': indexes.due.sortKey },
            values: { ':due': { S: duePartition }, ':now': { S: new Date(nowMs).toISOString() } },
            ...{ newestFirst: false, limit, start },
          });
          for (const item of items) {
            const revocation = orUnreadable(item, fromRevocationItem);
            if (revocation === undefined) unreadable.push(item[partitionKey]?.S ?? '');
            else revocations.push(revocation);
          }
          if (last === undefined) break;
          start = last;
        }
        return { revocations: revocations.slice(0, limit), unreadable };
      },
    },
  };
}

/** Those that cannot be read stay at the head of the index: what is behind them is read all the same. */
const maxDuePages = 20;

/** `undefined` for one that cannot be read, which keeps none of the others on its role. */
function orUnreadable<Row>(item: ControlItem, fromItem: (item: ControlItem) => Row): Row | undefined {
  try {
    return fromItem(item);
  } catch {
    // The error may quote what is in it.
    return undefined;
  }
}

/** The write may have been done, and its answer lost. */
const toUnconfirmed = (cause: unknown): ControlsUnavailableError =>
  new ControlsUnavailableError(
    'the change could not be confirmed: it may be there or not; read the list, and ask again',
    { cause, detail: toErrorDetail(cause), retryAfterSeconds: 5 },
  );

const orNone = <Item>(item: ControlItem | undefined, fromItem: (item: ControlItem) => Item) =>
  item === undefined ? undefined : fromItem(item);

interface Query {
  readonly index: keyof typeof indexes;
  readonly condition: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
  readonly newestFirst: boolean;
  readonly limit: number;
  /** Where the page before ended. @default at the beginning */
  readonly start?: ControlItem | undefined;
}

/** The table's items, whatever they are of. */
function createItems({ client, tableName: TableName, pause }: DynamodbControlStoreOptions) {
  const read = (key: string, abortSignal: AbortSignal): Promise<ControlItem | undefined> =>
    readItem({ client, tableName: TableName, key: { [partitionKey]: { S: key } }, abortSignal });

  const put = (key: string, version: number, item: ControlItem): Promise<boolean> => {
    const follows = version === 1 ? 'attribute_not_exists(#target)' : '#version = :before';
    return writeDurably<boolean>({
      write: async (abortSignal) => {
        const { ConsumedCapacity } = await client.send(
          new PutItemCommand({
            TableName,
            Item: item,
            ConditionExpression: follows,
            ExpressionAttributeNames: version === 1 ? { '#target': partitionKey } : { '#version': 'version' },
            ...(version === 1
              ? {}
              : { ExpressionAttributeValues: { ':before': { N: String(version - 1) } } }),
            ReturnConsumedCapacity: 'TOTAL',
          }),
          { abortSignal },
        );
        return ConsumedCapacity === undefined ? undefined : true;
      },
      readBack: async (signal) => (await read(key, signal))?.['nonce']?.S === item['nonce']?.S,
      pause,
      toError: toUnconfirmed,
    });
  };

  const query = async (
    { index, condition, names, values, newestFirst, limit, start }: Query,
    abortSignal: AbortSignal,
  ) => {
    const { Items, LastEvaluatedKey, ConsumedCapacity } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: index,
        KeyConditionExpression: condition,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
        ScanIndexForward: !newestFirst,
        Limit: limit,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        ReturnConsumedCapacity: 'TOTAL',
      }),
      { abortSignal },
    );
    if (Items === undefined || ConsumedCapacity === undefined)
      throw new TypeError('DynamoDB answered a query without saying what it read');
    return { items: Items, last: LastEvaluatedKey };
  };

  return {
    put,
    find: (key: string) => repeatCall((signal) => read(key, signal), { pause }),
    query: (wanted: Query) => repeatCall((signal) => query(wanted, signal), { pause }),
  };
}
