import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aWorld,
  away,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TrailRecord,
} from './an-embedded-aws.ts';
import { callerCopy, chained, ownerCopy } from './cloudtrail-examples.ts';

const anyoneAtHome = policy({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${home}:root` },
  Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
});
const administers = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
const here = `arn:aws:iam::${home}:role/path/Here`;
const there = `arn:aws:iam::${away}:role/There`;

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(
    aWorld({
      [home]: { roles: { 'path/Here': { trust: anyoneAtHome, policies: [administers] } } },
      [away]: { roles: { There: { trust: anyoneAtHome } } },
    }),
  );
});
afterAll(() => aws.stop());

async function recordsOf(call: () => Promise<unknown>): Promise<readonly TrailRecord[]> {
  const before = (await aws.records()).length;
  await outcome(call());
  return (await aws.records()).slice(before);
}

/** Every path to a value, lists by their first member. */
function fieldsOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return fieldsOf(value[0], `${path}[]`);
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => fieldsOf(inner, `${path}.${key}`));
}

describe('a call across accounts', () => {
  const call = () =>
    aws.sts().send(
      new AssumeRoleCommand({
        RoleArn: there,
        RoleSessionName: 'JohnDoe-EC2-dev',
        SourceIdentity: 'JohnDoe',
        ExternalId: 'external',
      }),
    );

  it('is one record for each account, joined by requestID and sharedEventID', async () => {
    const records = await recordsOf(call);
    const of = (field: string) => new Set(records.map((record) => record[field]));

    expect(records.map(({ recipientAccountId }) => recipientAccountId)).toEqual([home, away]);
    expect(of('requestID').size).toBe(1);
    expect(of('sharedEventID').size).toBe(1);
    expect(of('eventID').size).toBe(2);
  });

  it("has the fields of AWS's example on the caller's side", async () => {
    const [own] = await recordsOf(call);

    expect(fieldsOf(own)).toEqual(expect.arrayContaining([...fieldsOf(callerCopy)]));
    expect(own).toMatchObject({
      userIdentity: {
        type: 'IAMUser',
        arn: `arn:aws:iam::${home}:user/admin`,
        accountId: home,
        accessKeyId: 'AKIAADMINADMINADMIN1',
        userName: 'admin',
      },
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      awsRegion: 'eu-west-1',
      sourceIPAddress: '127.0.0.1',
      requestParameters: {
        roleArn: there,
        roleSessionName: 'JohnDoe-EC2-dev',
        sourceIdentity: 'JohnDoe',
        externalId: 'external',
      },
      resources: [{ ARN: there, accountId: away, type: 'AWS::IAM::Role' }],
      readOnly: true,
      eventType: 'AwsApiCall',
      managementEvent: true,
      eventCategory: 'Management',
    });
    expect(own).not.toHaveProperty('tlsDetails');
    expect(own).not.toHaveProperty('errorCode');
  });

  it("has the fields of AWS's example on the role's side, where the caller is an account", async () => {
    const [own, copy] = await recordsOf(call);

    expect(fieldsOf(copy)).toEqual(expect.arrayContaining([...fieldsOf(ownerCopy)]));
    expect(copy?.['userIdentity']).toEqual({
      type: 'AWSAccount',
      principalId: own?.['userIdentity'].principalId,
      accountId: home,
    });
  });

  it('shows what was given, without the secret key', async () => {
    const [own] = await recordsOf(call);
    const { credentials, assumedRoleUser, sourceIdentity } = own?.['responseElements'] ?? {};

    expect(Object.keys(credentials).sort()).toEqual(['accessKeyId', 'expiration', 'sessionToken']);
    expect(credentials.accessKeyId).toMatch(/^ASIA/);
    expect(credentials.expiration).toMatch(/^[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d{2}:\d{2} [AP]M$/);
    expect(assumedRoleUser.arn).toBe(`arn:aws:sts::${away}:assumed-role/There/JohnDoe-EC2-dev`);
    expect(sourceIdentity).toBe('JohnDoe');
  });

  it('that is denied is on the side of the caller only', async () => {
    const RoleArn = `arn:aws:iam::${away}:role/Missing`;
    const records = await recordsOf(() =>
      aws.sts().send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session' })),
    );

    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      recipientAccountId: home,
      errorCode: 'AccessDenied',
      errorMessage: `User: arn:aws:iam::${home}:user/admin is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
      requestParameters: null,
      responseElements: null,
    });
    expect(records[0]).not.toHaveProperty('sharedEventID');
    expect(records[0]).not.toHaveProperty('resources');
  });
});

describe('a chained call', () => {
  const call = async () => {
    const credentials = await aws.assume({
      RoleArn: here,
      RoleSessionName: 'JohnRole1',
      SourceIdentity: 'JohnDoe',
      Tags: [{ Key: 'Department', Value: 'Engineering' }],
      TransitiveTagKeys: ['Department'],
    });
    return aws.sts(credentials).send(
      new AssumeRoleCommand({
        RoleArn: here,
        RoleSessionName: 'Role2WithTags',
        DurationSeconds: 3600,
        Tags: [
          { Key: 'Email', Value: 'johndoe@example.com' },
          { Key: 'CostCenter', Value: '12345' },
        ],
        TransitiveTagKeys: ['Email', 'CostCenter'],
      }),
    );
  };

  it("has the fields of AWS's example", async () => {
    const records = await recordsOf(call);
    const record = records.at(-1);

    expect(records).toHaveLength(2);
    expect(fieldsOf(record)).toEqual(expect.arrayContaining([...fieldsOf(chained)]));
    expect(record?.['requestParameters']).toEqual({ ...chained.requestParameters, roleArn: here });
    expect(record?.['responseElements'].packedPolicySize).toBeGreaterThan(0);
    expect(record).not.toHaveProperty('sharedEventID');
  });

  it('names the role behind the session', async () => {
    const [issued, record] = await recordsOf(call);
    const identity = record?.['userIdentity'];

    expect(identity).toMatchObject({
      type: 'AssumedRole',
      arn: `arn:aws:sts::${home}:assumed-role/Here/JohnRole1`,
      accessKeyId: issued?.['responseElements'].credentials.accessKeyId,
      sessionContext: {
        sessionIssuer: { type: 'Role', arn: here, accountId: home, userName: 'Here' },
        attributes: { mfaAuthenticated: 'false' },
        sourceIdentity: 'JohnDoe',
      },
    });
    expect(identity.principalId).toBe(`${identity.sessionContext.sessionIssuer.principalId}:JohnRole1`);
  });
});

describe('any other call', () => {
  it('is recorded when it asks who it is', async () => {
    const [record, ...more] = await recordsOf(() => aws.sts().send(new GetCallerIdentityCommand({})));

    expect(more).toEqual([]);
    expect(record).toMatchObject({
      eventName: 'GetCallerIdentity',
      requestParameters: null,
      responseElements: null,
      readOnly: true,
      recipientAccountId: home,
    });
  });

  it('is recorded with its parameters when they are out of their limits', async () => {
    const [record] = await recordsOf(() =>
      aws.sts().send(new AssumeRoleCommand({ RoleArn: here, RoleSessionName: 'a b' })),
    );

    expect(record).toMatchObject({
      errorCode: 'ValidationException',
      requestParameters: { roleArn: here, roleSessionName: 'a b' },
      responseElements: null,
    });
  });
});

describe('the trail', () => {
  it('is oldest first, with times without milliseconds', async () => {
    const times = (await aws.records()).map(({ eventTime }) => eventTime);

    expect(times).toEqual([...times].sort());
    expect(times.filter((time) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time))).toEqual([]);
  });

  it('survives a restart, but for the session tokens', async () => {
    await recordsOf(() =>
      aws.sts().send(new AssumeRoleCommand({ RoleArn: here, RoleSessionName: 'session' })),
    );
    const before = await aws.records();
    aws = await aws.restart();
    const after = await aws.records();

    expect(before.at(-1)?.['responseElements'].credentials.sessionToken).toMatch(/^[A-Za-z0-9+/=]{100,}$/);
    expect(JSON.stringify(after)).toBe(
      JSON.stringify(before, (key, value) => (key === 'sessionToken' ? undefined : value)),
    );
  });
});
