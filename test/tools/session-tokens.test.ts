import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mfaCode, userCredentials } from '../support/aws-identities.ts';
import { boto3s } from '../support/aws-tools.ts';
import { callerIdentity } from '../support/daypass-client.ts';
import { runProgram } from '../support/run-program.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';
import { signedCall } from '../support/signed-request.ts';

let daypass: RunningDaypass;

beforeAll(async () => {
  daypass = await startDaypass();
});

afterAll(() => daypass.stop());

/** What a user with boto3 does. Without HttpMethod it would sign a POST. */
const script = `
import sys, boto3
endpoint, serial, code = sys.argv[1:]
client = boto3.client('sts', region_name='eu-west-1', endpoint_url=endpoint)
print(client.generate_presigned_url('get_session_token', HttpMethod='GET', ExpiresIn=60,
    Params={'SerialNumber': serial, 'TokenCode': code, 'DurationSeconds': 900}))
`;

const user = '222222222222/developer';

describe.each(boto3s)('a GetSessionToken that $name presigned', ({ name, python }) => {
  it('is relayed', async () => {
    const credentials = userCredentials(user);
    const { serialNumber, tokenCode } = mfaCode(
      user,
      boto3s.findIndex((one) => one.name === name),
    );
    const { stdout, stderr } = await runProgram(
      python,
      ['-c', script, daypass.aws, serialNumber, tokenCode],
      {
        env: {
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_EC2_METADATA_DISABLED: 'true',
        },
      },
    );

    const answer = await signedCall(daypass.broker, {
      ...{ credentials, method: 'POST', path: '/iam/v1/session-tokens' },
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ presignedUrl: stdout.trim() }),
    });

    expect([stderr, answer.status]).toEqual(['', 200]);
    expect(await callerIdentity(daypass, answer.json.Credentials)).toBe(
      'arn:aws:iam::222222222222:user/developer',
    );
  });
});
