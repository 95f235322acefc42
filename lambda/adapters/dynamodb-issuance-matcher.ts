import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { encodeTime } from 'ulid';
import { AuditUnavailableError } from '../core/errors.ts';
import type {
  IssuanceChange,
  IssuanceMatcher,
  OpenPage,
  OpenQuery,
  TrackedIssuance,
} from '../core/reconciliation/reconciliation-ports.ts';
import { toSourceIdentity } from '../core/source-identity.ts';
import { toErrorDetail } from './error-detail.ts';
import {
  fromItem,
  type IssuanceItem,
  toDayKey,
  toItem,
  toOpenKey,
  toShardKeys,
  toSightingAttribute,
} from './issuance-item.ts';
import { issuanceTable } from './issuance-table.ts';
import { holdsUpdate, type RowCondition, type RowUpdate, toUpdateCommand } from './issuance-update.ts';
import { readItem } from './read-item.ts';
import { writeDurably } from './write-durably.ts';

export interface DynamodbIssuanceMatcherOptions {
  /** Its own retries are safe here: a write that was repeated is read back and compared. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

/** For one read, the SDK's repeats included. */
const readTimeoutMs = 3000;

/**
 * Completes issuances with what CloudTrail says of them. Of a finished row nothing changes but the events, the match and
 * its place in the index `open`; whatever else a row holds stays as the function that issued wrote it.
 */
export function createDynamodbIssuanceMatcher(options: DynamodbIssuanceMatcherOptions): IssuanceMatcher {
  const { client, tableName: TableName, now, pause } = options;

  const getItem = (id: string): Promise<IssuanceItem | undefined> =>
    readItem({
      ...{ client, tableName: TableName, key: { id: { S: id } } },
      abortSignal: AbortSignal.timeout(readTimeoutMs),
    });

  const find = async (id: string): Promise<TrackedIssuance | undefined> => {
    const item = await getItem(id);
    const row = item === undefined ? undefined : toTracked(item);
    return row !== undefined && row.expiresAtSeconds > now() / 1000 ? row : undefined;
  };

  const queryIds = async (query: {
    readonly index: keyof typeof issuanceTable.indexes;
    readonly key: string;
    readonly span?: { readonly oldest: string; readonly newest: string };
    readonly limit: number;
    readonly newestFirst: boolean;
  }): Promise<OpenPage> => {
    const { index, key, span, limit } = query;
    const { Items, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: index,
        ScanIndexForward: !query.newestFirst,
        Limit: limit,
        KeyConditionExpression:
          span === undefined ? '#key = :key' : '#key = :key AND #id BETWEEN :oldest AND :newest',
        ProjectionExpression: '#id',
        ExpressionAttributeNames: { '#key': issuanceTable.indexes[index].partitionKey, '#id': 'id' },
        ExpressionAttributeValues: {
          ':key': { S: key },
          ...(span === undefined ? {} : { ':oldest': { S: span.oldest }, ':newest': { S: span.newest } }),
        },
      }),
      { abortSignal: AbortSignal.timeout(readTimeoutMs) },
    );
    if (Items === undefined) throw new TypeError('DynamoDB answered a query without items');
    return { ids: Items.map(({ id }) => id?.S ?? ''), hasMore: LastEvaluatedKey !== undefined };
  };

  const listOpen = async ({ state, beforeMs, after, limit }: OpenQuery): Promise<OpenPage> => {
    // A ULID of the instant itself is not before it.
    const newest = `${encodeTime(Math.max(0, Math.floor(beforeMs) - 1), 10)}${'Z'.repeat(16)}`;
    // Any text that sorts behind the id and before every other one.
    const oldest = after === undefined ? '0' : `${after}!`;
    if (oldest > newest) return { ids: [], hasMore: false };
    const pages = await Promise.all(
      toShardKeys(state).map((key) =>
        queryIds({ index: 'open', key, span: { oldest, newest }, limit, newestFirst: false }),
      ),
    );
    const ids = pages.flatMap((page) => page.ids).sort();
    return {
      ids: ids.slice(0, limit),
      hasMore: ids.length > limit || pages.some(({ hasMore }) => hasMore),
    };
  };

  /** `false` when the row is another than the conditions say, and not because an earlier attempt of this write arrived. */
  const write = (update: RowUpdate): Promise<boolean> =>
    writeDurably<boolean>({
      write: async (abortSignal) => {
        const { Attributes } = await client.send(toUpdateCommand(TableName, update), { abortSignal });
        return holdsUpdate(Attributes, update) || undefined;
      },
      readBack: async () => holdsUpdate(await getItem(update.id), update),
      pause,
      toError: toUnwritten,
    });

  return {
    find: orUnreadable(find),

    findByAccessKeyId: orUnreadable(async (accessKeyId) => {
      const { ids } = await queryIds({
        ...{ index: 'byAccessKeyId', key: accessKeyId, limit: 1, newestFirst: true },
      });
      const [id] = ids;
      return id === undefined ? undefined : find(id);
    }),

    update: async (seen, change) => {
      const update = toUpdate(seen, change);
      return (Object.keys(update.sets).length === 0 && !update.closes) || write(update);
    },

    sweep: (seen, finishedAt) => write(toSweep(seen, finishedAt)),

    listOpen: orUnreadable(listOpen),
  };
}

function toTracked(item: IssuanceItem): TrackedIssuance {
  const { sightings = {}, ...row } = fromItem(item);
  return { ...row, sightings, isOpen: item[issuanceTable.indexes.open.partitionKey] !== undefined };
}

function toUpdate(seen: TrackedIssuance, { sightings = {}, match, closes }: IssuanceChange): RowUpdate {
  if (closes && seen.state === 'PENDING') throw new TypeError('a pending row does not leave the index');
  const places = Object.keys(sightings).map(Number);
  return {
    id: seen.id,
    sets: toItem({
      ...(match === undefined ? {} : { match }),
      ...Object.fromEntries(places.map((place) => [toSightingAttribute(place), sightings[place]])),
    }),
    closes,
    conditions: [
      { path: ['state'], value: seen.state },
      seen.match === undefined ? { path: ['match'] } : { path: ['match'], value: seen.match },
      ...places.map((place): RowCondition => {
        const before = seen.sightings[place];
        const attribute = toSightingAttribute(place);
        return before === undefined
          ? { path: [attribute] }
          : { path: [attribute, 'eventId'], value: before.eventId };
      }),
    ],
  };
}

/** As an outcome is written, by whoever comes after the function that no longer can. */
const toSweep = (seen: TrackedIssuance, finishedAt: string): RowUpdate => ({
  id: seen.id,
  sets: toItem({
    state: 'UNKNOWN',
    finishedAt,
    errorCode: 'swept',
    detail: 'the function that asked STS ended without writing what became of it',
    principalId: toSourceIdentity(seen.principal),
    day: toDayKey(seen.id, seen.createdAt),
    [issuanceTable.indexes.open.partitionKey]: toOpenKey('UNMATCHED', seen.id),
  }),
  closes: false,
  conditions: [{ path: ['state'], value: 'PENDING' }],
});

const orUnreadable =
  <Arguments extends readonly unknown[], Value>(read: (...asked: Arguments) => Promise<Value>) =>
  async (...asked: Arguments): Promise<Value> => {
    try {
      return await read(...asked);
    } catch (cause) {
      throw new AuditUnavailableError('the audit cannot be read; try again shortly', {
        ...{ cause, detail: toErrorDetail(cause) },
        retryAfterSeconds: 5,
      });
    }
  };

const toUnwritten = (cause: unknown) =>
  new AuditUnavailableError('what CloudTrail says cannot be written to the audit; try again shortly', {
    ...{ cause, detail: toErrorDetail(cause) },
    retryAfterSeconds: 5,
  });
