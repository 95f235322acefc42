import { toPrintable } from './printable.ts';
import { type TableTerminal, toBold } from './render-table.ts';
import { toTextWidth } from './text-width.ts';

/** What is said of one thing: a label and what is so. `undefined`: nothing, and no line. */
export type Fact = readonly [label: string, value: string | number | boolean | undefined];

/** One line a fact: aligned for people, label and value parted by a tab for programs. A claim's name is a label. */
export function renderFacts(facts: readonly Fact[], terminal: TableTerminal): string {
  const lines = facts.flatMap(([label, value]) =>
    value === undefined || value === ''
      ? []
      : [{ label: toPrintable(label), text: toPrintable(String(value)) }],
  );
  if (!terminal.printsForPeople) return lines.map(({ label, text }) => `${label}\t${text}\n`).join('');
  const width = Math.max(...lines.map(({ label }) => toTextWidth(label)));
  return lines
    .map(({ label, text }) => `${toBold(label)}${' '.repeat(width - toTextWidth(label))}  ${text}\n`)
    .join('');
}
