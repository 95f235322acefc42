import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aws as runAws } from '../support/aws-tools.ts';
import { type Answer, call, fetchToken, issue } from '../support/daypass-client.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;
let token: string;
let home: string;

beforeAll(async () => {
  daypass = await startDaypass();
  token = await fetchToken(daypass, 'sre');
  home = mkdtempSync(join(tmpdir(), 'daypass-aws-cli-'));
});

afterAll(async () => {
  await daypass.stop();
  rmSync(home, { recursive: true, force: true });
});

/** The JSON that a command prints; rejects with what it says of its failure. */
async function aws(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Answer['json']> {
  const { code, stdout, stderr } = await runAws(daypass.aws, args, { HOME: home, ...env });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const toEnv = ({ AccessKeyId, SecretAccessKey, SessionToken }: Answer['json']) => ({
  AWS_ACCESS_KEY_ID: AccessKeyId,
  AWS_SECRET_ACCESS_KEY: SecretAccessKey,
  AWS_SESSION_TOKEN: SessionToken,
});

describe('the AWS CLI', () => {
  it('is the assumed role with the issuance id in its session name when it has the credentials in its environment', async () => {
    const { json } = await issue(daypass, token, 'prod-readonly', {});

    const identity = await aws(['sts', 'get-caller-identity'], toEnv(json.Credentials));

    expect(identity.Account).toBe('222222222222');
    expect(identity.Arn).toMatch(/^arn:aws:sts::222222222222:assumed-role\/ReadOnly\//);
    expect(identity.Arn).toContain(json.IssuanceId);
  });

  it('takes the process format from a credential_process', async () => {
    const answer = await call(daypass, {
      token,
      method: 'POST',
      path: '/v1/profiles/prod-readonly/credentials?format=process',
      body: {},
    });
    const answerFile = join(home, 'answer.json');
    const configFile = join(home, 'config');
    writeFileSync(answerFile, answer.text, { mode: 0o600 });
    writeFileSync(configFile, `[profile daypass]\ncredential_process = /bin/cat ${answerFile}\n`);

    const identity = await aws(['sts', 'get-caller-identity', '--profile', 'daypass'], {
      AWS_CONFIG_FILE: configFile,
    });

    expect(identity.Arn).toContain(answer.headers.get('daypass-issuance-id'));
  });

  it('takes the ini format as its credentials file', async () => {
    const answer = await call(daypass, {
      token,
      method: 'POST',
      path: '/v1/profiles/prod-readonly/credentials?format=ini',
      body: {},
    });
    const credentialsFile = join(home, 'credentials');
    writeFileSync(credentialsFile, answer.text, { mode: 0o600 });

    const identity = await aws(['sts', 'get-caller-identity', '--profile', 'prod-readonly'], {
      AWS_SHARED_CREDENTIALS_FILE: credentialsFile,
    });

    expect(identity.Arn).toContain(answer.headers.get('daypass-issuance-id'));
  });

  it('is refused as AWS refuses when its secret key is not the session’s', async () => {
    const { json } = await issue(daypass, token, 'prod-readonly', {});
    const env = { ...toEnv(json.Credentials), AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) };

    await expect(aws(['sts', 'get-caller-identity'], env)).rejects.toThrow(/SignatureDoesNotMatch/);
  });

  it('is refused what the session may not do', async () => {
    const { json } = await issue(daypass, token, 'prod-readonly', {});
    const args = ['dynamodb', 'put-item', '--table-name', 'daypass-issuances', '--item', '{"id":{"S":"x"}}'];

    await expect(aws(args, toEnv(json.Credentials))).rejects.toThrow(/AccessDenied|not authorized/);
  });
});
