import { Command, Option } from 'commander';
import { requireBrokerUrl } from '../../../lib/client/broker-url.ts';
import { ClientError } from '../../../lib/client/client-error.ts';
import { toUserAgent } from '../../../lib/client/connect.ts';
import { clearCredentialCache } from '../../../lib/client/credential-cache.ts';
import { fetchDeployment } from '../../../lib/client/deployment.ts';
import { type Directories, toDirectories } from '../../../lib/client/directories.ts';
import { type KeptLogin, keepLogin } from '../../../lib/client/login/keep-login.ts';
import type { Login } from '../../../lib/client/login/login.ts';
import { createLoginStore } from '../../../lib/client/login-store.ts';
import { findBroker, readSettings, writeSettings } from '../../../lib/client/settings.ts';
import { askForText } from '../ask.ts';
import { toDistanceText, toInstantText } from '../instant-text.ts';
import { type LoginOptions, logIn } from '../log-in.ts';
import { toPrintable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';

interface Options extends LoginOptions {
  readonly broker?: string;
}

/** The ways that exclude each other. */
const ways = ['browser', 'device', 'tokenFile', 'kubernetes', 'githubActions', 'aws', 'tokenStdin'] as const;

const way = (flags: string, name: (typeof ways)[number], description: string) =>
  new Option(flags, description).conflicts(ways.filter((other) => other !== name));

/** `daypass login` */
export const createLoginCommand = (terminal: Terminal): Command =>
  new Command('login')
    .summary('logs in to a broker')
    .description(
      'Signs in at an issuer of the broker, and keeps the login in a file that only you can read. Opens a browser where there is one, and shows a code for one elsewhere otherwise.',
    )
    .option('--broker <url>', 'the broker; kept as the default [env: DAYPASS_URL]')
    .option('--issuer <name>', 'the issuer to sign in at, where the broker has several')
    .addOption(way('--browser', 'browser', 'with a browser on this machine'))
    .addOption(way('--device', 'device', 'with a code, in a browser anywhere'))
    .addOption(way('--token-file <path>', 'tokenFile', 'by the token in a file, read at each use'))
    .addOption(
      way(
        '--kubernetes [path]',
        'kubernetes',
        'by the projected token of a pod (/var/run/secrets/daypass/token)',
      ),
    )
    .addOption(way('--github-actions', 'githubActions', 'by the token of the running job'))
    .option('--audience <audience>', 'of that token; the broker names its own')
    .addOption(way('--aws', 'aws', 'by your own AWS credentials, which sign each request'))
    .addOption(
      new Option('--aws-profile <name>', 'by those of a profile of your AWS configuration').conflicts(
        ways.filter((other) => other !== 'aws'),
      ),
    )
    .addOption(way('--token-stdin', 'tokenStdin', 'by a token on standard input, for as long as it lasts'))
    .addHelpText(
      'after',
      `
Examples:
  daypass login --broker https://daypass.example.com
  daypass login --issuer okta --device
  daypass login --aws-profile build-machines
  daypass login --github-actions
  vault read -field token identity/oidc/token/daypass | daypass login --token-stdin`,
    )
    .action((options: Options) => runLogin(options, terminal));

async function runLogin(options: Options, terminal: Terminal): Promise<void> {
  const { env, now, note, signal } = terminal;
  const directories = toDirectories(env);
  const broker = await requireBroker(options, directories, terminal);
  const deployment = await fetchDeployment(broker, signal, note);
  const store = createLoginStore(directories);
  // Where it can't be kept, nobody signs in for nothing.
  await store.whileLocked(broker, async () => undefined, { signal });
  const login = await logIn(options, { broker, deployment }, terminal);
  const kept = await keepLogin({
    ...{ broker, login, store, env, now, note, signal },
    userAgent: toUserAgent(),
  });
  clearCache(broker, directories, terminal);
  keepBroker(broker, options, directories, terminal);
  sayWho(kept, login, broker, terminal);
}

/** Of the login before, which nobody would be given again. */
function clearCache(broker: URL, directories: Directories, { note }: Terminal): void {
  try {
    clearCredentialCache(directories, broker);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    note(`the credentials of the login before are still there: ${error.message}`);
  }
}

async function requireBroker(
  { broker }: Options,
  directories: Directories,
  terminal: Terminal,
): Promise<URL> {
  if (broker !== undefined) return requireBrokerUrl(broker, '--broker');
  const known = findBroker(terminal.env, directories);
  if (known !== undefined) return known;
  return requireBrokerUrl(await askForText("The broker's address", '--broker', terminal), 'that');
}

/** What was named is the default from now on; what the environment names only where there is none. */
function keepBroker(broker: URL, options: Options, directories: Directories, { env, note }: Terminal): void {
  try {
    const { broker: known } = readSettings(directories);
    if (known?.href === broker.href) return;
    if (known === undefined || options.broker !== undefined) writeSettings(directories, { broker });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    note(`the broker couldn't be kept as the default: ${error.message}; set DAYPASS_URL=${broker.href}`);
  }
  const { DAYPASS_URL: url } = env;
  if (url && requireBrokerUrl(url, 'DAYPASS_URL').href !== broker.href) {
    note(`DAYPASS_URL names another broker and goes first: ${url}`);
  }
}

function sayWho(
  { issuer, subject, expiresAt }: KeptLogin,
  login: Login,
  broker: URL,
  { env, note, now }: Terminal,
): void {
  const until = `${toInstantText(expiresAt)} (${toDistanceText(Date.parse(expiresAt), now())})`;
  note(toPrintable(`Logged in to ${broker.href} as ${subject} of ${issuer}`));
  note(toPrintable(toEnd(login, until)));
  for (const name of ['DAYPASS_TOKEN', 'DAYPASS_TOKEN_FILE']) {
    if (env[name]) note(`${name} is set, and goes before this login`);
  }
  note('Next: daypass profiles');
}

function toEnd(login: Login, until: string): string {
  switch (login.kind) {
    case 'oidc':
      return login.refreshToken === undefined
        ? `Until ${until}; the issuer lets nobody renew it`
        : `The token lasts until ${until}, and is renewed by itself`;
    case 'token':
      return `Until ${until}`;
    case 'token-file':
      return `By ${login.path}, read at each use`;
    case 'github-actions':
      return `By the running job, for the audience ${login.audience}`;
    case 'aws':
      return 'By your AWS credentials, which are kept nowhere';
  }
}
