import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aSignedInUser, aWatchedUser, type WatchedUser } from '../support/a-watched-user.ts';
import { atTerminal, keys } from '../support/at-a-terminal.ts';
import { anIntegrationDocument } from '../support/integration-client.ts';
import { runProgram } from '../support/run-program.ts';
import type { RunningDaypass } from '../support/running-daypass.ts';
import { theDaypass } from '../support/the-daypass.ts';

describe('at a terminal', () => {
  let daypass: RunningDaypass;
  let user: WatchedUser;
  let stranger: WatchedUser;

  beforeAll(async () => {
    daypass = await theDaypass();
    stranger = aWatchedUser(daypass);
    user = await aSignedInUser(daypass);
    const file = join(user.home, 'globex.json');
    writeFileSync(file, JSON.stringify(anIntegrationDocument()));
    for (const args of [
      ['integrations', 'create', '--file', file],
      ['credentials', 'prod-readonly'],
    ])
      expect(await user.run(...args)).toMatchObject({ code: 0 });
  });

  afterAll(async () => {
    for (const one of [user, stranger]) one.remove();
  });

  const withoutBrowser = ({ env: { BROWSER: _, ...env } }: WatchedUser) => env;
  const withoutBroker = ({ env: { DAYPASS_URL: _, ...env } }: WatchedUser) => env;

  interface Question {
    readonly awaited: string;
    readonly args: readonly string[];
    readonly env?: () => Readonly<Record<string, string>>;
  }

  const questions: readonly Question[] = [
    { awaited: "The broker's address", args: ['login'], env: () => withoutBroker(stranger) },
    { awaited: 'Sign in at', args: ['login'], env: () => stranger.env },
    {
      awaited: 'paste the token',
      args: ['login', '--issuer', 'adfs'],
      env: () => withoutBrowser(stranger),
    },
    {
      awaited: 'MFA code',
      args: ['session-token', '--mfa-serial', 'arn:aws:iam::222222222222:mfa/developer'],
    },
    { awaited: 'Stop issuing', args: ['suspend', '--everything', '--reason', 'try'] },
    { awaited: 'Delete globex', args: ['integrations', 'delete', 'globex'] },
    { awaited: 'Lock globex out', args: ['integrations', 'keys', 'globex', '--none'] },
  ];

  const waits: readonly (Question & { readonly code: number })[] = [
    {
      awaited: 'enter the code',
      args: ['login', '--issuer', 'okta', '--device'],
      env: () => stranger.env,
      code: 130,
    },
    {
      awaited: 'Open http',
      args: ['login', '--issuer', 'okta', '--browser'],
      env: () => withoutBrowser(stranger),
      code: 130,
    },
    { awaited: 'waiting for issuances', args: ['audit', '--follow', '--since', '1h'], code: 130 },
    // A service that is told to end has not failed.
    { awaited: 'serving until', args: ['agent', '--port', '0'], code: 0 },
  ];

  const ask = ({ awaited, args, env = () => user.env }: Question, key: string) =>
    atTerminal([...user.command, ...args], [[awaited, key]], env());

  /** A line of a stack, or what Node says of a program that hangs. */
  const trace = /\n\s+at |file:\/\/|Warning|defect/;

  describe('Ctrl-C', () => {
    it.each(questions)('at $awaited ends with 130', async (question) => {
      const { code, shown, missing } = await ask(question, keys.controlC);

      expect([missing, code]).toEqual([null, 130]);
      expect(shown).toContain('daypass: stopped');
      expect(shown).not.toMatch(trace);
    });

    it.each(waits)('while it waits ($args) ends with $code', async ({ code: wanted, ...question }) => {
      const { code, shown, missing } = await ask(question, keys.controlC);

      expect([missing && shown, code]).toEqual([null, wanted]);
      expect(shown).not.toMatch(trace);
    });

    it('ends the command of exec, and then exec by the same signal', async () => {
      const script =
        'trap "echo told; trap - INT; kill -INT $$" INT; echo ready; while :; do sleep 0.05; done';
      const command = [...user.command, 'exec', 'prod-readonly', '--', 'sh', '-c', script];

      const { signal, shown } = await atTerminal(command, [['ready', keys.controlC]], user.env);

      expect([signal, shown.match(/told/g)]).toEqual(['SIGINT', ['told']]);
    });

    it('has changed nothing', async () => {
      const { stdout } = await user.run('suspensions', '--json', '--include-lifted');
      const integration = await user.run('integrations', 'show', 'globex', '--json');

      expect([stdout, JSON.parse(integration.stdout).state]).toEqual(['', 'CREATED']);
      expect(stranger.files()).toEqual([]);
    });
  });

  describe('Ctrl-D', () => {
    it.each(questions)('at $awaited ends as Ctrl-C does', async (question) => {
      const { code, shown, missing } = await ask(question, keys.controlD);

      expect([missing, code]).toEqual([null, 130]);
      expect(shown).toContain('daypass: stopped');
      expect(shown).not.toMatch(trace);
    });
  });

  describe('SIGTERM', () => {
    it('at a question ends as Ctrl-C does, and gives the cursor back', async () => {
      const asking = `${user.command.join(' ')} session-token --mfa-serial x`;
      const script = `(sleep 3; kill -TERM $$) & exec ${asking}`;

      const { code, shown } = await atTerminal(['/bin/sh', '-c', script], [], user.env);

      expect(code).toBe(130);
      expect(shown).toContain('MFA code');
      expect(shown.lastIndexOf('\u001b[?25h')).toBeGreaterThan(shown.lastIndexOf('\u001b[?25l'));
    });
  });

  describe('without a terminal', () => {
    it.each([
      ['login', ['login'], '--issuer'],
      ['session-token', ['session-token', '--mfa-serial', 'x'], '--code'],
      ['suspend', ['suspend', '--everything', '--reason', 'x'], '--yes'],
      ['integrations delete', ['integrations', 'delete', 'globex'], '--yes'],
    ])('%s names the flag in the place of a question', async (_what, args, flag) => {
      const { code, stdout, stderr } = await user.run(...args);

      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(flag)]);
    });

    it('everything is plain', async () => {
      for (const args of [['profiles'], ['whoami'], ['audit'], ['--help'], ['nonsense']]) {
        const { stdout, stderr } = await user.runWith({ env: { TERM: 'xterm-256color' } }, ...args);
        expect(`${stdout}${stderr}`).not.toContain('\u001b');
      }
    });
  });

  describe('with somebody who looks', () => {
    const show = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      atTerminal([...user.command, ...args], [], { ...user.env, ...env });

    it('a table has headings, in bold where nobody says NO_COLOR', async () => {
      const [coloured, plain] = [await show(['profiles']), await show(['profiles'], { NO_COLOR: '1' })];

      expect(coloured.shown.startsWith('\u001b[1mPROFILE ')).toBe(true);
      expect(plain.shown).toMatch(/^PROFILE /);
      expect(plain.shown).not.toContain('\u001b');
    });

    it('a question is asked on standard error, and answered by the arrows', async () => {
      const answer = join(stranger.home, 'answer');
      const login = `${stranger.command.join(' ')} login > ${answer}`;

      const { code, shown } = await atTerminal(
        ['/bin/sh', '-c', login],
        [['Sign in at', keys.enter]],
        stranger.env,
      );

      expect([code, shown]).toEqual([0, expect.stringContaining('Logged in to')]);
      expect(await runProgram('/bin/cat', [answer])).toMatchObject({ stdout: '' });
    });

    it('credentials are the same as for a program, with what to do beside them', async () => {
      const { stdout } = await user.run('credentials', 'prod-readonly');

      const { shown } = await show(['credentials', 'prod-readonly']);

      expect(shown.replaceAll('\r\n', '\n').startsWith(stdout)).toBe(true);
      expect(shown).toContain('--format env');
    });
  });
});
