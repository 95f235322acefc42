import { describe, expect, it } from '@jest/globals';
import { completionScripts } from '../../bin/daypass/completion/shell-scripts.ts';
import { runProgram } from '../support/run-program.ts';

/** The function as zsh calls it, with an answer of `daypass` and a `_describe` that shows what it is given. */
const zsh = `
daypass() { print -r -- "$said"; }
_describe() { print -rl -- "\${(@P)4}"; }
words=(daypass credentials x --format '')
CURRENT=5
said="$2"
eval "$1"
_daypass`;

describe('the script for zsh', () => {
  it('lists words with their descriptions, and those without one alone', async () => {
    const answer = 'words\njson\t\n--duration\thow long: 1h\na:b\t\nx\ty\n';

    const { code, stdout, stderr } = await runProgram(
      '/usr/bin/zsh',
      ['-f', '-c', zsh, 'zsh', completionScripts.zsh, answer],
      { env: {} },
    );

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual(['json', '--duration:how long: 1h', 'a\\:b', 'x:y', '']);
  });
});
