import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toShellWord } from '../../../bin/daypass/shell-word.ts';

describe('a word of a command line to paste', () => {
  it('is as it is where a shell takes it so', () => {
    expect(toShellWord('okta.alice@example.com')).toBe('okta.alice@example.com');
  });

  it('is the same text to a shell, whatever it holds', () => {
    const texts = fc.sample(
      fc.string({ minLength: 1 }).filter((text) => !text.includes('\0')),
      {
        numRuns: 60,
        seed: 7,
      },
    );
    const all = ['$(touch /tmp/owned)', '`id`', "it's", 'a b', '*', '~', ';', '', ...texts];

    const echoed = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${all.map(toShellWord).join(' ')}`], {
      encoding: 'utf8',
    });

    expect(echoed.split('\0').slice(0, -1)).toEqual(all);
  });
});
