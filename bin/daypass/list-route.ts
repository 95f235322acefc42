import { connect } from '../../lib/client/connect.ts';
import { readPages } from '../../lib/client/read-pages.ts';
import { type Listing, type Printed, printList, toPageSize } from './print-list.ts';
import type { Terminal } from './terminal.ts';

export interface RouteListing<Row> extends Omit<Listing<Row>, 'pages'> {
  readonly path: `/v1/${string}`;
  /** In the plural; the member of the answer that has the rows, too. */
  readonly noun: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Rows that the route gives at once, at most. @default 100 */
  readonly mostAtOnce?: number;
}

/** Asks the broker for the rows of a route, and prints them as `printList` does. @throws ClientError */
export async function listRoute<Row>(
  { path, query = {}, mostAtOnce, ...listing }: RouteListing<Row>,
  terminal: Terminal,
): Promise<Printed> {
  const pages = readPages<Row>(await connect(terminal.env, terminal), {
    ...{ path, query, member: listing.noun, pageSize: toPageSize(listing, mostAtOnce) },
    signal: terminal.signal,
  });
  return printList({ ...listing, pages }, terminal);
}
