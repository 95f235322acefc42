import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aSignedInUser, type WatchedUser } from '../support/a-watched-user.ts';
import { atTerminal, keys } from '../support/at-a-terminal.ts';
import { runProgram } from '../support/run-program.ts';
import type { RunningDaypass } from '../support/running-daypass.ts';
import { theDaypass } from '../support/the-daypass.ts';

describe('a shell, and somebody who types and presses Tab', () => {
  let daypass: RunningDaypass;
  let user: WatchedUser;

  beforeAll(async () => {
    daypass = await theDaypass();
    user = await aSignedInUser(daypass);
  });

  afterAll(async () => {
    user.remove();
  });

  /** What is typed before Tab, and what stands there after it. */
  const rows = [
    ['daypass whoa', 'daypass whoami'],
    ['daypass integrations onb', 'daypass integrations onboard'],
    ['daypass credentials --dur', 'daypass credentials --duration'],
    ['daypass credentials x --format power', 'daypass credentials x --format powershell'],
    // bash takes words apart at `=`.
    ['daypass credentials x --format=power', 'daypass credentials x --format=powershell'],
    ['daypass config check --against /etc/debian_v', 'daypass config check --against /etc/debian_version'],
    ['daypass exec prod-', 'daypass exec prod-readonly'],
    ['daypass exec x -- /usr/bin/setpri', 'daypass exec x -- /usr/bin/setpriv'],
    [
      'daypass exec x --reason=y -- cat /etc/debian_v',
      'daypass exec x --reason=y -- cat /etc/debian_version',
    ],
  ] as const;

  interface Shell {
    readonly command: readonly string[];
    /** Reads the script, and then prints `ready` without that word being typed. */
    readonly start: string;
  }

  const shells: Readonly<Record<string, Shell>> = {
    bash: {
      command: ['/bin/bash', '--norc', '--noprofile', '-i'],
      start: "source <(daypass completion bash); PS1='$ '; printf 'rea%s\\n' dy\r",
    },
    zsh: {
      command: ['/usr/bin/zsh', '-f', '-i'],
      start:
        "autoload -U compinit; compinit -D; source <(daypass completion zsh); PS1='$ '; printf 'rea%s\\n' dy\r",
    },
  };

  describe.each(Object.entries(shells))('%s', (_name, { command, start }) => {
    it('completes commands, options, values, profiles, and the command that exec runs', async () => {
      const steps = rows.flatMap(([typed, completed]) => [
        ['', `${typed}${keys.tab}`] as const,
        [`${typed}.{0,40}?${completed.slice(typed.length)}`, keys.controlU] as const,
      ]);

      const { missing, shown } = await atTerminal(
        command,
        [['', start], ['ready', ''], ...steps, ['', null]],
        {
          ...user.env,
          HISTFILE: '/dev/null',
        },
      );

      expect([missing, missing && shown]).toEqual([null, null]);
    });
  });

  describe('fish', () => {
    it('completes the same', async () => {
      const script =
        'daypass completion fish | source; for typed in $argv; complete --do-complete $typed; echo end; end';
      const typed = rows.map(([text]) => text);

      const { code, stdout, stderr } = await runProgram(
        '/usr/bin/fish',
        ['--no-config', '-c', script, '--', ...typed],
        { env: user.env },
      );

      expect([code, stderr]).toEqual([0, '']);
      const answers = stdout
        .split('end\n')
        .map((lines) => lines.split('\n').map((line) => line.split('\t')[0]));
      for (const [index, [, completed]] of rows.entries())
        expect(answers[index]).toContain(completed.split(' ').at(-1));
    });
  });
});
