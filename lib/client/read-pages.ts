import type { BrokerClient } from './broker-client.ts';
import { readJson, toStranger } from './read-json.ts';

/** A list of the API. */
export interface ListRequest {
  readonly path: `/v1/${string}`;
  /** Member of the answer that has the rows, such as `issuances`. */
  readonly member: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Rows that the broker gives at once, at most. @default 100 */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** All else that the answer says, such as `scope`. */
  readonly answer: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
  /** Whether there may be rows after these. */
  readonly hasMore: boolean;
}

/**
 * A list, page by page, to its end. A page may be empty and not the last one: the broker looks through so many days and
 * no more.
 *
 * @throws BrokerRefusal, ClientError
 */
export async function* readPages<Row>(
  client: Pick<BrokerClient, 'call'>,
  { path, member, query = {}, pageSize = 100, signal }: ListRequest,
): AsyncGenerator<Page<Row>, void> {
  let cursor: string | undefined;
  do {
    const { text, headers } = await client.call({
      ...{ method: 'GET', path },
      query: { ...query, limit: String(pageSize), ...(cursor === undefined ? {} : { cursor }) },
      ...(signal === undefined ? {} : { signal }),
    });
    const { [member]: rows, nextCursor, ...answer } = readJson<Record<string, unknown>>({ text });
    if (!isRows<Row>(rows)) throw toStranger(`its answer has no ${member}`);
    // The same place again would be for ever.
    const next = typeof nextCursor === 'string' && nextCursor !== cursor ? nextCursor : undefined;
    yield { rows, answer, headers, hasMore: next !== undefined };
    cursor = next;
  } while (cursor !== undefined);
}

/** An answer without them isn't one that has none: the audit would seem to be empty. */
const isRows = <Row>(rows: unknown): rows is readonly Row[] =>
  Array.isArray(rows) && rows.every((row) => row !== null && row !== undefined);
