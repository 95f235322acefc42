import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError } from './client-error.ts';
import { toFileError } from './file-error.ts';
import { makePrivateDirectory } from './private-file.ts';
import { whileNoting } from './wait-note.ts';

export interface LockOptions {
  /** Ends the waiting; the action has to end by itself. */
  readonly signal?: AbortSignal | undefined;
  /** Takes a line where others hold it for long. @default nobody is told */
  readonly note?: ((line: string) => void) | undefined;
  /** Who else may hold it, for that line. @default `another daypass` */
  readonly holder?: string;
  /** Milliseconds to wait for others at most. @default 60000 */
  readonly timeoutMs?: number;
  /** Milliseconds without a sign of life after which a holder counts as dead. @default 15000 */
  readonly staleMs?: number;
}

/** Times in milliseconds. Node has no flock(2), so that a holder shows by the file's time that it lives. */
const defaults = { holder: 'another daypass', timeoutMs: 60_000, staleMs: 15_000 } as const;
const pollMs = { first: 10, longest: 120 } as const;

/**
 * Runs the action while nobody else on this machine holds the lock of this path, a file of its own that is there as
 * long. A holder that is dead (its process is gone, or it gave no sign of life for `staleMs`) loses it.
 *
 * @throws ClientError `unavailable` where others hold it for longer than `timeoutMs`, `interrupted` by the signal;
 *   FileError where the file can't be made; and what the action throws
 */
export async function withLock<Result>(
  path: string,
  action: () => Promise<Result>,
  options: LockOptions = {},
): Promise<Result> {
  const own = JSON.stringify({
    pid: process.pid,
    machine: toMachine(),
    nonce: randomBytes(8).toString('hex'),
  });
  const { signal, note, holder, timeoutMs, staleMs } = { ...defaults, ...options };
  await whileNoting({ note, what: holder, longestMs: timeoutMs }, () =>
    acquire(path, own, { signal, timeoutMs, staleMs }),
  );
  const heartbeat = setInterval(() => touch(path, own), staleMs / 5).unref();
  try {
    return await action();
  } finally {
    clearInterval(heartbeat);
    // Whoever broke it in the meantime, because this process stood still, has one of its own there.
    removeIfStill(path, own);
  }
}

interface Waiting {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly staleMs: number;
}

async function acquire(path: string, own: string, { signal, timeoutMs, staleMs }: Waiting): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  const isDead = createObserver(staleMs);
  for (let attempt = 0; ; attempt += 1) {
    if (signal?.aborted) throw new ClientError('interrupted', 'stopped');
    if (create(path, own)) return;
    const seen = look(path);
    if (seen === undefined) continue;
    if (isDead(seen) && breakLock(path, seen.text, staleMs)) continue;
    if (performance.now() > deadline) throw toTimeout(path, timeoutMs);
    await pause(attempt, signal);
  }
}

/** Whether it is ours now. */
function create(path: string, text: string): boolean {
  try {
    return tryToCreate(path, text);
  } catch (cause) {
    if (Object(cause).code !== 'ENOENT') throw toFileError('lock', path, cause);
  }
  try {
    makePrivateDirectory(dirname(path));
    return tryToCreate(path, text);
  } catch (cause) {
    throw toFileError('lock', path, cause);
  }
}

function tryToCreate(path: string, text: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', 0o600);
  } catch (cause) {
    if (Object(cause).code === 'EEXIST') return false;
    throw cause;
  }
  try {
    writeFileSync(descriptor, text);
  } catch (cause) {
    rmSync(path, { force: true });
    throw cause;
  } finally {
    closeSync(descriptor);
  }
  return true;
}

interface Seen {
  readonly text: string;
  readonly mtimeMs: number;
}

/** In a directory of another user's it may be anything. Windows has neither. */
const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** What is there; `undefined` where nothing is, any more. */
function look(path: string): Seen | undefined {
  try {
    const descriptor = openSync(path, readFlags);
    try {
      return { text: readFileSync(descriptor, 'utf8'), mtimeMs: fstatSync(descriptor).mtimeMs };
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    if (Object(cause).code === 'ENOENT') return undefined;
    throw toFileError('lock', path, cause);
  }
}

/**
 * Whether what was seen is left over. Its time is compared with itself, from look to look: the clocks of a file server
 * and of this machine may differ.
 */
function createObserver(staleMs: number): (seen: Seen) => boolean {
  let last = { text: '', mtimeMs: Number.NaN, since: 0 };
  return ({ text, mtimeMs }) => {
    if (isOfDeadProcess(text)) return true;
    if (text !== last.text || mtimeMs !== last.mtimeMs) last = { text, mtimeMs, since: performance.now() };
    return performance.now() - last.since > staleMs;
  };
}

function isOfDeadProcess(text: string): boolean {
  const { pid, machine } = parseHolder(text);
  // Another machine or container counts its processes by itself.
  if (pid === undefined || machine !== toMachine()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (cause) {
    return Object(cause).code === 'ESRCH';
  }
}

/** Nothing where its holder was stopped between making it and writing it. */
function parseHolder(text: string): { readonly pid?: number; readonly machine?: unknown } {
  try {
    const { pid, machine } = Object(JSON.parse(text));
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, machine } : {};
  } catch {
    return {};
  }
}

function toMachine(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/**
 * Two who see the same dead holder: without the guard the slower one would remove the lock that the quicker one has made
 * by then. A guard that was left over itself, of a process that ended in these few microseconds, goes by its age.
 *
 * @returns whether it was this one's turn
 */
function breakLock(path: string, text: string, staleMs: number): boolean {
  const guard = `${path}.break`;
  if (!create(guard, '')) {
    const seen = look(guard);
    if (seen !== undefined && Date.now() - seen.mtimeMs > staleMs) rmSync(guard, { force: true });
    return false;
  }
  try {
    removeIfStill(path, text);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

function removeIfStill(path: string, text: string): void {
  try {
    if (look(path)?.text === text) rmSync(path, { force: true });
  } catch {
    // It goes stale by itself.
  }
}

function touch(path: string, own: string): void {
  try {
    if (look(path)?.text !== own) return;
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Others will take it over: nothing that this process could do better.
  }
}

async function pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const longest = Math.min(pollMs.longest, pollMs.first * 2 ** Math.min(attempt, 8));
  try {
    // Not all of a burst at the same moment.
    await sleep(longest * (0.5 + Math.random() / 2), undefined, signal === undefined ? {} : { signal });
  } catch {
    throw new ClientError('interrupted', 'stopped');
  }
}

const toTimeout = (path: string, timeoutMs: number) =>
  new ClientError('unavailable', `another daypass has held ${path} for ${timeoutMs / 1000} s`, {
    hint: 'try again; if no other daypass runs, remove that file',
  });
