import type { World } from './world.ts';
import type { OidcProvider } from './world-providers.ts';
import { brokerAddress } from './world-schema.ts';

/** An IAM OIDC provider that doesn't stand in the file: where the broker itself listens is known when it starts. */
export type AddedOidcProvider = Omit<OidcProvider, 'arn'>;

/** The world with further IAM OIDC providers in it; one with the same ARN is replaced. */
export function withOidcProviders(world: World, providers: readonly AddedOidcProvider[]): World {
  const added = providers.map((provider): readonly [string, OidcProvider] => {
    const arn = `arn:aws:iam::${provider.accountId}:oidc-provider/${provider.name}`;
    return [arn, { ...provider, arn }];
  });
  return { ...world, oidcProviders: new Map([...world.oidcProviders, ...added]) };
}

/** The world where the providers that stand for the broker are served by it, wherever it listens. */
export function withBrokerAsProvider(world: World, url: () => string): World {
  const providers = [...world.oidcProviders].map(([arn, provider]): readonly [string, OidcProvider] => {
    if (provider.url !== brokerAddress) return [arn, provider];
    const served: OidcProvider = {
      ...provider,
      get url() {
        return url();
      },
    };
    return [arn, served];
  });
  return { ...world, oidcProviders: new Map(providers) };
}
