import type { LocalSettings } from './compile-local-configuration.ts';
import type { World } from './world.ts';
import type { OidcProvider, SamlProvider } from './world-providers.ts';
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

/**
 * The world where the providers that stand for issuers of the local identity provider are what that plays, wherever it
 * listens.
 *
 * @param settings of `IdentityProvider`, once it has started; asked anew each time
 */
export function withPlayedIssuers(
  world: World,
  settings: () => ReadonlyMap<string, LocalSettings> | undefined,
): World {
  const settingOf = (issuer: string, key: string) => settings()?.get(issuer)?.[key];
  const oidcProviders = [...world.oidcProviders].map(([arn, provider]): readonly [string, OidcProvider] => {
    const { issuer } = provider;
    if (issuer === undefined) return [arn, provider];
    const played: OidcProvider = {
      ...provider,
      get url() {
        return String(settingOf(issuer, 'issuer'));
      },
    };
    return [arn, played];
  });
  const samlProviders = [...world.samlProviders].map(([arn, provider]): readonly [string, SamlProvider] => {
    const { issuer } = provider;
    if (issuer === undefined) return [arn, provider];
    const played: SamlProvider = {
      ...provider,
      get entityId() {
        return String(settingOf(issuer, 'entityId'));
      },
      get certificates() {
        return [settingOf(issuer, 'certificates') ?? []].flat().map(String);
      },
    };
    return [arn, played];
  });
  return { ...world, oidcProviders: new Map(oidcProviders), samlProviders: new Map(samlProviders) };
}
