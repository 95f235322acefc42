import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { FileError, toFileError } from './file-error.ts';

/** Bytes. Far above all that is kept; a file that grew beyond is not ours. */
const maxLength = 1_048_576;

/** Permission bits of group and others. Windows has none: there the profile directory's access list protects. */
const others = { any: 0o077, write: 0o022 } as const;

/**
 * The text of a file that holds a secret; `undefined` where there is none.
 *
 * @throws FileError where others can read or write it or it is somebody else's, and where it can't be read
 */
export const readPrivateFile = (path: string): string | undefined => readOwnFile(path, others.any);

/**
 * The text of a file that holds none, such as which broker: others may read it, and not change it.
 *
 * @throws FileError where others can write it or it is somebody else's, and where it can't be read
 */
export const readSettingsFile = (path: string): string | undefined => readOwnFile(path, others.write);

function readOwnFile(path: string, refusedMode: number): string | undefined {
  let descriptor: number | undefined;
  try {
    // Opening a FIFO would wait for whoever writes it.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    // Of what is open, not of the path, which may lead elsewhere by now.
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > maxLength)
      throw toRefusal(path, 'is not a file of daypass', 'remove it');
    requireOwn(path, stats, refusedMode);
    return readFileSync(descriptor, 'utf8');
  } catch (cause) {
    if (Object(cause).code === 'ENOENT') return undefined;
    throw toFileError('read', path, cause);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Writes a file that holds a secret: mode 0600, its directory 0700 where it is made. Whoever reads sees the old text or
 * all of the new one.
 *
 * @throws FileError where others can write the directory or it is somebody else's, and where it can't be written
 */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    makePrivateDirectory(dirname(path));
    writeThrough(temporary, text);
    renameSync(temporary, path);
  } catch (cause) {
    removeQuietly(temporary);
    throw toFileError('write', path, cause);
  }
}

/** @throws FileError, and the system's own errors */
export function makePrivateDirectory(path: string): void {
  makeDirectory(path);
  const stats = statSync(path);
  if (!stats.isDirectory()) throw toRefusal(path, 'is no directory', 'remove it');
  requireOwn(path, stats, others.write);
}

/** Level by level: of a file system that is read-only, Node's own recursion says that there is nothing. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (cause) {
    // Another process has made it in the meantime.
    if (Object(cause).code !== 'EEXIST') throw cause;
  }
}

/** Removes it where there is one. @throws FileError */
export function removePrivateFile(path: string): void {
  try {
    // Of a file system that is read-only, Node 24's rmSync says no code.
    unlinkSync(path);
  } catch (cause) {
    if (Object(cause).code !== 'ENOENT') throw toFileError('remove', path, cause);
  }
}

function writeThrough(path: string, text: string): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    // A umask may have taken more than others' bits.
    fchmodSync(descriptor, 0o600);
    writeFileSync(descriptor, text);
    // Before the new name is there: a crash must not leave it empty, and some file systems find here that they are full.
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Why it couldn't be written says more.
  }
}

function requireOwn(path: string, { uid, mode }: Stats, refusedMode: number): void {
  const self = process.getuid?.();
  if (self === undefined) return;
  if (uid !== self) {
    throw toRefusal(
      path,
      `belongs to somebody else (uid ${uid}, and you are ${self})`,
      'DAYPASS_HOME names another directory',
    );
  }
  if ((mode & refusedMode) === 0) return;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  const doing = refusedMode === others.any ? 'read or written' : 'written';
  throw toRefusal(
    path,
    `can be ${doing} by others (mode ${octal})`,
    `chmod go-${refusedMode === others.any ? 'rwx' : 'w'} ${path}`,
  );
}

const toRefusal = (path: string, what: string, hint: string) =>
  new FileError('failed', `${path} ${what}`, { hint });
