import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfigurationFile } from '../../lib/config.ts';
import { createFaults } from '../../local/faults.ts';
import {
  type IdentityProvider,
  startIdentityProvider,
} from '../../local/identity-provider/identity-provider.ts';
import { readWorld } from '../../local/world.ts';

/** The local identity provider of the demo configuration; `close` removes its data too. */
export async function startTestIdentityProvider(
  options: { readonly now?: () => number } = {},
): Promise<IdentityProvider> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'daypass-test-'));
  const provider = await startIdentityProvider({
    port: 0,
    world: readWorld('local/world.yaml'),
    issuers: readConfigurationFile('config/daypass.yaml').configuration.issuers,
    dataDirectory,
    faults: createFaults(),
    ...options,
  });
  return {
    ...provider,
    close: async () => {
      await provider.close(0);
      rmSync(dataDirectory, { recursive: true });
    },
  };
}
