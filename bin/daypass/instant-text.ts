/** `2026-11-21 08:00:00Z`: for people, of what may be anything. */
export const toInstantText = (iso: string | undefined): string =>
  iso === undefined ? '' : iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z');

/** `in 14 min`, `3 h ago`: how far an instant is from now. */
export function toDistanceText(ms: number, nowMs: number): string {
  const seconds = Math.round(Math.abs(ms - nowMs) / 1000);
  const [unit, size] = units.find(([, least]) => seconds >= least) ?? ['s', 1];
  const text = `${Math.floor(seconds / size)} ${unit}`;
  return ms >= nowMs ? `in ${text}` : `${text} ago`;
}

const units: readonly (readonly [unit: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];
