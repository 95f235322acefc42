import { toConsoleHost } from './console-addresses.ts';

/** Characters. A link with a longer one would meet limits of browsers and proxies. */
const maxLength = 2048;

/** The console's start page, for who names no other page. */
export const toStartPage = (partition: string): string => `https://${toConsoleHost(partition)}/`;

export const toDestinationAllowed = (partition: string): string =>
  `an https URL of at most ${maxLength} characters, on ${toConsoleHost(partition)} or a host under it, without port and user`;

/**
 * Whether a link may lead there: to a console of the partition, and nowhere else.
 *
 * The text itself is matched, because URL parsers mend what they read, and not all alike: fullwidth dots become dots,
 * backslashes slashes, tabs vanish.
 */
export function isConsoleDestination(text: string, partition: string): boolean {
  if (text.length > maxLength) return false;
  const [, host = ''] = plainUrl.exec(text) ?? [];
  const consoleHost = toConsoleHost(partition);
  return host === consoleHost || isUnder(host, consoleHost);
}

/** Lower case as AWS writes it. Behind the host: printable ASCII without `"`, `<`, `>`, `\`, `^`, `` ` ``, `{`, `|`, `}`. */
const plainUrl = /^https:\/\/([a-z0-9.-]+)(?:[/?#][!#-;=?-[\]_a-z~]*)?$/;

function isUnder(host: string, consoleHost: string): boolean {
  if (!host.endsWith(`.${consoleHost}`)) return false;
  const labels = host.slice(0, -consoleHost.length - 1).split('.');
  // No console has a label in Punycode, which would be shown as something else.
  return labels.every((label) => /^(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
}
