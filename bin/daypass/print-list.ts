import { type Command, InvalidArgumentError, Option } from 'commander';
import { fromAnswer } from '../../lib/client/read-json.ts';
import type { Page } from '../../lib/client/read-pages.ts';
import { toPrintableJson } from './printable.ts';
import { createProgress } from './progress.ts';
import { type Column, createTable } from './render-table.ts';
import type { Terminal } from './terminal.ts';

/** What every list takes. */
export interface ListOptions {
  readonly json?: true;
  readonly limit: number;
  readonly all?: true;
}

/** Rows without `--limit` and `--all`. */
const defaultLimit = 100;

/** The options that every list takes. */
export const addListOptions = (command: Command): Command =>
  command.addOption(toLimitOption()).addOption(toAllOption()).addOption(toJsonOption());

const toLimitOption = (): Option =>
  new Option('-n, --limit <number>', 'at most so many').argParser(parseLimit).default(defaultLimit);

const toAllOption = (): Option => new Option('--all', 'to the end, however many').conflicts('limit');

export const toJsonOption = (): Option => new Option('--json', 'one JSON object a line, with all there is');

function parseLimit(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('allowed: a whole number, 1 or more');
}

export interface Listing<Row> extends ListOptions {
  readonly pages: AsyncIterable<Page<Row>>;
  readonly columns: readonly Column<Row>[];
  /** In the plural, such as `issuances`. */
  readonly noun: string;
  /** ISO 8601: when a row is of, for whoever waits. */
  readonly at?: (row: Row) => string;
}

/** What the broker said beside the rows. */
export interface Printed {
  readonly count: number;
  readonly answer: Readonly<Record<string, unknown>>;
  /** Whether there may be more than was printed. */
  readonly hasMore: boolean;
}

/** Rows that the broker need give at once. @param mostAtOnce what its route gives at most */
export const toPageSize = ({ all, limit }: ListOptions, mostAtOnce = 100): number =>
  all ? mostAtOnce : Math.min(limit, mostAtOnce);

/** Prints a list as it comes, up to the limit, and says where there is more. */
export async function printList<Row>(listing: Listing<Row>, terminal: Terminal): Promise<Printed> {
  const { pages, noun, at, all, limit } = listing;
  const most = all ? Number.POSITIVE_INFINITY : limit;
  const progress = createProgress(terminal);
  const render = createRender(listing, terminal);
  let printed: Printed = { count: 0, answer: {}, hasMore: false };
  try {
    for await (const { rows, answer, hasMore } of pages) {
      const wanted = rows.slice(0, most - printed.count);
      const count = printed.count + wanted.length;
      printed = { count, answer, hasMore: hasMore || wanted.length < rows.length };
      progress.clear();
      terminal.print(render(wanted));
      if (count >= most) break;
      const last = wanted.at(-1);
      const reached = last === undefined || at === undefined ? '' : `, back to ${at(last)}`;
      progress.show(`${count} ${noun}${reached} …`);
    }
  } finally {
    progress.clear();
  }
  sayHowMany(printed, noun, terminal);
  return printed;
}

/** One object a line, or a table. */
export function createRender<Row>(
  { json, columns }: Pick<Listing<Row>, 'json' | 'columns'>,
  terminal: Terminal,
): (rows: readonly Row[]) => string {
  if (json) return (rows) => rows.map((row) => `${toPrintableJson(row)}\n`).join('');
  const render = createTable(columns, terminal);
  return (rows) => fromAnswer(() => render(rows));
}

function sayHowMany({ count, hasMore }: Printed, noun: string, { note, printsForPeople }: Terminal): void {
  if (hasMore && count > 0)
    note(`there are more ${noun} than shown (${count}): --all shows all, --limit as many as you like`);
  else if (count === 0 && printsForPeople) note(`no ${noun}`);
}
