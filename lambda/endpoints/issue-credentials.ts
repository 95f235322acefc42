import type { IssueCredentials } from '../core/issue-credentials.ts';
import { credentialsQuery, issuingBody } from '../http/credential-schemas.ts';
import { bearerTokenOf, type Endpoint } from '../http/endpoint.ts';
import { withPackedSizeWarning } from '../http/packed-size-warning.ts';
import { parseQuery, parseRequest } from '../http/parse-request.ts';
import { renderCredentials } from '../http/render-credentials.ts';
import { requireProfileName } from '../http/require-profile-name.ts';

/** `POST /v1/profiles/{profile}/credentials?format=`: issues; the body can only narrow. */
export const createIssueCredentialsEndpoint =
  (issueCredentials: IssueCredentials): Endpoint =>
  async (request) => {
    const profile = requireProfileName(request.pathParameters['profile']);
    const { format = 'sts' } = parseQuery(credentialsQuery, request.query);
    const narrowing = parseRequest('body', issuingBody, request.body);

    const asked = { profile, ...narrowing, ...bearerTokenOf(request) };
    const issued = await issueCredentials(request.principal, asked, request.origin);

    return withPackedSizeWarning(renderCredentials(issued, format), issued.answer.packedPolicySize);
  };
