import {
  anyText,
  isTakenBy,
  oneCharacter,
  type Pattern,
  type PatternElement,
  toLiteralPattern,
  toPattern,
} from '../../lambda/core/policy/match-wildcard.ts';

/**
 * A pattern as the author wrote it, in which each `${…}` is one element: what it stands for is known when somebody
 * asks, and is the same wherever it stands.
 */
export const toElements = (text: string): Pattern => takeApart(text, toPattern);

/** As `toElements`, of text in which `*` and `?` stand for themselves. */
export const toLiteralElements = (text: string): Pattern => takeApart(text, toLiteralPattern);

const takeApart = (text: string, read: (text: string) => Pattern): Pattern =>
  text.split(/(\$\{[^}]*\})/).flatMap((piece) => (isVariable(piece) ? [piece] : read(piece)));

export const isVariable = (element: PatternElement): boolean =>
  typeof element === 'string' && element.startsWith('${') && element.endsWith('}');

/** A `*` takes any elements of the other, its `*` included; all others take an element of their own kind or narrower. */
export const isPatternWithin = (narrow: Pattern, wide: Pattern): boolean => isTakenBy(wide, narrow, takes);

/** A variable may be of any length: a `?` doesn't take it. */
function takes(wide: PatternElement | undefined, narrow: PatternElement | undefined): boolean {
  if (wide === undefined || narrow === undefined || narrow === anyText) return false;
  return wide === narrow || (wide === oneCharacter && !isVariable(narrow));
}
