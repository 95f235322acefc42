import { interactionPolicy } from 'oidc-provider';
import type { OidcIssuer } from '../../lambda/core/configuration.ts';
import type { WorldCaller } from '../world.ts';
import { interactionPath } from './answer-interaction.ts';
import { toConfirmPage, toDevicePage, toErrorPage, toSignedInPage } from './sign-in-pages.ts';

/** The public client of the `daypass` command, which every played issuer has. */
export const nativeClientId = 'daypass-cli';

const nativeRedirectUri = 'http://127.0.0.1/callback';

/** Seconds: as long as a working day, refreshed or not. */
const signInSeconds = 43_200;

interface SignInOptions {
  /** The issuer's. */
  readonly url: string;
  readonly callers: ReadonlyMap<string, WorldCaller>;
}

/** What is used of oidc-provider's context. */
interface Context {
  body: string;
  type: string;
  readonly oidc: {
    readonly client: { readonly clientId: string };
    readonly account: { readonly accountId: string };
    readonly requestParamScopes: ReadonlySet<string>;
    readonly resourceServers: Readonly<Record<string, unknown>>;
    readonly provider: { readonly Grant: new (of: object) => Grant };
  };
}

interface Grant {
  addOIDCScope(scope: string): void;
  addResourceScope(resource: string, scope: string): void;
  save(): Promise<string>;
}

/** For oidc-provider: authorization code with PKCE and device code, both without consent, and with refresh tokens. */
export function toSignInSettings({ url, callers }: SignInOptions) {
  return {
    claims: { openid: ['sub', ...claimNamesOf(callers)] },
    conformIdTokenClaims: false,
    findAccount: (_context: unknown, name: string, source?: object) =>
      toAccount(name, callers.get(name), source),
    interactions: {
      policy: policyWithoutConsent(),
      url: (_context: unknown, { uid }: { readonly uid: string }) => `${url}${interactionPath}${uid}`,
    },
    loadExistingGrant: grantAll,
    pkce: { required: () => true },
    renderError: (context: Context, problem: Readonly<Record<string, unknown>>) =>
      show(context, toErrorPage(problem)),
    // Each refresh token once, as RFC 9700 §4.14.2 wants it of public clients; a second use ends the sign-in.
    rotateRefreshToken: true,
  };
}

export const signInLifetimes = {
  AuthorizationCode: 60,
  DeviceCode: 600,
  Interaction: 600,
  Session: signInSeconds,
  Grant: signInSeconds,
  RefreshToken: signInSeconds,
} as const;

/** Pages of RFC 8628 §3.3. */
export const deviceFlow = {
  enabled: true,
  userCodeInputSource: (context: Context, form: string, _out: unknown, error?: Error) =>
    show(context, toDevicePage(form, error && 'That code is none, was used, or is over.')),
  userCodeConfirmSource: (
    context: Context,
    form: string,
    client: { readonly clientId: string },
    _device: unknown,
    code: string,
  ) => show(context, toConfirmPage(form, { clientId: client.clientId, code })),
  successSource: (context: Context) => show(context, toSignedInPage()),
};

function show(context: Context, page: string): void {
  context.type = 'html';
  context.body = page;
}

/** @param issuer another client id or address in its configuration is known here beside the usual ones */
export function toNativeClients({ login }: OidcIssuer): readonly object[] {
  const redirectUris = [...new Set([nativeRedirectUri, login?.redirectUri ?? nativeRedirectUri])];
  return [...new Set([nativeClientId, login?.clientId ?? nativeClientId])].map((id) => ({
    client_id: id,
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    response_types: ['code'],
    redirect_uris: redirectUris,
    require_auth_time: true,
  }));
}

/** Members that oidc-provider sets itself. */
const registeredClaims = ['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'at_hash', 'sid'];

const claimNamesOf = (callers: ReadonlyMap<string, WorldCaller>): readonly string[] =>
  [...new Set([...callers.values()].flatMap(({ claims }) => Object.keys(claims)))].filter(
    (claim) => !registeredClaims.includes(claim),
  );

/** An account is a caller's name, since two may have one subject; but an ID token's `sub` is what is said here. */
function toAccount(name: string, caller: WorldCaller | undefined, source: object | undefined) {
  if (caller === undefined) return undefined;
  return { accountId: source === undefined ? name : caller.subject, claims: () => caller.claims };
}

function policyWithoutConsent() {
  const policy = interactionPolicy.base();
  policy.get('consent').checks.clear();
  return policy;
}

/** All that was asked for, to each sign-in anew. */
async function grantAll({ oidc }: Context): Promise<Grant> {
  const scope = [...oidc.requestParamScopes].join(' ');
  const { accountId } = oidc.account;
  const grant = new oidc.provider.Grant({ accountId, clientId: oidc.client.clientId });
  grant.addOIDCScope(scope);
  for (const resource of Object.keys(oidc.resourceServers)) grant.addResourceScope(resource, scope);
  await grant.save();
  return grant;
}
