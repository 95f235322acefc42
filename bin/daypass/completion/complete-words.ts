import type { Argument, Command, Option } from 'commander';

/** What may stand next on a command line. */
export type Completion =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  /** Names of files, as the shell completes them. */
  | { readonly kind: 'files' }
  /** A command line of its own, which the shell completes: from the word of this index on, the command's name being 0. */
  | { readonly kind: 'command'; readonly from: number };

export interface Candidate {
  readonly word: string;
  readonly description: string;
}

export interface CompletionOptions {
  /** The command with its options; `undefined` where there is none of this name. */
  readonly loadCommand: (name: string) => Promise<Command | undefined>;
  /** All commands, for the first word. */
  readonly commands: readonly Candidate[];
  /** Profiles that the caller may use. Never rejects. */
  readonly listProfiles: () => Promise<readonly string[]>;
}

/** Options of the program itself. */
const ownOptions: readonly Candidate[] = [
  { word: '--help', description: 'display help' },
  { word: '--version', description: 'the version' },
];

const nothing: Completion = { kind: 'words', words: [] };

/**
 * Completes the last of the words after the program's name; it may be empty.
 *
 * @returns candidates that begin with it
 */
export async function completeWords(
  words: readonly string[],
  options: CompletionOptions,
): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const [first, ...rest] = words.slice(0, -1);
  if (first === undefined)
    return matching(current, [...options.commands, ...(current.startsWith('-') ? ownOptions : [])]);
  if (first === 'help') return matching(current, rest.length === 0 ? options.commands : []);
  const command = await options.loadCommand(first);
  if (command === undefined) return nothing;
  return completeCommand(readWords(command, rest), { current, length: words.length }, options);
}

/** What is already there. */
interface Reading {
  readonly command: Command;
  readonly operands: readonly string[];
  /** Takes the next word as its value. */
  readonly waiting?: Option;
  readonly afterDashes: boolean;
  readonly given: readonly Option[];
}

function readWords(command: Command, words: readonly string[]): Reading {
  const start: Reading = { command, operands: [], afterDashes: false, given: [] };
  return words.reduce(readWord, start);
}

function readWord(reading: Reading, word: string): Reading {
  const { waiting, ...rest } = reading;
  if (waiting !== undefined && (waiting.required || !word.startsWith('-'))) return rest;
  if (rest.afterDashes) return { ...rest, operands: [...rest.operands, word] };
  if (word === '--') return { ...rest, afterDashes: true };
  if (word.startsWith('-') && word !== '-') return readOption(rest, word);
  const child = rest.operands.length === 0 ? findChild(rest.command, word) : undefined;
  if (child !== undefined) return { ...rest, command: child, given: [] };
  return { ...rest, operands: [...rest.operands, word] };
}

function readOption(reading: Omit<Reading, 'waiting'>, word: string): Reading {
  const [name = ''] = word.split('=', 1);
  const option = findOption(reading.command, name);
  if (option === undefined) return reading;
  const given = [...reading.given, option];
  return takesValue(option) && !word.includes('=')
    ? { ...reading, given, waiting: option }
    : { ...reading, given };
}

const findChild = (command: Command, word: string) =>
  command.commands.find((child) => child.name() === word || child.aliases().includes(word));

const findOption = (command: Command, name: string) =>
  command.options.find(({ long, short }) => name === long || name === short);

const takesValue = ({ required, optional }: Option) => required || optional;

async function completeCommand(
  reading: Reading,
  { current, length }: { readonly current: string; readonly length: number },
  options: CompletionOptions,
): Promise<Completion> {
  const { command, operands, waiting, afterDashes } = reading;
  if (waiting?.required) return completeValue(toValueKind(waiting), current, options);
  if (!afterDashes && current.startsWith('-')) return completeOption(reading, current, options);
  const argument = toArgument(command.registeredArguments, operands.length);
  if (argument?.name() === 'command')
    return { kind: 'command', from: length - toOwnOperands(command, operands) };
  const children =
    operands.length === 0 && !afterDashes ? visible(command.createHelp().visibleCommands(command)) : [];
  const values = argument && (await completeValue(toArgumentKind(argument), current, options));
  if (values !== undefined && values.kind !== 'words')
    return children.length === 0 ? values : matching(current, children);
  const found = matching(current, [...children, ...(values?.words ?? [])]);
  // Where nothing can stand there, the options are what people look for.
  return found.words.length > 0 || current !== '' || argument !== undefined || afterDashes
    ? found
    : completeOption(reading, '-', options);
}

/** Those that are part of the command line within: itself among them. */
const toOwnOperands = (command: Command, operands: readonly string[]) =>
  operands.length - command.registeredArguments.findIndex((one) => one.name() === 'command');

const toArgument = (declared: readonly Argument[], index: number): Argument | undefined => {
  const last = declared.at(-1);
  return declared[index] ?? (last?.variadic ? last : undefined);
};

const visible = (commands: readonly Command[]): readonly Candidate[] =>
  commands.map((command) => ({
    word: command.name(),
    description: command.summary() || command.description(),
  }));

async function completeOption(
  { command, given }: Reading,
  current: string,
  options: CompletionOptions,
): Promise<Completion> {
  const equals = current.indexOf('=');
  if (equals !== -1) {
    const name = current.slice(0, equals);
    const option = findOption(command, name);
    if (option === undefined || !takesValue(option)) return nothing;
    const values = await completeValue(toValueKind(option), current.slice(equals + 1), options);
    if (values.kind !== 'words') return values;
    return {
      kind: 'words',
      words: values.words.map(({ word, description }) => ({ word: `${name}=${word}`, description })),
    };
  }
  const all = command.createHelp().visibleOptions(command);
  return matching(
    current,
    all
      .filter((option) => option.variadic || !given.includes(option))
      .flatMap(({ long, short, description }) => {
        const word = long ?? short;
        return word === undefined ? [] : [{ word, description }];
      }),
  );
}

/** What a value is: one of a few words, a profile, a file; or nothing that can be known here. */
type ValueKind = readonly string[] | 'profile' | 'file' | 'unknown';

/** By what the help calls it: `<file>`, `<profile>`. */
function toValueKind(option: Option): ValueKind {
  if (option.argChoices !== undefined) return option.argChoices;
  if (option.long === '--profile') return 'profile';
  return toKind(/[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1] ?? '');
}

const toArgumentKind = (argument: Argument): ValueKind => argument.argChoices ?? toKind(argument.name());

function toKind(name: string): ValueKind {
  if (name === 'profile') return 'profile';
  return ['file', 'path', 'directory'].includes(name) ? 'file' : 'unknown';
}

async function completeValue(
  kind: ValueKind,
  current: string,
  options: CompletionOptions,
): Promise<Completion> {
  if (kind === 'file') return { kind: 'files' };
  if (kind === 'unknown') return nothing;
  const words = kind === 'profile' ? await options.listProfiles() : kind;
  return matching(
    current,
    words.map((word) => ({ word, description: '' })),
  );
}

const matching = (current: string, candidates: readonly Candidate[]) => ({
  kind: 'words' as const,
  words: candidates.filter(({ word }) => word.startsWith(current)),
});
