import { toStartPage } from '../core/console-destination.ts';
import type { OpenConsole } from '../core/open-console.ts';
import { toConsoleBody } from '../http/console-schemas.ts';
import { bearerTokenOf, type Endpoint } from '../http/endpoint.ts';
import { parseRequest } from '../http/parse-request.ts';
import { renderConsoleLink } from '../http/render-console-link.ts';
import { requireProfileName } from '../http/require-profile-name.ts';

/** `POST /v1/profiles/{profile}/console`: a link that signs in to the console. No redirect: headers are logged, bodies not. */
export function createOpenConsoleEndpoint(openConsole: OpenConsole, partition: string): Endpoint {
  const schema = toConsoleBody(partition);
  const startPage = toStartPage(partition);

  return async (request) => {
    const { principal, origin, pathParameters, body } = request;
    const profile = requireProfileName(pathParameters['profile']);
    const { destination = startPage, ...narrowing } = parseRequest('body', schema, body);

    const link = await openConsole(
      principal,
      { profile, ...narrowing, ...bearerTokenOf(request), destination },
      origin,
    );

    return renderConsoleLink(link);
  };
}
