import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import envPaths from 'env-paths';
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
 * @throws ClientError `usage` where HOME is empty or relative, and the system knows no home of this user either
 */
export function toDirectories(env: Readonly<Record<string, string | undefined>>): Directories {
  const home = env['DAYPASS_HOME'];
  if (home) return { config: home, data: join(home, 'logins'), cache: join(home, 'cache') };
  const { config, data, cache } = envPaths('daypass', { suffix: '' });
  return { config: toOwn(config), data: toOwn(data), cache: toOwn(cache) };
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
