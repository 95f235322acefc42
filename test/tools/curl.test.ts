import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Credentials } from '../../local/create-tables.ts';
import { assumeRole, userCredentials } from '../support/aws-identities.ts';
import type { Answer } from '../support/daypass-client.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

const developer = userCredentials('222222222222/developer');

let daypass: RunningDaypass;

beforeAll(async () => {
  daypass = await startDaypass();
});

afterAll(() => daypass.stop());

interface Call {
  readonly path: string;
  readonly service?: string;
  readonly body?: string;
}

/** curl signs by itself since 7.75: another hand than the SDK's. */
async function curl({ accessKeyId, secretAccessKey, sessionToken }: Credentials, call: Call) {
  const { path, service = 'execute-api', body } = call;
  const { stdout } = await promisify(execFile)('curl', [
    ...['--silent', '--show-error', '--write-out', '\\n%{http_code}'],
    ...['--aws-sigv4', `aws:amz:eu-west-1:${service}`, '--user', `${accessKeyId}:${secretAccessKey}`],
    ...(sessionToken === undefined ? [] : ['--header', `x-amz-security-token: ${sessionToken}`]),
    ...(body === undefined ? [] : ['--header', 'content-type: application/json', '--data', body]),
    `${daypass.broker}${path}`,
  ]);
  const [text = '', status] = stdout.split(/\n(?=\d+$)/);
  return { status: Number(status), json: JSON.parse(text) as Answer['json'] };
}

const asPerson = () =>
  assumeRole(daypass, {
    as: userCredentials('222222222222/identity-center'),
    roleArn:
      'arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_PlatformAdmin_0123456789abcdef',
    sessionName: 'jane@example.com',
  });

describe('curl --aws-sigv4', () => {
  it('is the user under /iam/v1 when it signs with long-term keys', async () => {
    const answer = await curl(developer, { path: '/iam/v1/whoami' });

    expect(answer).toMatchObject({
      status: 200,
      json: { subject: 'arn:aws:iam::222222222222:user/developer' },
    });
  });

  it('gets credentials when it signs a body with a session of Identity Center', async () => {
    const answer = await curl(await asPerson(), {
      path: '/iam/v1/profiles/prod-operations/credentials',
      body: '{"reason":"disk full, ö"}',
    });

    expect(answer).toMatchObject({
      status: 200,
      json: { Credentials: { AccessKeyId: expect.stringMatching(/^ASIA/) } },
    });
  });

  it.each<[string, Partial<Credentials>, Partial<Call>, string]>([
    ['another secret', { secretAccessKey: 'x'.repeat(40) }, {}, 'invalid-signature'],
    ['a key that does not exist', { accessKeyId: 'AKIAAAAAAAAAAEXAMPLE' }, {}, 'refused-by-gateway'],
    ['another service in mind', {}, { service: 'sts' }, 'invalid-signature'],
  ])('is 403 when it signs with %s', async (_name, credentials, changes, code) => {
    const answer = await curl({ ...developer, ...credentials }, { path: '/iam/v1/whoami', ...changes });

    expect(answer).toMatchObject({ status: 403, json: { code } });
  });
});
