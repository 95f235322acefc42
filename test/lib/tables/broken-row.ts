import { configurationText } from '../../support/configuration-text.ts';

/** One way to break `configurationText`, and what its author is told. */
export interface BrokenRow {
  readonly name: string;
  /** A piece of the text that stands in it once, and what stands there instead. */
  readonly change: readonly [before: string, after: string];
  /** Each line of the message: a piece of the line that it names, and what it says. */
  readonly says: readonly (readonly [at: string, problem: string])[];
}

/** The text with one piece replaced. */
export function changeText([before, after]: BrokenRow['change'], text = configurationText): string {
  if (text.split(before).length !== 2) throw new TypeError(`${before} does not stand there once`);
  return text.replace(before, () => after);
}

/** The line, from 1, on which a piece of the text stands; it must stand there once. */
export function toLine(text: string, piece: string): number {
  const [before = '', ...others] = text.split(piece);
  if (others.length !== 1) throw new TypeError(`${piece} does not stand there once`);
  return before.split('\n').length;
}

/** `path: value is not allowed; allowed: …`, the value as JSON and at most 120 characters of it. */
export function refused(path: string, value: unknown, allowed: string): string {
  const json = JSON.stringify(value);
  const shown = json.length <= 120 ? json : `${json.slice(0, 119)}…`;
  return `${path}: ${shown} is not allowed; allowed: ${allowed}`;
}

export const missing = (path: string, allowed: string) => `${path}: is missing; allowed: ${allowed}`;

/** A line `key: …` of the text whose value is replaced by each of several, all refused in the same words. */
export function badValues(setting: {
  readonly line: string;
  readonly path: string;
  readonly allowed: string;
  /** What is wrong to the value, which is written as JSON. */
  readonly values: Readonly<Record<string, unknown>>;
}): BrokenRow[] {
  const { line, path, allowed, values } = setting;
  const key = line.slice(0, line.indexOf(':') + 1);
  return Object.entries(values).map(([name, value]) => ({
    name: `${path}: ${name}`,
    change: [line, `${key} ${JSON.stringify(value)}`],
    says: [[`${key} ${JSON.stringify(value)}`, refused(path, value, allowed)]],
  }));
}
