import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Issuer, OidcLogin } from '../../lambda/core/configuration.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import { createFaults, type Faults } from '../../local/faults.ts';
import {
  type IdentityProvider,
  startIdentityProvider,
} from '../../local/identity-provider/identity-provider.ts';
import { readWorld } from '../../local/world.ts';

export interface TestIdentityProviderOptions {
  readonly now?: () => number;
  /** @default none */
  readonly faults?: Faults;
  /** Of okta, beside the defaults. @default the configuration's */
  readonly login?: Partial<OidcLogin>;
}

/** The local identity provider of the demo configuration; `close` removes its data too. */
export async function startTestIdentityProvider({
  login,
  faults = createFaults(),
  ...options
}: TestIdentityProviderOptions = {}): Promise<IdentityProvider> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'daypass-test-'));
  const provider = await startIdentityProvider({
    port: 0,
    world: readWorld('local/world.yaml'),
    issuers: withLogin(readConfigurationFile('config/daypass.yaml').configuration.issuers, login),
    dataDirectory,
    faults,
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

function withLogin(
  issuers: ReadonlyMap<string, Issuer>,
  login: Partial<OidcLogin> | undefined,
): ReadonlyMap<string, Issuer> {
  const okta = issuers.get('okta');
  if (login === undefined || okta?.type !== 'oidc' || okta.login === undefined) return issuers;
  return new Map([...issuers, ['okta', { ...okta, login: { ...okta.login, ...login } }]]);
}
