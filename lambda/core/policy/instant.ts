/** From 1973 to 5138; shorter numbers would be read as years (2024) or dates (20240101) by their authors. */
const epochSecondsSyntax = /^\d{9,11}$/;
/** The profile of ISO 8601 that AWS names: W3C's "Date and Time Formats" of 1997, without the bare year. */
const isoSyntax =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):(\d{2})))?)?$/;

/** What `parseInstant` takes, for messages. */
export const instantForm =
  'an ISO 8601 date such as 2026-01-31 or 2026-01-31T12:00:00Z (a time needs its zone), or seconds since 1970 in 9 to 11 digits';

/** Milliseconds since 1970, smaller fractions cut off; `undefined` when the text is no instant. A date alone is its midnight in UTC. */
export function parseInstant(text: string): number | undefined {
  if (epochSecondsSyntax.test(text)) return Number(text) * 1000;
  const match = isoSyntax.exec(text);
  if (match === null) return undefined;
  const field = (index: number, missing = 0): number => Number(match[index] ?? missing);
  const [year, month, day] = [field(1), field(2), field(3, 1)];
  const [hour, minute, second] = [field(4), field(5), field(6)];
  const [offsetHours, offsetMinutes] = [field(9), field(10)];
  if (!isDate(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  if (offsetHours > 23 || offsetMinutes > 59) return undefined;
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const offset = (match[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds) - offset;
}

/** `Date` turns 30 February into 2 March without a word: what comes out must be what went in. */
function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
