import { toSeconds } from '../core/credential-texts.ts';
import type { IssueWebIdentityToken } from '../core/issue-web-identity-token.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { parseRequest } from '../http/parse-request.ts';
import { requireProfileName } from '../http/require-profile-name.ts';
import { webIdentityTokenBody } from '../http/web-identity-token-schemas.ts';

/** `POST /v1/profiles/{profile}/web-identity-token`: a token that AWS signs for the profile's role. */
export const createIssueWebIdentityTokenEndpoint =
  (issueWebIdentityToken: IssueWebIdentityToken): Endpoint =>
  async ({ principal, origin, pathParameters, body }) => {
    const profile = requireProfileName(pathParameters['profile']);
    const wishes = parseRequest('body', webIdentityTokenBody, body);

    const { intent, answer } = await issueWebIdentityToken(principal, { profile, ...wishes }, origin);

    return {
      status: 200,
      headers: { 'Daypass-Issuance-Id': intent.id },
      body: {
        IssuanceId: intent.id,
        WebIdentityToken: answer.webIdentityToken,
        Expiration: toSeconds(answer.expiration),
      },
    };
  };
