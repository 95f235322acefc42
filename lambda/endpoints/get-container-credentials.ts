import { SingleUseProofError } from '../core/errors.ts';
import type { IssueCredentials } from '../core/issue-credentials.ts';
import { bearerTokenOf, type Endpoint } from '../http/endpoint.ts';
import { renderContainerCredentials } from '../http/render-credentials.ts';
import { requireProfileName } from '../http/require-profile-name.ts';

/**
 * `GET /v1/profiles/{profile}/container-credentials`: what an AWS SDK asks for by itself, again and again with one
 * token. A proof that may have one effect is refused here before it is lost to an SDK's second try.
 */
export const createGetContainerCredentials =
  (issueCredentials: IssueCredentials): Endpoint =>
  async (request) => {
    const { principal, origin, pathParameters } = request;
    if (principal.proofId !== undefined) {
      throw new SingleUseProofError(
        'AWS SDKs ask this route several times with one token, and a private_key_jwt is good for one effect; POST /v1/profiles/{profile}/credentials takes it',
      );
    }
    const profile = requireProfileName(pathParameters['profile']);
    return renderContainerCredentials(
      await issueCredentials(principal, { profile, ...bearerTokenOf(request) }, origin),
    );
  };
