import type { OidcIssuer } from './configuration.ts';
import type { UnverifiedToken } from './read-token.ts';

export interface TokenVerifier {
  /**
   * Resolves when one of that issuer's own keys made the token's signature. Rejects with `TokenRefusedError` when
   * none did, and with `IssuerUnavailableError` when the issuer's keys cannot be had.
   */
  verifySignature(token: UnverifiedToken, issuer: OidcIssuer): Promise<void>;
}
