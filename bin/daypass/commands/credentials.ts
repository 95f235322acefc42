import { Command, Option } from 'commander';
import { requireBrokerUrl } from '../../../lib/client/broker-url.ts';
import { toDirectories } from '../../../lib/client/directories.ts';
import { findBroker } from '../../../lib/client/settings.ts';
import { type CredentialFormat, credentialFormats } from '../credential-formats.ts';
import { type Asking, fetchCredentials } from '../fetch-credentials.ts';
import { addNarrowingOptions, type NarrowingOptions, toRequest } from '../narrowing-options.ts';
import { toShellWord } from '../shell-word.ts';
import type { Terminal } from '../terminal.ts';

interface CredentialsOptions extends NarrowingOptions {
  /** The same at a terminal and elsewhere: scripts are tried at terminals. */
  readonly format: CredentialFormat;
  readonly cache: boolean;
  readonly broker?: string;
}

/** `daypass credentials` */
export const createCredentialsCommand = (terminal: Terminal): Command =>
  addNarrowingOptions(
    new Command('credentials')
      .summary('credentials of a profile, for the AWS CLI, a shell or a file')
      .description(
        'Prints temporary credentials of a profile: kept ones while they are good for long enough, others new.',
      )
      .argument('<profile>', 'one of those that daypass profiles lists'),
  )
    .addOption(
      new Option('--format <format>', 'process: for credential_process; env, fish, powershell: for a shell')
        .choices(Object.keys(credentialFormats))
        .default('process'),
    )
    .option('--no-cache', 'issue anew, and keep nothing')
    .option('--broker <url>', 'in the place of DAYPASS_URL and of the settings')
    .addHelpText('after', examples)
    .action(async (profile: string, options: CredentialsOptions, command: Command) => {
      const { env, now, signal } = terminal;
      const quiet = { ...{ env, now, signal }, note: toNote(terminal) };
      const asking = options.broker === undefined ? quiet : atBroker(options.broker, quiet);
      const credentials = await fetchCredentials(asking, toRequest(profile, options), options);
      terminal.print(credentialFormats[options.format](credentials, profile));
      if (terminal.printsForPeople && command.getOptionValueSource('format') === 'default') {
        terminal.note(`for a shell: eval "$(daypass credentials ${toShellWord(profile)} --format env)"`);
      }
    });

/**
 * The AWS SDK for C++, and CRT-based ones of before September 2024, run a credential_process with `2>&1` and read all of
 * it as JSON: of what succeeds nothing is said there. What fails says why, as ever.
 */
const toNote = ({ isOneStream, note }: Terminal): Asking['note'] => (isOneStream ? () => undefined : note);

/**
 * As daypass configure writes it: whoever runs a credential_process has no say in its environment. What stands there as a
 * token is for the broker that stands there, or for the usual one.
 */
function atBroker(url: string, { env, now, note, signal }: Asking): Asking {
  const { href } = requireBrokerUrl(url, '--broker');
  const { DAYPASS_TOKEN: token, DAYPASS_TOKEN_FILE: path, ...rest } = env;
  const isForAnother = Boolean(token || path) && findBroker(env, toDirectories(env))?.href !== href;
  if (isForAnother)
    note(`DAYPASS_TOKEN and DAYPASS_TOKEN_FILE are not for ${href}: your broker is another one`);
  return { ...{ now, note, signal }, env: { ...(isForAnother ? rest : env), DAYPASS_URL: href } };
}

const examples = `
Examples:
  daypass credentials prod-readonly
  eval "$(daypass credentials prod-readonly --format env)"
  daypass credentials prod-readonly --format fish | source
  daypass credentials prod-readonly --format powershell | Invoke-Expression
  daypass credentials ci-deploy --duration 30m --reason "release 1.4" --format json

In ~/.aws/config, as daypass configure writes it:
  credential_process = daypass credentials prod-readonly --format process`;
