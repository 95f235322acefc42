/**
 * YAML 1.2 of a JSON value. Every string is in double quotes, as JSON writes it: none can be taken for a number, a
 * date, a tag or a comment.
 */
export function toYaml(value: unknown, indentation = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []\n';
    return `\n${value.map((item) => `${indentation}-${toItem(item, `${indentation}  `)}`).join('')}`;
  }
  if (typeof value !== 'object' || value === null) return ` ${JSON.stringify(value)}\n`;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  if (entries.length === 0) return ' {}\n';
  const lines = entries.map(
    ([key, member]) => `${indentation}${toKey(key)}:${toYaml(member, `${indentation}  `)}`,
  );
  return `\n${lines.join('')}`;
}

/** Begins in the line of its hyphen. */
const toItem = (item: unknown, indentation: string): string =>
  toYaml(item, indentation).replace(/^\n */, ' ');

/** The words of the policy language and of CloudFormation need no quotes; those that YAML 1.1 takes for others do. */
const toKey = (key: string): string =>
  /^[A-Z][A-Za-z]+$/.test(key) && !/^(?:yes|no|on|off|true|false|null)$/i.test(key)
    ? key
    : JSON.stringify(key);
