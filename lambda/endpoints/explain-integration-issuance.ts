import type { Configuration } from '../core/configuration.ts';
import type { ExplainIntegrationIssuance } from '../core/integrations/explain-integration-issuance.ts';
import { credentialsBody } from '../http/credential-schemas.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { parseRequest } from '../http/parse-request.ts';
import { requireIntegrationName } from '../http/require-integration-name.ts';
import { toAllowView } from './explanation-view.ts';

/** `POST /v1/integrations/{id}/explain`: the body of `credentials`, and what it would have given. */
export const createExplainIntegrationEndpoint =
  (
    explainIssuance: ExplainIntegrationIssuance,
    // The deployment's, to whom the integration does not trust: its own would tell that there is one.
    { owner, requestAccessUrl }: Pick<Configuration, 'owner' | 'requestAccessUrl'>,
  ): Endpoint =>
  async ({ principal, origin, pathParameters, body }) => {
    const integration = requireIntegrationName(pathParameters['id']);
    const narrowing = parseRequest('body', credentialsBody, body);

    const explanation = await explainIssuance(principal, { integration, ...narrowing }, origin);
    if (explanation.effect === 'Allow')
      return { status: 200, body: toAllowView(explanation, { integration }) };

    const { error, reserved } = explanation;
    const told =
      error === undefined
        ? {
            code: 'access-denied',
            message: `no integration ${integration} that you may use; ${owner} can say more`,
            owner,
            ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }),
          }
        : { code: error.code, message: error.message, ...error.extensions };
    return { status: 200, body: { effect: 'Deny', integration, ...told, ...reserved } };
  };
