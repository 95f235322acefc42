import { ConfigurationError } from '../../lambda/core/configuration-error.ts';
import { ClientError } from '../../lib/client/client-error.ts';
import { compareConfigurations } from '../../lib/comparison/compare-configurations.ts';
import type { ChangeEffect, ConfigurationChange } from '../../lib/comparison/configuration-change.ts';
import { type ConfigurationFile, readConfigurationFile } from '../../lib/config.ts';
import { createReadGitText } from '../../lib/read-git-text.ts';
import { paint } from './paint.ts';
import { toPrintable, toPrintableJson } from './printable.ts';
import { toBold } from './render-table.ts';
import type { Terminal } from './terminal.ts';

export interface CheckOptions {
  readonly against?: string;
  readonly git?: string;
  readonly json?: true;
}

/** What a configuration is compared with. */
interface OtherVersion {
  readonly name: string;
  readonly read: () => ConfigurationFile;
}

/** @throws ClientError `failed` where something is wrong with the configuration, or the other version can't be taken */
export function checkConfiguration(file: string, options: CheckOptions, terminal: Terminal): void {
  const { configuration } = readOrSay(file, options, terminal);
  const other = toOtherVersion(file, options);
  const changes = other && compareConfigurations(readOther(other).configuration, configuration);
  if (options.json) {
    const compared = other && { against: other.name, changes };
    terminal.print(`${toPrintableJson({ file, problems: [], ...compared }, 2)}\n`);
    return;
  }
  terminal.note(
    `${file} is fine: ${toCount(configuration.profiles.size, 'profile')}, ${toCount(configuration.issuers.size, 'issuer')}`,
  );
  if (other === undefined || changes === undefined) return;
  terminal.note(toSummary(changes, other));
  terminal.print(terminal.printsForPeople ? renderChanges(changes) : changes.map(toLine).join(''));
}

function readOrSay(file: string, { json }: CheckOptions, { print }: Terminal): ConfigurationFile {
  try {
    return readConfigurationFile(file);
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    const problems = cause.message.split('\n');
    const lines = problems.map((problem) => `${toPrintable(problem)}\n`).join('');
    print(json ? `${toPrintableJson({ file, problems }, 2)}\n` : lines);
    throw new ClientError('failed', `${toCount(problems.length, 'problem')} in ${file}`, { cause });
  }
}

const toCount = (count: number, noun: string) => (count === 1 ? `one ${noun}` : `${count} ${noun}s`);

function toOtherVersion(file: string, { against, git }: CheckOptions): OtherVersion | undefined {
  if (against !== undefined) return { name: against, read: () => readConfigurationFile(against) };
  if (git === undefined) return undefined;
  // An option of git's own, or a path after a colon.
  if (!/^[^-:][^:]*$/.test(git))
    throw new ClientError('usage', '--git takes a branch, a tag or a commit, such as HEAD or origin/main');
  const name = `${git}:${file}`;
  return { name, read: () => readConfigurationFile(file, { name, readText: createReadGitText(git, file) }) };
}

function readOther({ name, read }: OtherVersion): ConfigurationFile {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    const [first = '', ...rest] = cause.message.split('\n').map(toPrintable);
    const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
    throw new ClientError('failed', `the other version, ${name}, can't be taken: ${first}${more}`, {
      hint: 'compare with a version that was deployed',
      cause,
    });
  }
}

function toSummary(changes: readonly ConfigurationChange[], { name }: OtherVersion): string {
  if (changes.length === 0) return `the same as ${name}`;
  const count = (effect: ChangeEffect) => changes.filter((change) => change.effect === effect).length;
  return `compared with ${name}: grants ${count('grants')}, takes away ${count('takes-away')}, changes otherwise ${count('changes')}`;
}

const signs: Readonly<Record<ChangeEffect, string>> = { grants: '+', 'takes-away': '−', changes: '~' };

/** What is granted is what somebody has to agree to. */
const colours = { grants: 'yellow', 'takes-away': 'cyan' } as const;

function renderChanges(changes: readonly ConfigurationChange[]): string {
  const subjects = [...new Set(changes.map(({ subject }) => subject))];
  const blocks = subjects.map((subject) => {
    const lines = changes.filter((change) => change.subject === subject).map(renderChange);
    return `${toBold(toPrintable(subject))}\n${lines.join('')}`;
  });
  return blocks.join('\n');
}

function renderChange({ effect, text }: ConfigurationChange): string {
  const line = `${signs[effect]} ${toPrintable(text)}`;
  return `  ${effect === 'changes' ? line : paint(colours[effect], line)}\n`;
}

const toLine = ({ effect, subject, text }: ConfigurationChange): string =>
  `${[effect, subject, text].map(toPrintable).join('\t')}\n`;
