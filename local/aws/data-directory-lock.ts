import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Held while a process uses a data directory. */
export interface DataDirectoryLock {
  release(): Promise<void>;
}

interface Database {
  open(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Locks the data directory for this process, or rejects when another has it.
 *
 * The lock is an empty LevelDB: the operating system drops it when the process dies, however it dies, so that no stale
 * lock is ever left. (A second dynalite on the same files would say that it's ready and crash at its first request.)
 */
export async function lockDataDirectory(dataDirectory: string): Promise<DataDirectoryLock> {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const database = createDatabase(join(dataDirectory, 'lock'));
  try {
    await database.open();
  } catch (error) {
    if (!isLocked(error)) throw error;
    throw new Error(`${dataDirectory} is in use by another process: stop it or name another directory`, {
      cause: error,
    });
  }
  return { release: () => database.close() };
}

/** The `level` that dynalite brings: the same lock as its own files have, and no dependency more. */
function createDatabase(directory: string): Database {
  const resolveFromHere = createRequire(import.meta.url);
  const requireFromDynalite = createRequire(resolveFromHere.resolve('dynalite'));
  const { Level } = requireFromDynalite('level') as { Level: new (directory: string) => Database };
  return new Level(directory);
}

/** By its code: the error comes from a native module. */
function isLocked(error: unknown): boolean {
  const { cause } = Object(error) as { readonly cause?: unknown };
  return (Object(cause) as { readonly code?: unknown }).code === 'LEVEL_LOCKED';
}
