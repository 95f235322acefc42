/** Digits on either side of the point; more are refused, which bounds the cost of a comparison. */
const maxDigits = 40;
const decimalSyntax = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/;

/** What `parseDecimal` takes, for messages. */
export const decimalForm =
  'a decimal number such as 42 or -1.5, with at most 40 digits on each side of the point';

/**
 * A decimal number times 10^40, exactly; `undefined` when it is none. Not a double: those take 9007199254740993
 * for 9007199254740992, and user ids of identity providers are that long.
 */
export function parseDecimal(text: string): bigint | undefined {
  const [, sign, whole, fraction = ''] = decimalSyntax.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const scaled = BigInt(whole + fraction.padEnd(maxDigits, '0'));
  return sign === '-' ? -scaled : scaled;
}
