import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aSignedInUser, listIssued, toRows, type WatchedUser } from '../support/a-watched-user.ts';
import { mfaCode, userCredentials } from '../support/aws-identities.ts';
import { awsCli, awsIdentity } from '../support/aws-tools.ts';
import type { Answer } from '../support/daypass-client.ts';
import { type Ended, runProgram } from '../support/run-program.ts';
import type { RunningDaypass } from '../support/running-daypass.ts';
import { theDaypass } from '../support/the-daypass.ts';

describe('whoever runs the platform', () => {
  let daypass: RunningDaypass;
  let sre: WatchedUser;
  let developer: WatchedUser;

  beforeAll(async () => {
    daypass = await theDaypass();
    [sre, developer] = await Promise.all([aSignedInUser(daypass), aSignedInUser(daypass, 'developer')]);
  });

  afterAll(async () => {
    for (const user of [sre, developer]) user.remove();
  });

  /** What it printed as JSON. */
  async function json(ended: Promise<Ended>): Promise<Answer['json']> {
    const { code, stdout, stderr } = await ended;
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  }

  const issue = async (user: WatchedUser, profile: string, ...options: readonly string[]) =>
    (await json(user.run('credentials', profile, '--format', 'json', ...options))) as {
      readonly IssuanceId: string;
      readonly Credentials: Readonly<Record<string, string>>;
    };

  describe('daypass audit', () => {
    it('says whose a key is, and why they got it', async () => {
      const { Credentials, IssuanceId } = await issue(developer, 'team-data', '--reason', 'report 4711');

      const { code, stdout, stderr } = await sre.run('audit', 'key', Credentials['AccessKeyId'] ?? '');

      const facts = new Map(stdout.split('\n').map((line) => line.split('\t') as [string, string]));
      expect([code, stderr]).toEqual([0, '']);
      expect([facts.get('principal'), facts.get('for')]).toEqual([
        'okta.developer@example.com',
        expect.stringContaining('team-data'),
      ]);
      expect([facts.get('reason'), facts.get('issuance')]).toEqual(['report 4711', IssuanceId]);
      expect([facts.get('statement'), facts.get('state')]).toEqual(['Teams', 'ISSUED']);
      expect(stdout).not.toContain(Credentials['SecretAccessKey']);
    });

    it('shows others nothing of it', async () => {
      const { Credentials } = await issue(sre, 'prod-readonly');

      const { code, stdout, stderr } = await developer.run('audit', 'key', Credentials['AccessKeyId'] ?? '');

      expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('your own issuances alone')]);
    });

    it('finds refusals by who, what and when, a line or an object each', async () => {
      await developer.run('credentials', 'prod-readonly');
      const filters = ['--principal', 'okta.developer@example.com', '--state', 'denied', '--since', '1h'];

      const lines = await sre.run('audit', ...filters);
      const objects = await sre.run('audit', ...filters, '--json');

      const [row] = toRows(objects.stdout);
      expect([lines.code, objects.code, row.state, row.profile]).toEqual([0, 0, 'DENIED', 'prod-readonly']);
      const [, state, principal, wanted, id] = lines.stdout.split('\n')[0]?.split('\t') ?? [];
      const told = ['DENIED', 'okta.developer@example.com', 'prod-readonly', row.id];
      expect([state, principal, wanted, id]).toEqual(told);
    });
  });

  describe('daypass suspend and lift', () => {
    it('stop and start one profile, from the next request on', async () => {
      const suspended = await sre.run('suspend', '--profile', 'team-data', '--reason', 'freeze', '--json');
      const during = await developer.run('credentials', 'team-data', '--no-cache');
      const elsewhere = await sre.run('credentials', 'prod-readonly', '--no-cache');
      const { id } = JSON.parse(suspended.stdout);
      const listed = await sre.run('suspensions');
      const lifted = await sre.run('lift', id, '--reason', 'over');
      const after = await developer.run('credentials', 'team-data', '--no-cache');

      expect([suspended.code, lifted.code, elsewhere.code, after.code]).toEqual([0, 0, 0, 0]);
      expect(suspended.stderr).toContain(`daypass lift ${id} --reason`);
      // To whoever asks it reads like any other refusal.
      expect([during.code, during.stdout]).toEqual([4, '']);
      expect(listed.stdout).toContain(`profile team-data\t${id}`);
    });

    it('are for those whom the configuration trusts', async () => {
      expect(await developer.run('suspend', '--profile', 'team-data', '--reason', 'x')).toMatchObject({
        ...{ code: 4, stdout: '' },
        stderr: expect.stringMatching(/^daypass: /),
      });
    });
  });

  describe('daypass revoke', () => {
    it('says what ends a session in another account, and that nothing has ended yet', async () => {
      const { IssuanceId } = await issue(sre, 'prod-readonly', '--no-cache');

      const { code, stdout, stderr } = await sre.run('revoke', IssuanceId, '--reason', 'INC-1234');

      expect([code, stderr]).toEqual([0, expect.stringContaining('nothing has ended yet')]);
      expect(stdout).toMatch(/^aws iam put-role-policy/m);
      expect(stdout).toContain(IssuanceId);
      const listed = await sre.run('revocations', '--json');
      expect(toRows(listed.stdout)).toEqual([expect.objectContaining({ issuanceId: IssuanceId })]);
    });
  });

  describe('daypass decode', () => {
    it('reads the message out of what the AWS CLI said', async () => {
      const answer = await fetch(`${daypass.aws}/_local/authorization-messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          principal: 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer',
          action: 'ec2:StopInstances',
          resource: 'arn:aws:ec2:eu-west-1:111111111111:instance/i-0123456789abcdef0',
        }),
      });
      const { encodedMessage } = (await answer.json()) as Answer['json'];
      const input = `\nAn error occurred (UnauthorizedOperation) when calling the StopInstances operation: You are not authorized to perform this operation. Encoded authorization failure message: ${encodedMessage}\n`;

      const decoded = await json(sre.runWith({ input }, 'decode', '-'));

      expect(decoded).toMatchObject({ allowed: false, context: { action: 'ec2:StopInstances' } });
      expect(await developer.run('decode', encodedMessage)).toMatchObject({ code: 4, stdout: '' });
    });
  });

  describe('daypass session-token', () => {
    it('gives the caller’s own user a session with MFA, in the audit', async () => {
      const { accessKeyId, secretAccessKey } = userCredentials('222222222222/developer');
      const { serialNumber, tokenCode } = mfaCode('222222222222/developer');
      const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
      const env = { ...keys, AWS_ENDPOINT_URL_STS: daypass.aws };

      const args = [
        '--mfa-serial',
        serialNumber,
        '--code',
        tokenCode,
        '--duration',
        '15m',
        '--format',
        'env',
      ];
      const { code, stdout, stderr } = await sre.runWith({ env }, 'session-token', ...args);

      expect([code, stderr]).toEqual([0, expect.stringMatching(/^issuance 01\w{24}\n$/)]);
      const script = `${stdout}\nexec ${awsCli} sts get-caller-identity --endpoint-url ${daypass.aws} --query Arn --output text`;
      const caller = await runProgram('/bin/sh', ['-c', script], {
        env: { HOME: sre.home, AWS_REGION: 'eu-west-1' },
      });
      expect(caller.stdout).toBe('arn:aws:iam::222222222222:user/developer\n');
      const { purpose, principal } = await json(
        sre.run('audit', 'show', stderr.slice('issuance '.length).trim(), '--json'),
      );
      expect([purpose, principal.subject]).toEqual(['session-token', caller.stdout.trim()]);
      expect(stdout).not.toContain(secretAccessKey);
    });
  });

  describe('daypass config check', () => {
    it('says all that is wrong with a broken file', async () => {
      const broken = readFileSync('config/daypass.yaml', 'utf8')
        .replace('adfs-metadata.xml', `${process.cwd()}/config/adfs-metadata.xml`)
        .replace('maxSeconds: 3600', 'maxSeconds: 7200')
        .replace('algorithms: [ES256]', 'algorithms: [HS256]');
      const file = join(sre.home, 'broken.yaml');
      writeFileSync(file, broken);

      const { code, stdout, stderr } = await sre.run('config', 'check', file);

      expect([code, stderr]).toEqual([1, expect.stringContaining('2 problems')]);
      expect(stdout).toMatch(/broken\.yaml:\d+ profiles\.prod-readonly\.duration\.maxSeconds: .*3600/);
      expect(stdout).toMatch(/broken\.yaml:\d+ issuers\.acme\.algorithms.*HS256/);
    });

    it('says what a change grants and takes away', async () => {
      const changed = readFileSync('config/daypass.yaml', 'utf8')
        .replace('adfs-metadata.xml', `${process.cwd()}/config/adfs-metadata.xml`)
        .replace('{ "claims:groups": [sre] }', '{ "claims:groups": [sre, developers] }')
        .replace('maxSeconds: 1800', 'maxSeconds: 900');
      const file = join(sre.home, 'changed.yaml');
      writeFileSync(file, changed);

      const { code, stdout } = await sre.run('config', 'check', file, '--against', 'config/daypass.yaml');

      expect(code).toBe(0);
      expect(stdout).toMatch(/^grants\t.*prod-readonly\t.*developers/m);
      expect(stdout).toMatch(/^takes-away\t.*ci-deploy\t/m);
      expect(stdout.trim().split('\n')).toHaveLength(2);
    });
  });

  describe('daypass integrations', () => {
    it('bring a third party from nothing to credentials, by the commands of its kit', async () => {
      const settings = {
        description: 'Reports of Acme',
        owner: 'partners@example.com',
        roleArn: 'arn:aws:iam::444444444444:role/vendors/DaypassOfTheShell',
        duration: { defaultSeconds: 900, maxSeconds: 900 },
        trust: [
          {
            ...{ Effect: 'Allow', Principal: { Federated: 'okta' } },
            Condition: { 'ForAnyValue:StringEquals': { 'claims:groups': ['sre'] } },
          },
        ],
      };

      const created = await json(
        sre.runWith(
          { input: JSON.stringify(settings) },
          'integrations',
          'create',
          'acme-reports-2',
          '--file',
          '-',
          '--json',
        ),
      );
      const early = await sre.run('credentials', 'acme-reports-2', '--integration');
      const unproven = await sre.run('integrations', 'verify', 'acme-reports-2');
      const kit = await sre.run('integrations', 'onboard', 'acme-reports-2', '--format', 'cli');
      const made = await runAtAcme(kit.stdout);
      const proven = await sre.run('integrations', 'verify', 'acme-reports-2');

      expect([created.state, early.code, early.stdout]).toEqual(['CREATED', 4, '']);
      expect([unproven.code, made.code, made.stderr]).toEqual([1, 0, '']);
      expect([proven.code, proven.stdout]).toEqual([0, expect.stringContaining('now VERIFIED')]);
      const { Credentials } = await issue(sre, 'acme-reports-2', '--integration');
      const { Arn } = await awsIdentity(daypass.aws, {
        AWS_ACCESS_KEY_ID: Credentials['AccessKeyId'] ?? '',
        AWS_SECRET_ACCESS_KEY: Credentials['SecretAccessKey'] ?? '',
        AWS_SESSION_TOKEN: Credentials['SessionToken'] ?? '',
      });
      expect(Arn).toMatch(/^arn:aws:sts::444444444444:assumed-role\/DaypassOfTheShell\//);
      expect((await developer.run('credentials', 'acme-reports-2', '--integration')).code).toBe(4);
    });

    it('are suspended at once', async () => {
      const reason = ['--reason', 'their role takes any ExternalId'];

      const suspended = await sre.run('integrations', 'suspend', 'acme-reports-2', ...reason);

      expect(suspended.code).toBe(0);
      const refused = await sre.run('credentials', 'acme-reports-2', '--integration', '--no-cache');
      expect([refused.code, refused.stdout]).toEqual([4, '']);
      expect(await sre.run('integrations', 'list')).toMatchObject({
        stdout: expect.stringContaining('acme-reports-2\tSUSPENDED\t'),
      });
    });
  });

  /** In a POSIX shell of Acme's engineer. */
  const runAtAcme = (script: string): Promise<Ended> => {
    const { accessKeyId, secretAccessKey } = userCredentials('444444444444/engineer');
    // Debian's knows no AWS_ENDPOINT_URL.
    const aws = `aws() { ${awsCli} --endpoint-url ${daypass.aws} "$@"; }`;
    return runProgram('/bin/sh', ['-euc', `${aws}\n${script}`], {
      env: {
        ...{ HOME: '/nonexistent', AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' },
        ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      },
    });
  };

  describe('daypass exec', () => {
    it('is what was issued once for all that asked the same', async () => {
      const before = (await listIssued(sre, 'data-long')).length;

      for (const words of [
        ['exec', 'data-long', '--', 'true'],
        ['credentials', 'data-long'],
      ])
        await sre.run(...words);

      expect([before, (await listIssued(sre, 'data-long')).length]).toEqual([0, 1]);
    });
  });
});
