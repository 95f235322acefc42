import { ClientError } from '../client-error.ts';

/** What a `credential_process` of ours asks for. */
export interface ProcessCommand {
  /** One word or two: `daypass`, or Node and a script. */
  readonly program: readonly string[];
  readonly profile: string;
  /** Where it isn't the one of the settings: whoever runs the command has another environment. */
  readonly broker?: string;
}

/**
 * The command as one line that all SDKs read alike. The AWS CLI and boto3 split it as a POSIX shell would, or as
 * Windows does, and run it without a shell; the SDKs for JavaScript, Go and Java give it to a shell; and the line
 * stands in a file where ` #` begins a comment for some of them.
 *
 * @throws ClientError `usage` for a word that not all of them would read alike
 */
export function toProcessCommand(
  { program, profile, broker }: ProcessCommand,
  platform: NodeJS.Platform = process.platform,
): string {
  const words = [...program, 'credentials', profile, '--format', 'process'];
  return [...words, ...(broker === undefined ? [] : ['--broker', broker])]
    .map((word) => toWord(word, platform))
    .join(' ');
}

function toWord(word: string, platform: NodeJS.Platform): string {
  const isWindows = platform === 'win32';
  const plain = isWindows ? /^[\w@+=:,./\\-]+$/ : /^[\w@+=:,./-]+$/;
  if (plain.test(word)) return word;
  if (isReadAlike(word, isWindows)) return `"${word}"`;
  throw new ClientError('usage', `${word} can't stand in a credential_process: not all SDKs read it alike`, {
    hint: 'allowed: letters, digits, spaces and most signs, without quotes, $, `, %, !, a backslash and a # or ; after a space: put daypass on the PATH, or install it elsewhere',
  });
}

/**
 * Between double quotes a POSIX shell reads on at `$`, a backquote and a backslash, cmd.exe at `%` and `!`, and
 * Windows takes a backslash before the closing quote for its escape.
 */
function isReadAlike(word: string, isWindows: boolean): boolean {
  if (word === '' || /["$`%!\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\s[#;]/u.test(word)) return false;
  return isWindows ? !word.endsWith('\\') : !word.includes('\\');
}

/** What a command of ours asks for; `undefined` for any other, one of ours that somebody changed included. */
export function parseProcessCommand(command: string): ProcessCommand | undefined {
  const words = command.match(/"[^"]*"|[^\s"]+/g) ?? [];
  if (words.join(' ') !== command) return undefined;
  const [first, ...rest] = words.map((word) => word.replace(/^"(.*)"$/, '$1'));
  const script = rest[0] === 'credentials' ? undefined : rest.shift();
  const [name, profile, format, process, option, broker, ...more] = rest;
  if (first === undefined || !isOurProgram(first, script) || more.length > 0) return undefined;
  if (name !== 'credentials' || profile === undefined || format !== '--format' || process !== 'process')
    return undefined;
  const program = script === undefined ? [first] : [first, script];
  if (option === undefined) return { program, profile };
  return option === '--broker' && broker !== undefined ? { program, profile, broker } : undefined;
}

const isOurProgram = (first: string, script: string | undefined) =>
  script === undefined ? first === 'daypass' : /[/\\]daypass\.[jt]s$/.test(script);
