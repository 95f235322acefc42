import { describe, expect, it } from '@jest/globals';
import { printList, toPageSize } from '../../../bin/daypass/print-list.ts';
import type { Column } from '../../../bin/daypass/render-table.ts';
import type { Page } from '../../../lib/client/read-pages.ts';
import { aTerminal } from '../../support/a-terminal.ts';

interface Row {
  readonly id: number;
  readonly text: string;
}

const columns: readonly Column<Row>[] = [
  { heading: 'ID', value: ({ id }) => id },
  { heading: 'TEXT', value: ({ text }) => text },
];

const row = (id: number): Row => ({ id, text: `row\x1b ${id}` });

async function* pagesOf(...pages: readonly (readonly number[])[]): AsyncGenerator<Page<Row>> {
  for (const [index, ids] of pages.entries()) {
    yield {
      ...{ rows: ids.map(row), answer: { page: index }, headers: new Headers() },
      hasMore: index < pages.length - 1,
    };
  }
}

const print = async (
  options: { readonly json?: true; readonly all?: true; readonly limit?: number },
  pages: readonly (readonly number[])[],
  printsForPeople = false,
) => {
  const terminal = aTerminal({ printsForPeople });
  const listing = { limit: 3, ...options, columns, noun: 'rows', pages: pagesOf(...pages) };
  const printed = await printList(listing, terminal);
  return { printed, text: terminal.printed(), noted: terminal.noted };
};

describe('a list', () => {
  it('ends at its limit, and says that there is more', async () => {
    const { text, noted, printed } = await print({}, [[9, 8], [7, 6], [5]]);

    expect(text).toBe('9\trow\\u{1b} 9\n8\trow\\u{1b} 8\n7\trow\\u{1b} 7\n');
    expect(noted).toEqual([
      'there are more rows than shown (3): --all shows all, --limit as many as you like',
    ]);
    expect(printed).toMatchObject({ count: 3, hasMore: true });
  });

  it('says nothing of more where its limit is its end', async () => {
    const { noted } = await print({}, [[9, 8, 7]]);

    expect(noted).toEqual([]);
  });

  it('goes on to the end with --all, through empty pages', async () => {
    const { text, noted } = await print({ all: true }, [[9, 8], [], [7, 6], [5]]);

    expect(text.split('\n')).toHaveLength(6);
    expect(noted).toEqual([]);
  });

  it('is one JSON object a line, with all there is', async () => {
    const { text } = await print({ json: true, all: true }, [[9], [8]], true);

    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([row(9), row(8)]);
    expect(text).not.toContain('\x1b');
  });

  it('has its headings once over all pages, for people', async () => {
    const { text } = await print({ all: true }, [[9], [8]], true);

    expect(text).toBe('ID  TEXT\n9   row\\u{1b} 9\n8   row\\u{1b} 8\n');
  });

  it('says to people, and to nobody else, that there is nothing', async () => {
    expect((await print({}, [[]], true)).noted).toEqual(['no rows']);
    expect((await print({}, [[]])).noted).toEqual([]);
  });

  it('is asked for in pages that are no larger than what is wanted', () => {
    expect(toPageSize({ limit: 7 })).toBe(7);
    expect(toPageSize({ limit: 700 })).toBe(100);
    expect(toPageSize({ limit: 7, all: true }, 50)).toBe(50);
  });
});
