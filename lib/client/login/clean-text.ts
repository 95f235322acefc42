/** Control characters, what can't be seen or turns the direction of writing, and line ends. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\s]+/gu;

/** Characters of an issuer's own words that are shown. */
const maxLength = 300;

/** An issuer's words on one line of a terminal, which they can't control. */
export function toCleanText(text: string): string {
  const clean = text.replace(unprintable, ' ').trim();
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength)}…`;
}
