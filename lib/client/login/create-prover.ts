import { ClientError } from '../client-error.ts';
import type { LoginStore } from '../login-store.ts';
import type { Prover } from '../proof.ts';
import { createAwsProver } from './aws-signer.ts';
import { createGitHubActionsProver } from './github-actions.ts';
import type { Login, TokenLogin } from './login.ts';
import { createRenewingProver } from './renewing-prover.ts';
import { createTokenFileProver } from './token-file.ts';
import { toTokenId } from './token-id.ts';

export interface ProverOptions {
  readonly broker: URL;
  readonly login: Login;
  /** Where the login is kept; renewed ones as well. */
  readonly store: LoginStore;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Takes a line for whoever sits there. @default dropped */
  readonly note?: (line: string) => void;
  /** Ends a renewal that waits. A request that may have changed the login at the issuer is not cut off. */
  readonly signal?: AbortSignal;
}

/**
 * Makes use of a login.
 *
 * @throws ClientError where what it needs isn't there, such as its token file
 */
export function createProver(options: ProverOptions): Prover {
  const { broker, login, store } = options;
  const prover = createProverOfKind(options);
  return {
    ...prover,
    // The same caller may have logged in with less, as without MFA.
    id: login.id === undefined ? prover.id : `${prover.id} ${login.id}`,
    isKept: () => isKept(login, broker, store),
  };
}

function isKept({ id }: Login, broker: URL, store: LoginStore): boolean {
  try {
    const kept = store.read(broker);
    return kept !== undefined && kept.id === id;
  } catch {
    return false;
  }
}

function createProverOfKind({
  broker,
  login,
  store,
  env,
  now,
  note = () => undefined,
  signal,
}: ProverOptions): Prover {
  switch (login.kind) {
    case 'oidc':
      return createRenewingProver({ broker, login, store, now, note, signal });
    case 'token':
      return createKeptTokenProver(login, now);
    case 'token-file':
      return createTokenFileProver(login.path);
    case 'github-actions':
      return createGitHubActionsProver({ audience: login.audience, env, now });
    case 'aws':
      return createAwsProver(login, env, now);
  }
}

const createKeptTokenProver = ({ token, expiresAtMs }: TokenLogin, now: () => number): Prover => ({
  id: toTokenId(token),
  prove: async () => {
    if (expiresAtMs === undefined || now() < expiresAtMs) return { kind: 'token', token };
    throw new ClientError('not-logged-in', 'the login has ended', {
      hint: 'log in again with: daypass login',
    });
  },
});
