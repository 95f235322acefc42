import { paint } from './paint.ts';
import { toPrintable } from './printable.ts';
import type { Terminal } from './terminal.ts';
import { clip, toTextWidth } from './text-width.ts';

export interface Column<Row> {
  readonly heading: string;
  /** What stands there; nothing where there is nothing. */
  readonly value: (row: Row) => string | number | boolean | undefined;
  /** Numbers stand right. @default left */
  readonly align?: 'left' | 'right';
  /** May be cut off, with `…`, where the screen is too narrow. @default never: the line goes on in the next one */
  readonly shrinks?: true;
  /** Is left out where the screen is too narrow even so. @default never */
  readonly hides?: true;
}

export type TableTerminal = Pick<Terminal, 'printsForPeople' | 'columns'>;

/** Columns of the screen that a shrinking column keeps. */
const leastWidth = 10;
const gap = '  ';

/**
 * Rows for people: in columns below headings. For programs: one line a row, values parted by tabs, no headings, so that
 * `cut` and `while read` do, and nothing left out. Each value is printable and of one line; `--json` is what keeps all of it.
 */
export const renderTable = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  terminal: TableTerminal,
): string => createTable(columns, terminal)(rows);

/** The same for rows that come bit by bit: headings once, and columns that never become narrower. */
export function createTable<Row>(
  columns: readonly Column<Row>[],
  terminal: TableTerminal,
): (rows: readonly Row[]) => string {
  let shown: readonly Column<Row>[] | undefined;
  let widths: readonly number[] = [];
  return (rows) => {
    const toCells = (those: readonly Column<Row>[]) =>
      rows.map((row) => those.map(({ value }) => toPrintable(String(value(row) ?? ''))));
    if (!terminal.printsForPeople) return toLines(toCells(columns).map((row) => row.join('\t')));
    if (rows.length === 0) return '';
    const isFirst = shown === undefined;
    shown ??= toShown(columns, toCells, terminal.columns);
    const cells = toCells(shown);
    widths = toShrunk(shown, toWidths(shown, cells, widths), terminal.columns);
    const render = (row: readonly string[]) => toAlignedRow(row, shown ?? columns, widths);
    const headings = render(shown.map(({ heading }) => heading));
    return toLines([...(isFirst ? [toBold(headings)] : []), ...cells.map(render)]);
  };
}

const toLines = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

export const toBold = (text: string): string => paint('bold', text);

type Shape = Pick<Column<unknown>, 'heading' | 'align' | 'shrinks' | 'hides'>;

/** Without the last ones that may be left out, until the others fit as they are. */
function toShown<Those extends Shape>(
  columns: readonly Those[],
  toCells: (columns: readonly Those[]) => readonly (readonly string[])[],
  screen: number,
): readonly Those[] {
  const place = columns.findLastIndex(({ hides }) => hides === true);
  const wanted = toWidths(columns, toCells(columns), []).map((width, index) =>
    Math.min(width, toFairWidth(columns[index])),
  );
  if (place < 0 || toExcess(wanted, screen) <= 0) return columns;
  return toShown(columns.toSpliced(place, 1), toCells, screen);
}

/** What a column gets before another one is left out for it. */
function toFairWidth({ shrinks, hides }: Shape = { heading: '' }): number {
  if (!shrinks) return Number.POSITIVE_INFINITY;
  return hides ? leastWidth : 3 * leastWidth;
}

const toWidths = (
  columns: readonly Shape[],
  cells: readonly (readonly string[])[],
  least: readonly number[],
): readonly number[] =>
  columns.map(({ heading }, index) =>
    cells.reduce(
      (most, row) => Math.max(most, toTextWidth(row[index] ?? '')),
      Math.max(toTextWidth(heading), least[index] ?? 0),
    ),
  );

/** The last ones first: what tells rows apart stands in front. */
function toShrunk(columns: readonly Shape[], widths: readonly number[], screen: number): readonly number[] {
  const shrunk = [...widths];
  let excess = toExcess(widths, screen);
  for (let index = columns.length - 1; index >= 0 && excess > 0; index -= 1) {
    const width = shrunk[index] ?? 0;
    const taken = columns[index]?.shrinks ? Math.min(excess, Math.max(width - leastWidth, 0)) : 0;
    shrunk[index] = width - taken;
    excess -= taken;
  }
  return shrunk;
}

const toExcess = (widths: readonly number[], screen: number): number =>
  widths.reduce((sum, width) => sum + width + gap.length, -gap.length) - screen;

const toAlignedRow = (row: readonly string[], columns: readonly Shape[], widths: readonly number[]): string =>
  row
    .map((cell, index) => {
      const width = widths[index] ?? 0;
      const text = clip(cell, width);
      const space = ' '.repeat(Math.max(width - toTextWidth(text), 0));
      return columns[index]?.align === 'right' ? `${space}${text}` : `${text}${space}`;
    })
    .join(gap)
    .trimEnd();
