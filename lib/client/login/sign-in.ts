import type { OidcLoginSettings } from '../deployment.ts';
import type { OidcTarget } from './to-oidc-login.ts';

/** What all ways of signing in need. */
export interface SignIn {
  /** Gets somebody's browser to an address of this machine that is good once. */
  readonly show: (address: URL) => Promise<void>;
  /** Takes a line for whoever sits there. */
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** An issuer of the broker that lets people in by OpenID Connect. */
export interface OidcSignIn extends SignIn {
  /** The issuer's URL. */
  readonly issuer: string;
  readonly settings: OidcLoginSettings;
}

export const toTarget = ({ issuer, settings }: Pick<OidcSignIn, 'issuer' | 'settings'>): OidcTarget => {
  const { resource } = settings.parameters;
  return {
    issuer,
    clientId: settings.clientId,
    tokenKind: settings.token,
    ...(resource === undefined ? {} : { resource }),
  };
};

/** RFC 8707 §2.2: what the authorization asked for is named at the token endpoint as well. */
export const toTokenParameters = ({ resource }: OidcTarget): Record<string, string> =>
  resource === undefined ? {} : { resource };
