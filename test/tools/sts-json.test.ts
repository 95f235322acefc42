import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { userCredentials } from '../support/aws-identities.ts';
import { aws } from '../support/aws-tools.ts';
import { type Answer, fetchToken, issue } from '../support/daypass-client.ts';
import { runProgram } from '../support/run-program.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;
let home: string;
let token: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'daypass-sts-json-'));
  daypass = await startDaypass();
  token = await fetchToken(daypass, 'sre');
});

afterAll(async () => {
  await daypass.stop();
  rmSync(home, { recursive: true, force: true });
});

/** What the AWS CLI itself prints of AssumeRole. */
async function assumeRoleByCli(): Promise<Answer['json']> {
  const { accessKeyId, secretAccessKey } = userCredentials('222222222222/identity-center');
  const role =
    'arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_PlatformAdmin_0123456789abcdef';
  const { stdout } = await aws(
    daypass.aws,
    ['sts', 'assume-role', '--role-arn', role, '--role-session-name', 'jane@example.com'],
    { HOME: home, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  );
  return JSON.parse(stdout);
}

/** As scripts do it that read `aws sts assume-role`. */
const script = `
credentials=$(cat)
value_of() { printf '%s' "$credentials" | python3 -c "import json,sys; print(json.load(sys.stdin)['Credentials']['$1'])"; }
AWS_ACCESS_KEY_ID=$(value_of AccessKeyId)
AWS_SECRET_ACCESS_KEY=$(value_of SecretAccessKey)
AWS_SESSION_TOKEN=$(value_of SessionToken)
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
exec /usr/bin/aws sts get-caller-identity --endpoint-url "$1" --output json
`;

describe('the sts format', () => {
  it("has the members that the AWS CLI prints, and the issuance's id and source identity", async () => {
    const { json: ours } = await issue(daypass, token, 'prod-readonly', {});
    const theirs = await assumeRoleByCli();

    const { IssuanceId, SourceIdentity, PackedPolicySize, ...rest } = ours;
    const { PackedPolicySize: _, ...others } = theirs;
    expect([typeof IssuanceId, SourceIdentity]).toEqual(['string', 'okta.sre@example.com']);
    expect(toShape(rest)).toEqual(toShape(others));
    expect(Date.parse(ours.Credentials.Expiration)).toBeGreaterThan(Date.now());
  });

  it("serves a script that reads assume-role's output", async () => {
    const { text, json } = await issue(daypass, token, 'prod-readonly', {});

    const { stdout, stderr } = await runProgram('/bin/sh', ['-c', script, 'sh', daypass.aws], {
      input: text,
      env: { HOME: home, AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' },
    });

    expect(stderr).toBe('');
    expect(JSON.parse(stdout).Arn).toContain(json.IssuanceId);
  });
});

/** Names and types of all members. */
const toShape = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toShape(member)]))
    : typeof value;
