import { toStartPage } from '../core/console-destination.ts';
import type { IssueIntegrationCredentialsRequest } from '../core/integrations/issue-integration-credentials.ts';
import type { OpenConsole } from '../core/open-console.ts';
import { toIntegrationConsoleBody } from '../http/console-schemas.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { parseRequest } from '../http/parse-request.ts';
import { renderConsoleLink } from '../http/render-console-link.ts';
import { requireIntegrationName } from '../http/require-integration-name.ts';

/** `POST /v1/integrations/{id}/console`: a link that signs in to the third party's console. */
export function createOpenIntegrationConsoleEndpoint(
  openConsole: OpenConsole<Omit<IssueIntegrationCredentialsRequest, 'purpose'>>,
  partition: string,
): Endpoint {
  const schema = toIntegrationConsoleBody(partition);
  const startPage = toStartPage(partition);

  return async ({ principal, origin, pathParameters, body }) => {
    const integration = requireIntegrationName(pathParameters['id']);
    const { destination = startPage, ...narrowing } = parseRequest('body', schema, body);

    return renderConsoleLink(
      await openConsole(principal, { integration, ...narrowing, destination }, origin),
    );
  };
}
