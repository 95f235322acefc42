import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { daypassScript } from '../support/a-daypass-user.ts';
import { aLine, type Line } from '../support/a-line.ts';
import { aSignedInUser, listIssued, type WatchedUser } from '../support/a-watched-user.ts';
import { startAgent } from '../support/an-agent.ts';
import { awsIdentity, boto3Identity, debianPython } from '../support/aws-tools.ts';
import { setFaults } from '../support/daypass-client.ts';
import { runProgram } from '../support/run-program.ts';
import { node, type RunningDaypass } from '../support/running-daypass.ts';
import { theDaypass } from '../support/the-daypass.ts';

describe('what goes wrong around the command', () => {
  let daypass: RunningDaypass;
  let line: Line;
  let user: WatchedUser;

  beforeAll(async () => {
    daypass = await theDaypass();
    line = await aLine(daypass.broker);
    user = await aSignedInUser({ broker: line.url });
  });

  afterAll(async () => {
    await line.stop();
    user.remove();
  });

  const minutes = (count: number) => count * 60_000;
  const clockScript = new URL('../support/a-clock.mjs', import.meta.url).pathname;

  /** For a command whose clock is ahead by what `set` says. */
  function aClock(name: string) {
    const file = join(user.home, name);
    const set = (ms: number) => writeFileSync(file, String(ms));
    set(0);
    return { set, env: { NODE_OPTIONS: `--import ${clockScript}`, DAYPASS_TEST_CLOCK: file } };
  }

  describe('a broker that is away', () => {
    it('keeps nobody from credentials that are still good, and is said where there are none', async () => {
      await user.run('configure');
      const profile = ['--profile', 'daypass-prod-readonly'];
      const { Arn } = await awsIdentity(daypass.aws, { HOME: user.home }, ...profile);
      const clock = aClock('clock-of-credentials');

      await line.cut();
      const fresh = await awsIdentity(daypass.aws, { HOME: user.home }, ...profile);
      clock.set(minutes(12));
      const older = await user.runWith({ env: clock.env }, 'credentials', 'prod-readonly');
      clock.set(minutes(16));
      const over = await user.runWith({ env: clock.env }, 'credentials', 'prod-readonly');
      const other = await user.run('exec', 'team-data', '--', 'echo', 'ran');
      await line.restore();
      const back = await user.runWith({ env: clock.env }, 'credentials', 'prod-readonly');

      expect(fresh.Arn).toBe(Arn);
      expect([older.code, JSON.parse(older.stdout).Version]).toEqual([0, 1]);
      expect(older.stderr).toMatch(
        /^daypass: no broker answers at .*; these credentials of earlier are valid/,
      );
      for (const { code, stdout, stderr } of [over, other]) {
        expect([code, stdout]).toEqual([5, '']);
        expect(stderr).toMatch(/^daypass: no broker answers at \S+ \(ECONNREFUSED\)\n {2}check DAYPASS_URL/);
      }
      expect([back.code, back.stderr, back.stdout === older.stdout]).toEqual([0, '', false]);
    });

    it('is bridged by the agent as long as its credentials are good; then it says so, and goes on by itself', async () => {
      const clock = aClock('clock-of-agent');
      const agent = await startAgent(user, [], clock.env);
      try {
        const env = await agent.environment('team-data');
        const ask = () => askAgent(env);
        const first = await ask();

        await line.cut();
        clock.set(minutes(12));
        const older = await ask();
        clock.set(minutes(16));
        const over = await ask();
        const sdk = await boto3Identity(debianPython, daypass.aws, { HOME: '/nonexistent', ...env });
        await line.restore();
        // What has failed is not tried again for two seconds.
        clock.set(minutes(17));
        const back = await ask();

        expect([first.status, older.status, back.status]).toEqual([200, 200, 200]);
        expect(older.body['AccessKeyId']).toBe(first.body['AccessKeyId']);
        expect([over.status, over.retryAfter]).toEqual([503, expect.stringMatching(/^\d+$/)]);
        expect(over.body['Message']).toContain('no broker answers');
        expect(sdk.message).toContain('no broker answers');
        expect(back.body['AccessKeyId']).not.toBe(first.body['AccessKeyId']);
        expect(await listIssued(user, 'team-data')).toHaveLength(2);
      } finally {
        agent.signal('SIGTERM');
        await agent.ended;
      }
    });

    it('that fails inside is said with the request, and asked once', async () => {
      await setFaults(daypass, [{ service: 'dynamodb', kind: '500' }]);
      const { code, stdout, stderr } = await user.run('credentials', 'data-long');
      await setFaults(daypass, []);

      expect([code, stdout]).toEqual([5, '']);
      expect(stderr).not.toContain('ask for access');
      expect(stderr).toMatch(/^daypass: .*\n {2}.*request /);
    });
  });

  async function askAgent({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url = '',
    AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization = '',
  }: Readonly<Record<string, string>>) {
    const answer = await fetch(url, { headers: { authorization } });
    const body = (await answer.json()) as Readonly<Record<string, string>>;
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body };
  }

  describe('a profile that is not the caller’s', () => {
    it('reads like none, and says whom to ask', async () => {
      const denied = await user.run('credentials', 'ci-deploy');
      const unknown = await user.run('credentials', 'ci-deploys');

      const words = ({ stderr }: { readonly stderr: string }) =>
        stderr.replaceAll('ci-deploys', 'ci-deploy').replace(/issuance 01\w+/, 'issuance …');
      expect([denied.code, denied.stdout, unknown.code]).toEqual([4, '', 4]);
      expect(words(unknown)).toBe(words(denied));
      expect(words(denied)).toMatch(/ {2}yours are listed by: daypass profiles; ask for access at https:/);
    });
  });

  /** Root too is kept out by modes then. */
  const asNobodySpecial = (command: readonly string[]): readonly string[] => {
    const powers = '-dac_override,-dac_read_search';
    if (process.getuid?.() !== 0) return command;
    return ['/usr/bin/setpriv', `--inh-caps=${powers}`, `--bounding-set=${powers}`, ...command];
  };

  const runAs = (command: readonly string[]) => {
    const [file = '', ...args] = command;
    return runProgram(file, args, { env: user.env });
  };

  describe('a home that is read-only', () => {
    const run = (...args: readonly string[]) => runAs(asNobodySpecial([node, daypassScript, ...args]));
    beforeAll(() => {
      rmSync(join(user.home, '.cache'), { recursive: true, force: true });
      mkdirSync(join(user.home, '.aws'), { recursive: true });
      execFileSync('/bin/chmod', ['-R', 'a-w', user.home]);
    });

    afterAll(() => {
      execFileSync('/bin/chmod', ['-R', 'u+w', user.home]);
    });

    it('gives credentials, and says that it keeps none', async () => {
      const { code, stdout, stderr } = await run('credentials', 'prod-readonly');
      const executed = await run('exec', 'prod-readonly', '--', 'printenv', 'AWS_ACCESS_KEY_ID');

      expect([code, JSON.parse(stdout).Version]).toEqual([0, 1]);
      expect(stderr).toMatch(/^daypass: the cache of credentials: .*permission denied.*\n$/);
      expect([executed.code, executed.stdout]).toEqual([0, expect.stringMatching(/^ASIA\w+\n$/)]);
    });

    it.each([
      ['configure', ['configure', '--prefix', 'other-'], 'nothing was changed'],
      ['login', ['login', '--issuer', 'okta', '--browser'], 'DAYPASS_HOME'],
      ['agent', ['agent', '--port', '0'], 'DAYPASS_HOME'],
    ])('is said by %s, with what to do', async (_what, args, hint) => {
      const { code, stdout, stderr } = await run(...args);

      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^daypass: can't (?:write|lock) .*: permission denied$/m);
      expect(stderr).toContain(hint);
    });
  });

  describe('a disk that is full', () => {
    /** No file may grow beyond so many blocks of 512 bytes: to whoever writes it is as full, for any user anywhere. */
    const runWithin = (blocks: number, ...args: readonly string[]) =>
      runAs(['/bin/sh', '-c', `ulimit -f ${blocks}; exec "$@"`, 'sh', node, daypassScript, ...args]);
    const run = (...args: readonly string[]) => runWithin(0, ...args);

    it('loses no credentials, no login, and no line of the configuration', async () => {
      rmSync(join(user.home, '.cache'), { recursive: true, force: true });
      await user.run('configure');
      const before = readdirSync(join(user.home, '.aws'));

      const given = await run('credentials', 'prod-readonly');
      const configured = await run('configure', '--prefix', 'other-');
      const login = await run('login', '--issuer', 'okta', '--browser');
      user.age();
      // A lock finds room, and the login doesn't.
      const renewing = await runWithin(1, 'whoami');
      const after = await user.run('whoami');

      expect([given.code, JSON.parse(given.stdout).Version]).toEqual([0, 1]);
      expect(given.stderr).toMatch(/^daypass: the cache of credentials: /);
      expect([configured.code, login.code, renewing.code]).toEqual([1, 1, 1]);
      expect(readdirSync(join(user.home, '.aws'))).toEqual(before);
      // The refresh token is still unused.
      expect([after.code, after.stderr]).toEqual([0, '']);
    });

    it('keeps nobody from logging out', async () => {
      expect(await run('logout')).toMatchObject({ code: 0 });
      expect(user.files()).toEqual([]);
    });
  });

  describe('files that others could read', () => {
    it('are refused, with what to do', async () => {
      await user.run('login', '--issuer', 'okta', '--browser');
      const [file = ''] = user.files();
      chmodSync(file, 0o644);

      const { code, stdout, stderr } = await user.run('whoami');

      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(
        /^daypass: .* can be read or written by others \(mode 0644\)\n {2}chmod go-rwx /,
      );
    });
  });

  describe('standard error', () => {
    it('has had no secret', () => {
      expect(user.said.join('')).not.toMatch(/eyJ[\w-]{20}|[?&](?:code|state)=/);
      for (const secret of user.secrets()) expect(user.said.join('')).not.toContain(secret);
    });
  });
});
