import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aSignedInUser, listIssued, type WatchedUser } from '../support/a-watched-user.ts';
import { installBelow } from '../support/an-installation.ts';
import { aws, awsCli, awsIdentity, boto3Identity, boto3s } from '../support/aws-tools.ts';
import { runProgram } from '../support/run-program.ts';
import type { RunningDaypass } from '../support/running-daypass.ts';
import { theDaypass } from '../support/the-daypass.ts';

describe('the AWS CLI and boto3 with nothing but a home directory and the name of a profile', () => {
  let daypass: RunningDaypass;
  let user: WatchedUser;

  beforeAll(async () => {
    daypass = await theDaypass();
    user = await aSignedInUser(daypass);
  });

  afterAll(async () => {
    user.remove();
  });

  const profile = 'daypass-prod-readonly';
  const readOnly = /^arn:aws:sts::222222222222:assumed-role\/ReadOnly\/sre@example\.com-/;
  const readConfig = (home = user.home) => readFileSync(join(home, '.aws/config'), 'utf8');

  describe('daypass configure', () => {
    it('changes nothing as a dry run, and shows what it would', async () => {
      const { code, stdout } = await user.run('configure', '--dry-run');

      expect([code, readdirSync(user.home)]).toEqual([0, expect.not.arrayContaining(['.aws'])]);
      expect(stdout).toContain(`+[profile ${profile}]\n+credential_process = `);
    });

    it('adds to what is there, and keeps that to the letter', async () => {
      const own = '[default]\nregion = us-east-1 # mine\n\n[profile work]\nsso_session=corp\n';
      mkdirSync(join(user.home, '.aws'), { mode: 0o700 });
      writeFileSync(join(user.home, '.aws/config'), own, { mode: 0o600 });

      const { code, stdout } = await user.run('configure', '--region', 'eu-west-1');

      expect([code, stdout]).toEqual([0, expect.stringContaining(`${profile}\tprod-readonly\tadded\n`)]);
      expect(readConfig().startsWith(own)).toBe(true);
      const [backup = ''] = readdirSync(join(user.home, '.aws')).filter((name) => name.includes('backup'));
      expect(readFileSync(join(user.home, '.aws', backup), 'utf8')).toBe(own);
    });

    it('changes nothing the second time', async () => {
      const before = [readConfig(), readdirSync(join(user.home, '.aws'))];

      const { code, stdout, stderr } = await user.run('configure');

      expect([code, stdout]).toEqual([0, expect.not.stringMatching(/\t(added|changed|kept)$/m)]);
      expect(stderr).toContain('stays as it is');
      expect([readConfig(), readdirSync(join(user.home, '.aws'))]).toEqual(before);
    });

    it('gives the AWS CLI and boto3 one session', async () => {
      const { Arn } = await awsIdentity(daypass.aws, { HOME: user.home }, '--profile', profile);
      const others = await Promise.all(
        boto3s.map(({ python }) =>
          boto3Identity(python, daypass.aws, { HOME: user.home, AWS_PROFILE: profile }),
        ),
      );

      expect(Arn).toMatch(readOnly);
      for (const { arn, method } of others) expect([arn, method]).toEqual([Arn, 'custom-process']);
      expect(await listIssued(user, 'prod-readonly')).toHaveLength(1);
    });

    it('makes one issuance of a burst of ten commands of the AWS CLI', async () => {
      const ask = () => awsIdentity(daypass.aws, { HOME: user.home }, '--profile', 'daypass-team-data');

      const identities = await Promise.all(Array.from({ length: 10 }, ask));

      expect(new Set(identities.map(({ Arn }) => Arn)).size).toBe(1);
      expect(await listIssued(user, 'team-data')).toHaveLength(1);
    }, 120_000);

    it('leaves the AWS CLI the reason where there are no credentials', async () => {
      const empty = mkdtempSync(join(tmpdir(), 'daypass-nobody-'));
      try {
        const { code, stderr } = await aws(
          daypass.aws,
          ['sts', 'get-caller-identity', '--profile', profile],
          {
            HOME: empty,
            AWS_CONFIG_FILE: join(user.home, '.aws/config'),
          },
        );

        expect([code === 0, stderr]).toEqual([false, expect.stringContaining('daypass login --broker')]);
      } finally {
        rmSync(empty, { recursive: true });
      }
    });
  });

  describe('daypass configure, where every path has a space', () => {
    let there: string;

    beforeAll(() => {
      there = mkdtempSync(join(tmpdir(), 'day pass '));
    });

    afterAll(() => rmSync(there, { recursive: true }));

    it('gives the AWS CLI and boto3 their session', async () => {
      const home = join(there, "a home of one's own");
      mkdirSync(home);
      const env = { HOME: home, DAYPASS_URL: daypass.broker, BROWSER: user.env['BROWSER'] ?? '' };
      const { node, script } = installBelow(join(there, 'some programs'));
      const run = (...args: readonly string[]) => runProgram(node, [script, ...args], { env });

      await run('login', '--issuer', 'okta', '--browser');
      const configured = await run('configure', '--profile', 'prod-readonly');

      expect(configured.code).toBe(0);
      expect(readConfig(home)).toContain(`credential_process = "${node}" "${script}" credentials`);
      const { Arn } = await awsIdentity(daypass.aws, { HOME: home }, '--profile', profile);
      expect(Arn).toMatch(readOnly);
      const { arn } = await boto3Identity(boto3s[0]?.python ?? '', daypass.aws, {
        HOME: home,
        AWS_PROFILE: profile,
      });
      expect(arn).toBe(Arn);
    });
  });

  describe('daypass credentials', () => {
    it.each([
      ['env', ['/bin/bash', '--norc', '-ec'], 'eval "$(daypass credentials prod-readonly --format env)"'],
      ['env', ['/usr/bin/zsh', '-fec'], 'eval "$(daypass credentials prod-readonly --format env)"'],
      [
        'fish',
        ['/usr/bin/fish', '--no-config', '-c'],
        'daypass credentials prod-readonly --format fish | source',
      ],
    ])('as %s make the AWS CLI that session in %p', async (_format, [shell = '', ...options], script) => {
      const { code, stdout } = await runProgram(
        shell,
        [
          ...options,
          `${script}; ${awsCli} sts get-caller-identity --endpoint-url ${daypass.aws} --query Arn --output text`,
        ],
        { env: { HOME: user.home, PATH: user.path, AWS_REGION: 'eu-west-1' } },
      );

      expect([code, stdout]).toEqual([0, expect.stringMatching(readOnly)]);
    });
  });
});
