import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { ClientError } from '../../lib/client/client-error.ts';
import type { CredentialsRequest } from '../../lib/client/credentials.ts';
import { parseDuration } from './parse-duration.ts';

/** What every command takes that asks for credentials. */
export interface NarrowingOptions {
  /** Seconds. */
  readonly duration?: number;
  readonly reason?: string;
  readonly tag?: ReadonlyMap<string, string>;
  /** A file. */
  readonly sessionPolicy?: string;
  readonly integration?: true;
}

export const addNarrowingOptions = (command: Command): Command =>
  command
    .option(
      '--duration <duration>',
      "how long they are good for, as 30m, 1h or 900; the profile's default when left out",
      parseDuration,
    )
    .option('--reason <text>', 'why: kept in the audit')
    .option('--tag <key=value>', 'a session tag that the profile accepts; may be repeated', parseTag)
    .option('--session-policy <file>', 'an IAM policy as JSON that narrows the session')
    .option('--integration', 'the name is that of an integration, a third party');

/** @throws ClientError `usage` for a policy file that can't be read as JSON */
export function toRequest(
  profile: string,
  { duration, reason, tag, sessionPolicy, integration }: NarrowingOptions,
): CredentialsRequest {
  return {
    profile,
    ...(integration === undefined ? {} : { integration }),
    ...(duration === undefined ? {} : { durationSeconds: duration }),
    ...(reason === undefined ? {} : { reason }),
    ...(tag === undefined ? {} : { sessionTags: Object.fromEntries(tag) }),
    ...(sessionPolicy === undefined ? {} : { sessionPolicy: readPolicy(sessionPolicy) }),
  };
}

function parseTag(
  text: string,
  before: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new InvalidArgumentError('allowed: key=value, such as Purpose=audit');
  if (before.has(key)) throw new InvalidArgumentError(`${key} is there twice`);
  return new Map([...before, [key, value]]);
}

function readPolicy(file: string): Readonly<Record<string, unknown>> {
  const document = parseJson(file, readText(file));
  if (typeof document === 'object' && document !== null && !Array.isArray(document))
    return document as Readonly<Record<string, unknown>>;
  throw new ClientError('usage', `${file} holds no JSON object`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ClientError('usage', `can't read ${file}: ${Object(cause).code}`, { cause });
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ClientError('usage', `${file} is no JSON: ${Object(cause).message}`, { cause });
  }
}
