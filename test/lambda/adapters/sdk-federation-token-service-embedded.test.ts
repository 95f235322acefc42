import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createSdkFederationTokenService } from '../../../lambda/adapters/sdk-federation-token-service.ts';
import type { FederationTokenRequest, FederationTokenService } from '../../../lambda/core/ports.ts';
import type { FaultKind } from '../../../local/faults.ts';
import { aWorld, home, policy, startTestAws, type TestAws } from '../../local/aws/an-embedded-aws.ts';

const federator = { accessKeyId: 'AKIAFEDERATOR0000001', secretAccessKey: 'f'.repeat(40) };

const may = policy({ Effect: 'Allow', Action: ['sts:GetFederationToken', 'sts:TagSession'], Resource: '*' });

let aws: TestAws;
let service: FederationTokenService;

beforeAll(async () => {
  aws = await startTestAws(aWorld({ [home]: { users: { federator: { ...federator, policies: [may] } } } }));
  service = createSdkFederationTokenService({
    toClient: (credentials) =>
      new STSClient({
        endpoint: aws.url,
        region: 'eu-west-1',
        maxAttempts: 1,
        credentials: { ...(credentials ?? federator) },
      }),
    timeoutMs: 2000,
    partition: 'aws',
    accountId: home,
  });
});

afterEach(() => aws.faults.clear());
afterAll(() => aws.stop());

const aRequest = (changes: Partial<FederationTokenRequest> = {}): FederationTokenRequest => ({
  name: '01KDVDPJ0000000000000000A0-0aZ_-',
  durationSeconds: 900,
  sessionPolicy: JSON.stringify(policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' })),
  sessionTags: { Team: 'payments' },
  ...changes,
});

const sessionsOf = async (name: string) =>
  (await aws.records()).filter(
    ({ eventName, requestParameters }) =>
      eventName === 'GetFederationToken' && requestParameters?.name === name,
  );

describe('GetFederationToken of the embedded STS', () => {
  it('issues, with what was planned in CloudTrail, under the same request id', async () => {
    const request = aRequest();

    const answer = await service.getFederationToken(request, federator);

    const arn = `arn:aws:sts::111111111111:federated-user/${request.name}`;
    expect(answer).toMatchObject({
      state: 'ISSUED',
      federatedUser: { arn, federatedUserId: `111111111111:${request.name}` },
      packedPolicySize: expect.any(Number),
    });
    expect(await sessionsOf(request.name)).toMatchObject([
      {
        requestID: answer.requestId,
        requestParameters: { durationSeconds: 900, policy: request.sessionPolicy },
      },
    ]);
  });

  it.each([
    [899, 'ValidationError'],
    [900, undefined],
    [901, undefined],
    [129_599, undefined],
    [129_600, undefined],
    [129_601, 'ValidationError'],
  ])('for %i seconds: %s', async (durationSeconds, errorCode) => {
    const answer = await service.getFederationToken(aRequest({ durationSeconds }), federator);

    expect(answer).toMatchObject(
      errorCode === undefined ? { state: 'ISSUED' } : { state: 'REFUSED', errorCode },
    );
  });

  it.each([
    [1, 'REFUSED'],
    [2, 'ISSUED'],
    [3, 'ISSUED'],
    [31, 'ISSUED'],
    [32, 'ISSUED'],
    [33, 'REFUSED'],
  ])('with a name of %i characters is %s', async (length, state) => {
    expect(await service.getFederationToken(aRequest({ name: 'n'.repeat(length) }), federator)).toMatchObject(
      { state },
    );
  });

  it.each([
    [
      'an id that it does not know',
      { ...federator, accessKeyId: 'AKIAFEDERATOR0000009' },
      'InvalidClientTokenId',
    ],
    ['another secret', { ...federator, secretAccessKey: 'g'.repeat(40) }, 'SignatureDoesNotMatch'],
  ])('refuses a key of %s', async (_, key, errorCode) => {
    const answer = await service.getFederationToken(aRequest(), key);

    expect(answer).toMatchObject({ state: 'REFUSED', errorCode });
    expect(JSON.stringify(answer)).not.toContain(key.secretAccessKey);
  });

  const kinds: readonly (readonly [FaultKind, object, number])[] = [
    ['throttle', { state: 'FAILED', cause: 'throttled' }, 0],
    ['accessdenied', { state: 'REFUSED', errorCode: 'AccessDenied' }, 0],
    ['500', { state: 'UNKNOWN' }, 0],
    ['reset', { state: 'UNKNOWN' }, 0],
    ['lost', { state: 'UNKNOWN' }, 1],
    ['slow', { state: 'UNKNOWN' }, 0],
    ['malformed', { state: 'UNKNOWN', errorCode: 'UnreadableAnswer' }, 0],
    ['empty', { state: 'UNKNOWN', errorCode: 'UnreadableAnswer' }, 0],
  ];

  it.each(kinds)('that meets %s once becomes %j, and is not repeated', async (kind, expected, sessions) => {
    const name = `meets-${kind}`;
    aws.faults.replace([{ service: 'sts', kind, times: 1, delayMs: 5000 }]);

    const answer = await service.getFederationToken(aRequest({ name }), federator);

    expect(answer).toMatchObject(expected);
    expect(answer).not.toHaveProperty('credentials');
    expect(aws.faults.list()).toEqual([]);
    const minted = (await sessionsOf(name)).filter(({ errorCode }) => errorCode === undefined);
    expect(minted).toHaveLength(sessions);
  });
});
