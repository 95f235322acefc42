/** The same text for the same content, in whatever order the members of maps and objects stand. */
export function toCanonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalText).join(',')}]`;
  if (value instanceof Map) return toCanonicalMembers([...value]);
  if (typeof value === 'object' && value !== null) return toCanonicalMembers(Object.entries(value));
  return JSON.stringify(value) ?? 'undefined';
}

const toCanonicalMembers = (members: readonly (readonly [string, unknown])[]): string =>
  `{${members
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${JSON.stringify(key)}:${toCanonicalText(value)}`)
    .sort()
    .join(',')}}`;
