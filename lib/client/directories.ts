import { join } from 'node:path';
import envPaths from 'env-paths';

/** Where things are kept on this machine, for this user alone. */
export interface Directories {
  /** Settings that hold no secret: which broker. */
  readonly config: string;
  /** Logins. */
  readonly data: string;
  /** Credentials that haven't expired yet. */
  readonly cache: string;
}

/** The platform's own: XDG directories, `~/Library`, or AppData. `DAYPASS_HOME` puts all of them below one directory. */
export function toDirectories(env: Readonly<Record<string, string | undefined>>): Directories {
  const home = env['DAYPASS_HOME'];
  if (home) return { config: home, data: join(home, 'logins'), cache: join(home, 'cache') };
  const { config, data, cache } = envPaths('daypass', { suffix: '' });
  return { config, data, cache };
}
