import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { AuditUnavailableError } from '../core/errors.ts';
import type { Finding } from '../core/reconciliation/finding.ts';
import type { FindingPage, FindingQuery, FindingReader } from '../core/reconciliation/finding-ports.ts';
import { toErrorDetail } from './error-detail.ts';
import { type FindingItem, fromItem } from './finding-item.ts';
import { findingTable } from './finding-table.ts';
import { readItem } from './read-item.ts';

export interface DynamodbFindingReaderOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Bounds one page's walk through the days: one query a day and step. What is left is the next page's. */
const maxQueriesPerPage = 60;

/** Items that a query looks at, so that a rare kind is not looked for one at a time. */
const minItemsLookedAt = 100;

/** For a page, all queries and repeats included: within the function's own timeout. */
const timeoutMs = 5000;
const msPerDay = 86_400_000;

const { byDay } = findingTable.indexes;

/** Reads findings from the table and its index. */
export function createDynamodbFindingReader(options: DynamodbFindingReaderOptions): FindingReader {
  const { client, tableName: TableName, now } = options;

  const find = async (id: string, abortSignal: AbortSignal): Promise<Finding | undefined> => {
    const key = { [findingTable.partitionKey]: { S: id } };
    const item = await readItem({ client, tableName: TableName, key, abortSignal });
    const finding = item === undefined ? undefined : fromItem(item);
    return finding !== undefined && finding.expiresAtSeconds > now() / 1000 ? finding : undefined;
  };

  /** Of one day, newest first, all before a place. `reached`: where it stopped, if before the day's beginning. */
  const queryDay = async (
    { day, before }: { readonly day: string; readonly before: string },
    query: FindingQuery,
    abortSignal: AbortSignal,
  ) => {
    const filter = toFilter(query, now());
    const { Items, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'byDay',
        ScanIndexForward: false,
        Limit: Math.max(query.limit, minItemsLookedAt),
        KeyConditionExpression: '#day = :day AND #place < :before',
        FilterExpression: filter.expression,
        ExpressionAttributeNames: { ...filter.names, '#day': byDay.partitionKey, '#place': byDay.sortKey },
        ExpressionAttributeValues: { ...filter.values, ':day': { S: day }, ':before': { S: before } },
      }),
      { abortSignal },
    );
    if (Items === undefined) throw new TypeError('DynamoDB answered a query without items');
    return { items: Items, reached: LastEvaluatedKey === undefined ? undefined : toPlace(LastEvaluatedKey) };
  };

  const page = async (query: FindingQuery, abortSignal: AbortSignal): Promise<FindingPage> => {
    const { fromMs, toMs, limit } = query;
    const oldest = toInstant(fromMs);
    const end = toInstant(toMs);
    let before = query.before !== undefined && query.before < end ? query.before : end;
    const found: FindingItem[] = [];
    for (let queries = 0; queries < maxQueriesPerPage && before > oldest; queries += 1) {
      const day = toDayBefore(before);
      const { items, reached } = await queryDay({ day, before }, query, abortSignal);
      const wanted = items.filter((item) => toPlace(item) >= oldest);
      found.push(...wanted.slice(0, limit - found.length));
      const last = found.at(-1);
      if (found.length === limit && last !== undefined)
        return { findings: found.map(fromItem), next: toPlace(last) };
      // The beginning of the day is the end of the one before.
      before = reached ?? day;
    }
    const findings = found.map(fromItem);
    return before > oldest ? { findings, next: toNext(before) } : { findings };
  };

  return {
    find: (id) => orUnavailable((abortSignal) => find(id, abortSignal)),
    page: (query) => orUnavailable((abortSignal) => page(query, abortSignal)),
  };
}

const toInstant = (ms: number) => new Date(Math.max(0, ms)).toISOString();

/** The day of whatever is right before a place. `2026-11-21`, without a time, is the beginning of that day. */
function toDayBefore(place: string): string {
  const day = place.slice(0, 10);
  const rest = place.slice(10);
  const isBeginning = rest === '' || rest === 'T00:00:00.000Z';
  return isBeginning ? new Date(Date.parse(day) - msPerDay).toISOString().slice(0, 10) : day;
}

/** A place in full, for a cursor. */
const toNext = (place: string): string =>
  place.includes('#') ? place : `${place.length === 10 ? `${place}T00:00:00.000Z` : place}#`;

const toPlace = (item: FindingItem): string => item[byDay.sortKey]?.S ?? '';

/** What the index's key doesn't say already, and that the finding has not expired. */
function toFilter({ kind, state, severity }: FindingQuery, nowMs: number) {
  const wanted = Object.entries({ kind, state, severity }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    expression: ['#expires > :now', ...wanted.map(([name]) => `#${name} = :${name}`)].join(' AND '),
    names: {
      '#expires': findingTable.timeToLiveAttribute,
      ...Object.fromEntries(wanted.map(([name]) => [`#${name}`, name])),
    },
    values: {
      ':now': { N: String(Math.floor(nowMs / 1000)) },
      ...Object.fromEntries(wanted.map(([name, value]) => [`:${name}`, { S: value }])),
    },
  };
}

async function orUnavailable<Value>(read: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  try {
    return await read(AbortSignal.timeout(timeoutMs));
  } catch (cause) {
    throw new AuditUnavailableError('the findings cannot be read; try again shortly', {
      ...{ cause, detail: toErrorDetail(cause) },
      retryAfterSeconds: 5,
    });
  }
}
