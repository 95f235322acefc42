import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { ClientError } from '../client-error.ts';
import { FileError } from '../file-error.ts';
import { withLock } from '../file-lock.ts';

/** The configuration file of the AWS CLI as it is. */
export interface ConfigFile {
  /** As it was named. */
  readonly path: string;
  /** Where symbolic links lead. */
  readonly target: string;
  /** A character for each byte; empty where there is no file. */
  readonly text: string;
  /** `undefined` where there is no file. */
  readonly stats: { readonly mode: number; readonly uid: number; readonly gid: number } | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** As the AWS CLI finds it: AWS_CONFIG_FILE, or `~/.aws/config`. */
export const toConfigPath = (env: Environment, option?: string): string =>
  toPath(env, option || env['AWS_CONFIG_FILE'], 'config');

/** The shared credentials file, which goes before the configuration. */
export const toCredentialsPath = (env: Environment): string =>
  toPath(env, env['AWS_SHARED_CREDENTIALS_FILE'], 'credentials');

function toPath(env: Environment, named: string | undefined, usual: string): string {
  const home = env['HOME'] || env['USERPROFILE'] || homedir();
  return resolve((named || join(home, '.aws', usual)).replace(/^~(?=$|[/\\])/, () => home));
}

/** Empty where it can't be read. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Bytes. Python reads no such file in a time that anybody waits. */
const maxLength = 4_194_304;

/** @throws ClientError where it can't be read, or is no text as the AWS CLI reads it */
export function readConfigFile(path: string): ConfigFile {
  try {
    const target = followLinks(path);
    const stats = statSync(target, { throwIfNoEntry: false });
    if (stats === undefined) return { path, target, text: '', stats };
    if (!stats.isFile() || stats.size > maxLength) throw toRefusal(path, 'is no configuration file');
    const text = readFileSync(target, 'latin1');
    if (/^(?:\u00FF\u00FE|\u00FE\u00FF)/.test(text)) throw toRefusal(path, 'is UTF-16, and no UTF-8 text');
    if (text.includes('\0')) throw toRefusal(path, 'is no text: it has NUL bytes');
    return { path, target, text, stats };
  } catch (cause) {
    throw toConfigError('read', path, cause);
  }
}

const toRefusal = (path: string, what: string) =>
  new ClientError('failed', `${path} ${what}`, { hint: 'name another one: --config-file <path>' });

/** Also where what they lead to isn't there yet. */
function followLinks(path: string, links = 0): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isSymbolicLink()) return path;
  // As many as Linux follows.
  if (links >= 40) throw toRefusal(path, 'leads round in a circle');
  return followLinks(resolve(dirname(path), readlinkSync(path)), links + 1);
}

/**
 * Reads and replaces the file while no other daypass does: what the one wrote after the other read would be lost.
 *
 * @throws ClientError where it can't be locked, and what the action throws
 */
export async function withConfigLock<Result>(
  { path, target }: ConfigFile,
  action: () => Result,
  signal: AbortSignal,
): Promise<Result> {
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    return await withLock(`${target}.daypass-lock`, async () => action(), { signal });
  } catch (cause) {
    throw toConfigError('write', path, cause instanceof FileError ? (cause.cause ?? cause) : cause);
  }
}

/**
 * Puts another text in its place, at once and with the mode that it has, and keeps what was there.
 *
 * @param now epoch milliseconds
 * @returns the backup, where there was a file
 * @throws ClientError where it can't be written, or somebody else changed it since it was read
 */
export function replaceConfigFile(file: ConfigFile, text: string, now: number): string | undefined {
  const { path, target, stats } = file;
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  const backup = stats === undefined ? undefined : toBackupPath(path, now);
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    writeThrough(temporary, text, stats);
    if (backup !== undefined) writeBackup(backup, file.text);
    // Directly before: other programs know nothing of the lock.
    requireUnchanged(file);
    renameSync(temporary, target);
  } catch (cause) {
    removeQuietly(temporary);
    if (backup !== undefined) removeQuietly(backup);
    throw toConfigError('write', path, cause);
  }
  removeOldBackups(path);
  return backup;
}

/** Of a file. Each change leaves one; older ones go. */
const keptBackups = 5;

const backupInfix = '.daypass-backup-';

/** Beside the path that was named: what it leads to may be in a repository, and a configuration can hold keys. */
const toBackupPath = (path: string, now: number): string =>
  `${path}${backupInfix}${new Date(now).toISOString().replace(/[-:.]/g, '')}`;

function writeBackup(backup: string, text: string): void {
  removeQuietly(backup);
  writeThrough(backup, text, { mode: 0o600 });
}

function removeOldBackups(path: string): void {
  const prefix = `${basename(path)}${backupInfix}`;
  const isBackup = (name: string) =>
    name.startsWith(prefix) && /^\d{8}T\d{9}Z$/.test(name.slice(prefix.length));
  for (const old of readNames(dirname(path)).filter(isBackup).sort().slice(0, -keptBackups))
    removeQuietly(join(dirname(path), old));
}

function readNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

interface FileStats {
  readonly mode: number;
  /** This user's where they are missing. */
  readonly uid?: number;
  readonly gid?: number;
}

/** By the descriptor alone: in a directory of another user's, the path may lead elsewhere by now. */
function writeThrough(path: string, text: string, { mode, uid, gid }: FileStats = { mode: 0o600 }): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    if (uid !== undefined && gid !== undefined && uid !== process.getuid?.())
      fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, mode & 0o777);
    writeFileSync(descriptor, text, 'latin1');
    // A crash after the renaming must not leave it empty.
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The AWS CLI writes there too, as `aws configure` does. */
function requireUnchanged({ path, target, text }: ConfigFile): void {
  const isThere = statSync(target, { throwIfNoEntry: false }) !== undefined;
  if ((isThere ? readFileSync(target, 'latin1') : '') === text) return;
  throw new ClientError('unavailable', `${path} was changed by another program meanwhile`, {
    hint: 'nothing was written: run it again',
  });
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What went wrong before says more.
  }
}

const reasons: Readonly<Record<string, string>> = {
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EFBIG: 'no file may be as large here (ulimit -f)',
  EDQUOT: 'your quota of the disk is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'something above it is no directory',
};

function toConfigError(doing: 'read' | 'write', path: string, cause: unknown): unknown {
  const { code } = Object(cause) as { readonly code?: unknown };
  if (cause instanceof ClientError || typeof code !== 'string') return cause;
  return new ClientError('failed', `can't ${doing} ${path}: ${reasons[code] ?? code}`, {
    cause,
    hint: 'nothing was changed; --dry-run prints what would be, --config-file names another file',
  });
}
