import type { Answer } from './daypass-client.ts';
import type { Ended } from './run-program.ts';

const toLines = ({ stdout }: Ended): readonly string[] => stdout.trimEnd().split('\n');

/** Values of lines for programs. */
export const toRows = (ended: Ended): readonly (readonly string[])[] =>
  toLines(ended).map((line) => line.split('\t'));

/** What is said of one thing, by label. */
export const toFacts = (ended: Ended): ReadonlyMap<string, string> =>
  new Map(toRows(ended).map(([label = '', value = '']) => [label, value]));

/** One JSON object a line. */
export const toObjects = (ended: Ended): readonly Answer['json'][] =>
  toLines(ended).map((line) => JSON.parse(line));
