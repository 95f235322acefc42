import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ClientError } from './client-error.ts';

/** Where things are kept on this machine, for this user alone. */
export interface Directories {
  /** Settings that hold no secret: which broker. */
  readonly config: string;
  /** Logins. */
  readonly data: string;
  /** Credentials that haven't expired yet. */
  readonly cache: string;
}

/**
 * The platform's own: XDG directories, `~/Library`, or AppData. `DAYPASS_HOME` puts all of them below one directory.
 *
 * @throws ClientError `usage` where HOME is unset, empty or relative, and the system knows no home of this user either
 */
export function toDirectories(env: Environment): Directories {
  const home = env['DAYPASS_HOME'];
  if (home) return { config: home, data: join(home, 'logins'), cache: join(home, 'cache') };
  const { config, data, cache } = toUsual(env, findHome());
  return { config: toOwn(config), data: toOwn(data), cache: toOwn(cache) };
}

type Environment = Readonly<Record<string, string | undefined>>;

function toUsual(env: Environment, home: string): Directories {
  const at = (variable: string, ...elsewise: readonly string[]) => env[variable] || join(home, ...elsewise);
  if (process.platform === 'darwin') {
    const toLibrary = (kind: string) => join(home, 'Library', kind, name);
    return {
      config: toLibrary('Preferences'),
      data: toLibrary('Application Support'),
      cache: toLibrary('Caches'),
    };
  }
  if (process.platform === 'win32') {
    const local = at('LOCALAPPDATA', 'AppData', 'Local');
    return {
      config: join(at('APPDATA', 'AppData', 'Roaming'), name, 'Config'),
      data: join(local, name, 'Data'),
      cache: join(local, name, 'Cache'),
    };
  }
  return {
    config: join(at('XDG_CONFIG_HOME', '.config'), name),
    data: join(at('XDG_DATA_HOME', '.local', 'share'), name),
    cache: join(at('XDG_CACHE_HOME', '.cache'), name),
  };
}

const name = 'daypass';

/** Empty where nobody knows one, as of a container's user that has a number and no name. */
function findHome(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}

/** With an empty HOME all of it would lie below whatever directory one stands in, as a repository. */
function toOwn(path: string): string {
  if (isAbsolute(path)) return path;
  try {
    return join(userInfo().homedir, path);
  } catch (cause) {
    throw new ClientError('usage', 'HOME is no absolute path', {
      hint: 'set HOME, or DAYPASS_HOME to a directory of your own',
      cause,
    });
  }
}
