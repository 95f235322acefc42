/**
 * What no terminal shall be sent as it is: control characters (Cc: escape sequences, line ends, tabs), what can't be
 * seen or turns the direction of writing (Cf and all that is ignorable), lone surrogates, and what no font knows.
 */
const unprintable = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * One line that a terminal shows letter by letter. User agents, reasons and names in the audit are what callers
 * wrote: an escape sequence among them would clear the screen, change what stands above, or hide a row.
 */
export function toPrintable(text: string): string {
  return text.replace(unprintable, (character) => shortEscapes[character] ?? toCodePointEscape(character));
}

const toCodePointEscape = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** The same for text of several lines. */
export const toPrintableLines = (text: string): string => text.split('\n').map(toPrintable).join('\n');

/**
 * JSON that a terminal can be sent. JSON itself leaves DEL, the C1 controls (U+009B begins an escape sequence) and
 * marks of direction as they are. Reads back as the same value.
 *
 * @param indent spaces; none makes one line
 */
export function toPrintableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unprintable, (character) =>
    character === '\n' ? character : toJsonEscape(character),
  );
}

/** By UTF-16 units, as JSON has it. */
function toJsonEscape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
