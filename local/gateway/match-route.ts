import type { Route } from '../../lambda/http/routes.ts';

export interface RouteMatch {
  readonly route: Route;
  /** Still percent-encoded, as REST APIs hand them to functions. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Finds the route of a method and a raw path. To the letter: another case, an encoded letter, an empty segment or a
 * slash at the end is another path. A `{parameter}` takes one segment that isn't empty.
 */
export function matchRoute(routes: readonly Route[], method: string, path: string): RouteMatch | undefined {
  const segments = path.split('/');
  for (const route of routes) {
    if (route.method !== method) continue;
    const pathParameters = matchSegments(route.path.split('/'), segments);
    if (pathParameters !== undefined) return { route, pathParameters };
  }
  return undefined;
}

function matchSegments(
  resource: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (resource.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of resource.entries()) {
    const segment = segments[index] ?? '';
    const name = /^\{(.+)\}$/.exec(expected)?.[1];
    if (name === undefined && segment !== expected) return undefined;
    if (name !== undefined && segment === '') return undefined;
    if (name !== undefined) parameters[name] = segment;
  }
  return parameters;
}
