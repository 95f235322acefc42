import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AssumeRoleCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toTotpCode, toTotpStep } from '../../../local/aws/totp.ts';
import {
  aWorld,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TrailRecord,
} from './an-embedded-aws.ts';
import { toTestCredentials } from './sts/a-federator.ts';

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const SerialNumber = `arn:aws:iam::${home}:mfa/phone`;
const role = `arn:aws:iam::${home}:role/Role`;
const userArn = `arn:aws:iam::${home}:user/owner`;
const owner = {
  accessKeyId: 'AKIAOWNER00000000001',
  secretAccessKey: 'o'.repeat(40),
  mfaDevices: [{ serialNumber: SerialNumber, secret }],
  policies: [policy({ Effect: 'Allow', Action: 'sts:*', Resource: '*' })],
};

let aws: TestAws;
let offsetMs = 0;
const now = () => Date.now() + offsetMs;
beforeAll(async () => {
  const trust = policy({ Effect: 'Allow', Principal: { AWS: home }, Action: 'sts:AssumeRole' });
  aws = await startTestAws(aWorld({ [home]: { users: { owner }, roles: { Role: { trust } } } }), { now });
});
afterAll(() => aws.stop());

/** A code that was not used yet. */
function nextCode(): string {
  offsetMs += 30_000;
  return toTotpCode(secret, toTotpStep(now()));
}

async function recordOf(call: () => Promise<unknown>): Promise<TrailRecord> {
  const before = (await aws.records()).length;
  await outcome(call());
  const [record = {}, ...others] = (await aws.records()).slice(before);
  expect(others).toEqual([]);
  return record;
}

const ownerIdentity = {
  type: 'IAMUser',
  principalId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
  arn: userArn,
  accountId: home,
  accessKeyId: owner.accessKeyId,
  userName: 'owner',
};
const time = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
const trailTime = expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d{2}:\d{2} [AP]M$/);
const trailCredentials = {
  accessKeyId: expect.stringMatching(/^ASIA/),
  sessionToken: expect.any(String),
  expiration: trailTime,
};

describe('the record of GetFederationToken', () => {
  const Policy = JSON.stringify(policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' }));

  it('says who called, for whom and with which limits', async () => {
    const record = await recordOf(() =>
      aws.sts(owner).send(
        new GetFederationTokenCommand({
          Name: 'Bob',
          DurationSeconds: 900,
          Policy,
          Tags: [{ Key: 'Team', Value: 'web' }],
        }),
      ),
    );

    expect(record).toMatchObject({
      userIdentity: ownerIdentity,
      eventSource: 'sts.amazonaws.com',
      eventName: 'GetFederationToken',
      requestParameters: {
        name: 'Bob',
        durationSeconds: 900,
        policy: Policy,
        tags: [{ key: 'Team', value: 'web' }],
      },
      readOnly: false,
      recipientAccountId: home,
    });
    expect(record['responseElements']).toEqual({
      credentials: trailCredentials,
      federatedUser: { federatedUserId: `${home}:Bob`, arn: `arn:aws:sts::${home}:federated-user/Bob` },
      packedPolicySize: expect.any(Number),
    });
    expect(record).not.toHaveProperty('resources');
    expect(record).not.toHaveProperty('errorCode');
  });

  it('says of one that was refused why', async () => {
    const record = await recordOf(() =>
      aws.sts(owner).send(new GetFederationTokenCommand({ Name: 'Bob', DurationSeconds: 1 })),
    );

    expect(record).toMatchObject({
      errorCode: 'ValidationException',
      requestParameters: { name: 'Bob', durationSeconds: 1 },
      responseElements: null,
      readOnly: false,
    });
  });
});

describe('the record of GetSessionToken', () => {
  it('has no parameters when there were none', async () => {
    const record = await recordOf(() => aws.sts(owner).send(new GetSessionTokenCommand({})));

    expect(record).toMatchObject({
      userIdentity: ownerIdentity,
      eventName: 'GetSessionToken',
      requestParameters: null,
      responseElements: { credentials: trailCredentials },
      readOnly: false,
    });
  });

  it('has the device and not the code', async () => {
    const TokenCode = nextCode();
    const record = await recordOf(() =>
      aws.sts(owner).send(new GetSessionTokenCommand({ SerialNumber, TokenCode, DurationSeconds: 900 })),
    );

    expect(record['requestParameters']).toEqual({ serialNumber: SerialNumber, durationSeconds: 900 });
    expect(JSON.stringify(record)).not.toContain(`"${TokenCode}"`);
  });

  it('says of a wrong code that it was refused, and no more', async () => {
    const record = await recordOf(() =>
      aws.sts(owner).send(new GetSessionTokenCommand({ SerialNumber, TokenCode: '000000' })),
    );

    expect(record).toMatchObject({
      errorCode: 'AccessDenied',
      errorMessage: 'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
      requestParameters: null,
      responseElements: null,
    });
  });
});

describe('the record of AssumeRole with MFA', () => {
  it('has the device and not the code', async () => {
    const TokenCode = nextCode();
    const input = { RoleArn: role, RoleSessionName: 'session', SerialNumber, TokenCode };
    const record = await recordOf(() => aws.sts(owner).send(new AssumeRoleCommand(input)));

    expect(record['errorCode']).toBeUndefined();
    expect(record['requestParameters']).toEqual({
      roleArn: role,
      roleSessionName: 'session',
      serialNumber: SerialNumber,
    });
  });
});

describe('the record of GetAccessKeyInfo', () => {
  it('has the key that was asked about', async () => {
    const AccessKeyId = owner.accessKeyId;
    const record = await recordOf(() => aws.sts(owner).send(new GetAccessKeyInfoCommand({ AccessKeyId })));

    expect(record).toMatchObject({
      requestParameters: { accessKeyId: AccessKeyId },
      responseElements: null,
      readOnly: true,
    });
  });
});

describe('the identity in a record', () => {
  it.each([true, false])('of a user’s session says whether there was MFA (%s)', async (mfa) => {
    const input = mfa ? { SerialNumber, TokenCode: nextCode() } : {};
    const credentials = toTestCredentials(await aws.sts(owner).send(new GetSessionTokenCommand(input)));
    const record = await recordOf(() => aws.sts(credentials).send(new GetCallerIdentityCommand({})));

    expect(record['userIdentity']).toEqual({
      ...ownerIdentity,
      accessKeyId: credentials.accessKeyId,
      sessionContext: { attributes: { creationDate: time, mfaAuthenticated: String(mfa) } },
    });
  });

  it('of a federated user names the user who made it', async () => {
    const answer = await aws.sts(owner).send(new GetFederationTokenCommand({ Name: 'Bob' }));
    const credentials = toTestCredentials(answer);
    const record = await recordOf(() => aws.sts(credentials).send(new GetCallerIdentityCommand({})));

    expect(record['userIdentity']).toEqual({
      type: 'FederatedUser',
      principalId: `${home}:Bob`,
      arn: `arn:aws:sts::${home}:federated-user/Bob`,
      accountId: home,
      accessKeyId: credentials.accessKeyId,
      sessionContext: {
        sessionIssuer: {
          type: 'IAMUser',
          principalId: ownerIdentity.principalId,
          arn: userArn,
          accountId: home,
          userName: 'owner',
        },
        attributes: { creationDate: time, mfaAuthenticated: 'false' },
      },
    });
  });

  it('is there for a call that session credentials cannot make', async () => {
    const answer = await aws.sts(owner).send(new GetFederationTokenCommand({ Name: 'Bob' }));
    const record = await recordOf(() =>
      aws.sts(toTestCredentials(answer)).send(new GetSessionTokenCommand({})),
    );

    expect(record).toMatchObject({
      userIdentity: { type: 'FederatedUser', principalId: `${home}:Bob` },
      errorCode: 'AccessDenied',
      errorMessage: 'Cannot call GetSessionToken with session credentials',
    });
  });
});

describe('the data directory', () => {
  it('has neither codes nor session tokens nor secrets of what was issued', async () => {
    const TokenCode = nextCode();
    const input = { SerialNumber, TokenCode };
    const credentials = toTestCredentials(await aws.sts(owner).send(new GetSessionTokenCommand(input)));
    const files = ['cloudtrail.jsonl', 'mfa-codes.json']
      .map((name) => readFileSync(join(aws.dataDirectory, name), 'utf8'))
      .join('\n');

    expect(files).toContain(credentials.accessKeyId);
    expect(files).not.toContain(credentials.sessionToken);
    expect(files).not.toContain(credentials.secretAccessKey);
    expect(files).not.toContain(`"${TokenCode}"`);
    expect(files).not.toContain(secret);
  });
});
