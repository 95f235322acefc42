import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ConfigFile,
  readConfigFile,
  readTextFile,
  replaceConfigFile,
  toConfigPath,
  toCredentialsPath,
  withConfigLock,
} from '../../lib/client/aws-config/config-file.ts';
import {
  type Configured,
  configureSections,
  type SectionChange,
} from '../../lib/client/aws-config/configure-sections.ts';
import type { ProcessCommand } from '../../lib/client/aws-config/credential-process.ts';
import { findDamage } from '../../lib/client/aws-config/find-damage.ts';
import { findProgram } from '../../lib/client/aws-config/find-program.ts';
import { findShadowingProfiles } from '../../lib/client/aws-config/find-shadowing-profiles.ts';
import {
  type ConfigurableProfile,
  fromBytes,
  toWantedSections,
} from '../../lib/client/aws-config/to-wanted-sections.ts';
import { ClientError } from '../../lib/client/client-error.ts';
import { connect } from '../../lib/client/connect.ts';
import { toDirectories } from '../../lib/client/directories.ts';
import { fromAnswer, readJson } from '../../lib/client/read-json.ts';
import { readSettings } from '../../lib/client/settings.ts';
import type { ConfigureCommandOptions } from './commands/configure.ts';
import { toPrintable, toPrintableJson } from './printable.ts';
import { renderHunks } from './render-hunks.ts';
import { renderTable } from './render-table.ts';
import type { Terminal } from './terminal.ts';

/** @throws ClientError */
export async function configureAwsCli(options: ConfigureCommandOptions, terminal: Terminal): Promise<void> {
  const client = await connect(terminal.env, terminal);
  const answer = await client.call({ method: 'GET', path: '/v1/profiles', signal: terminal.signal });
  const { profiles } = readJson<{ readonly profiles: readonly ConfigurableProfile[] }>(answer, ['profiles']);
  const isDefault = readSettings(toDirectories(terminal.env)).broker?.href === client.broker.href;
  const broker = client.broker.href.replace(/\/$/, '');
  const program = findProgram(script, terminal.env);
  const { wanted, passedOver } = fromAnswer(() =>
    toWantedSections({
      profiles: requireProfiles(profiles, options.profile),
      ...{ prefix: options.prefix, program },
      ...(isDefault ? {} : { broker }),
    }),
  );
  const usable = new Set(fromAnswer(() => profiles.map(({ name }) => name)));
  const configure = (text: string) =>
    configureSections(text, {
      wanted,
      isOfBroker: (command) => isOf(command, broker, isDefault),
      ...(options.region === undefined ? {} : { region: options.region }),
      ...(options.force === undefined ? {} : { force: options.force }),
      ...(options.prune === undefined
        ? {}
        : {
            isObsolete: (name, profile) => name === `${options.prefix}${profile}` && !usable.has(profile),
          }),
    });
  const { file, configured, backup } = await changeFile(configure, options, terminal);
  const outcome = { file: file.path, ...(backup === undefined ? {} : { backup }) };
  printOutcome(configured, outcome, options, terminal);
  for (const { profile, reason } of passedOver) terminal.note(`${profile} is left out: ${reason}`);
  sayWhatIsWrong(configured, file.path, terminal);
  sayWhatIsNext(configured, outcome, options, terminal);
}

interface ChangedFile {
  /** As it was. */
  readonly file: ConfigFile;
  readonly configured: Configured;
  readonly backup?: string;
}

/** Locks nothing where nothing is to be written: its directory may be read-only. @throws ClientError */
async function changeFile(
  configure: (text: string) => Configured,
  { configFile, dryRun }: ConfigureCommandOptions,
  { env, now, signal }: Terminal,
): Promise<ChangedFile> {
  const read = () => {
    const file = readConfigFile(toConfigPath(env, configFile));
    return { file, configured: configure(file.text) };
  };
  const change = () => {
    const { file, configured } = read();
    if (configured.text === file.text) return { file, configured };
    const backup = replaceConfigFile(file, configured.text, now());
    return { file, configured, ...(backup === undefined ? {} : { backup }) };
  };
  const seen = read();
  const isToBeWritten = !dryRun && seen.configured.text !== seen.file.text;
  return isToBeWritten ? withConfigLock(seen.file, change, signal) : seen;
}

/** Of the build too, where this is JavaScript. */
const script = fileURLToPath(new URL(`../daypass${extname(import.meta.url)}`, import.meta.url));

const isOf = ({ broker: named }: ProcessCommand, broker: string, isDefault: boolean) =>
  named === undefined ? isDefault : named.replace(/\/$/, '') === broker;

/** @throws ClientError `refused` */
function requireProfiles(
  profiles: readonly ConfigurableProfile[],
  names: readonly string[] | undefined,
): readonly ConfigurableProfile[] {
  const missing = names?.find((name) => profiles.every((profile) => profile.name !== name));
  if (missing !== undefined)
    throw new ClientError('refused', `there is no profile ${toPrintable(missing)} that you may use`, {
      hint: 'daypass profiles lists those that you may',
    });
  return names === undefined ? profiles : profiles.filter(({ name }) => names.includes(name));
}

interface Outcome {
  readonly file: string;
  readonly backup?: string;
}

function printOutcome(
  { changes, hunks }: Configured,
  outcome: Outcome,
  { json, dryRun }: ConfigureCommandOptions,
  terminal: Terminal,
): void {
  if (json) terminal.print(`${toPrintableJson({ ...outcome, dryRun: dryRun === true, changes }, 2)}\n`);
  else if (dryRun) terminal.print(renderHunks(hunks, outcome.file, terminal));
  else terminal.print(renderTable(columns, changes, terminal));
}

const columns = [
  { heading: 'PROFILE OF THE AWS CLI', value: ({ name }: SectionChange) => name },
  { heading: 'OF DAYPASS', value: ({ profile }: SectionChange) => profile },
  { heading: 'IT IS', value: ({ kind }: SectionChange) => kind },
] as const;

/** What keeps SDKs from reading what was written. */
function sayWhatIsWrong({ text, changes }: Configured, file: string, { env, note }: Terminal): void {
  const damage = findDamage(text);
  if (damage !== undefined)
    note(`the AWS CLI refuses to read ${file}: line ${damage.number} ${toPrintable(fromBytes(damage.what))}`);
  const credentials = toCredentialsPath(env);
  const names = changes.flatMap(({ kind, name }) => (kind === 'removed' ? [] : [name]));
  for (const name of findShadowingProfiles(readTextFile(credentials), names))
    note(`${credentials} has keys of [${name}], which go before: remove them there`);
}

function sayWhatIsNext(
  { changes, hunks }: Configured,
  { file, backup }: Outcome,
  { dryRun }: ConfigureCommandOptions,
  { env, note }: Terminal,
): void {
  for (const { name, reason } of changes) {
    if (reason !== undefined) note(`[profile ${name}] is kept as it is: ${reason}; --force overwrites it`);
  }
  if (hunks.length === 0) note(`${file} stays as it is`);
  else if (dryRun) note(`${file} was not changed: this was a dry run`);
  else note(`${file} is written${backup === undefined ? '' : `; what was there is in ${backup}`}`);
  if (env['DAYPASS_HOME']) note('DAYPASS_HOME is set: the AWS CLI and SDKs need it too, to find your login');
  const usable = changes.find(({ kind }) => kind !== 'removed' && kind !== 'kept');
  if (usable !== undefined && !dryRun) note(`try: aws sts get-caller-identity --profile ${usable.name}`);
  if (changes.length === 0) note('there is no profile that you may use from here');
}
