import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { toDaypassFunction } from '../../local/daypass-function.ts';
import { runProgram } from '../support/run-program.ts';
import { node } from '../support/running-daypass.ts';

const directory = mkdtempSync(join(tmpdir(), 'daypass-function-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the daypass function of a shell', () => {
  it('runs the script of any path, with the arguments as they are, where somebody stands', async () => {
    const checkout = join(directory, 'it\'s $(touch injected) "here"');
    mkdirSync(checkout);
    const script = join(checkout, 'daypass.mjs');
    writeFileSync(script, 'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)]));\n');
    const line = toDaypassFunction(node, script);

    const ended = await runProgram('/bin/sh', ['-c', `${line}\ndaypass "a b" '' '*'`], { cwd: directory });

    expect(ended).toEqual({
      code: 0,
      stderr: '',
      stdout: `${JSON.stringify([directory, 'a b', '', '*'])}\n`,
    });
  });
});
