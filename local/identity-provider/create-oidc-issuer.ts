import { randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import { Provider } from 'oidc-provider';
import type { OidcIssuer } from '../../lambda/core/configuration.ts';
import type { WorldCaller } from '../world.ts';
import { answerInteraction, beginAnew, isInteraction } from './answer-interaction.ts';
import { createBoundedAdapter } from './bounded-adapter.ts';
import { demoClientSecret } from './demo-callers.ts';
import type { RequestHandler } from './play-issuer.ts';
import { deviceFlow, signInLifetimes, toNativeClients, toSignInSettings } from './sign-in.ts';

export interface OidcIssuerOptions {
  /** As it stands in tokens: where this issuer's documents are. */
  readonly url: string;
  readonly issuer: OidcIssuer;
  readonly callers: ReadonlyMap<string, WorldCaller>;
  readonly keys: readonly JWK[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * An OpenID provider whose clients are the demo callers: each gets an access token (RFC 9068) of its own subject and
 * claims by client credentials, with its name as client id. Whoever signs in with a browser gets the same ones.
 */
export function createOidcIssuer(options: OidcIssuerOptions): RequestHandler {
  const provider = createProvider(options);
  const handle = provider.callback();
  return async (request, response) => {
    if (isInteraction(request)) return answerInteraction(provider, options, request, response);
    beginAnew(request);
    return handle(request, response);
  };
}

function createProvider({ url, issuer, callers, keys, now }: OidcIssuerOptions): Provider {
  const lifetimeSeconds = toLifetimeSeconds(issuer);
  return new Provider(url, {
    ...toSignInSettings({ url, callers }),
    adapter: createBoundedAdapter(now),
    clients: [...[...callers.keys()].map(toClient), ...toNativeClients(issuer)],
    clientAuthMethods: ['client_secret_basic', 'none'],
    clientDefaults: { id_token_signed_response_alg: issuer.algorithms[0] },
    // Browsers tell paths of one host apart, and its ports not.
    cookies: { keys: [randomBytes(32).toString('hex')], long: { path: new URL(url).pathname } },
    jwks: { keys },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      deviceFlow,
      revocation: { enabled: true, allowedPolicy: mayRevoke },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:daypass:local',
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: toResourceScope(issuer),
          audience: issuer.audiences[0],
          accessTokenFormat: 'jwt',
          accessTokenTTL: lifetimeSeconds,
          jwt: { sign: { alg: issuer.algorithms[0] } },
        }),
      },
    },
    formats: { customizers: { jwt: toCallersToken(callers) } },
    // Each is given, because the defaults print notices on standard output.
    ttl: {
      ...Object.fromEntries(tokens.map((token) => [token, lifetimeSeconds])),
      ...signInLifetimes,
    },
  });
}

const tokens = ['AccessToken', 'ClientCredentials', 'IdToken'];

const openIdScopes = ['openid', 'offline_access'];

/** What an issuer's login asks for beyond OpenID's own, such as Entra ID's `api://…/access`. */
const toResourceScope = ({ login }: OidcIssuer): string =>
  (login?.scopes ?? []).filter((scope) => !openIdScopes.includes(scope)).join(' ');

const mayRevoke = (
  _context: unknown,
  client: { readonly clientId: string },
  token: { readonly clientId: string },
): boolean => token.clientId === client.clientId;

/** An hour, or less where the configuration takes no token as long or as old as that. */
function toLifetimeSeconds({ maxLifetimeSeconds, maxAgeSeconds = maxLifetimeSeconds }: OidcIssuer): number {
  return Math.min(3600, maxLifetimeSeconds, maxAgeSeconds);
}

const toClient = (name: string) => ({
  client_id: name,
  client_secret: demoClientSecret,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
});

/** oidc-provider signs what a customizer leaves in `payload`. */
interface Jwt {
  payload: Readonly<Record<string, unknown>>;
}

/** What a token is issued for where somebody signed in, under a caller's name and in epoch seconds. */
interface SignedIn {
  readonly accountId: string;
  readonly authTime: number;
}

interface Context {
  readonly oidc: {
    readonly entities: {
      readonly [Source in 'AuthorizationCode' | 'DeviceCode' | 'RefreshToken']?: SignedIn;
    };
  };
}

/**
 * `auth_time` is when somebody signed in, however often the token was refreshed since. Without a sign-in it is now for
 * a caller with `amr`, which says that it has just authenticated; the world's claims can't say when.
 */
function toCallersToken(callers: ReadonlyMap<string, WorldCaller>) {
  return ({ oidc }: Context, { clientId }: { readonly clientId: string }, jwt: Jwt): void => {
    const { AuthorizationCode, DeviceCode, RefreshToken } = oidc.entities;
    const signedIn = RefreshToken ?? AuthorizationCode ?? DeviceCode;
    const name = signedIn?.accountId ?? clientId;
    const caller = callers.get(name);
    if (caller === undefined) throw new TypeError(`no demo caller ${name}`);
    const { subject, claims } = caller;
    const authTime = signedIn?.authTime ?? ('amr' in claims ? jwt.payload['iat'] : undefined);
    const said = authTime === undefined ? {} : { auth_time: authTime };
    jwt.payload = { ...said, ...claims, ...jwt.payload, sub: subject };
  };
}
