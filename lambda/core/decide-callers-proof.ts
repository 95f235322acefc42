import type { SamlVerifier } from './authentication-ports.ts';
import type { Configuration, WebIdentityProfile } from './configuration.ts';
import type { AllowDecision, DenyDecision } from './decide-issuance.ts';
import { decideSamlAssertion } from './decide-saml-assertion.ts';
import { BearerTokenRequiredError, InvalidSamlAssertionError } from './errors.ts';
import type { CallersProof } from './issue-credentials.ts';
import { type NarrowingRequest, toContact } from './plan-session.ts';
import type { Principal } from './principal.ts';
import { readToken } from './read-token.ts';
import { brokerTokenType } from './token-issuer.ts';

export interface CallersProofContext {
  readonly principal: Principal;
  readonly configuration: Configuration;
  /** Needed where a profile has the mechanism `saml`. */
  readonly saml?: { readonly verifier: SamlVerifier };
  readonly nowMs: number;
}

/**
 * Whether the proof that a profile hands on to STS is there, and is the asking principal's own. Asked once the trust
 * statements allow: who may not have the profile learns nothing of it, and nothing of a stranger's is parsed.
 *
 * @throws InvalidSamlAssertionError, BearerTokenRequiredError, DurationOutOfRangeError
 */
export function decideCallersProof(
  decision: AllowDecision,
  request: NarrowingRequest & CallersProof,
  context: CallersProofContext,
): AllowDecision | DenyDecision {
  const { profile } = decision;
  if (profile.mechanism === 'saml') {
    const { saml, configuration, principal, nowMs } = context;
    if (saml === undefined) throw new TypeError('there is nobody to verify an assertion');
    const { durationSeconds = profile.duration.defaultSeconds, samlAssertion } = request;
    const { deployment } = configuration;
    const rest = { principal, deployment, verifier: saml.verifier, durationSeconds, nowMs };
    return decideSamlAssertion({ ...decision, profile }, samlAssertion, rest);
  }
  if (request.samlAssertion !== undefined) {
    throw new InvalidSamlAssertionError(
      `profile ${profile.name} has the mechanism ${profile.mechanism} and takes no samlAssertion; leave it out`,
      toContact(profile),
    );
  }
  if (profile.mechanism !== 'web-identity' || !profile.passthrough) return decision;
  requireBearerToken(profile, request);
  return isOidcToken(request.bearerToken, context) ? decision : { effect: 'Deny', detail: notOidc };
}

/** No token is too long for STS that was short enough for the authorizer. */
function requireBearerToken(profile: WebIdentityProfile, { bearerToken }: CallersProof): void {
  if (bearerToken !== undefined) return;
  throw new BearerTokenRequiredError(
    `AWS STS is shown your own token for profile ${profile.name}, and this request has none; ask under /v1 with Authorization: Bearer <token>`,
    toContact(profile),
  );
}

const notOidc =
  'the bearer token is not one of an issuer of type oidc, whose tokens alone are shown to AWS STS';

/**
 * Whether the token is the one of an OpenID provider that made the principal. The broker's own would be a sign-in
 * here, handed on, and a third party's proof may have one effect.
 */
function isOidcToken(bearerToken = '', { principal, configuration }: CallersProofContext): boolean {
  const issuer = configuration.issuers.get(principal.issuer);
  if (issuer?.type !== 'oidc' || principal.proofId !== undefined) return false;
  const { claims, type } = readToken(bearerToken);
  return claims['iss'] === issuer.issuer && type !== brokerTokenType;
}
