import type { IssueIntegrationCredentials } from '../core/integrations/issue-integration-credentials.ts';
import { credentialsBody, credentialsQuery } from '../http/credential-schemas.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { withPackedSizeWarning } from '../http/packed-size-warning.ts';
import { parseQuery, parseRequest } from '../http/parse-request.ts';
import { renderCredentials } from '../http/render-credentials.ts';
import { requireIntegrationName } from '../http/require-integration-name.ts';

/** `POST /v1/integrations/{id}/credentials?format=`: issues; the body can only narrow, and names neither role nor ExternalId. */
export const createIssueIntegrationCredentialsEndpoint =
  (issueCredentials: IssueIntegrationCredentials): Endpoint =>
  async ({ principal, origin, pathParameters, query, body }) => {
    const integration = requireIntegrationName(pathParameters['id']);
    const { format = 'sts' } = parseQuery(credentialsQuery, query);
    const narrowing = parseRequest('body', credentialsBody, body);

    const issued = await issueCredentials(principal, { integration, ...narrowing }, origin);

    return withPackedSizeWarning(renderCredentials(issued, format), issued.answer.packedPolicySize);
  };
