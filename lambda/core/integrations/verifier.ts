import type { Verification } from './integration.ts';
import type { VerifyAuthority } from './verify-ports.ts';

/** The function whose role issues for third parties, as the one that manages them asks it. */
export interface Verifier {
  /**
   * Verifies the integration as it is when the function reads it: see `createVerifyIntegration`.
   *
   * @throws IntegrationNotFoundError, IntegrationStateError, AuditUnavailableError, IntegrationsUnavailableError
   * and VerificationUnavailableError, with which nothing is concluded
   */
  verify(integration: string, authority: VerifyAuthority): Promise<Verification>;
}
