import { describe, expect, it } from '@jest/globals';
import { daypassScript } from '../../support/a-daypass-user.ts';
import { atTerminal, keys } from '../../support/at-a-terminal.ts';
import { node } from '../../support/running-daypass.ts';

/** Where nobody answers: what goes on ends with 5. */
const env = {
  ...{ DAYPASS_HOME: '/nowhere', DAYPASS_URL: 'http://127.0.0.1:1', DAYPASS_TOKEN: 'x.y.z' },
  ...{ AWS_ACCESS_KEY_ID: 'AKIAI44QH8DHBEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
};
const suspend = [node, daypassScript, 'suspend', '--everything', '--reason', 'x'];
const sessionToken = [
  node,
  daypassScript,
  'session-token',
  '--mfa-serial',
  'arn:aws:iam::222222222222:mfa/a',
];

describe('a question', () => {
  it.each([
    ['yes goes on', 'y\r', 5],
    ['no ends it', 'n\r', 130],
    ['just Enter ends it: no is the default', '\r', 130],
    ['Ctrl-C ends it', keys.controlC, 130],
    ['Ctrl-D ends it', keys.controlD, 130],
  ])('before everything stops: %s', async (_, pressed, code) => {
    const ended = await atTerminal(suspend, [['Stop issuing', pressed]], env);

    expect(ended).toMatchObject({ code, missing: null });
    expect(ended.shown).not.toMatch(/\n\s+at |Warning/);
  });

  it.each([
    ['what is typed is not shown', '987654\r', 5],
    ['a word is no code', 'abcdef\r', 2],
    ['Ctrl-C ends it', keys.controlC, 130],
    ['Ctrl-D ends it', keys.controlD, 130],
  ])('for a code: %s', async (_, pressed, code) => {
    const ended = await atTerminal(sessionToken, [['MFA code', pressed]], env);

    expect(ended).toMatchObject({ code, missing: null });
    expect(ended.shown).not.toMatch(/987654|abcdef|\n\s+at |Warning/);
  });
});
