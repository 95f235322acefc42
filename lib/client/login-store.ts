import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../lambda/core/sha256.ts';
import { ClientError } from './client-error.ts';
import type { Directories } from './directories.ts';
import { toFileError } from './file-error.ts';
import type { LockOptions } from './file-lock.ts';
import { type Login, parseLogin } from './login/login.ts';
import { readPrivateFile, removePrivateFile, writePrivateFile } from './private-file.ts';

/** One login for each broker. */
export interface LoginStore {
  /** @throws ClientError where others can read the file, or it holds no login */
  read(broker: URL): Login | undefined;
  /** Whole or not at all. @throws ClientError where it can't be kept */
  write(broker: URL, login: Login): void;
  /** Whether there was one. */
  remove(broker: URL): boolean;
  /** Those whose login can be read. */
  brokers(): readonly URL[];
  /** All of them, also what can't be read. */
  clear(): void;
  /** While nobody else on this machine changes this broker's login. */
  whileLocked<Result>(
    broker: URL,
    action: () => Promise<Result>,
    waiting?: Pick<LockOptions, 'signal' | 'note'>,
  ): Promise<Result>;
}

const version = 1;

export function createLoginStore({ data }: Directories): LoginStore {
  // The URL itself may hold what no file may be named.
  const toPath = ({ href }: URL) => join(data, `${sha256(href).toString('hex').slice(0, 32)}.json`);
  return {
    read: (broker) => {
      const path = toPath(broker);
      const text = readPrivateFile(path);
      if (text === undefined) return undefined;
      const kept = parse(text);
      if (kept?.broker === broker.href) return kept.login;
      throw new ClientError('not-logged-in', `${path} holds no login for ${broker.href}`, {
        hint: 'log in again with: daypass login',
      });
    },
    write: (broker, login) =>
      writePrivateFile(toPath(broker), `${JSON.stringify({ version, broker: broker.href, login })}\n`),
    remove: (broker) => {
      const path = toPath(broker);
      const existed = listFiles(data).some((name) => join(data, name) === path);
      removePrivateFile(path);
      return existed;
    },
    brokers: () =>
      listFiles(data).flatMap((name) => {
        const broker = parse(readQuietly(join(data, name)) ?? '')?.broker;
        return broker === undefined ? [] : [new URL(broker)];
      }),
    clear: () => {
      for (const name of listFiles(data)) removePrivateFile(join(data, name));
    },
    whileLocked: async (broker, action, waiting) => {
      // Most commands find a token that is good.
      const { withLock } = await import('./file-lock.ts');
      return withLock(`${toPath(broker)}.lock`, action, {
        ...waiting,
        holder: 'another daypass that renews the login',
      });
    },
  };
}

function listFiles(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => /^[0-9a-f]{32}\.json$/.test(name));
  } catch (cause) {
    if (Object(cause).code === 'ENOENT') return [];
    throw toFileError('read', directory, cause);
  }
}

function readQuietly(path: string): string | undefined {
  try {
    return readPrivateFile(path);
  } catch {
    return undefined;
  }
}

interface Kept {
  readonly broker: string;
  readonly login: Login;
}

function parse(text: string): Kept | undefined {
  try {
    const kept = Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
    const login = parseLogin(kept['login']);
    const { broker } = kept;
    if (kept['version'] !== version || login === undefined || typeof broker !== 'string') return undefined;
    return URL.canParse(broker) ? { broker, login } : undefined;
  } catch {
    return undefined;
  }
}
