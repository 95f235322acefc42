import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ForeignEventError } from '../core/errors.ts';
import type { FunctionName } from '../core/function-roles.ts';
import { type Route, routes } from './routes.ts';

/** The one API and stage whose events a function takes. */
export interface OwnApi {
  readonly apiId: string;
  readonly stage: string;
  /**
   * Digest of the API's resource policy that this function was deployed with. API Gateway's stage carries that of the
   * policy in force: while the two differ, in the middle of a deployment, the policy vouches for nothing.
   * @default it never does
   */
  readonly apiPolicyId?: string;
}

/**
 * The route of an event of our own API, stage and path. An event of another API, stage, path or function, a
 * test invocation or a call by mistake makes nobody a principal. Whoever may invoke the function and writes a whole
 * event by hand can be anybody: `lambda:InvokeFunction` on it is the right to issue.
 *
 * @throws ForeignEventError
 */
export function requireOwnRoute(event: APIGatewayProxyEvent, own: OwnApi, handledBy: FunctionName): Route {
  const context: Partial<APIGatewayProxyEvent['requestContext']> = event.requestContext ?? {};
  const route = routes.find(({ method, path }) => method === event.httpMethod && path === event.resource);
  const differs = [
    context.apiId !== own.apiId && 'api',
    context.stage !== own.stage && 'stage',
    (context.resourcePath !== event.resource || context.httpMethod !== event.httpMethod) && 'path',
    route?.handledBy !== handledBy && 'function',
    !context.extendedRequestId && 'request id',
    route?.authorization === 'iam' && !isPlainlySpelt(event, route) && 'spelling',
  ].filter((difference) => difference !== false);
  if (route !== undefined && differs.length === 0) return route;
  throw new ForeignEventError("this function takes its own API's events only", {
    detail: `differs: ${differs.join(', ')}`,
  });
}

/**
 * Whether the path is the route's with its parameters filled in, behind a base path at most. The API's resource policy
 * decides by the path whether a profile takes MFA: a spelling that reached this function and not the policy's own
 * comparison would go around it.
 */
function isPlainlySpelt({ path, pathParameters }: APIGatewayProxyEvent, route: Route): boolean {
  const filled = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => pathParameters?.[name] ?? '');
  return typeof path === 'string' && path.endsWith(filled) && !/%|\/\/|\/\.{1,2}(?:\/|$)/.test(path);
}
