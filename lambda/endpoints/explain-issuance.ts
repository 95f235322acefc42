import type { ExplainIssuance } from '../core/explain-issuance.ts';
import { credentialsBody } from '../http/credential-schemas.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { parseRequest } from '../http/parse-request.ts';
import { requireProfileName } from '../http/require-profile-name.ts';
import { type Contact, toAllowView, toDenyView } from './explanation-view.ts';

/** `POST /v1/profiles/{profile}/explain`: the body of `credentials`, and what it would have given. */
export const createExplainEndpoint =
  (
    explainIssuance: ExplainIssuance,
    // The deployment's: the profile's own would tell that there is such a profile.
    contact: Contact,
  ): Endpoint =>
  async ({ principal, origin, pathParameters, body }) => {
    const profile = requireProfileName(pathParameters['profile']);
    const narrowing = parseRequest('body', credentialsBody, body);

    const explanation = explainIssuance(principal, { profile, ...narrowing }, origin);
    if (explanation.effect === 'Allow') return { status: 200, body: toAllowView(explanation, { profile }) };

    // A Deny is the answer to what was asked; a 403 would be one to the question, and every 403 leaves a row.
    const message = `no profile ${profile} that you may use; GET /v1/profiles lists those that you may, and ${contact.owner} can say more`;
    return { status: 200, body: toDenyView(explanation, { asked: { profile }, message, contact }) };
  };
