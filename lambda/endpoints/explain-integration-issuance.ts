import type { ExplainIntegrationIssuance } from '../core/integrations/explain-integration-issuance.ts';
import { credentialsBody } from '../http/credential-schemas.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { parseRequest } from '../http/parse-request.ts';
import { requireIntegrationName } from '../http/require-integration-name.ts';
import { type Contact, toAllowView, toDenyView } from './explanation-view.ts';

/** `POST /v1/integrations/{id}/explain`: the body of `credentials`, and what it would have given. */
export const createExplainIntegrationEndpoint =
  (
    explainIssuance: ExplainIntegrationIssuance,
    // The deployment's, to whom the integration does not trust: its own would tell that there is one.
    contact: Contact,
  ): Endpoint =>
  async ({ principal, origin, pathParameters, body }) => {
    const integration = requireIntegrationName(pathParameters['id']);
    const narrowing = parseRequest('body', credentialsBody, body);

    const explanation = await explainIssuance(principal, { integration, ...narrowing }, origin);
    if (explanation.effect === 'Allow')
      return { status: 200, body: toAllowView(explanation, { integration }) };

    const message = `no integration ${integration} that you may use; ${contact.owner} can say more`;
    return { status: 200, body: toDenyView(explanation, { asked: { integration }, message, contact }) };
  };
