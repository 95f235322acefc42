import type { SamlSignIn, SignedIn } from '../core/consume-saml-response.ts';
import type { Logger } from '../core/logger.ts';
import { toPrincipalId } from '../core/principal-id.ts';
import { sha256 } from '../core/sha256.ts';
import type { OpenEndpoint } from '../http/endpoint.ts';
import { parseForm } from '../http/parse-request.ts';
import { renderTokenPage } from '../http/render-token-page.ts';
import { readRequest, spentRequestCookie } from '../http/saml-request-cookie.ts';
import { samlForm } from '../http/saml-schemas.ts';

export interface ConsumeSamlResponseOptions {
  readonly consume: (signIn: SamlSignIn) => Promise<Omit<SignedIn, 'issuer'>>;
  /** The broker's. */
  readonly url: string;
  readonly logger: Logger;
}

/** `POST /v1/saml/acs`: a proof from the identity provider for a token of the broker's own; a page for browsers. Its line in the log leads from the token to who has it. */
export const createConsumeSamlResponseEndpoint =
  ({ consume, url, logger }: ConsumeSamlResponseOptions): OpenEndpoint =>
  async (request) => {
    const { SAMLResponse } = parseForm(samlForm, request.form);
    const asked = readRequest(request.cookies);
    const { token, principal, expiresAtSeconds, answersRequest } = await consume({
      samlResponse: SAMLResponse,
      ...(asked === undefined ? {} : { requestId: asked.id }),
    });
    const { issuer, subject } = principal;
    logger.info('saml sign-in', {
      gatewayRequestId: request.gatewayRequestId,
      tokenSha256: sha256(token).toString('hex'),
      issuer,
      principalId: toPrincipalId(principal),
    });
    const expiresAt = new Date(expiresAtSeconds * 1000).toISOString();
    // What answers no request was begun by somebody else, who may be somebody else: it is for no terminal.
    const handoff = answersRequest ? asked?.handoff : undefined;
    const answer = request.prefersHtml
      ? renderTokenPage({ token, issuer, subject, expiresAt, url, ...(handoff && { handoff }) })
      : { status: 200, body: { token, tokenType: 'Bearer', expiresAt, issuer, subject } };
    return { ...answer, headers: { ...answer.headers, 'Set-Cookie': spentRequestCookie } };
  };
