import { type IdentityProvider, parseSamlMetadata, SamlMetadataError } from '../lib/saml-metadata.ts';
import type { WorldFile } from './world-schema.ts';

/** An IAM OIDC provider. */
export interface OidcProvider {
  readonly arn: string;
  readonly accountId: string;
  /** The issuer's URL without its scheme: the prefix of its condition keys. */
  readonly name: string;
  /** Where its documents are served, when that's not the issuer itself. A token may name it as its issuer, too. */
  readonly url?: string;
  /** Name of the issuer that the local identity provider plays, which serves them then. */
  readonly issuer?: string;
  readonly clientIds: readonly string[];
}

/** An IAM SAML provider. */
export interface SamlProvider {
  readonly arn: string;
  readonly accountId: string;
  readonly name: string;
  readonly entityId: string;
  /** DER in base64. */
  readonly certificates: readonly string[];
  /** Name of the issuer that the local identity provider plays, whose entity id and certificates count then. */
  readonly issuer?: string;
}

type Accounts = WorldFile['accounts'];

/** By ARN. */
export function toOidcProviders(accounts: Accounts): ReadonlyMap<string, OidcProvider> {
  const providers = Object.entries(accounts).flatMap(([accountId, { oidcProviders }]) =>
    Object.entries(oidcProviders).map(([name, { url, issuer, clientIds }]): OidcProvider => {
      const arn = `arn:aws:iam::${accountId}:oidc-provider/${name}`;
      return {
        ...{ arn, accountId, name, clientIds },
        ...(url === undefined ? {} : { url }),
        ...(issuer === undefined ? {} : { issuer }),
      };
    }),
  );
  return new Map(providers.map((provider) => [provider.arn, provider]));
}

type Report = (path: readonly string[], value: unknown, message: string) => void;

/** By ARN. What is wrong with metadata is reported, and its provider left out. */
export function toSamlProviders(accounts: Accounts, report: Report): ReadonlyMap<string, SamlProvider> {
  const providers = Object.entries(accounts).flatMap(([accountId, { samlProviders }]) =>
    Object.entries(samlProviders).flatMap(([name, provider]): readonly SamlProvider[] => {
      const refuse = (value: unknown, message: string) =>
        report(['accounts', accountId, 'samlProviders', name, 'metadata'], value, message);
      const keys = readKeys(provider, refuse);
      const arn = `arn:aws:iam::${accountId}:saml-provider/${name}`;
      const { issuer } = provider;
      const played = issuer === undefined ? {} : { issuer };
      return keys === undefined ? [] : [{ arn, accountId, name, ...keys, ...played }];
    }),
  );
  return new Map(providers.map((provider) => [provider.arn, provider]));
}

function readKeys(
  { metadata, entityId = '', certificates = [] }: Accounts[string]['samlProviders'][string],
  refuse: (value: unknown, message: string) => void,
): Pick<IdentityProvider, 'entityId' | 'certificates'> | undefined {
  if (metadata === undefined) return { entityId, certificates };
  try {
    const provider = parseSamlMetadata(metadata, Date.now());
    return { entityId: provider.entityId, certificates: provider.certificates };
  } catch (error) {
    if (!(error instanceof SamlMetadataError)) throw error;
    refuse(metadata, error.message);
    return undefined;
  }
}
