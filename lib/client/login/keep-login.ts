import { randomUUID } from 'node:crypto';
import { createBrokerClient } from '../broker-client.ts';
import { ClientError } from '../client-error.ts';
import type { LoginStore } from '../login-store.ts';
import { createProver, type ProverOptions } from './create-prover.ts';
import type { Login, LoginPrincipal } from './login.ts';
import { readClaims } from './read-claims.ts';
import { revokeLogin } from './revoke-login.ts';

export interface KeepLoginOptions extends Omit<ProverOptions, 'store' | 'login'> {
  readonly login: Login;
  readonly store: LoginStore;
  readonly userAgent: string;
  readonly signal?: AbortSignal;
}

/** What the broker made of a login. */
export interface KeptLogin extends LoginPrincipal {
  /** ISO 8601, of the token that was shown or of the signature. */
  readonly expiresAt: string;
}

/**
 * Shows the login to the broker, and keeps it once that has taken it. Of the login before it, the issuer is told the end.
 *
 * @throws ClientError where the broker refuses it or it can't be kept: what the issuer gave is given back
 */
export async function keepLogin(options: KeepLoginOptions): Promise<KeptLogin> {
  const { broker, login, store } = options;
  try {
    const kept = await verify(options);
    const { issuer, subject } = kept;
    const latest: Login = { ...login, id: randomUUID(), principal: { issuer, subject } };
    const replace = async () => {
      const replaced = readQuietly(store, broker);
      store.write(broker, latest);
      return replaced;
    };
    const replaced = await store.whileLocked(broker, replace, { signal: options.signal });
    if (replaced !== undefined && !mayShareGrant(replaced, latest)) await revoke(replaced, options);
    return kept;
  } catch (error) {
    await revokeLogin(login).catch(() => undefined);
    throw explain(error, login);
  }
}

function readQuietly(store: LoginStore, broker: URL): Login | undefined {
  try {
    return store.read(broker);
  } catch {
    // It can't be used, so it can't be given back either.
    return undefined;
  }
}

/**
 * Whether the end of one may be the end of the other: with a refresh token, Auth0 and others end all that the same person
 * has of the same client.
 */
const mayShareGrant = (replaced: Login, latest: Login): boolean =>
  replaced.kind === 'oidc' &&
  latest.kind === 'oidc' &&
  latest.refreshToken !== undefined &&
  replaced.issuer === latest.issuer &&
  replaced.clientId === latest.clientId &&
  replaced.principal?.subject === latest.principal?.subject;

/** Never rejects: the login that is wanted has been kept. */
async function revoke(replaced: Login, { note, signal }: KeepLoginOptions): Promise<void> {
  try {
    await revokeLogin(replaced, signal);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    note?.(
      `The issuer of the login before couldn't be told (${why}): its refresh token is good until it expires`,
    );
  }
}

/** What an issuer gives for itself is often no JWT, and the broker can only say that it is no token of its issuers. */
function explain(error: unknown, login: Login): unknown {
  const isRefused = error instanceof ClientError && error.code === 'not-logged-in';
  if (!isRefused || login.kind !== 'oidc') return error;
  const what =
    readClaims(login.token) === undefined
      ? "the issuer's access token is no JWT, so that the broker can't read it"
      : `the broker doesn't take the issuer's ${login.tokenKind === 'id-token' ? 'id' : 'access'} token`;
  return new ClientError('refused', what, {
    cause: error,
    hint: "login: of this issuer in the broker's configuration may need token: id-token, or the parameters that the issuer wants for the broker's audience",
  });
}

async function verify({ userAgent, signal, store, ...options }: KeepLoginOptions): Promise<KeptLogin> {
  const prover = createProver({ ...options, store: unkept(store) });
  const { broker, note } = options;
  const client = createBrokerClient({ broker, prover, userAgent, note });
  const { text } = await client.call({
    method: 'GET',
    path: '/v1/whoami',
    ...(signal === undefined ? {} : { signal }),
  });
  return parse(text, broker);
}

/** No renewal of what isn't kept yet: the login that is there may be another's. */
const unkept = (store: LoginStore): LoginStore => ({
  ...store,
  whileLocked: async () => {
    throw new ClientError('failed', 'the issuer gave a token that has ended already');
  },
});

function parse(text: string, broker: URL): KeptLogin {
  const { issuer, subject, expiresAt } = toFields(text);
  if (typeof issuer === 'string' && typeof subject === 'string' && typeof expiresAt === 'string') {
    return { issuer, subject, expiresAt };
  }
  throw new ClientError('failed', `${broker.href} is no broker (it doesn't say who you are)`);
}

function toFields(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
