/**
 * What takes two columns: East Asian Wide and Fullwidth (Unicode Standard Annex #11), and what is drawn as an emoji
 * by itself.
 */
const wide =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
const mark = /^[\p{Mn}\p{Me}]/u;
const plain = /^[ -~]*$/;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns of a terminal that a printable text takes. */
export function toTextWidth(text: string): number {
  if (plain.test(text)) return text.length;
  return toLetters(text).reduce((sum, letter) => sum + toLetterWidth(letter), 0);
}

/** At most that many columns; `…` stands for what was left out. */
export function clip(text: string, columns: number): string {
  if (toTextWidth(text) <= columns) return text;
  let clipped = '';
  let width = 0;
  for (const letter of toLetters(text)) {
    width += toLetterWidth(letter);
    if (width > columns - 1) break;
    clipped += letter;
  }
  return `${clipped}…`;
}

const toLetters = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);

function toLetterWidth(letter: string): number {
  if (mark.test(letter)) return 0;
  return wide.test(letter) ? 2 : 1;
}
