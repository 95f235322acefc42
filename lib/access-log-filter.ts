import type { Operation, Route } from '../lambda/http/routes.ts';

/** The operations after which there may be an issuance whose credentials somebody got. */
const issuing: readonly Operation[] = [
  'issueCredentials',
  'getContainerCredentials',
  'openConsole',
  'issueWebIdentityToken',
  'decodeAuthorizationMessage',
  'relaySessionToken',
  'issueIntegrationCredentials',
  'getIntegrationContainerCredentials',
  'openIntegrationConsole',
  'verifyIntegration',
];

/** Characters that CloudWatch Logs takes. */
const maxLength = 1024;

/**
 * Which lines of the access log are witnesses: those of the routes that issue, by the last segment of their resources.
 * Source: CloudWatch Logs guide, "Filter pattern syntax": `*` stands for any characters at either end of a text.
 *
 * @throws TypeError when it gets longer than CloudWatch Logs takes
 */
export function createAccessLogFilter(routes: readonly Route[]): string {
  const endings = routes
    .filter(({ operation }) => issuing.includes(operation))
    .map(({ path }) => path.slice(path.lastIndexOf('/')));
  const conditions = [...new Set(endings)].sort().map((ending) => `($.resourcePath = "*${ending}")`);
  const pattern = `{ ${conditions.join(' || ')} }`;
  if (pattern.length <= maxLength) return pattern;
  throw new TypeError(`a filter of the access log has ${pattern.length} characters; allowed: ${maxLength}`);
}

/** As the filter has it, for one line. */
export const isWitness = ({ operation }: Pick<Route, 'operation'>): boolean => issuing.includes(operation);
