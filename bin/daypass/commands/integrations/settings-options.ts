import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../../parse-duration.ts';
import type { Document } from '../../read-document.ts';

/** What a manager decides of an integration, by options. */
export interface SettingsOptions {
  readonly file?: string;
  readonly description?: string;
  readonly owner?: string;
  readonly requestAccessUrl?: string;
  readonly roleArn?: string;
  readonly defaultDuration?: number;
  readonly maxDuration?: number;
  readonly sessionTag?: Document;
  readonly sessionPolicy?: unknown;
  readonly trust?: unknown;
  /** `undefined` where neither it nor its opposite was given. */
  readonly sourceIdentity?: boolean;
}

export const withSettings = (command: Command): Command =>
  command
    .option('-f, --file <path>', 'settings as JSON or YAML; - is standard input; options go before it')
    .option('--role-arn <arn>', "the role in the third party's account")
    .option('--owner <address>', 'whom to ask about it')
    .option('--description <text>', 'what it is for')
    .option('--trust <statements>', 'who may use it: a JSON list of statements as in profiles', parseJson)
    .option('--request-access-url <url>', 'where to ask for it')
    .option('--default-duration <duration>', 'of sessions that ask for none', parseDuration)
    .option('--max-duration <duration>', 'of sessions, 1h at most', parseDuration)
    .option('--session-tag <key=value>', 'may be repeated; ${claims:…} in the value', collectTag)
    .option('--session-policy <policy>', 'a JSON policy that narrows every session', parseJson)
    .option('--source-identity', 'set the source identity of sessions')
    .option('--no-source-identity', 'do not');

/** Those of a file, or of what is there, with the options in their place. */
export function toSettings(options: SettingsOptions, base: Document): Document {
  const { description, owner, requestAccessUrl, roleArn, sessionTag, sessionPolicy, trust } = options;
  const given = {
    ...{ description, owner, requestAccessUrl, roleArn, sessionPolicy, trust },
    sessionTags: sessionTag,
    setSourceIdentity: options.sourceIdentity,
    duration: toDuration(options, base['duration']),
  };
  const isGiven = ([, value]: readonly [string, unknown]) => value !== undefined;
  return { ...base, ...Object.fromEntries(Object.entries(given).filter(isGiven)) };
}

function toDuration({ defaultDuration, maxDuration }: SettingsOptions, base: unknown): object | undefined {
  if (defaultDuration === undefined && maxDuration === undefined) return undefined;
  return {
    ...Object(base),
    ...(defaultDuration === undefined ? {} : { defaultSeconds: defaultDuration }),
    ...(maxDuration === undefined ? {} : { maxSeconds: maxDuration }),
  };
}

/** What an integration is shown with and no change of settings takes. */
const shownAlone: ReadonlySet<string> = new Set([
  ...['name', 'version', 'state', 'externalIds', 'jwks', 'provenAt', 'suspension', 'verification'],
]);

/** Of what an integration is shown as: its settings alone, as a change takes them. */
export const toOwnSettings = (shown: Document): Document =>
  Object.fromEntries(Object.entries(shown).filter(([name]) => !shownAlone.has(name)));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('allowed: JSON; from a file with "$(cat file.json)"');
  }
}

function collectTag(text: string, before: Document = {}): Document {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined) throw new InvalidArgumentError('allowed: <key>=<value>');
  return { ...before, [key]: value };
}
