import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSdkSecretVersions } from '../../../lambda/adapters/sdk-secret-versions.ts';
import type { FederatorSecret } from '../../../lambda/core/federator-rotation-ports.ts';
import { admin } from '../../local/aws/an-embedded-aws.ts';
import { type Federator, startFederator } from '../../support/a-federator.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';

const clients: SecretsManagerClient[] = [];
const at = (endpoint: string, secretArn: string): FederatorSecret => {
  const client = new SecretsManagerClient({
    endpoint,
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: { ...admin },
  });
  clients.push(client);
  return createSdkSecretVersions({ client, secretArn, timeoutMs: 5000 });
};
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});
const secretAccessKey = `canary${'S'.repeat(34)}`;
const key = { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey };
const other = { ...key, accessKeyId: 'AKIABBBBBBBBBBBBBBBB' };

describe('versions in the embedded Secrets Manager', () => {
  let federator: Federator;
  let secret: FederatorSecret;
  beforeEach(async () => {
    federator = await startFederator();
    secret = at(federator.aws.url, federator.secretArn);
  });
  afterEach(() => federator.stop());
  const currentId = async () => (await secret.describe()).stages.get('AWSCURRENT') ?? '';

  it('have labels and dates, and a first value that is no key', async () => {
    const startedAtMs = Date.now();
    const description = await secret.describe();
    const versionId = description.stages.get('AWSCURRENT') ?? '';

    expect([...description.stages.keys()]).toEqual(['AWSCURRENT']);
    expect(Math.abs(description.lastChangedAtMs - startedAtMs)).toBeLessThan(60_000);
    expect(await secret.read({ versionId, stage: 'AWSCURRENT' })).toEqual({
      key: undefined,
      createdAtMs: expect.any(Number),
    });
  });

  it('are empty until a key is put, which can be put again, and no other', async () => {
    const versionId = await federator.beginRotation();
    const empty = await secret.read({ versionId, stage: 'AWSPENDING' });
    await secret.put(versionId, key);
    await secret.put(versionId, key);

    expect(empty).toBeUndefined();
    expect((await secret.read({ versionId, stage: 'AWSPENDING' }))?.key).toEqual(key);
    await expect(secret.put(versionId, other)).rejects.toMatchObject({ code: 'ResourceExistsException' });
    expect((await secret.read({ versionId, stage: 'AWSPENDING' }))?.key).toEqual(key);
  });

  it('change their labels, and the change is dated', async () => {
    const from = await currentId();
    const to = await federator.beginRotation();
    await secret.put(to, key);
    await secret.moveStage({ stage: 'DAYPASS_TESTED', from: undefined, to });
    await secret.moveStage({ stage: 'AWSCURRENT', from, to });
    await secret.moveStage({ stage: 'AWSPENDING', from: to, to: undefined });

    expect((await secret.describe()).stages).toEqual(
      new Map([
        ['AWSPREVIOUS', from],
        ['AWSCURRENT', to],
        ['DAYPASS_TESTED', to],
      ]),
    );
    await expect(secret.moveStage({ stage: 'AWSCURRENT', from, to })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
  });

  it('are not read by a label that is elsewhere', async () => {
    const versionId = await currentId();

    await expect(secret.read({ versionId, stage: 'AWSPENDING' })).rejects.toMatchObject({
      code: 'InvalidRequestException',
    });
  });

  it.each([
    ['DescribeSecret', (one: FederatorSecret) => one.describe()],
    [
      'GetSecretValue',
      (one: FederatorSecret) => one.read({ versionId: 'a'.repeat(32), stage: 'AWSCURRENT' }),
    ],
    ['PutSecretValue', (one: FederatorSecret) => one.put('a'.repeat(32), key)],
    [
      'UpdateSecretVersionStage',
      (one: FederatorSecret) => one.moveStage({ stage: 'X', from: undefined, to: 'a'.repeat(32) }),
    ],
  ])('are in question when %s is refused, fails or is cut off', async (operation, call) => {
    for (const kind of ['accessdenied', 'throttle', '500', 'malformed', 'reset', 'timeout'] as const) {
      federator.aws.faults.replace([{ service: 'secretsmanager', operation, kind, delayMs: 1 }]);

      await expect(call(secret)).rejects.toMatchObject({ name: 'AwsCallError' });
    }
  });
});

describe('versions in a Secrets Manager that answers strangely', () => {
  const arn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:federator-AbCdEf';
  const versionId = 'a'.repeat(32);
  const description = { ARN: arn, LastChangedDate: 1, VersionIdsToStages: { [versionId]: ['AWSCURRENT'] } };
  const value = { ARN: arn, VersionId: versionId, CreatedDate: 1, SecretString: JSON.stringify(key) };
  let server: LoopbackServer;
  beforeAll(async () => {
    server = await startLoopbackServer();
  });
  afterAll(() => server.close());
  const answer = (body: unknown, status = 200) =>
    server.respond((response) => {
      response.statusCode = status;
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });

  it('are read from what is whole', async () => {
    answer(description);
    expect(await at(server.url, arn).describe()).toEqual({
      stages: new Map([['AWSCURRENT', versionId]]),
      lastChangedAtMs: 1000,
    });
    answer(value);
    expect(await at(server.url, arn).read({ versionId, stage: 'AWSCURRENT' })).toEqual({
      key,
      createdAtMs: 1000,
    });
  });

  it.each([
    {},
    { ...description, ARN: `${arn}x` },
    { ...description, LastChangedDate: undefined },
    { ...description, VersionIdsToStages: { [versionId]: ['AWSCURRENT'], other: ['AWSCURRENT'] } },
  ])('are unknown after the description %j', async (body) => {
    answer(body);

    await expect(at(server.url, arn).describe()).rejects.toMatchObject({ name: 'AwsCallError' });
  });

  it.each([
    {},
    { ...value, ARN: `${arn}x` },
    { ...value, VersionId: 'b'.repeat(32) },
    { ...value, CreatedDate: undefined },
    `{"SecretString": ${secretAccessKey}`,
    secretAccessKey,
  ])('are unknown after the value %j, and nothing of it is in the error', async (body) => {
    answer(body);
    const read = at(server.url, arn).read({ versionId, stage: 'AWSCURRENT' });
    const error: Error = await read.then(
      () => new Error('read'),
      (thrown: Error) => thrown,
    );

    expect(error.name).toBe('AwsCallError');
    expect(`${error.message} ${JSON.stringify(error)} ${error.stack}`).not.toContain('canary');
    expect(error.cause).toBeUndefined();
  });

  it('hide the secret in an error that quotes the request', async () => {
    const Message = `Value '{"secretAccessKey":"${secretAccessKey}"}' at 'secretString' failed`;
    answer({ __type: 'ValidationException', message: Message }, 400);
    const error: Error = await at(server.url, arn)
      .put(versionId, key)
      .then(
        () => new Error('put'),
        (thrown: Error) => thrown,
      );

    expect(error.message).toBe(
      `PutSecretValue failed: ValidationException: Value '{"secretAccessKey":"(secret)"}' at 'secretString' failed`,
    );
    expect(error.stack).not.toContain('canary');
  });
});
