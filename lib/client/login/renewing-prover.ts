import { sha256 } from '../../../lambda/core/sha256.ts';
import { ClientError } from '../client-error.ts';
import type { LoginStore } from '../login-store.ts';
import type { Prover } from '../proof.ts';
import { whileNoting } from '../wait-note.ts';
import type { Login, OidcLogin } from './login.ts';
import { toTokenId } from './token-id.ts';

export interface RenewingProverOptions {
  readonly broker: URL;
  readonly login: OidcLogin;
  readonly store: LoginStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Takes a line for whoever sits there. */
  readonly note: (line: string) => void;
  /** Ends the waiting for others and for the issuer, until that is asked for the token itself. */
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds before its end from which on a token is renewed, unless that were more than half of its life. */
const skewMs = 60_000;
/** Milliseconds: discovery, and the token itself. */
const issuerTimeoutMs = 30_000;

/** Shows the token of an OpenID provider, and gets another one in time. */
export function createRenewingProver(options: RenewingProverOptions): Prover {
  const { login, now } = options;
  let current = login;
  let renewal: Promise<OidcLogin> | undefined;
  return {
    id: toPrincipalId(login),
    prove: async () => {
      if (!isFresh(current, now())) {
        // One for all who ask meanwhile: a refresh token is good once.
        renewal ??= renew(current, options).finally(() => {
          renewal = undefined;
        });
        current = await renewal;
      }
      return { kind: 'token', token: current.token };
    },
  };
}

const toPrincipalId = ({ principal, token }: OidcLogin) =>
  principal === undefined
    ? toTokenId(token)
    : `principal:${sha256(JSON.stringify([principal.issuer, principal.subject])).toString('hex')}`;

const isFresh = ({ obtainedAtMs, expiresAtMs }: OidcLogin, nowMs: number) =>
  nowMs < expiresAtMs - Math.min(skewMs, (expiresAtMs - obtainedAtMs) / 2);

const isGood = ({ expiresAtMs }: OidcLogin, nowMs: number) => nowMs < expiresAtMs;

/** Falls back on a token that is still good where nobody said that the login has ended. */
async function renew(current: OidcLogin, options: RenewingProverOptions): Promise<OidcLogin> {
  const { broker, store, now, note, signal } = options;
  try {
    return await store.whileLocked(broker, () => renewLocked(current, options), { signal, note });
  } catch (error) {
    const hasEnded = error instanceof ClientError && error.code === 'not-logged-in';
    if (error instanceof ClientError && !hasEnded && isGood(current, now())) return current;
    throw error;
  }
}

async function renewLocked(current: OidcLogin, options: RenewingProverOptions): Promise<OidcLogin> {
  const { broker, store, now } = options;
  // Another process may have renewed it, and the refresh token of this one be used.
  const latest = requireSame(store.read(broker), current);
  if (isFresh(latest, now())) return latest;
  const { refreshToken } = latest;
  if (refreshToken === undefined) {
    if (isGood(latest, now())) return latest;
    throw toEnd('the login has ended');
  }
  // What can't be kept now couldn't be kept then, and the old refresh token would be gone.
  store.write(broker, latest);
  const renewed = await refresh(latest, refreshToken, options);
  keep(renewed, options);
  return renewed;
}

/** @throws ClientError where it's gone or another's by now: the id told to caches would be a lie */
function requireSame(login: Login | undefined, current: OidcLogin): OidcLogin {
  if (login === undefined) throw toEnd('you have logged out');
  if (login.kind === 'oidc' && toPrincipalId(login) === toPrincipalId(current)) return login;
  throw toEnd('somebody else has logged in meanwhile');
}

async function refresh(
  login: OidcLogin,
  refreshToken: string,
  { broker, store, now, note, signal }: RenewingProverOptions,
): Promise<OidcLogin> {
  const { refreshTokens } = await import('./refresh-tokens.ts');
  const waiting = { note, what: `${login.issuer} to renew the login`, longestMs: issuerTimeoutMs };
  try {
    return await whileNoting(waiting, () => refreshTokens(login, refreshToken, { now, signal }));
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    // Not of the login, but of the client that is registered: once that is put right the login goes on.
    if (error.code === 'refused') throw toEnd(`the login can't be renewed: ${error.message}`, error);
    if (error.code !== 'not-logged-in') throw error;
    const { refreshToken: _, ...ended } = login;
    // Nobody needs to ask again with it.
    store.write(broker, ended);
    throw toEnd(`the login has ended: ${error.message}`, error);
  }
}

/** Before the new token is used: whoever comes next needs the refresh token that came with it. */
function keep(renewed: OidcLogin, { broker, store, note }: RenewingProverOptions): void {
  try {
    store.write(broker, renewed);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    note(`the renewed login couldn't be kept: ${error.message}; it lasts as long as this process`);
  }
}

const toEnd = (message: string, cause?: unknown) =>
  new ClientError('not-logged-in', message, { cause, hint: 'log in again with: daypass login' });
