import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runProgram } from '../../support/run-program.ts';
import { node } from '../../support/running-daypass.ts';

const directoriesModule = new URL('../../../lib/client/directories.ts', import.meta.url).href;

/** Of a process of its own: the variables are looked at once. */
async function readDirectories(env: Readonly<Record<string, string>>, before = ''): Promise<unknown> {
  const source = `${before}
    const { toDirectories } = await import(${JSON.stringify(directoriesModule)});
    try {
      console.log(JSON.stringify(toDirectories(process.env)));
    } catch ({ code, hint }) {
      console.log(JSON.stringify({ code, hint }));
    }`;
  const args = ['--input-type=module', '--eval', source];
  return JSON.parse((await runProgram(node, args, { env, cwd: tmpdir() })).stdout);
}

/** As the system does for a number that is nobody's, in a container without HOME. */
const asNobody = `import os from 'node:os';
  import { syncBuiltinESMExports } from 'node:module';
  os.homedir = os.userInfo = () => { throw new Error('uv_os_homedir returned ENOENT'); };
  syncBuiltinESMExports();`;

describe('the directories of a user', () => {
  it.each([
    ['empty', { HOME: '' }, ''],
    ['relative', { HOME: 'here' }, 'here'],
  ])('lie below their own home where HOME is %s, and never where one stands', async (_what, env, below) => {
    const own = join(userInfo().homedir, below);

    expect(await readDirectories(env)).toEqual({
      config: join(own, '.config/daypass'),
      data: join(own, '.local/share/daypass'),
      cache: join(own, '.cache/daypass'),
    });
  });

  it('are those of the XDG variables', async () => {
    const env = { XDG_CONFIG_HOME: '/x/config', XDG_DATA_HOME: '/x/data', XDG_CACHE_HOME: '/x/cache' };
    const wanted = { config: '/x/config/daypass', data: '/x/data/daypass', cache: '/x/cache/daypass' };

    expect(await readDirectories(env)).toEqual(wanted);
    expect(await readDirectories(env, asNobody)).toEqual(wanted);
  });

  it('are those of DAYPASS_HOME for a user without a home, who is told of it elsewise', async () => {
    const all = { config: '/own', data: '/own/logins', cache: '/own/cache' };

    expect(await readDirectories({ DAYPASS_HOME: '/own' }, asNobody)).toEqual(all);
    expect(await readDirectories({}, asNobody)).toEqual({
      code: 'usage',
      hint: 'set HOME, or DAYPASS_HOME to a directory of your own',
    });
  });
});
