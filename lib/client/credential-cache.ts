import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256, toCanonicalJson } from '../../lambda/core/sha256.ts';
import type { BrokerClient } from './broker-client.ts';
import type { ClientError } from './client-error.ts';
import { type Credentials, type CredentialsRequest, parseCredentials } from './credentials.ts';
import type { Directories } from './directories.ts';
import { FileError, toFileError } from './file-error.ts';
import { readPrivateFile, removePrivateFile, writePrivateFile } from './private-file.ts';

/** Credentials with the times that this machine's clock counts. Epoch milliseconds. */
export interface CachedCredentials {
  readonly credentials: Credentials;
  readonly issuedAt: number;
  /** See `toFreshUntil`. */
  readonly freshUntil: number;
  readonly expiresAt: number;
}

/** Where credentials wait for the next process. Nothing here fails: what can't be kept is issued again. */
export interface CredentialCache {
  /** `undefined` where there are none that this machine's clock says are valid. */
  read(key: string): CachedCredentials | undefined;
  write(key: string, cached: CachedCredentials): void;
  remove(key: string): void;
  /** While no other process asks for the same. */
  exclusively<Result>(key: string, action: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

export interface CredentialCacheOptions {
  readonly directories: Pick<Directories, 'cache'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** What somebody at a terminal should know: that nothing is kept, and why. */
  readonly note: (line: string) => void;
}

const version = 1;

/** Files. Each set of tags, reasons and durations has its own. */
const maxEntries = 200;

/** Milliseconds. Left over by processes that ended while they wrote or held a lock. */
const leftOverMs = 3_600_000;

/** Milliseconds by which a clock may be set back before what it said counts for nothing. */
const toleranceMs = 60_000;

const toDirectory = ({ cache }: Pick<Directories, 'cache'>) => join(cache, 'credentials');

/** The names of all of a broker's files begin with it. */
const toPrefix = (broker: URL) => sha256(broker.href).toString('hex').slice(0, 16);

/** Of everything that makes the credentials what they are: broker, caller, and all that was asked for. */
export function toCacheKey({ broker, callerId }: BrokerClient, request: CredentialsRequest): string {
  const asked = toCanonicalJson([broker.href, callerId, request]);
  return `${toPrefix(broker)}-${sha256(asked).toString('hex').slice(0, 40)}`;
}

export function createCredentialCache(options: CredentialCacheOptions): CredentialCache {
  const { now } = options;
  const directory = toDirectory(options.directories);
  const toPath = (key: string) => join(directory, `${key}.json`);
  const note = once(options.note);

  return {
    read: (key) => withNote(note, () => readEntry(toPath(key), now())),
    write: (key, cached) =>
      withNote(note, () => {
        writePrivateFile(toPath(key), `${JSON.stringify({ version, ...cached })}\n`);
        prune(directory, now());
      }),
    remove: (key) => withNote(note, () => removePrivateFile(toPath(key))),
    exclusively: async (key, action, signal) => {
      // One of the few things a hit does without.
      const { withLock } = await import('./file-lock.ts');
      const waiting = { signal, note: options.note, holder: 'another daypass that asks for the same' };
      let began = false;
      const run = () => {
        began = true;
        return action();
      };
      try {
        return await withLock(join(directory, `${key}.lock`), run, waiting);
      } catch (error) {
        if (began || !(error instanceof FileError)) throw error;
        note(toNote(error));
        return await run();
      }
    },
  };
}

/**
 * Removes all of a broker's, or of all brokers, whoever they were issued to.
 *
 * @throws FileError where one can't be removed, once all others are
 */
export function clearCredentialCache(directories: Pick<Directories, 'cache'>, broker?: URL): void {
  const directory = toDirectory(directories);
  const prefix = broker === undefined ? '' : `${toPrefix(broker)}-`;
  const ours = list(directory).filter((name) => name.startsWith(prefix) && !isLock(name));
  const [failure] = ours.flatMap((name) => tryToRemove(join(directory, name)) ?? []);
  if (failure !== undefined) throw failure;
}

/** Held by processes that may be about to issue, and nothing secret. */
const isLock = (name: string) => /\.lock(\.break)?$/.test(name);

function readEntry(path: string, now: number): CachedCredentials | undefined {
  const cached = parseEntry(readPrivateFile(path));
  if (cached === undefined || now >= cached.expiresAt || now < cached.issuedAt - toleranceMs)
    return undefined;
  return cached;
}

function parseEntry(text: string | undefined): CachedCredentials | undefined {
  if (text === undefined) return undefined;
  try {
    const { version: written, credentials, ...times } = Object(JSON.parse(text));
    const { issuedAt, freshUntil, expiresAt } = times;
    const parsed = parseCredentials(credentials);
    if (written !== version || parsed === undefined) return undefined;
    if (![issuedAt, freshUntil, expiresAt].every(Number.isFinite)) return undefined;
    return { credentials: parsed, issuedAt, freshUntil, expiresAt };
  } catch {
    return undefined;
  }
}

/** What has expired, what others left over, and the oldest of too many. What is none of ours is in nobody's way. */
function prune(directory: string, now: number): void {
  const entries = list(directory).flatMap((name) => {
    const path = join(directory, name);
    if (!name.endsWith('.json')) {
      if (isLeftOver(path)) tryToRemove(path);
      return [];
    }
    const expiresAt = toExpiry(path, now);
    if (expiresAt === undefined) tryToRemove(path);
    return expiresAt === undefined ? [] : [{ path, expiresAt }];
  });
  const tooMany = entries.sort((a, b) => b.expiresAt - a.expiresAt).slice(maxEntries);
  for (const { path } of tooMany) tryToRemove(path);
}

/** @returns why it is still there */
function tryToRemove(path: string): FileError | undefined {
  try {
    removePrivateFile(path);
    return undefined;
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
}

/** `undefined` for what no read would give. */
function toExpiry(path: string, now: number): number | undefined {
  try {
    return readEntry(path, now)?.expiresAt;
  } catch {
    return undefined;
  }
}

function isLeftOver(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  // By the file system's own clock, as locks and temporary files have no other time.
  return stats !== undefined && Date.now() - stats.mtimeMs > leftOverMs;
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    if (Object(cause).code === 'ENOENT') return [];
    throw toFileError('read', directory, cause);
  }
}

function withNote<Result>(note: (line: string) => void, action: () => Result): Result | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    note(toNote(error));
    return undefined;
  }
}

const toNote = ({ message, hint }: ClientError) =>
  `daypass: the cache of credentials: ${message}${hint === undefined ? '' : ` (${hint})`}`;

/** A read-only home fails three times in a row, for one reason. */
function once(note: (line: string) => void): (line: string) => void {
  let said = false;
  return (line) => {
    if (!said) note(line);
    said = true;
  };
}
