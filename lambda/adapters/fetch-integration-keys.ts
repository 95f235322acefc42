import type { IntegrationIssuer } from '../core/configuration.ts';
import type { Integration } from '../core/integrations/integration.ts';
import type { IntegrationStore } from '../core/integrations/integration-ports.ts';
import { toKeysInForce } from '../core/integrations/keys-in-force.ts';
import { importVerificationKeys, type VerificationKey } from './verification-keys.ts';

/**
 * Reads the keys that a third party has now, the configuration's where its integration never had any. One that is
 * suspended has its own still, so that the third party can be told why nothing is issued. Rejects when the table cannot
 * be read, whatever the configuration has: the store's own time limit bounds it.
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
    const keys = await importVerificationKeys(toKeysInForce(issuer, found?.integration), issuer.algorithms);
    const suspension = toSuspension(found?.integration);
    return suspension === undefined ? keys : keys.map((key) => ({ ...key, suspension }));
  };

function toSuspension(integration: Integration | undefined): VerificationKey['suspension'] {
  if (integration?.state !== 'SUSPENDED') return undefined;
  if (integration.suspension === undefined)
    throw new TypeError('an integration is suspended without a reason');
  return { reason: integration.suspension.reason };
}
