import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findProgram } from '../../../../lib/client/aws-config/find-program.ts';

let home: string;
let script: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'daypass-program-')));
  script = join(home, 'daypass.js');
  writeFileSync(script, '');
  chmodSync(script, 0o755);
});

afterEach(() => rmSync(home, { recursive: true }));

function install(folder: string, target = script): string {
  const directory = join(home, folder);
  mkdirSync(directory, { recursive: true });
  symlinkSync(target, join(directory, 'daypass'));
  return directory;
}

describe('findProgram', () => {
  it('is daypass where the PATH leads to this program', () => {
    const PATH = `/nowhere::${install('bin')}`;

    expect(findProgram(script, { PATH })).toEqual(['daypass']);
  });

  it.each([
    ['has no daypass', () => '/nowhere'],
    ['is not there', () => ''],
    ['has another daypass first', () => `${install('other', process.execPath)}:${install('bin')}`],
    ['has it while npm runs alone', () => install('node_modules/.bin')],
  ])('is Node and the script where the PATH %s', (_, toPath) => {
    expect(findProgram(script, { PATH: toPath() }, '/usr/bin/node')).toEqual(['/usr/bin/node', script]);
  });

  it('is the file itself where the script is a link', () => {
    const link = join(install('bin'), 'daypass');

    expect(findProgram(link, {}, '/usr/bin/node')).toEqual(['/usr/bin/node', script]);
  });
});
