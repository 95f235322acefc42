import { InvalidArgumentError } from 'commander';

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

const durationAllowed = 'a number of seconds, or of minutes, hours, days or weeks as 30m, 2h, 2d, 1w';

/** Seconds of `900`, `900s`, `15m`, `2h`, `1h30m`, `2d`. @throws InvalidArgumentError */
export function parseDuration(text: string): number {
  const seconds = readSeconds(text);
  if (seconds !== undefined && seconds > 0 && Number.isSafeInteger(seconds)) return seconds;
  throw new InvalidArgumentError(`allowed: ${durationAllowed}`);
}

function readSeconds(text: string): number | undefined {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  if (!/^(?:[0-9]{1,9}[smhdw])+$/.test(text)) return undefined;
  return [...text.matchAll(/([0-9]+)([smhdw])/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (secondsOf[unit] ?? Number.NaN),
    0,
  );
}

/** Seconds of a hundred years: what lies far before has no date that the broker reads. */
const longestAgo = 3_153_600_000;

const instantAllowed = `an instant such as 2026-11-21T08:00:00Z, a day such as 2026-11-21 (UTC), "now", or how long ago, a hundred years at most: ${durationAllowed}`;

/** Epoch milliseconds, given what time it is. */
export type Moment = (nowMs: number) => number;

/** `2h`: so long ago. `2026-11-21`, `2026-11-21T08:00:00Z`, `now`. @throws InvalidArgumentError */
export function parseMoment(text: string): Moment {
  if (text === 'now') return (nowMs) => nowMs;
  const ms = readInstant(text);
  if (ms !== undefined) return () => ms;
  // Bare digits could be seconds ago, seconds since 1970, or a year.
  const seconds = /[smhdw]$/.test(text) ? readSeconds(text) : undefined;
  if (seconds !== undefined && seconds <= longestAgo) return (nowMs) => nowMs - seconds * 1000;
  throw new InvalidArgumentError(`allowed: ${instantAllowed}`);
}

function readInstant(text: string): number | undefined {
  const form = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.exec(text);
  const ms = Date.parse(text);
  const [, day = ''] = form ?? [];
  const dayMs = Date.parse(day);
  // February 30 would be read as March 2.
  const isDay = Number.isFinite(dayMs) && new Date(dayMs).toISOString().startsWith(day);
  return form !== null && isDay && Number.isFinite(ms) ? ms : undefined;
}
