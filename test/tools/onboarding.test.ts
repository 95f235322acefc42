import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { userCredentials } from '../support/aws-identities.ts';
import { awsCli } from '../support/aws-tools.ts';
import { callerIdentity, fetchToken } from '../support/daypass-client.ts';
import { aManager, callIntegrations } from '../support/integration-client.ts';
import { runProgram } from '../support/run-program.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;
let sre: string;
let manager: ReturnType<typeof aManager>;
let home: string;

beforeAll(async () => {
  daypass = await startDaypass();
  sre = await fetchToken(daypass, 'sre');
  manager = aManager(daypass, sre);
  home = mkdtempSync(join(tmpdir(), 'daypass-onboarding-'));
});

afterAll(async () => {
  await daypass.stop();
  rmSync(home, { recursive: true, force: true });
});

/** In a POSIX shell of Acme's engineer, whose AWS CLI is set to the region that it works in. */
const runShell = (script: string, region: string) => {
  const { accessKeyId, secretAccessKey } = userCredentials('444444444444/engineer');
  // Debian's knows no AWS_ENDPOINT_URL.
  const aws = `aws() { ${awsCli} --endpoint-url ${daypass.aws} "$@"; }`;
  return runProgram('/bin/sh', ['-euc', `${aws}\n${script}`], {
    env: {
      HOME: home,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: region,
    },
  });
};

const issue = (name: string) =>
  callIntegrations(daypass, { token: sre, method: 'POST', path: `/${name}/credentials`, body: {} });

describe('the onboarding kit’s commands, by the AWS CLI', () => {
  it.each([
    ['eu-west-1', 'in-ireland', '/vendors/daypass/DaypassIreland'],
    ['us-east-1', 'in-virginia', '/DaypassVirginia'],
  ])('make a role that is proven: %s', async (region, name, path) => {
    const roleArn = `arn:aws:iam::444444444444:role${path}`;
    expect((await manager.create({ name, roleArn })).status).toBe(201);

    const made = await runShell(await manager.kit(name, 'cli'), region);

    expect([made.stderr, made.code]).toEqual(['', 0]);
    expect(JSON.parse(made.stdout).Role.Arn).toBe(roleArn);
    expect(await manager.verify(name)).toMatchObject({ state: 'VERIFIED', findings: [] });
    expect(await callerIdentity(daypass, (await issue(name)).json.Credentials)).toContain(
      `:assumed-role/${path.split('/').at(-1)}/`,
    );
  });

  it('give a role that is there the policy of a rotation, and interrupt nothing', async () => {
    const before = await manager.read('in-ireland');
    await manager.change('in-ireland', 'rotate', {});

    const changed = await runShell(await manager.kit('in-ireland', 'cli'), 'eu-west-1');

    expect([changed.stderr, changed.code]).toEqual(['', 0]);
    expect((await issue('in-ireland')).status).toBe(200);
    const { json } = await manager.verify('in-ireland');
    expect(json.verification.result).toBe('PASSED');
    expect(json.integration.externalIds.current).not.toBe(before.json.externalIds.current);
  });

  it('leave an engineer with the AWS CLI’s own commands: permissions, a look, the end', async () => {
    const done = await runShell(
      `
aws iam attach-role-policy --role-name DaypassIreland --policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
aws iam put-role-policy --role-name DaypassIreland --policy-name own --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}'
aws iam get-role --role-name DaypassIreland --query Role.Description --output text
aws iam list-roles --path-prefix /vendors/ --query 'Roles[].RoleName' --output text
aws iam list-attached-role-policies --role-name DaypassIreland --query 'AttachedPolicies[].PolicyName' --output text
aws iam list-role-policies --role-name DaypassIreland --query PolicyNames --output text
aws iam update-role --role-name DaypassIreland --max-session-duration 7200
aws iam detach-role-policy --role-name DaypassIreland --policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
aws iam delete-role-policy --role-name DaypassIreland --policy-name own
aws iam delete-role --role-name DaypassIreland
`,
      'eu-west-1',
    );

    expect(done).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'Entered by Daypass for its integration in-ireland',
        'DaypassIreland',
        'AmazonS3ReadOnlyAccess',
        'own',
        '',
      ].join('\n'),
    });
    expect(await manager.verify('in-ireland')).toMatchObject({ result: 'FAILED' });
  });
});
