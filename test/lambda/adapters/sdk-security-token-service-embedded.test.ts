import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createSdkSecurityTokenService } from '../../../lambda/adapters/sdk-security-token-service.ts';
import type { AssumeRoleRequest, SecurityTokenService } from '../../../lambda/core/ports.ts';
import { toBrokerRoles } from '../../../local/broker-roles.ts';
import type { FaultKind } from '../../../local/faults.ts';
import { withRoles } from '../../../local/world.ts';
import { aWorld, away, policy, startTestAws, type TestAws } from '../../local/aws/an-embedded-aws.ts';
import { aConfiguration, aProfileDocument } from '../../support/a-configuration.ts';
import { fetchCredentials, tableNames } from '../../support/function-roles.ts';

const issuerArn = 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer';

/** The function's own role, with the permissions that the stack generates, and a role that trusts it. */
const configuration = aConfiguration({
  profiles: { tagged: aProfileDocument({ acceptedTagKeys: ['Team'], externalId: 'external-id' }) },
});

const trust = policy(
  {
    Effect: 'Allow',
    Principal: { AWS: issuerArn },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': 'external-id' } },
  },
  { Effect: 'Allow', Principal: { AWS: issuerArn }, Action: ['sts:TagSession', 'sts:SetSourceIdentity'] },
);

let aws: TestAws;
let client: STSClient;
let sts: SecurityTokenService;

beforeAll(async () => {
  const { worldRoles, functionRoleArns } = toBrokerRoles(configuration, tableNames);
  const world = aWorld({ [away]: { roles: { 'daypass/ReadOnly': { trust } } } });
  aws = await startTestAws(withRoles(world, worldRoles));
  const credentials = await fetchCredentials(aws, functionRoleArns.issuer);
  client = new STSClient({ endpoint: aws.url, region: 'eu-west-1', maxAttempts: 1, credentials });
  sts = createSdkSecurityTokenService({ toClient: () => client, timeoutMs: 2000 });
});

afterEach(() => aws.faults.clear());

afterAll(async () => {
  client.destroy();
  await aws.stop();
});

const aRequest = (changes: Partial<AssumeRoleRequest> = {}): AssumeRoleRequest => ({
  roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
  roleSessionName: 'alice-session',
  durationSeconds: 900,
  sourceIdentity: 'okta.alice',
  externalId: 'external-id',
  sessionTags: { Team: 'payments' },
  transitiveTagKeys: ['Team'],
  managedPolicyArns: [],
  ...changes,
});

/** As the account sees them to which the role belongs: the caller's account sees them too. */
const sessionsOf = async (roleSessionName: string) =>
  (await aws.records()).filter(
    ({ eventName, recipientAccountId, requestParameters }) =>
      eventName === 'AssumeRole' &&
      recipientAccountId === away &&
      requestParameters?.roleSessionName === roleSessionName,
  );

describe('AssumeRole of the embedded STS', () => {
  it('issues, with what was planned in CloudTrail, under the same request id', async () => {
    const answer = await sts.assumeRole(aRequest());

    expect(answer).toMatchObject({
      state: 'ISSUED',
      assumedRole: { arn: 'arn:aws:sts::222222222222:assumed-role/ReadOnly/alice-session' },
      packedPolicySize: expect.any(Number),
    });
    expect(await sessionsOf('alice-session')).toMatchObject([
      {
        requestID: answer.requestId,
        requestParameters: { sourceIdentity: 'okta.alice', externalId: 'external-id', durationSeconds: 900 },
      },
    ]);
  });

  it.each([
    ['AccessDenied', { externalId: 'another' }],
    ['AccessDenied', { roleArn: 'arn:aws:iam::222222222222:role/daypass/Other' }],
    ['ValidationError', { durationSeconds: 7200 }],
    ['ValidationError', { roleSessionName: 'a b' }],
    ['PackedPolicyTooLarge', { sessionTags: { Team: 'x'.repeat(256) }, sessionPolicy: aLargePolicy() }],
  ])('refuses with %s', async (errorCode, changes) => {
    expect(await sts.assumeRole(aRequest(changes))).toMatchObject({
      state: 'REFUSED',
      errorCode,
      detail: expect.stringMatching(/./),
      requestId: expect.stringMatching(/./),
    });
  });

  const kinds: readonly (readonly [FaultKind, object, number])[] = [
    ['throttle', { state: 'FAILED', cause: 'throttled' }, 0],
    ['accessdenied', { state: 'REFUSED', errorCode: 'AccessDenied' }, 0],
    ['500', { state: 'UNKNOWN' }, 0],
    ['reset', { state: 'UNKNOWN' }, 0],
    ['lost', { state: 'UNKNOWN' }, 1],
    ['timeout', { state: 'UNKNOWN' }, 0],
    ['slow', { state: 'UNKNOWN' }, 0],
    ['malformed', { state: 'UNKNOWN', errorCode: 'UnreadableAnswer' }, 0],
    ['empty', { state: 'UNKNOWN', errorCode: 'UnreadableAnswer' }, 0],
  ];

  it.each(kinds)('that meets %s once becomes %j, and is not repeated', async (kind, expected, sessions) => {
    const roleSessionName = `meets-${kind}`;
    aws.faults.replace([{ service: 'sts', kind, times: 1, delayMs: 5000 }]);

    const answer = await sts.assumeRole(aRequest({ roleSessionName }));

    expect(answer).toMatchObject(expected);
    expect(answer).not.toHaveProperty('credentials');
    // A repeat would have found the fault gone, and minted one more.
    expect(aws.faults.list()).toEqual([]);
    const minted = (await sessionsOf(roleSessionName)).filter(({ errorCode }) => errorCode === undefined);
    expect(minted).toHaveLength(sessions);
  });
});

/** Within 2,048 characters, and of so many different ones that it packs badly. */
function aLargePolicy(): string {
  const Resource = Array.from({ length: 36 }, (_, index) => {
    const name = (index * 2_654_435_761).toString(36) + (index * 40_503_217).toString(36);
    return `arn:aws:s3:::${name}-${index}/*`;
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource }],
  });
}
