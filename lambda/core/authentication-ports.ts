import type { SamlIssuer } from './configuration.ts';
import type { Principal } from './principal.ts';
import type { UnverifiedToken } from './read-token.ts';
import type { SamlResponse } from './saml-assertion.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** What is known of the key that made a signature. */
export type SigningKey = NonNullable<Principal['integration']>;

export interface TokenVerifier {
  /**
   * Resolves to the key when one of that issuer's own made the token's signature. Rejects with `TokenRefusedError` when
   * none did, and with `IssuerUnavailableError` when the issuer's keys cannot be had.
   */
  verifySignature(token: UnverifiedToken, issuer: TokenIssuer): Promise<SigningKey>;
}

export interface SamlVerifier {
  /**
   * The one assertion of a response, signed by a certificate of the one issuer that it names.
   *
   * @param xml the response's text
   * @throws AssertionRefusedError for anything that is not exactly that
   */
  verify(xml: string): { readonly issuer: SamlIssuer; readonly response: SamlResponse };
}
