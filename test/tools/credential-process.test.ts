import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aws, awsIdentity, boto3Identity, boto3s, startBoto3 } from '../support/aws-tools.ts';
import { fetchToken } from '../support/daypass-client.ts';
import { writeHourlyConfiguration } from '../support/hourly-profile.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'daypass-process-'));
  daypass = await startDaypass('--config', writeHourlyConfiguration(home));
  const curl = (profile: string) =>
    `curl -fsS -X POST -H @${home}/authorization ${daypass.broker}/v1/profiles/${profile}/credentials?format=process`;
  const section = (name: string, command: string) => `[profile ${name}]\ncredential_process = ${command}\n`;
  writeFileSync(
    join(home, 'config'),
    [
      section('prod', curl('prod-readonly')),
      section('hourly', curl('hourly')),
      section('forbidden', curl('ci-deploy')),
    ].join('\n'),
  );
  await writeAuthorization('sre');
});

afterAll(async () => {
  await daypass.stop();
  rmSync(home, { recursive: true, force: true });
});

/** A header of curl's in a file, so that no process list shows the token. */
async function writeAuthorization(caller: string): Promise<void> {
  const header = `Authorization: Bearer ${await fetchToken(daypass, caller)}\n`;
  writeFileSync(join(home, 'authorization'), header, { mode: 0o600 });
}

const environment = (profile: string) => ({
  HOME: home,
  AWS_CONFIG_FILE: join(home, 'config'),
  AWS_PROFILE: profile,
});

const readOnly = /^arn:aws:sts::222222222222:assumed-role\/ReadOnly\/sre@example\.com-/;

describe('the AWS CLI with curl as its credential_process', () => {
  it('is the assumed role', async () => {
    expect((await awsIdentity(daypass.aws, environment('prod'))).Arn).toMatch(readOnly);
  });

  it('shows what curl says of a refusal', async () => {
    const { code, stderr } = await aws(daypass.aws, ['sts', 'get-caller-identity'], environment('forbidden'));

    expect({ code, stderr }).toEqual({
      code: 255,
      stderr: expect.stringMatching(/custom-process: curl: .* 403/),
    });
  });
});

describe.each(boto3s)('$name with curl as its credential_process', ({ python }) => {
  it('is the assumed role, and knows for how long', async () => {
    const { arn, method, expiration } = await boto3Identity(python, daypass.aws, environment('prod'));

    expect({ arn, method }).toEqual({ arn: expect.stringMatching(readOnly), method: 'custom-process' });
    const leftMs = Date.parse(expiration) - Date.now();
    expect(leftMs).toBeGreaterThan(600_000);
    expect(leftMs).toBeLessThanOrEqual(900_000);
  });

  it.each([
    ['prod', 3],
    ['hourly', 1],
  ])('runs it for %s so often that three calls are of %i sessions', async (profile, sessions) => {
    const application = startBoto3(python, daypass.aws, environment(profile));

    const arns = [];
    for (const _ of [1, 2, 3]) arns.push((await application.ask('call')).arn);
    await application.end();

    expect(arns).toEqual(Array(3).fill(expect.stringMatching(readOnly)));
    expect(new Set(arns).size).toBe(sessions);
  });

  it('shows what curl says of a refusal', async () => {
    expect(await boto3Identity(python, daypass.aws, environment('forbidden'))).toEqual({
      error: 'CredentialRetrievalError',
      message: expect.stringMatching(/custom-process: curl: .* 403/),
    });
  });
});
