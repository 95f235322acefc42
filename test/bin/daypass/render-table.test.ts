import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderFacts } from '../../../bin/daypass/render-facts.ts';
import { type Column, createTable, renderTable } from '../../../bin/daypass/render-table.ts';
import { clip, toTextWidth } from '../../../bin/daypass/text-width.ts';

interface Row {
  readonly name: string;
  readonly count?: number;
  readonly text?: string;
}

const columns: readonly Column<Row>[] = [
  { heading: 'NAME', value: ({ name }) => name },
  { heading: 'N', value: ({ count }) => count, align: 'right' },
  { heading: 'TEXT', value: ({ text }) => text, shrinks: true },
];

const people = (screen = 80) => ({ printsForPeople: true, columns: screen });
const programs = { printsForPeople: false, columns: 10 };

describe('a table for people', () => {
  it('stands in columns below its headings', () => {
    const rows = [
      { name: 'a', count: 7, text: 'first' },
      { name: 'longer', count: 123 },
    ];

    expect(renderTable(columns, rows, people())).toBe('NAME      N  TEXT\na         7  first\nlonger  123\n');
  });

  it('counts what is wide and what is no column of its own', () => {
    const rows = [
      { name: '東京', text: 'x' },
      { name: 'e\u0301', text: 'x' },
      { name: '😀', text: 'x' },
      { name: 'abcd', text: 'x' },
    ];

    const lines = renderTable(columns, rows, people()).trimEnd().split('\n');

    expect(lines.map((line) => toTextWidth(line))).toEqual([13, 10, 10, 10, 10]);
  });

  it('has no row that a value makes, and obeys none', () => {
    const rows = [{ name: 'a\nfake  1  row', text: '\x1b[1A\x1b[2K' }];

    const text = renderTable(columns, rows, people());

    expect(text.split('\n')).toHaveLength(3);
    expect(text).not.toContain('\x1b');
    expect(text).toContain('a\\nfake  1  row');
  });

  it('cuts off what may be cut off, and nothing else', () => {
    const [, line = ''] = renderTable(
      columns,
      [{ name: 'n'.repeat(30), text: 't'.repeat(60) }],
      people(50),
    ).split('\n');

    expect(line).toBe(`${'n'.repeat(30)}     ${'t'.repeat(14)}…`);
    expect(toTextWidth(line)).toBe(50);
  });

  it('leaves columns out for others, the last first, and never one that may not be', () => {
    const many: readonly Column<Row>[] = [
      { heading: 'NAME', value: ({ name }) => name },
      { heading: 'B', value: () => 'b'.repeat(20), hides: true },
      { heading: 'C', value: () => 'c'.repeat(20), hides: true },
    ];
    const headings = (screen: number) =>
      renderTable(many, [{ name: 'n'.repeat(20) }], people(screen)).split('\n')[0];

    expect(headings(64)).toMatch(/^NAME +B +C$/);
    expect(headings(63)).toMatch(/^NAME +B$/);
    expect(headings(20)).toBe('NAME');
    expect(headings(5)).toBe('NAME');
  });

  it('that comes bit by bit has its headings once, and columns that never become narrower', () => {
    const render = createTable(columns, people());

    const first = render([{ name: 'long name', text: 'x' }]);
    const second = render([{ name: 'a', text: 'y' }]);

    expect(first).toBe('NAME       N  TEXT\nlong name     x\n');
    expect(second).toBe('a             y\n');
    expect(render([])).toBe('');
  });

  it('without rows is nothing', () => {
    expect(renderTable(columns, [], people())).toBe('');
  });
});

describe('lines for programs', () => {
  it('have every column, parted by tabs, without headings, however narrow the screen', () => {
    const hiding = columns.map((column) => ({ ...column, hides: true as const }));

    expect(
      renderTable(
        hiding,
        [
          { name: 'a', text: 't'.repeat(40) },
          { name: 'b', count: 0 },
        ],
        programs,
      ),
    ).toBe(`a\t\t${'t'.repeat(40)}\nb\t0\t\n`);
  });

  it('are as many as there are rows, of as many columns, of whatever text', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.array(fc.record({ name: text, text })), (rows) => {
        const lines = renderTable(columns, rows, programs).split('\n').slice(0, -1);
        expect(lines.map((line) => line.split('\t').length)).toEqual(rows.map(() => 3));
      }),
      { numRuns: 200 },
    );
  });
});

describe('text that is cut off', () => {
  it('is never wider than its place, and ends in …', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        const clipped = clip(text, width);
        expect(toTextWidth(clipped)).toBeLessThanOrEqual(width);
        expect(clipped === text || clipped.endsWith('…')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('never holds half a letter', () => {
    expect(clip('ab東京', 4)).toBe('ab…');
    expect(clip('a🇩🇪🇫🇷', 4)).toBe('a🇩🇪…');
  });
});

describe('facts', () => {
  const facts = [
    ['name', 'a'],
    ['longer label', 'b\x1b[31m\nc'],
    ['none', undefined],
    ['empty', ''],
    ['zero', 0],
  ] as const;

  it('are aligned for people', () => {
    expect(renderFacts(facts, people())).toBe(
      'name          a\nlonger label  b\\u{1b}[31m\\nc\nzero          0\n',
    );
  });

  it('are parted by tabs for programs', () => {
    expect(renderFacts(facts, programs)).toBe('name\ta\nlonger label\tb\\u{1b}[31m\\nc\nzero\t0\n');
  });
});
