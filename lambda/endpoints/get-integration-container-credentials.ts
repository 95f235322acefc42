import { SingleUseProofError } from '../core/errors.ts';
import type { IssueIntegrationCredentials } from '../core/integrations/issue-integration-credentials.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { renderContainerCredentials } from '../http/render-credentials.ts';
import { requireIntegrationName } from '../http/require-integration-name.ts';

/** `GET /v1/integrations/{id}/container-credentials`: as of a profile, with the same bearer tokens. */
export const createGetIntegrationContainerCredentials =
  (issueCredentials: IssueIntegrationCredentials): Endpoint =>
  async ({ principal, origin, pathParameters }) => {
    if (principal.proofId !== undefined) {
      throw new SingleUseProofError(
        'AWS SDKs ask this route several times with one token, and a private_key_jwt is good for one effect; POST /v1/integrations/{id}/credentials takes it',
      );
    }
    const integration = requireIntegrationName(pathParameters['id']);
    return renderContainerCredentials(await issueCredentials(principal, { integration }, origin));
  };
