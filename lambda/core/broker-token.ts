import { TokenRefusedError } from './authentication-errors.ts';
import type { Issuer } from './configuration.ts';
import type { JsonObject } from './parse-json-object.ts';
import { parsePrincipal } from './parse-principal.ts';
import type { Principal } from './principal.ts';
import { brokerTokenLifetimeSeconds } from './token-issuer.ts';

/**
 * The claims of a token that stands for a principal: issued by the broker, for the broker, at most fifteen minutes
 * and never longer than the principal's own proof.
 *
 * @param options.url the broker's
 * @param options.tokenId a new random value
 */
export function toBrokerClaims(
  principal: Principal,
  options: { readonly url: string; readonly tokenId: string; readonly nowMs: number },
): { readonly exp: number; readonly [claim: string]: unknown } {
  const iat = Math.floor(options.nowMs / 1000);
  const exp = Math.min(principal.expiresAt, iat + brokerTokenLifetimeSeconds);
  const { url, tokenId } = options;
  return { iss: url, aud: url, sub: principal.subject, jti: tokenId, iat, exp, principal };
}

/**
 * The principal of a verified token of the broker's own. Its issuer must still be configured: a token does not
 * outlive the trust that it was made by.
 *
 * @throws TokenRefusedError
 */
export function readBrokerPrincipal(
  claims: JsonObject,
  issuers: ReadonlyMap<string, Issuer>,
  expiresAt: number,
): { readonly principal: Principal; readonly issuer: Issuer } {
  const principal = parsePrincipal(claims['principal']);
  const issuer = principal && issuers.get(principal.issuer);
  if (principal === undefined || issuer?.type !== 'saml') {
    throw new TokenRefusedError('claim', { detail: 'principal is not of a configured issuer of type saml' });
  }
  // What AWS vouches for, and what has one effect, are proven by other means than an assertion.
  if (
    principal.aws !== undefined ||
    principal.integration !== undefined ||
    principal.proofId !== undefined ||
    principal.selfAsserted !== undefined
  ) {
    throw new TokenRefusedError('claim', {
      detail: 'principal is of another kind than saml',
      issuer: issuer.name,
    });
  }
  return { principal: { ...principal, expiresAt: Math.min(principal.expiresAt, expiresAt) }, issuer };
}
