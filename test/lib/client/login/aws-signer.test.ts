import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAwsProver, signingMark } from '../../../../lib/client/login/aws-signer.ts';
import type { AwsLogin } from '../../../../lib/client/login/login.ts';
import { toAwsLogin } from '../../../../lib/client/login/machine-logins.ts';
import type { UnprovenRequest } from '../../../../lib/client/proof.ts';

const login: AwsLogin = { kind: 'aws', region: 'eu-west-1', principal: { issuer: 'aws', subject: 'arn:a' } };
const secret = 'a-secret-access-key';

let home: string;
let env: Record<string, string>;
let before: NodeJS.ProcessEnv;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'daypass-aws-'));
});
afterAll(() => rmSync(home, { recursive: true }));
beforeEach(() => {
  env = {
    HOME: home,
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
  };
  writeFileSync(join(home, 'config'), '');
  writeFileSync(
    join(home, 'credentials'),
    `[build]\naws_access_key_id = AKIABUILD\naws_secret_access_key = ${secret}\naws_session_token = a-session-token\n`,
  );
  before = { ...process.env };
  // The SDK reads its own.
  Object.assign(process.env, env, { AWS_EC2_METADATA_DISABLED: 'true' });
  delete process.env['AWS_PROFILE'];
});
afterEach(() => {
  process.env = before;
});

const request: UnprovenRequest = {
  method: 'POST',
  url: new URL('https://daypass.example.com:8443/prod/iam/v1/profiles/x/credentials?format=sts'),
  headers: { 'content-type': 'application/json', 'user-agent': 'daypass/1' },
  body: '{}',
};

const sign = async (
  own: AwsLogin = { ...login, profile: 'build' },
): Promise<Readonly<Record<string, string>>> => {
  const proof = await createAwsProver(own, env, Date.now).prove();
  return proof.kind === 'aws' ? proof.sign(request) : {};
};

describe('a signature', () => {
  it("is of the caller's own profile, for API Gateway in the region of the broker", async () => {
    const headers = await sign();

    expect(headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIABUILD\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    );
    expect(headers).toMatchObject({ ...request.headers, 'x-amz-security-token': 'a-session-token' });
    expect(headers).not.toHaveProperty('host');
    expect(JSON.stringify(headers)).not.toContain(secret);
  });

  it('is of the profile that the environment names at that moment', async () => {
    env['AWS_PROFILE'] = 'build';

    expect((await sign(login))['authorization']).toContain('AKIABUILD');
  });

  it('is none of other credentials where the profile has none', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAOTHER', AWS_SECRET_ACCESS_KEY: 'x' });

    await expect(sign({ ...login, profile: 'nobody' })).rejects.toMatchObject({
      code: 'not-logged-in',
      message: expect.stringContaining('of the profile nobody'),
    });
  });

  it('shows neither what a credential_process says nor how it was called, but that it failed', async () => {
    // The SDK reads each file once.
    const config = join(home, 'config-of-p');
    process.env['AWS_CONFIG_FILE'] = config;
    writeFileSync(
      config,
      `[profile p]\ncredential_process = sh -c "echo hunter1 >&2; exit 1" --key hunter2\n`,
    );
    const failed = sign({ ...login, profile: 'p' });

    await expect(failed).rejects.toMatchObject({
      message: 'there are no AWS credentials of the profile p to sign with (its credential_process failed)',
    });
  });

  it('leaves no mark in this process', async () => {
    await sign();

    expect(process.env[signingMark]).toBeUndefined();
  });

  it('is made by one process for many at once, which is not below itself', async () => {
    const config = join(home, 'config-of-q');
    process.env['AWS_CONFIG_FILE'] = config;
    const output = `{"Version":1,"AccessKeyId":"AKIAPROCESS","SecretAccessKey":"${secret}"}`;
    writeFileSync(join(home, 'output'), output);
    writeFileSync(config, `[profile q]\ncredential_process = cat ${join(home, 'output')}\n`);
    const own = { ...login, profile: 'q' };
    const first = sign(own);
    while (process.env[signingMark] === undefined) await new Promise(setImmediate);

    expect(() => createAwsProver(own, process.env, Date.now)).not.toThrow();
    expect((await first)['authorization']).toContain('AKIAPROCESS');
    expect(process.env[signingMark]).toBeUndefined();
  });

  it('is refused below a signature: the AWS configuration leads back here', () => {
    expect(() => createAwsProver(login, { ...env, [signingMark]: '1' }, Date.now)).toThrow(
      expect.objectContaining({ code: 'failed', hint: expect.stringContaining('--aws-profile') }),
    );
  });
});

describe("a caller's id", () => {
  const idOf = (own: AwsLogin = login, more: object = {}) =>
    createAwsProver(own, { ...env, ...more }, Date.now).id;

  it('is the same for the same, whichever process asks', () => {
    expect(idOf()).toBe(idOf());
    expect(idOf()).toMatch(/^aws:[0-9a-f]{64}$/);
  });

  it.each([
    ['profile', { ...login, profile: 'build' }, {}],
    ['profile of the environment', login, { AWS_PROFILE: 'build' }],
    ['access key', login, { AWS_ACCESS_KEY_ID: 'AKIAOTHER' }],
    ['role', login, { AWS_ROLE_ARN: 'arn:aws:iam::111111111111:role/other' }],
    ['container', login, { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/other' }],
    ['principal at the login', { ...login, principal: { issuer: 'aws', subject: 'arn:b' } }, {}],
    ['configuration file', login, { AWS_CONFIG_FILE: '/nowhere' }],
  ])('is another one with another %s', (_name, own, more) => {
    expect(idOf(own, more)).not.toBe(idOf());
  });

  it('is another one once the configuration says something else', () => {
    const first = idOf();
    writeFileSync(join(home, 'config'), '[default]\nrole_arn = arn:aws:iam::111111111111:role/other\n');

    expect(idOf()).not.toBe(first);
  });
});

describe('a broker without an issuer of type iam', () => {
  it('hears no signatures, and that is said before anything is signed', () => {
    expect(() => toAwsLogin({ version: '1', region: 'eu-west-1', issuers: [] }, undefined)).toThrow(
      expect.objectContaining({ code: 'failed' }),
    );
  });
});
