import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { encodeTime } from 'ulid';
import { AuditUnavailableError } from '../core/errors.ts';
import type { Issuance } from '../core/issuance.ts';
import type { IssuancePage, IssuanceQuery, IssuanceReader } from '../core/ports.ts';
import { toSourceIdentity } from '../core/source-identity.ts';
import { toErrorDetail } from './error-detail.ts';
import { fromItem, type IssuanceItem, toShardKeys, ulidAlphabet } from './issuance-item.ts';
import { type IssuanceIndex, issuanceTable } from './issuance-table.ts';
import { readItem } from './read-item.ts';

export interface DynamodbIssuanceReaderOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Bounds one page's walk through the days: 16 queries a day, and a read for each pending row. What is left is the next page's. */
const maxReadsPerPage = 160;

/** Rows that a query with a filter looks at, so that a rare match is not looked for one row at a time. */
const minRowsFiltered = 100;

/** For a page or a row, all queries and repeats included: within the function's own timeout. */
const timeoutMs = 5000;
const msPerDay = 86_400_000;

/** One index partition. */
interface Source {
  readonly index: IssuanceIndex;
  readonly key: string;
}

type PageQuery = IssuanceQuery & { readonly abortSignal: AbortSignal };

/** A page, and how many times DynamoDB was asked for it. */
interface Step extends IssuancePage {
  readonly reads: number;
}

/** Ids from `oldest`, inclusive, to `newest`, exclusive. */
interface Span {
  readonly oldest: string;
  readonly newest: string;
}

/** Reads issuances from the table and its indexes. */
export function createDynamodbIssuanceReader(options: DynamodbIssuanceReaderOptions): IssuanceReader {
  const { client, tableName: TableName, now } = options;

  const find = async (id: string, abortSignal: AbortSignal): Promise<Issuance | undefined> => {
    const item = await readItem({ client, tableName: TableName, key: { id: { S: id } }, abortSignal });
    const issuance = item === undefined ? undefined : fromItem(item);
    return issuance !== undefined && issuance.expiresAtSeconds > now() / 1000 ? issuance : undefined;
  };

  /** One query of one partition, newest first. `reached` is the id down to which nothing was left out. */
  const querySource = async ({ index, key }: Source, span: Span, query: PageQuery) => {
    const { partitionKey, projection } = issuanceTable.indexes[index];
    const filter = projection === 'ALL' ? toFilter(query, now()) : noFilter;
    const { Items, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: index,
        ScanIndexForward: false,
        Limit: filter.isSelective ? Math.max(query.limit, minRowsFiltered) : query.limit,
        KeyConditionExpression: '#key = :key AND #id BETWEEN :oldest AND :newest',
        FilterExpression: filter.expression,
        ExpressionAttributeNames: { ...filter.names, '#key': partitionKey, '#id': 'id' },
        ExpressionAttributeValues: {
          ...filter.values,
          ':key': { S: key },
          ':oldest': { S: span.oldest },
          // BETWEEN includes its upper end.
          ':newest': { S: toPredecessor(span.newest) },
        },
      }),
      { abortSignal: query.abortSignal },
    );
    const reached = LastEvaluatedKey === undefined ? '' : LastEvaluatedKey['id']?.S;
    if (Items === undefined || reached === undefined)
      throw new TypeError('DynamoDB answered a query without items');
    return { items: Items, reached };
  };

  /** The rows behind an index that has keys alone. A row may have changed since the index saw it. */
  const findEach = async (keys: readonly IssuanceItem[], query: PageQuery): Promise<readonly Issuance[]> => {
    const rows = await Promise.all(keys.map((key) => find(toItemId(key), query.abortSignal)));
    return rows.flatMap((row) => (row !== undefined && isWanted(row, query) ? [row] : []));
  };

  /** Newest first over several partitions: no further down than the one that stopped first. */
  const queryStep = async (sources: readonly Source[], span: Span, query: PageQuery): Promise<Step> => {
    const answers = await Promise.all(sources.map((source) => querySource(source, span, query)));
    const reached = answers.map((answer) => answer.reached).reduce((a, b) => (a > b ? a : b));
    const known = answers
      .flatMap(({ items }) => items)
      .filter((item) => toItemId(item) >= reached)
      .sort((a, b) => (toItemId(a) > toItemId(b) ? -1 : 1));
    // Cut before any row is looked up: of an index with keys alone at most a page's rows are read.
    const items = known.slice(0, query.limit);
    const hasRows = sources.every(({ index }) => issuanceTable.indexes[index].projection === 'ALL');
    const issuances = hasRows ? items.map(fromItem) : await findEach(items, query);
    const last = items.at(-1);
    const next = known.length > items.length && last !== undefined ? toItemId(last) : reached;
    const reads = sources.length + (hasRows ? 0 : items.length);
    return next === '' ? { issuances, reads } : { issuances, reads, next };
  };

  const page = async (query: PageQuery): Promise<IssuancePage> => {
    const found: Issuance[] = [];
    let reads = 0;
    for (const { sources, span } of toSteps(query)) {
      let newest: string | undefined = span.newest;
      while (newest !== undefined && newest > span.oldest) {
        if (found.length >= query.limit || reads >= maxReadsPerPage)
          return { issuances: found, next: newest };
        const limit = query.limit - found.length;
        const step: Step = await queryStep(sources, { ...span, newest }, { ...query, limit });
        found.push(...step.issuances);
        reads += step.reads;
        newest = step.next;
      }
    }
    return { issuances: found };
  };

  return {
    find: (id) => orUnavailable((abortSignal) => find(id, abortSignal)),
    page: (query) => orUnavailable((abortSignal) => page({ ...query, abortSignal })),
  };
}

/** Where to look, newest first: one partition for a principal or a key, the open ones, else each day's shards. */
function* toSteps(
  query: IssuanceQuery,
): Generator<{ readonly sources: readonly Source[]; readonly span: Span }> {
  const end = toId(query.toMs);
  const newest = query.before !== undefined && query.before < end ? query.before : end;
  const whole = { oldest: toId(query.fromMs), newest };
  // DynamoDB refuses a range that ends before it begins.
  if (isEmpty(whole)) return;
  const { accessKeyId, principalId, state } = query;
  // The other indexes get their keys when a row is finished.
  if (state === 'PENDING') {
    yield { sources: toShardKeys(state).map((key) => ({ index: 'open', key }) as const), span: whole };
    return;
  }
  if (accessKeyId !== undefined) {
    yield { sources: [{ index: 'byAccessKeyId', key: accessKeyId }], span: whole };
    return;
  }
  if (principalId !== undefined) {
    yield { sources: [{ index: 'byPrincipal', key: principalId }], span: whole };
    return;
  }
  const lastDay = Math.floor((query.toMs - 1) / msPerDay);
  const firstDay = Math.floor(query.fromMs / msPerDay);
  for (let day = lastDay; day >= firstDay; day -= 1) {
    const span = {
      oldest: max(whole.oldest, toId(day * msPerDay)),
      newest: min(whole.newest, toId((day + 1) * msPerDay)),
    };
    if (isEmpty(span)) continue;
    const date = new Date(day * msPerDay).toISOString().slice(0, 10);
    yield { sources: toShardKeys(date).map((key) => ({ index: 'byDay', key }) as const), span };
  }
}

const toItemId = ({ id }: IssuanceItem) => id?.S ?? '';

const isEmpty = ({ oldest, newest }: Span) => oldest >= newest;

const min = (a: string, b: string) => (a < b ? a : b);

const max = (a: string, b: string) => (a > b ? a : b);

/** The lowest id of an instant: ULIDs sort by time. */
const toId = (ms: number) => `${encodeTime(Math.max(0, Math.floor(ms)), 10)}${'0'.repeat(16)}`;

/** The id before this one, in ULID's alphabet. */
function toPredecessor(id: string): string {
  const zeros = /0*$/.exec(id)?.[0].length ?? 0;
  const borrowed = id.length - zeros - 1;
  const digit = ulidAlphabet[ulidAlphabet.indexOf(id.charAt(borrowed)) - 1] ?? '0';
  return `${id.slice(0, borrowed)}${digit}${'Z'.repeat(zeros)}`;
}

/** What the index's key doesn't say already, and that the row has not expired. */
function toFilter(query: IssuanceQuery, nowMs: number) {
  const { principalId, accessKeyId, profile, integration, state, states = [] } = query;
  const others = { profile, integration, state };
  const indexed = accessKeyId === undefined ? others : { principalId, ...others };
  const wanted = Object.entries(indexed).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
  const anyOf = states.map((value, index) => [`:state${index}`, { S: value }] as const);
  const conditions = [
    ...wanted.map(({ name }) => `#${name} = :${name}`),
    ...(anyOf.length === 0 ? [] : [`#states IN (${anyOf.map(([name]) => name).join(', ')})`]),
  ];
  return {
    isSelective: conditions.length > 0,
    expression: ['#expires > :now', ...conditions].join(' AND '),
    names: {
      '#expires': issuanceTable.timeToLiveAttribute,
      ...(anyOf.length === 0 ? {} : { '#states': 'state' }),
      ...Object.fromEntries(wanted.map(({ name }) => [`#${name}`, name])),
    },
    values: {
      ':now': { N: String(Math.floor(nowMs / 1000)) },
      ...Object.fromEntries(wanted.map(({ name, value }) => [`:${name}`, { S: value }])),
      ...Object.fromEntries(anyOf),
    },
  };
}

/** For an index whose items have nothing to filter by. */
const noFilter = { isSelective: false, expression: undefined, names: {}, values: {} };

/** The same for a row. */
const isWanted = (
  row: Issuance,
  { principalId, accessKeyId, profile, integration, state, states = [row.state] }: IssuanceQuery,
): boolean =>
  [undefined, toSourceIdentity(row.principal)].includes(principalId) &&
  [undefined, row.accessKeyId].includes(accessKeyId) &&
  [undefined, row.profile].includes(profile) &&
  [undefined, row.integration].includes(integration) &&
  [undefined, row.state].includes(state) &&
  states.includes(row.state);

async function orUnavailable<Value>(read: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  try {
    return await read(AbortSignal.timeout(timeoutMs));
  } catch (cause) {
    const detail = toErrorDetail(cause);
    throw new AuditUnavailableError('the audit cannot be read; try again shortly', {
      cause,
      detail,
      retryAfterSeconds: 5,
    });
  }
}
