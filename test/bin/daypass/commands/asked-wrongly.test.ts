import { describe, expect, it } from '@jest/globals';
import { runCommand } from '../../../support/run-command.ts';

/** Where nobody answers: what got as far as that would end with 5. */
const env = { DAYPASS_HOME: '/nowhere', DAYPASS_URL: 'http://127.0.0.1:1', DAYPASS_TOKEN: 'x.y.z' };

const id = '01KAJ1T5XW4TQ5ZQ0W2Y8F3A7B';
const reason = ['--reason', 'x'];

describe('a command that is asked wrongly ends with 2, and asks nobody', () => {
  it.each([
    ['audit key wJalrXUtnFEMI/K7MDENG'],
    ['audit key ../../x'],
    ['audit key'],
    ['audit show ..'],
    ['audit --state GONE'],
    ['audit --since -2h'],
    ['audit --until yesterday'],
    ['audit --since 9999999d'],
    ['audit --limit 0'],
    ['audit --limit 3 --all'],
    ['audit --follow --limit 3'],
    ['audit --follow --until now'],
    ['audit --interval 0'],
    ['audit nonsense'],
    ['findings --severity fatal'],
    ['findings show .'],
    ['integrations'],
    ['integrations frob'],
    ['integrations show ..'],
    ['integrations suspend acme'],
    ['integrations retire acme'],
    ['integrations retire acme --which both'],
    ['integrations rotate acme --if-version new'],
    ['integrations create acme --trust {'],
    ['integrations create acme --session-tag Team'],
    ['integrations keys acme --file x --none'],
    ['integrations keys acme --none'],
    ['integrations onboard acme --format pdf'],
    ['decode'],
    ['web-identity-token ../x --audience https://api.partner.example'],
    ['web-identity-token .. --audience https://api.partner.example'],
    ['session-token --code 123456'],
    ['session-token --mfa-serial x'],
    ['session-token --mfa-serial x --code 12345'],
    ['lift'],
    ['lift profile.x'],
  ])('%s', async (line) => {
    expect(await runCommand(env, ...line.split(' '))).toMatchObject({ code: 2, stdout: '' });
  });

  it.each([
    [['suspend', ...reason], 'exactly one of'],
    [['suspend', '--profile', 'a', '--issuer', 'okta', ...reason], '--profile, --issuer'],
    [['suspend', '--principal', 'nobody', ...reason], '<issuer>.<subject>'],
    [['suspend', '--profile', 'a'], '--reason'],
    [['suspend', '--everything', ...reason], '--yes'],
    [['lift', '..', ...reason], 'no name of a suspension'],
    [['revoke', ...reason], 'exactly one of'],
    [['revoke', id, '--before', '1h', ...reason], '--before'],
    [['revoke', id, '--role', 'r', ...reason], '--role'],
    [['revoke', '..', ...reason], 'no name of an issuance'],
    [['credentials', '../x'], 'no name of a profile'],
    [['console', 'a/b'], 'no name of a profile'],
    [['explain', 'Shop'], 'no name of a profile'],
    [['credentials', '../x', '--integration'], 'no name of an integration'],
    [['integrations', 'show', '../x'], 'no name of an integration'],
  ])('%j, and says %s', async (args, said) => {
    const ended = await runCommand(env, ...args);

    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(said) });
  });
});

describe('a command without a broker', () => {
  it.each([
    'audit',
    'audit key ASIAIOSFODNN7EXAMPLE',
    'findings',
    'suspensions',
    'revocations',
    'integrations list',
  ])('that answers ends with 5, and prints nothing: %s', async (line) => {
    expect(await runCommand(env, ...line.split(' '))).toMatchObject({ code: 5, stdout: '' });
  });

  it('that is known ends with 3', async () => {
    expect(await runCommand({ DAYPASS_HOME: '/nowhere' }, 'audit')).toMatchObject({
      ...{ code: 3, stdout: '' },
      stderr: expect.stringContaining('daypass login'),
    });
  });
});

describe('help', () => {
  const commands = [
    ...['audit', 'audit key', 'audit show', 'findings', 'findings show', 'session-token', 'decode'],
    ...['web-identity-token', 'suspend', 'suspensions', 'lift', 'revoke', 'revocations', 'integrations'],
    ...['list', 'create', 'show', 'update', 'onboard', 'verify', 'rotate', 'retire', 'suspend', 'resume'].map(
      (name) => `integrations ${name}`,
    ),
    ...['integrations delete', 'integrations history', 'integrations keys'],
  ];

  it.each(commands)('of %s has examples of it', async (line) => {
    const { code, stdout } = await runCommand({}, ...line.split(' '), '--help');

    expect(code).toBe(0);
    expect(stdout.slice(stdout.indexOf('Examples:'))).toContain(`daypass ${line}`);
  });
});
