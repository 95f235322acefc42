import { headerValues } from './header-values.ts';
import { type Operation, routes } from './routes.ts';

/** Whose token stands in a file as it is, because AWS SDKs send the file's text and nothing before it. */
const rawTokenOperations: readonly Operation[] = [
  'getContainerCredentials',
  'getIntegrationContainerCredentials',
];

const rawTokenRoutes: readonly string[] = routes
  .filter(
    ({ operation, authorization }) => rawTokenOperations.includes(operation) && authorization === 'token',
  )
  .map(({ path }) => path);

/**
 * The bearer token of a request, for the authorizer and for the function behind it: the two must see the same.
 * `undefined` where there is not exactly one Authorization header of its form.
 */
export function findBearerToken(
  // `multiValueHeaders`, because `headers` shows the last of several.
  event: Parameters<typeof headerValues>[0] & { readonly resource: string },
): string | undefined {
  const values = headerValues(event, 'authorization');
  const form = rawTokenRoutes.includes(event.resource) ? /^(?:Bearer )?([\w.-]+)$/i : /^Bearer ([\w.-]+)$/i;
  return values.length === 1 ? form.exec(values[0] ?? '')?.[1] : undefined;
}
