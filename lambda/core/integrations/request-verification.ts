import type { AuditedManaging } from './audited-managing.ts';
import type { Integration, Verification } from './integration.ts';
import type { Caller } from './integration-authority.ts';
import type { ManageIntegrations } from './manage-integrations.ts';
import type { Verifier } from './verifier.ts';

/**
 * Verifies an integration because a manager asks for it, and writes down what was seen.
 *
 * @throws AccessDeniedError, IntegrationNotFoundError, and whatever `Verifier` throws: nothing is concluded then
 * @throws VersionConflictError where the integration was changed meanwhile: the answer would be of another one
 */
export type RequestVerification = (
  caller: Caller,
  name: string,
) => Promise<{ readonly integration: Integration; readonly verification: Verification }>;

export const createRequestVerification =
  (ports: {
    readonly audited: Pick<AuditedManaging, 'find' | 'requireManager'>;
    readonly recordVerification: ManageIntegrations['recordVerification'];
    readonly verifier: Verifier;
  }): RequestVerification =>
  async (caller, name) => {
    // Found before the proof is consumed: a name that is none costs nothing.
    const { integration: basis } = await ports.audited.find(caller, name);
    const { statement } = await ports.audited.requireManager(caller, name);
    const verification = await ports.verifier.verify(name, { ...caller, statement });
    const integration = await ports.recordVerification({ basis, verification, caller });
    return { integration, verification };
  };
