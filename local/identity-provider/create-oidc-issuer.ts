import { randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import { Provider } from 'oidc-provider';
import type { OidcIssuer } from '../../lambda/core/configuration.ts';
import type { WorldCaller } from '../world.ts';
import { demoClientSecret } from './demo-callers.ts';
import type { RequestHandler } from './play-issuer.ts';

export interface OidcIssuerOptions {
  /** As it stands in tokens: where this issuer's documents are. */
  readonly url: string;
  readonly issuer: OidcIssuer;
  readonly callers: ReadonlyMap<string, WorldCaller>;
  readonly keys: readonly JWK[];
}

/**
 * An OpenID provider whose clients are the demo callers: each gets an access token (RFC 9068) of its own subject and
 * claims by client credentials, with its name as client id.
 */
export function createOidcIssuer({ url, issuer, callers, keys }: OidcIssuerOptions): RequestHandler {
  const lifetimeSeconds = toLifetimeSeconds(issuer);
  const provider = new Provider(url, {
    adapter: ForgetfulAdapter,
    clients: [...callers.keys()].map(toClient),
    clientAuthMethods: ['client_secret_basic'],
    // Not used, but checked against the keys at the first request of a client.
    clientDefaults: { id_token_signed_response_alg: issuer.algorithms[0] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    jwks: { keys },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:daypass:local',
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: issuer.audiences[0],
          accessTokenFormat: 'jwt',
          accessTokenTTL: lifetimeSeconds,
          jwt: { sign: { alg: issuer.algorithms[0] } },
        }),
      },
    },
    formats: { customizers: { jwt: toCallersToken(callers) } },
    // Each is given, because the defaults print notices on standard output.
    ttl: Object.fromEntries(artifacts.map((artifact) => [artifact, lifetimeSeconds])),
  });
  return provider.callback();
}

const artifacts = ['AccessToken', 'ClientCredentials', 'Grant', 'IdToken', 'Interaction', 'Session'];

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
interface Token {
  payload: Readonly<Record<string, unknown>>;
}

/** `auth_time` because a caller with `amr` says that it has just signed in; the world's claims can't say when. */
function toCallersToken(callers: ReadonlyMap<string, WorldCaller>) {
  return (_context: unknown, token: { readonly clientId: string }, jwt: Token): void => {
    const caller = callers.get(token.clientId);
    if (caller === undefined) throw new TypeError(`no demo caller ${token.clientId}`);
    const { subject, claims } = caller;
    const authTime = 'amr' in claims ? { auth_time: jwt.payload['iat'] } : {};
    jwt.payload = { ...authTime, ...claims, ...jwt.payload, sub: subject };
  };
}

/** oidc-provider's storage contract: nothing here is ever looked up again, because access tokens are JWTs. */
class ForgetfulAdapter {
  async upsert(): Promise<void> {}
  async find(): Promise<undefined> {}
  async findByUid(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}
  async consume(): Promise<void> {}
  async destroy(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}
