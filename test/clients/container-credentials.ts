import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aSignedInUser, listIssued, type WatchedUser } from '../support/a-watched-user.ts';
import { type RunningAgent, startAgent } from '../support/an-agent.ts';
import { awsCli, awsIdentity, boto3Identity, boto3s } from '../support/aws-tools.ts';
import { runProgram } from '../support/run-program.ts';
import { node, type RunningDaypass } from '../support/running-daypass.ts';
import { theDaypass } from '../support/the-daypass.ts';

describe('SDKs that know nothing but variables of their environment', () => {
  let daypass: RunningDaypass;
  let user: WatchedUser;
  let agent: RunningAgent;

  beforeAll(async () => {
    daypass = await theDaypass();
    user = await aSignedInUser(daypass);
    agent = await startAgent(user, ['--imds', 'prod-readonly']);
  });

  afterAll(async () => {
    agent.signal('SIGTERM');
    await agent.ended;
    user.remove();
  });

  const readOnly = /^arn:aws:sts::222222222222:assumed-role\/ReadOnly\/sre@example\.com-/;
  const clientsScript = new URL('../support/sdk-clients.ts', import.meta.url).pathname;

  /** The ARNs that so many clients of the AWS SDK for JavaScript in one process have. */
  async function sdkIdentities(env: Readonly<Record<string, string>>, count = 1): Promise<readonly string[]> {
    const args = [clientsScript, daypass.aws, String(count)];
    const { code, stdout, stderr } = await runProgram(node, args, { env: { HOME: '/nonexistent', ...env } });
    // What the SDK has to say, but for its word on a machine that is slow.
    const warnings = stderr.split('\n').filter((line) => line !== '' && !line.includes('requestTimeout'));
    expect([code, warnings]).toEqual([0, []]);
    return JSON.parse(stdout);
  }

  const times = <Value>(count: number, act: () => Promise<Value>): Promise<readonly Value[]> =>
    Promise.all(Array.from({ length: count }, act));

  /** As the help of the command has it, in another terminal. */
  const runInShell = (url: string) => {
    const print = `daypass agent --port ${new URL(url).port} --print-env prod-readonly --inline-token`;
    const whoAmI = `${awsCli} sts get-caller-identity --endpoint-url ${daypass.aws} --query Arn --output text`;
    return runProgram('/bin/sh', ['-ec', `eval "$(${print})"; ${whoAmI}`], {
      env: { HOME: user.home, PATH: user.path, AWS_REGION: 'eu-west-1' },
    });
  };

  describe('a hundred clients of the AWS SDK for JavaScript at once', () => {
    it('have one session', async () => {
      const env = await agent.environment('prod-readonly');

      const arns = (await times(5, () => sdkIdentities(env, 20))).flat();

      expect(new Set(arns)).toEqual(new Set([expect.stringMatching(readOnly)]));
      expect(await listIssued(user, 'prod-readonly')).toHaveLength(1);
    });
  });

  describe('twenty processes of the AWS SDK for JavaScript at once', () => {
    it('have one session, of another profile of the same agent', async () => {
      const env = await agent.environment('team-data', { token: 'file' });

      const arns = (await times(20, () => sdkIdentities(env))).flat();

      expect([new Set(arns).size, arns.length]).toEqual([1, 20]);
      expect(await listIssued(user, 'team-data')).toHaveLength(1);
    }, 120_000);
  });

  describe('the AWS CLI and boto3', () => {
    it('have that session too', async () => {
      const env = { HOME: '/nonexistent', ...(await agent.environment('prod-readonly')) };

      const { Arn } = await awsIdentity(daypass.aws, env);
      const inShell = await runInShell(agent.url);
      const others = await Promise.all(boto3s.map(({ python }) => boto3Identity(python, daypass.aws, env)));

      expect(Arn).toMatch(readOnly);
      expect([inShell.code, inShell.stdout]).toEqual([0, `${Arn}\n`]);
      for (const { arn, method } of others) expect([arn, method]).toEqual([Arn, 'container-role']);
      expect(await listIssued(user, 'prod-readonly')).toHaveLength(1);
    });

    it('are refused with the reason where the profile is not the caller’s', async () => {
      const env = { HOME: '/nonexistent', ...(await agent.environment('ci-deploy')) };

      const { message } = await boto3Identity(boto3s[0]?.python ?? '', daypass.aws, env);

      expect(message).toMatch(/no profile ci-deploy that you may use/);
      expect(message).toContain('wiki.example.com/aws-access');
    });
  });

  describe('the metadata service of EC2', () => {
    it('gives boto3 and the AWS SDK for JavaScript that session', async () => {
      const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `${agent.url}/` };
      const enabled = { HOME: '/nonexistent', ...env, AWS_EC2_METADATA_DISABLED: 'false' };

      const [sdk] = await sdkIdentities(env);
      const answers = await Promise.all(
        boto3s.map(({ python }) => boto3Identity(python, daypass.aws, enabled)),
      );

      expect(sdk).toMatch(readOnly);
      for (const { arn, method } of answers) expect([arn, method]).toEqual([sdk, 'iam-role']);
      expect(await listIssued(user, 'prod-readonly')).toHaveLength(1);
    });
  });

  describe('daypass agent', () => {
    it('keeps its token from others', async () => {
      const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url = '', AWS_CONTAINER_AUTHORIZATION_TOKEN: token = '' } =
        await agent.environment('prod-readonly');
      const { stdout } = await user.run('agent', '--port', new URL(url).port, '--print-env', 'x', '--json');
      const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file } = JSON.parse(stdout);

      expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([token, 0o600]);
      expect((await fetch(url, { headers: { authorization: token } })).status).toBe(200);
      const without = await fetch(url);
      expect([without.status, await without.text()]).toEqual([
        401,
        expect.stringContaining('--inline-token'),
      ]);
      expect((await fetch(url, { headers: { authorization: `${token}x` } })).status).toBe(401);
    });

    it('gives nothing to whoever comes after a logout, and goes on after another login', async () => {
      const env = { HOME: '/nonexistent', ...(await agent.environment('prod-readonly')) };
      const ask = () => boto3Identity(boto3s[0]?.python ?? '', daypass.aws, env);

      const before = await ask();
      await user.run('logout');
      const without = await ask();
      await user.run('login', '--issuer', 'okta', '--browser');
      const after = await ask();

      expect(without.message).toContain('daypass login');
      expect([before.arn, after.arn]).toEqual([
        expect.stringMatching(readOnly),
        expect.stringMatching(readOnly),
      ]);
      // Nothing of before the logout.
      expect(after.arn).not.toBe(before.arn);
    });

    it('says what it gave and what it could not, and no secret', async () => {
      const secrets = await Promise.all(
        ['prod-readonly', 'team-data'].map(async (profile) => {
          const {
            AWS_CONTAINER_CREDENTIALS_FULL_URI: url = '',
            AWS_CONTAINER_AUTHORIZATION_TOKEN: token = '',
          } = await agent.environment(profile);
          const answer = await fetch(url, { headers: { authorization: token } });
          const { SecretAccessKey, Token } = (await answer.json()) as Readonly<Record<string, string>>;
          return [token, SecretAccessKey, Token];
        }),
      );
      agent.signal('SIGTERM');
      const { code, stdout, stderr } = await agent.ended;

      expect([code, stderr]).toEqual([0, expect.stringMatching(/^prod-readonly: issued until /m)]);
      expect(stderr).toMatch(/^ci-deploy: no profile/m);
      for (const secret of [...secrets.flat(), ...user.secrets()]) {
        expect(String(secret).length).toBeGreaterThan(20);
        expect(`${stdout}${stderr}`).not.toContain(secret);
      }
    });
  });
});
