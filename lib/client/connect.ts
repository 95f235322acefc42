import { readVersion } from '../version.ts';
import { type BrokerClient, createBrokerClient } from './broker-client.ts';
import { ClientError } from './client-error.ts';
import { type Directories, toDirectories } from './directories.ts';
import { createProver } from './login/create-prover.ts';
import { requireToken } from './login/require-token.ts';
import { createTokenFileProver } from './login/token-file.ts';
import { toTokenId } from './login/token-id.ts';
import { createLoginStore } from './login-store.ts';
import type { Prover } from './proof.ts';
import { findBroker } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ConnectOptions {
  /** Epoch milliseconds. @default the clock */
  readonly now?: () => number;
  /** Takes a line for whoever sits there. @default dropped */
  readonly note?: (line: string) => void;
  /** Ends what waits. */
  readonly signal?: AbortSignal;
}

/**
 * The broker that the environment or the settings name, and the caller's login there.
 *
 * @throws ClientError `not-logged-in` where there is no broker or no login yet
 */
export async function connect(env: Environment, options: ConnectOptions = {}): Promise<BrokerClient> {
  const directories = toDirectories(env);
  const broker = requireBroker(env, directories);
  const prover = findProverOfEnvironment(env) ?? requireLogin(broker, { env, directories, options });
  return createBrokerClient({ broker, prover, userAgent: toUserAgent(), note: options.note });
}

/** As the audit shows it. */
export const toUserAgent = () => `daypass/${readVersion()}`;

/** @throws ClientError `not-logged-in` where neither the environment nor the settings name one */
export function requireBroker(env: Environment, directories: Directories): URL {
  const broker = findBroker(env, directories);
  if (broker !== undefined) return broker;
  throw new ClientError('not-logged-in', 'no broker is known', {
    hint: 'log in with: daypass login --broker https://…',
  });
}

/** A token of the environment goes before a login, as AWS's own keys do. */
function findProverOfEnvironment(env: Environment): Prover | undefined {
  const { DAYPASS_TOKEN: text, DAYPASS_TOKEN_FILE: path } = env;
  if (text) {
    const token = requireToken(text, 'DAYPASS_TOKEN');
    return {
      id: toTokenId(token),
      remedy: 'DAYPASS_TOKEN is what was refused: give it another token, or unset it',
      prove: async () => ({ kind: 'token', token }),
    };
  }
  return path ? createTokenFileProver(path) : undefined;
}

function requireLogin(
  broker: URL,
  parts: {
    readonly env: Environment;
    readonly directories: Directories;
    readonly options: ConnectOptions;
  },
): Prover {
  const { env, directories, options } = parts;
  const { now = Date.now, ...rest } = options;
  const store = createLoginStore(directories);
  const login = store.read(broker);
  if (login !== undefined) return createProver({ broker, login, store, env, now, ...rest });
  throw new ClientError('not-logged-in', `there is no login for ${broker.href}`, {
    hint: 'log in with: daypass login',
  });
}
