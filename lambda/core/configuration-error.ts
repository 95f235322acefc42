import type { Problem } from './policy/policy.ts';

/** The configuration cannot be taken. All that is wrong is in `problems`, and in the message one a line. */
export class ConfigurationError extends TypeError {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly Problem[];

  /** @param lines what to show, where it can say more than the problems themselves, such as file and line */
  constructor(problems: readonly Problem[], lines: readonly string[] = problems.map(toProblemLine)) {
    super(lines.join('\n'));
    this.problems = problems;
  }
}

/** `profiles.ci.duration.maxSeconds: 7200 is not allowed; allowed: an integer, 900–3600 seconds` */
export function toProblemLine({ path, value, allowed }: Problem): string {
  const what = value === undefined ? 'is missing' : `${toShortText(value)} is not allowed`;
  return `${toKeyPath(path)}: ${what}; allowed: ${allowed}`;
}

export const toKeyPath = (path: Problem['path']) =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
    return text === '' ? name : `${text}.${name}`;
  }, '') || '(the document)';

function toShortText(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
