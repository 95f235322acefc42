import { type ProcessCommand, parseProcessCommand } from './credential-process.ts';
import { createLineEdits, type Hunk, type LineEdits } from './edit-lines.ts';
import {
  type ConfigLine,
  type ConfigSection,
  type ConfigSetting,
  readSections,
  toIndent,
} from './read-sections.ts';

/** A profile of the AWS CLI that shall be there. */
export interface WantedSection {
  /** `[profile <name>]` */
  readonly name: string;
  /** Of the broker. */
  readonly profile: string;
  /** The `credential_process`. */
  readonly command: string;
}

export interface ConfigureOptions {
  readonly wanted: readonly WantedSection[];
  /** Whether a command of ours asks this very broker. */
  readonly isOfBroker: (command: ProcessCommand) => boolean;
  /** @default what is there stays */
  readonly region?: string;
  /** Whether sections of these names that aren't ours become ours. @default false */
  readonly force?: boolean;
  /** Whether a section of ours is to go. @default none does */
  readonly isObsolete?: (name: string, profile: string) => boolean;
}

export interface SectionChange {
  readonly name: string;
  readonly profile: string;
  readonly kind: 'added' | 'changed' | 'unchanged' | 'removed' | 'kept';
  /** Why a section that isn't as it was wanted was kept. */
  readonly reason?: string;
}

export interface Configured {
  readonly text: string;
  readonly changes: readonly SectionChange[];
  readonly hunks: readonly Hunk[];
}

/**
 * The configuration file with the wanted sections. Everything else stays byte for byte: other sections, other settings
 * of ours, comments, and how it is all written. Done twice it is as done once.
 *
 * @param text a character for each byte
 */
export function configureSections(text: string, options: ConfigureOptions): Configured {
  const sections = readSections(text);
  const edits = createLineEdits(sections.flatMap(({ lines }) => lines));
  const changes = options.wanted.map((wanted) => configure(wanted, sections, edits, options));
  const added = options.wanted.filter((_, index) => changes[index]?.kind === 'added');
  appendSections(added, sections, edits, options);
  const removed = removeObsolete(sections, edits, options);
  return { text: edits.toText(), changes: [...changes, ...removed], hunks: edits.toHunks() };
}

function configure(
  wanted: WantedSection,
  sections: readonly ConfigSection[],
  edits: LineEdits,
  options: ConfigureOptions,
): SectionChange {
  const { name, profile } = wanted;
  const [section, ...more] = sections.filter((one) => one.profile === name);
  if (section === undefined) return { name, profile, kind: 'added' };
  if (more.length > 0) return { name, profile, kind: 'kept', reason: toRepetition([section, ...more]) };
  const reason = findReasonToKeep(section, options);
  if (reason !== undefined && !options.force) return { name, profile, kind: 'kept', reason };
  const obstacle = reason === undefined ? undefined : findObstacle(section, sections);
  if (obstacle !== undefined) return { name, profile, kind: 'kept', reason: obstacle };
  const hasChanged =
    reason === undefined
      ? updateSection(section, wanted, edits, options)
      : replaceSources(section, wanted, edits, options);
  return { name, profile, kind: hasChanged ? 'changed' : 'unchanged' };
}

const toRepetition = (sections: readonly ConfigSection[]) =>
  `it stands there ${sections.length} times (lines ${sections.map(({ header }) => header?.number).join(', ')}), which the AWS CLI refuses to read: leave one`;

/**
 * Why lines of a section can't be taken away or added: a line that is indented more than the one above goes on with
 * it, and would mean something else below another one.
 */
function findObstacle(section: ConfigSection, sections: readonly ConfigSection[]): string | undefined {
  const { settings, strays } = section;
  if (strays.length > 0)
    return `it has lines that are no settings (${strays.map(({ number }) => number).join(', ')}), which the AWS CLI refuses to read: remove them`;
  const next = sections[sections.indexOf(section) + 1]?.header;
  const indents = new Set(settings.flatMap(({ lines }) => lines.slice(0, 1)).map(toIndent));
  if (indents.size <= 1 && (next === undefined || toIndent(next) === '')) return undefined;
  return 'lines in it, or the section below, are indented in several ways: change it by hand';
}

function findReasonToKeep(section: ConfigSection, { isOfBroker }: ConfigureOptions): string | undefined {
  const command = findOurCommand(section);
  if (command === undefined) return 'it has no credential_process as daypass writes it';
  return isOfBroker(command) ? undefined : 'it is of another broker';
}

function findOurCommand({ settings }: ConfigSection): ProcessCommand | undefined {
  const [setting, ...more] = settings.filter(({ key }) => key === 'credential_process');
  return setting === undefined || more.length > 0 ? undefined : parseProcessCommand(setting.value);
}

/** What SDKs would look at before the command, or take for a second one. */
const sources = [
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'credential_process',
  'credential_source',
  'login_session',
  'role_arn',
  'source_profile',
  'sso_account_id',
  'sso_region',
  'sso_role_name',
  'sso_session',
  'sso_start_url',
  'web_identity_token_file',
];

function updateSection(
  { settings }: ConfigSection,
  { command }: WantedSection,
  edits: LineEdits,
  { region }: ConfigureOptions,
): boolean {
  const process = settings.find(({ key }) => key === 'credential_process');
  if (process === undefined) return false;
  const isNewCommand = setValue(process, command, edits);
  if (region === undefined) return isNewCommand;
  const existing = settings.findLast(({ key }) => key === 'region');
  if (existing !== undefined) return setValue(existing, region, edits) || isNewCommand;
  for (const line of process.lines) edits.insertBelow(line, [`${toIndent(line)}region = ${region}`]);
  return true;
}

/** Only the value: how the key is written is somebody's own. */
function setValue(setting: ConfigSetting, value: string, edits: LineEdits): boolean {
  const [first, ...others] = setting.lines;
  if (first === undefined || setting.value === value) return false;
  const [beforeValue = ''] = /^[^=:]*[=:][ \t]*/.exec(first.text) ?? [];
  for (const line of others) edits.remove(line);
  edits.replace(first, `${beforeValue}${value}`);
  return true;
}

function replaceSources(
  { header, settings }: ConfigSection,
  { command }: WantedSection,
  edits: LineEdits,
  { region }: ConfigureOptions,
): boolean {
  const replaced = settings.filter(
    ({ key }) => sources.includes(key) || (key === 'region' && region !== undefined),
  );
  for (const line of replaced.flatMap(({ lines }) => lines)) edits.remove(line);
  const [next] = settings.filter((setting) => !replaced.includes(setting)).flatMap(({ lines }) => lines);
  const indent = next === undefined ? '' : toIndent(next);
  const added = toSettings(command, region).map((line) => `${indent}${line}`);
  if (header !== undefined) edits.insertBelow(header, added);
  return true;
}

const toSettings = (command: string, region: string | undefined): readonly string[] => [
  `credential_process = ${command}`,
  ...(region === undefined ? [] : [`region = ${region}`]),
];

function appendSections(
  added: readonly WantedSection[],
  sections: readonly ConfigSection[],
  edits: LineEdits,
  { region }: ConfigureOptions,
): void {
  const last = sections.flatMap(({ lines }) => lines).at(-1);
  let isParted = last === undefined || isBlank(last.text);
  for (const { name, command } of added) {
    edits.append([...(isParted ? [] : ['']), `[profile ${name}]`, ...toSettings(command, region)]);
    isParted = false;
  }
}

const isBlank = (text: string) => /^\s*$/.test(text);

function removeObsolete(
  sections: readonly ConfigSection[],
  edits: LineEdits,
  { wanted, isOfBroker, isObsolete = () => false }: ConfigureOptions,
): readonly SectionChange[] {
  const lines = sections.flatMap((section) => section.lines);
  return sections.flatMap((section): readonly SectionChange[] => {
    const command = findOurCommand(section);
    const { profile: name } = section;
    if (name === undefined || command === undefined || !isOfBroker(command)) return [];
    const { profile } = command;
    if (!isObsolete(name, profile) || wanted.some((one) => one.name === name)) return [];
    const obstacle = findObstacle(section, sections);
    if (obstacle !== undefined) return [{ name, profile, kind: 'kept', reason: obstacle }];
    // Comments below the last setting speak of what comes next.
    const end = Math.max(...section.settings.flatMap((setting) => setting.lines.map(({ number }) => number)));
    for (const line of section.lines.filter(({ number }) => number <= end)) edits.remove(line);
    closeGap(lines, section.header?.number ?? 0, end, edits);
    return [{ name, profile, kind: 'removed' }];
  });
}

/** Of the blank lines around what went one is enough, and none at the end. */
function closeGap(lines: readonly ConfigLine[], start: number, end: number, edits: LineEdits): void {
  const before = lines.findLast((line) => line.number < start && !edits.isRemoved(line));
  const after = lines.find((line) => line.number > end && !edits.isRemoved(line));
  if (after === undefined) {
    if (before !== undefined && isBlank(before.text)) edits.remove(before);
  } else if (isBlank(after.text) && (before === undefined || isBlank(before.text))) edits.remove(after);
}
