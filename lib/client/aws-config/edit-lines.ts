import type { ConfigLine } from './read-sections.ts';

/** What changes at the lines of a file. Those that nothing is said of stay byte for byte. */
export interface LineEdits {
  /** Takes a line away. */
  remove(line: ConfigLine): void;
  /** Puts another text in its place, with the line end that it has. */
  replace(line: ConfigLine, text: string): void;
  /** Puts lines, without their line ends, below a line that may be going. */
  insertBelow(line: ConfigLine, added: readonly string[]): void;
  isRemoved(line: ConfigLine): boolean;
  /** Puts lines at the end of the file. */
  append(added: readonly string[]): void;
  toText(): string;
  /** One for each place that changed. */
  toHunks(): readonly Hunk[];
}

/** Lines without their ends. */
export interface Hunk {
  /** Of the line in the file as it was. */
  readonly number: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

export function createLineEdits(lines: readonly ConfigLine[]): LineEdits {
  const removed = new Set<ConfigLine>();
  const replaced = new Map<ConfigLine, string>();
  const below = new Map<ConfigLine, readonly string[]>();
  const appended: string[] = [];
  const lineEnd = findLineEnd(lines);
  return {
    remove: (line) => void removed.add(line),
    replace: (line, text) => void replaced.set(line, text),
    insertBelow: (line, added) => void below.set(line, [...(below.get(line) ?? []), ...added]),
    isRemoved: (line) => removed.has(line),
    append: (added) => void appended.push(...added),
    toText: () => {
      let text = '';
      const add = (added: readonly string[]) => {
        if (added.length > 0 && text !== '' && !/[\r\n]$/.test(text)) text += lineEnd;
        text += added.map((line) => line + lineEnd).join('');
      };
      for (const line of lines) {
        const replacement = replaced.get(line);
        if (replacement !== undefined) text += replacement + toEnd(line.text);
        else if (!removed.has(line)) text += line.text;
        add(below.get(line) ?? []);
      }
      add(appended);
      return text;
    },
    toHunks: () => {
      const hunks = lines
        .filter((line) => removed.has(line) || replaced.has(line) || below.has(line))
        .map((line) =>
          toHunk(line, removed.has(line) || replaced.has(line), [
            ...(replaced.has(line) ? [replaced.get(line) ?? ''] : []),
            ...(below.get(line) ?? []),
          ]),
        );
      const atEnd = { number: lines.length + 1, removed: [], added: appended };
      return joinHunks(appended.length === 0 ? hunks : [...hunks, atEnd]);
    },
  };
}

const toEnd = (line: string) => /[\r\n]*$/.exec(line)?.[0] ?? '';

const withoutEnd = (line: string) => line.slice(0, line.length - toEnd(line).length);

const toHunk = (line: ConfigLine, isRemoved: boolean, added: readonly string[]): Hunk => ({
  number: isRemoved ? line.number : line.number + 1,
  removed: isRemoved ? [withoutEnd(line.text)] : [],
  added,
});

/** Lines that go one after another are one place. */
function joinHunks(hunks: readonly Hunk[]): readonly Hunk[] {
  const joined: Hunk[] = [];
  for (const hunk of hunks) {
    const last = joined.at(-1);
    if (last === undefined || last.number + last.removed.length !== hunk.number) joined.push(hunk);
    else
      joined[joined.length - 1] = {
        number: last.number,
        removed: [...last.removed, ...hunk.removed],
        added: [...last.added, ...hunk.added],
      };
  }
  return joined;
}

/** The one that most lines have. */
function findLineEnd(lines: readonly ConfigLine[]): string {
  const count = (end: RegExp) => lines.filter(({ text }) => end.test(text)).length;
  const [carriageReturns, both, feeds] = [count(/\r$/), count(/\r\n$/), count(/[^\r]\n$|^\n$/)];
  if (both > feeds && both >= carriageReturns) return '\r\n';
  return carriageReturns > feeds ? '\r' : '\n';
}
