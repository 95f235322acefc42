/** Characters: shorter runs say nothing of a secret of any length. */
const minRun = 12;
/** Characters: what is shorter is no secret, and would blur whatever it is looked for in. */
const shortestSecret = 6;

/**
 * A text without what it quotes of a secret, be that the beginning, the end or another part: errors of AWS quote
 * parameters, and are cut short where they are long.
 */
export function withoutQuotes(text: string, secret: string, shown: string): string {
  const run = Math.min(minRun, secret.length);
  if (secret.length < shortestSecret) return text;
  let kept = '';
  let from = 0;
  while (from < text.length) {
    const length = countQuoted(text, from, { secret, run });
    kept += length === 0 ? text.charAt(from) : shown;
    from += Math.max(length, 1);
  }
  return kept;
}

/** How many characters from there on are in the secret as well; 0 for fewer than a run. */
function countQuoted(
  text: string,
  from: number,
  { secret, run }: { readonly secret: string; readonly run: number },
): number {
  let length = run;
  if (from + length > text.length || !secret.includes(text.slice(from, from + length))) return 0;
  while (from + length < text.length && secret.includes(text.slice(from, from + length + 1))) length += 1;
  return length;
}
