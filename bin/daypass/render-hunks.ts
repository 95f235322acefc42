import type { Hunk } from '../../lib/client/aws-config/edit-lines.ts';
import { fromBytes } from '../../lib/client/aws-config/to-wanted-sections.ts';
import { paint } from './paint.ts';
import { toPrintable } from './printable.ts';
import type { Terminal } from './terminal.ts';

/**
 * What changes in a file as a unified diff, without the lines around it: those of a configuration may hold keys, and
 * keys that go aren't shown.
 */
export function renderHunks(
  hunks: readonly Hunk[],
  file: string,
  { printsForPeople }: Pick<Terminal, 'printsForPeople'>,
): string {
  if (hunks.length === 0) return '';
  const toColored = (color: 'red' | 'green' | 'cyan', text: string) =>
    printsForPeople ? paint(color, text) : text;
  const lines = hunks.flatMap(({ number, removed, added }) => [
    toColored('cyan', `@@ line ${number} @@`),
    ...removed.map((line) => toColored('red', `-${toShown(line)}`)),
    ...added.map((line) => toColored('green', `+${toShown(line)}`)),
  ]);
  const shown = toPrintable(file);
  return [`--- ${shown}`, `+++ ${shown}`, ...lines].map((line) => `${line}\n`).join('');
}

const toShown = (line: string) => toPrintable(fromBytes(line)).replace(/^(\s*aws_\w+\s*[=:]\s*).+$/i, '$1…');
