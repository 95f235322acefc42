import { Command } from 'commander';
import { requireBrokerUrl } from '../../../lib/client/broker-url.ts';
import { ClientError } from '../../../lib/client/client-error.ts';
import { requireBroker } from '../../../lib/client/connect.ts';
import { clearCredentialCache } from '../../../lib/client/credential-cache.ts';
import { type Directories, toDirectories } from '../../../lib/client/directories.ts';
import { FileError } from '../../../lib/client/file-error.ts';
import type { Login } from '../../../lib/client/login/login.ts';
import { revokeLogin } from '../../../lib/client/login/revoke-login.ts';
import { createLoginStore, type LoginStore } from '../../../lib/client/login-store.ts';
import type { Terminal } from '../terminal.ts';

interface Options {
  readonly broker?: string;
  readonly all?: true;
}

/** `daypass logout` */
export const createLogoutCommand = (terminal: Terminal): Command =>
  new Command('logout')
    .summary('forgets a login, and the credentials it gave')
    .description(
      'Removes the login and all cached credentials of a broker from this machine, and tells the issuer that the login has ended. Credentials that were handed out are good until they expire; daypass revoke ends them.',
    )
    .option('--broker <url>', 'another broker than the usual one')
    .option('--all', 'of all brokers')
    .addHelpText('after', '\nExamples:\n  daypass logout\n  daypass logout --all')
    .action((options: Options) => runLogout(options, terminal));

async function runLogout({ broker, all }: Options, terminal: Terminal): Promise<void> {
  const directories = toDirectories(terminal.env);
  const store = createLoginStore(directories);
  if (all) {
    for (const one of store.brokers()) await logOut(one, { directories, store, terminal });
    // What can't be read, and credentials of those who never logged in.
    try {
      store.clear();
    } finally {
      clearCredentialCache(directories);
    }
  } else {
    const one =
      broker === undefined ? requireBroker(terminal.env, directories) : requireBrokerUrl(broker, '--broker');
    const existed = await logOut(one, { directories, store, terminal });
    if (!existed) terminal.note(`There was no login for ${one.href}`);
  }
  for (const name of ['DAYPASS_TOKEN', 'DAYPASS_TOKEN_FILE']) {
    if (terminal.env[name]) terminal.note(`${name} is set, and still says who you are`);
  }
}

interface Place {
  readonly directories: Directories;
  readonly store: LoginStore;
  readonly terminal: Terminal;
}

/** @returns whether there was a login */
async function logOut(broker: URL, { directories, store, terminal }: Place): Promise<boolean> {
  const login = await takeLogin(broker, store, terminal);
  try {
    clearCredentialCache(directories, broker);
  } finally {
    // The login has gone from here, whatever else can't be done.
    if (login !== undefined) {
      terminal.note(`Logged out of ${broker.href}`);
      await revoke(login === 'unreadable' ? undefined : login, terminal);
    }
  }
  return login !== undefined;
}

/** While nobody renews it, which would bring it back; where no lock can be made, on a full disk, nobody renews. */
async function takeLogin(
  broker: URL,
  store: LoginStore,
  terminal: Terminal,
): Promise<Login | 'unreadable' | undefined> {
  const take = async () => {
    const login = readOrSay(broker, store, terminal);
    return store.remove(broker) ? login : undefined;
  };
  try {
    return await store.whileLocked(broker, take, { signal: terminal.signal });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return take();
  }
}

function readOrSay(broker: URL, store: LoginStore, { note }: Terminal): Login | 'unreadable' | undefined {
  try {
    return store.read(broker);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    note(`${error.message}: it is removed, and the issuer can't be told`);
    return 'unreadable';
  }
}

async function revoke(login: Login | undefined, { note, signal }: Terminal): Promise<void> {
  if (login === undefined) return;
  try {
    await revokeLogin(login, signal);
  } catch (error) {
    if (!(error instanceof ClientError) || error.code === 'interrupted') throw error;
    note(`The issuer couldn't be told (${error.message}): its refresh token is good until it expires`);
  }
}
