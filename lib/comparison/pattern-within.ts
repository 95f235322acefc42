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

/**
 * Whether no text has the form of both: they begin or end with other characters. `false` where that can't be shown. Of
 * texts whose case is folded a `?` may be more than one character, so that nothing is compared behind one.
 */
export function arePatternsApart(one: Pattern, other: Pattern): boolean {
  if (isText(one) && isText(other)) return one.join('') !== other.join('');
  return beginApart(one, other) || beginApart([...one].reverse(), [...other].reverse());
}

const isCharacter = (element: PatternElement | undefined): boolean =>
  typeof element === 'string' && !isVariable(element);

const isText = (pattern: Pattern) => pattern.every(isCharacter);

function beginApart(one: Pattern, other: Pattern): boolean {
  const at = one.findIndex((element, index) => element !== other[index] || !isCharacter(element));
  return at !== -1 && isCharacter(one[at]) && isCharacter(other[at]);
}
