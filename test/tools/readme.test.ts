import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runProgram } from '../support/run-program.ts';
import { node, type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

/*
 * The README's walk-through, as it is written: each block of commands (```sh) in one shell, in order, and behind it the
 * block that says what it prints, where … stands for whatever differs from run to run.
 */

let daypass: RunningDaypass;
let home: string;

beforeAll(async () => {
  daypass = await startDaypass();
  home = mkdtempSync(join(tmpdir(), 'daypass-readme-'));
});

afterAll(async () => {
  await daypass.stop();
  rmSync(home, { recursive: true, force: true });
});

function readBlocks(heading: string) {
  const readme = readFileSync('README.md', 'utf8');
  const [section = ''] = readme.slice(readme.indexOf(`### ${heading}\n`)).split(/\n(?=### (?!Third))/);
  return [...section.matchAll(/```sh\n([\s\S]*?)```\n```\n([\s\S]*?)```/g)].map(
    ([, commands = '', printed = '']) => ({ commands, printed }),
  );
}

const toPattern = (printed: string): RegExp =>
  new RegExp(`^${printed.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '[^\\n]*')}$`);

/** `npm run token`, the command as `npm start` shows it, and the three addresses, of this run. */
const here = ({ identityProvider, broker }: RunningDaypass, script: string): string =>
  `exec 2>&1
npm() { shift 4; ${node} local/token.ts "$@" --idp ${identityProvider} --broker ${broker}; }
daypass() { if [ "$1" = login ]; then set -- "$@" --browser; fi; ${node} bin/daypass.ts "$@"; }
${withAddresses(script)}`;

const withAddresses = (text: string): string =>
  text.replaceAll('http://127.0.0.1:8080', daypass.broker).replaceAll('http://127.0.0.1:4566', daypass.aws);

/** Signs in as sre. */
const browser = new URL('../support/browser.mjs', import.meta.url).pathname;
const path = `${dirname(node)}:/usr/bin:/bin`;

const end = '=== end of block\n';

describe('the README', () => {
  it.each([
    ['At a terminal', 2],
    ['When something is wrong', 1],
    ['Third parties', 7],
  ])(
    'prints what it says, in the section %s',
    async (heading, atLeast) => {
      const blocks = readBlocks(heading);
      const script = blocks
        .map(({ commands }) => `${commands}printf '${end.replace('\n', '\\n')}'`)
        .join('\n');

      const { stdout } = await runProgram('/bin/sh', ['-c', here(daypass, script)], {
        env: { HOME: home, AWS_EC2_METADATA_DISABLED: 'true', BROWSER: browser, PATH: path },
      });

      const printed = stdout.split(end).slice(0, -1);
      expect(blocks.length).toBeGreaterThanOrEqual(atLeast);
      expect(printed).toHaveLength(blocks.length);
      for (const [index, block] of blocks.entries())
        expect(printed[index]).toMatch(toPattern(withAddresses(block.printed)));
    },
    60_000,
  );
});
