/** `*` in a pattern: any number of characters, none included. Colons and slashes are characters too. */
export const anyText: unique symbol = Symbol('*');
/** `?` in a pattern: exactly one character. */
export const oneCharacter: unique symbol = Symbol('?');

/** One element: a wildcard, or a string of exactly one character (code point) that stands for itself. */
export type PatternElement = string | typeof anyText | typeof oneCharacter;

/** A pattern as elements, so that a `*` which came from a request or an escape can stand for itself. */
export type Pattern = readonly PatternElement[];

export interface MatchOptions {
  /** @default false */
  readonly ignoreCase?: boolean;
}

/** Reads every `*` and `?` as a wildcard: for text that has neither variables nor escapes. */
export function toPattern(text: string): Pattern {
  return Array.from(text, toElement);
}

/** Reads every character as itself: for text that came from a request. */
export function toLiteralPattern(text: string): Pattern {
  return Array.from(text);
}

/** Whether `value`, from first to last character, has the form of `pattern`, in which `*` and `?` are wildcards. */
export function matchesWildcard(pattern: string, value: string, options: MatchOptions = {}): boolean {
  return matchesPattern(toPattern(pattern), value, options);
}

/** As `matchesWildcard`, for a pattern in elements. */
export function matchesPattern(
  pattern: Pattern,
  value: string,
  { ignoreCase = false }: MatchOptions = {},
): boolean {
  const characters = ignoreCase ? Array.from(value, foldCase) : Array.from(value);
  const elements = ignoreCase ? pattern.map(foldElement) : pattern;
  return isTakenBy(elements, characters, matchesElement);
}

/**
 * Whether the pattern takes the items, from first to last: a `*` any number of them, each other element one that
 * `takes` says.
 *
 * Takes at most (length of pattern) × (number of items) steps. It never goes back further than to the latest
 * `*`: whatever an earlier `*` could take instead, the latest one can take as well. A regular expression made
 * of the pattern would try all of them, which takes a time exponential in the number of stars.
 */
export function isTakenBy<Item>(
  pattern: Pattern,
  items: readonly Item[],
  takes: (element: PatternElement | undefined, item: Item | undefined) => boolean,
): boolean {
  let at = 0;
  let element = 0;
  let latestStar = -1;
  let starEndsAt = 0;
  while (at < items.length) {
    if (pattern[element] === anyText) {
      latestStar = element++;
      starEndsAt = at;
    } else if (takes(pattern[element], items[at])) {
      element++;
      at++;
    } else if (latestStar !== -1) {
      element = latestStar + 1;
      at = ++starEndsAt;
    } else {
      return false;
    }
  }
  return pattern.slice(element).every((rest) => rest === anyText);
}

/**
 * The lower case of text, in which no character outside ASCII becomes one within: to compare without regard to
 * case must not make the Kelvin sign (U+212A) a `k`, which `toLowerCase` does.
 */
export function foldCase(text: string): string {
  return Array.from(text, foldCharacter).join('');
}

function foldCharacter(character: string): string {
  const lower = character.toLowerCase();
  return isAscii(lower) === isAscii(character) ? lower : character;
}

function isAscii(text: string): boolean {
  return Array.from(text).every((character) => character <= '\u007f');
}

function toElement(character: string): PatternElement {
  if (character === '*') return anyText;
  return character === '?' ? oneCharacter : character;
}

function foldElement(element: PatternElement): PatternElement {
  return typeof element === 'string' ? foldCase(element) : element;
}

function matchesElement(element: PatternElement | undefined, character: string | undefined): boolean {
  return element === oneCharacter || (element !== undefined && element === character);
}
