import type { IntegrationIssuer } from '../core/configuration.ts';
import type { IntegrationStore } from '../core/integrations/integration-ports.ts';
import { importVerificationKeys, type VerificationKey } from './verification-keys.ts';

/**
 * Reads the keys that a third party has now. An integration that is suspended has its own still, so that the third
 * party can be told why nothing is issued; one that is deleted or was never made has none. Rejects when the table
 * cannot be read: the store's own time limit bounds it.
 */
export const createFetchIntegrationKeys =
  ({
    issuer,
    integrations,
  }: {
    readonly issuer: IntegrationIssuer;
    readonly integrations: Pick<IntegrationStore, 'find'>;
  }): (() => Promise<readonly VerificationKey[]>) =>
  async () => {
    const found = await integrations.find(issuer.name);
    if (found === undefined || found.integration.state === 'DELETED') return [];
    return importVerificationKeys(found.integration.jwks ?? { keys: [] }, issuer.algorithms);
  };
