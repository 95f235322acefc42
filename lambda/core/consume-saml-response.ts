import { Buffer } from 'node:buffer';
import type { SamlVerifier } from './authentication-ports.ts';
import { toBrokerClaims } from './broker-token.ts';
import { checkSamlResponse, toUnusableMs } from './check-saml-response.ts';
import type { SamlIssuer } from './configuration.ts';
import { decodeSamlResponse } from './decode-saml-response.ts';
import { isAdmitted } from './is-admitted.ts';
import type { ProofRegister, SingleUseProof, TokenSigner } from './ports.ts';
import type { Principal } from './principal.ts';
import { maxTokenLength } from './read-token.ts';
import { type RefuseAssertion, toRefuseAssertion } from './refuse-assertion.ts';
import type { SamlAssertion } from './saml-assertion.ts';
import { sha256 } from './sha256.ts';
import { toSamlPrincipal } from './to-saml-principal.ts';
import { brokerTokenType } from './token-issuer.ts';

export interface ConsumeSamlResponsePorts {
  readonly verifier: SamlVerifier;
  readonly proofs: Pick<ProofRegister, 'consume'>;
  readonly signer: TokenSigner;
  /** The broker's, without a slash at the end. */
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new random value, unlike any other. */
  readonly newTokenId: () => string;
}

export interface SamlSignIn {
  /** SAMLResponse as the browser posts it: base64. */
  readonly samlResponse: string;
  /** Id of the AuthnRequest that this browser was sent away with. */
  readonly requestId?: string;
}

export interface SignedIn {
  /** Compact JWS that the authorizer takes. */
  readonly token: string;
  readonly principal: Principal;
  /** Epoch seconds at which the token expires. */
  readonly expiresAtSeconds: number;
  readonly issuer: SamlIssuer;
  /** Whether it answers the AuthnRequest of `requestId`; otherwise the identity provider began. */
  readonly answersRequest: boolean;
}

/**
 * Rejects with `AssertionRefusedError`, with `ProofRegisterUnavailableError` when nobody can say whether the
 * assertion was used before, and with the signer's error.
 */
export type ConsumeSamlResponse = (input: SamlSignIn) => Promise<SignedIn>;

/**
 * A SAML response for a short token of the broker's own. The assertion is consumed last of all checks, so that a
 * refused response uses nothing up, and before the token is signed, so that one assertion makes one token at most.
 */
export function createConsumeSamlResponse(ports: ConsumeSamlResponsePorts): ConsumeSamlResponse {
  const { verifier, proofs, signer, url, now, newTokenId } = ports;

  return async ({ samlResponse, requestId }) => {
    const { issuer, response } = verifier.verify(decodeSamlResponse(samlResponse));
    const refuse: RefuseAssertion = toRefuseAssertion(issuer.name);
    const nowMs = now();
    checkSamlResponse(response, issuer, { url, requestId, nowMs });
    const principal = toSamlPrincipal(response, issuer, nowMs);
    if (!isAdmitted(principal, issuer, nowMs)) {
      refuse('not-admitted', 'the admit statements of the issuer do not allow it');
    }
    const claims = toBrokerClaims(principal, { url, tokenId: newTokenId(), nowMs });
    checkSize(claims, refuse);
    if (!(await proofs.consume(toProof(response.assertion, issuer)))) {
      refuse('replayed', 'the assertion was consumed before');
    }
    const token = await signer.sign({ type: brokerTokenType, claims });
    // One that answers another request has been refused.
    const answersRequest = response.inResponseTo !== undefined;
    return { token, principal, expiresAtSeconds: claims.exp, issuer, answersRequest };
  };
}

/** Bytes: base64url makes four characters of three, and 1024 are left for header and signature (RSA-4096: 683). */
const maxClaimsBytes = Math.floor(((maxTokenLength - 1024) * 3) / 4);

/** A subject stands in `sub` and in the principal: together they can be too much where the principal alone is not. */
function checkSize(claims: object, refuse: RefuseAssertion): void {
  const bytes = Buffer.byteLength(JSON.stringify(claims));
  if (bytes > maxClaimsBytes) {
    const detail = `the token would hold ${bytes} bytes of at most ${maxClaimsBytes}; list fewer or narrower claims`;
    refuse('principal-too-large', detail);
  }
}

const toProof = ({ id, issueInstantMs }: SamlAssertion, { name }: SamlIssuer): SingleUseProof => ({
  id: sha256(`saml\0${name}\0${id}`).toString('base64url'),
  expiresAtSeconds: Math.ceil(toUnusableMs(issueInstantMs) / 1000),
});
