import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runProgram } from '../../support/run-program.ts';
import { node } from '../../support/running-daypass.ts';

const directoriesModule = new URL('../../../lib/client/directories.ts', import.meta.url).href;

/** Of a process of its own: the variables are looked at once. */
async function readDirectories(env: Readonly<Record<string, string>>): Promise<unknown> {
  const source = `import { toDirectories } from ${JSON.stringify(directoriesModule)};
    console.log(JSON.stringify(toDirectories(process.env)))`;
  const args = ['--input-type=module', '--eval', source];
  return JSON.parse((await runProgram(node, args, { env, cwd: tmpdir() })).stdout);
}

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
});
