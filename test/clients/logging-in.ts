import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signIn } from '../support/a-browser.ts';
import { daypassScript } from '../support/a-daypass-user.ts';
import { startCommand } from '../support/a-running-command.ts';
import { aSignedInUser, aWatchedUser, type WatchedUser } from '../support/a-watched-user.ts';
import { userCredentials } from '../support/aws-identities.ts';
import { fetchToken, setFaults } from '../support/daypass-client.ts';
import { node, type RunningDaypass } from '../support/running-daypass.ts';
import { theDaypass } from '../support/the-daypass.ts';

describe('somebody new, with an empty home and without a terminal', () => {
  let daypass: RunningDaypass;
  const users: WatchedUser[] = [];

  const aNewUser = (caller?: string) => {
    const user = aWatchedUser(daypass, caller);
    users.push(user);
    return user;
  };

  beforeAll(async () => {
    daypass = await theDaypass();
  });

  afterAll(async () => {
    for (const user of users) user.remove();
  });

  const whoIs = async (user: WatchedUser, env: Readonly<Record<string, string>> = {}) => {
    const { code, stdout, stderr } = await user.runWith({ env }, 'whoami', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const { issuer, subject } = JSON.parse(stdout);
    return `${issuer}.${subject}`;
  };

  const sre = 'okta.sre@example.com';

  describe('daypass login', () => {
    it('by a browser keeps a login that only its owner can read, and nothing secret in any list of processes', async () => {
      const user = aNewUser();

      const { code, stdout, stderr } = await user.run('login', '--issuer', 'okta', '--browser');

      expect([code, stdout]).toEqual([0, '']);
      expect(stderr).toContain('Logged in to');
      expect(await whoIs(user)).toBe(sre);
      const [file = ''] = user.files();
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
      const [token = '', refreshToken = ''] = user.secrets();
      expect([token.length > 100, refreshToken.length > 20]).toEqual([true, true]);
      expect(user.processes()).toMatch(/a-browser http:\/\/127\.0\.0\.1:\d+\/start\/[\w-]+ /);
      expect(user.processes()).not.toMatch(/code_challenge|state=|[?&]code=/);
    });

    it('by a code ends once somebody has entered it', async () => {
      const user = aNewUser();
      const login = startCommand(node, [daypassScript, 'login', '--issuer', 'okta', '--device'], user.env);
      const [, page = '', userCode = ''] = await login.shows(/Open (\S+) in any browser, .* code (\S+)/);

      expect((await signIn(page, 'sre', { userCode })).html).toContain('Signed in');

      expect(await login.ended).toMatchObject({ code: 0, stdout: '' });
      expect(await whoIs(user)).toBe(sre);
    });

    it('by SAML takes the token from the page of the broker', async () => {
      const user = aNewUser('analyst');

      const { code, stderr } = await user.run('login', '--issuer', 'adfs');

      expect([code, stderr]).toEqual([0, expect.stringContaining('analyst@example.com of adfs')]);
      expect(await whoIs(user)).toBe('adfs.analyst@example.com');
    });

    it('by a file reads it at each use', async () => {
      const user = aNewUser();
      const file = join(user.home, 'a token');
      writeFileSync(file, await fetchToken(daypass, 'sre'));

      const { code } = await user.runWith({ cwd: user.home }, 'login', '--token-file', 'a token');
      const before = await whoIs(user);
      writeFileSync(file, `${await fetchToken(daypass, 'developer')}\n`);

      expect([code, before, await whoIs(user)]).toEqual([0, sre, 'okta.developer@example.com']);
    });

    it('by standard input keeps that token', async () => {
      const user = aNewUser();

      const { code } = await user.runWith(
        { input: await fetchToken(daypass, 'sre') },
        'login',
        '--token-stdin',
      );

      expect([code, await whoIs(user)]).toEqual([0, sre]);
    });

    it('by AWS keys signs each request, and keeps none of them', async () => {
      const user = aNewUser();
      const { accessKeyId, secretAccessKey } = userCredentials('222222222222/developer');
      const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
      const quiet = { AWS_EC2_METADATA_DISABLED: 'true' };

      const { code } = await user.runWith({ env: { ...quiet, ...keys } }, 'login', '--aws');

      expect(code).toBe(0);
      const own = 'aws.arn:aws:iam::222222222222:user/developer';
      expect(await whoIs(user, { ...quiet, ...keys })).toBe(own);
      const without = await user.runWith({ env: quiet }, 'whoami');
      expect([without.code, without.stderr]).toEqual([3, expect.stringContaining('no AWS credentials')]);
      expect(
        user
          .files()
          .map((file) => readFileSync(file, 'utf8'))
          .join(),
      ).not.toContain(secretAccessKey);
    });

    it('is not needed with a token in the environment', async () => {
      const user = aNewUser();

      expect(await whoIs(user, { DAYPASS_TOKEN: await fetchToken(daypass, 'sre') })).toBe(sre);
      expect(user.files()).toEqual([]);
    });

    it.each([
      ['no issuer is named', [], /--issuer \(okta, adfs\)/],
      ['two ways are', ['--device', '--browser'], /cannot be used with/],
    ])('asks nobody where %s: it says what to add', async (_what, args, said) => {
      const user = aNewUser();

      const { code, stdout, stderr } = await user.run('login', ...args);

      expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(said)]);
      expect(user.files()).toEqual([]);
    });

    it('refused by the broker is not kept', async () => {
      const user = aNewUser();

      const { code, stderr } = await user.runWith({ input: 'e30.e30.e30' }, 'login', '--token-stdin');

      expect([code, stderr]).toEqual([3, expect.stringContaining('daypass login')]);
      expect(user.files()).toEqual([]);
    });
  });

  const askIssuer = (path: string, parameters: Readonly<Record<string, string>>) =>
    fetch(`${daypass.identityProvider}/okta/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'daypass-cli', ...parameters }),
    });

  /** As an administrator ends somebody's sessions. */
  async function revoke(refreshToken: string): Promise<void> {
    const { status } = await askIssuer('token/revocation', { token: refreshToken });
    expect(status).toBe(200);
  }

  describe('a login', () => {
    it('tells its profiles, in lines that `cut` takes', async () => {
      const user = await aSignedInUser(daypass);
      users.push(user);

      const { code, stdout, stderr } = await user.run('profiles');

      expect([code, stderr]).toEqual([0, '']);
      const names = stdout.split('\n').map((line) => line.split('\t')[0]);
      expect(names).toEqual(expect.arrayContaining(['prod-readonly', 'team-data']));
      expect(names).not.toContain('ci-deploy');
    });

    it('that the issuer has ended is said, with what to do; another one goes on', async () => {
      const user = await aSignedInUser(daypass);
      users.push(user);
      await revoke(user.secrets()[1] ?? '');
      user.age();

      const ended = [await user.run('credentials', 'prod-readonly'), await user.run('whoami')];
      await user.run('login', '--issuer', 'okta', '--browser');

      for (const { code, stdout, stderr } of ended) {
        expect([code, stdout]).toEqual([3, '']);
        expect(stderr).toMatch(/^daypass: the login has ended.*\n {2}log in again with: daypass login\n$/);
      }
      expect(await user.run('credentials', 'prod-readonly')).toMatchObject({ code: 0, stderr: '' });
    });

    it('outlasts an issuer that is away', async () => {
      const user = await aSignedInUser(daypass);
      users.push(user);
      const before = user.secrets();
      user.age();

      await setFaults(daypass, [{ service: 'identity-provider', kind: '500' }]);
      const away = await user.run('whoami');
      await setFaults(daypass, []);

      expect([away.code, away.stdout, user.secrets()]).toEqual([5, '', before]);
      expect(away.stderr).toContain(daypass.identityProvider);
      expect(await user.run('whoami')).toMatchObject({ code: 0, stderr: '' });
    });

    it('is renewed by one of many who need it at once', async () => {
      const user = await aSignedInUser(daypass);
      users.push(user);
      const before = user.secrets();
      user.age();

      const ended = await Promise.all(Array.from({ length: 5 }, () => user.run('whoami')));

      expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(ended.map(() => [0, '']));
      expect(user.secrets()).toHaveLength(2);
      expect(user.secrets().filter((secret) => before.includes(secret))).toEqual([]);
    });

    it('is forgotten by logout, with all credentials that it gave', async () => {
      const user = await aSignedInUser(daypass);
      users.push(user);
      await user.run('credentials', 'prod-readonly');
      const [refreshToken = ''] = user.secrets().slice(1);
      expect(user.secrets()).toHaveLength(4);

      const { code, stderr } = await user.run('logout');

      expect([code, stderr]).toEqual([0, expect.stringContaining('Logged out of')]);
      expect(user.secrets()).toEqual([]);
      const refreshing = { grant_type: 'refresh_token', refresh_token: refreshToken };
      expect(await (await askIssuer('token', refreshing)).json()).toMatchObject({ error: 'invalid_grant' });
      expect(await user.run('whoami')).toMatchObject({ code: 3 });
    });
  });

  // Last: of all that the users above were told.
  describe('standard error', () => {
    it('has no secret and no escape sequence', () => {
      const said = users.flatMap((user) => user.said).join('\n');

      expect(said).toContain('Logged in to');
      for (const secret of users.flatMap((user) => user.secrets())) expect(said).not.toContain(secret);
      expect(said).not.toMatch(/eyJ[\w-]{20}/);
      expect(said).not.toContain('\u001b');
    });
  });
});
