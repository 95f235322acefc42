import type { ServerResponse } from 'node:http';
import { IAMClient } from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSdkAccessKeys } from '../../../lambda/adapters/sdk-access-keys.ts';
import type { FederatorAccessKeys } from '../../../lambda/core/federator-rotation-ports.ts';
import { admin } from '../../local/aws/an-embedded-aws.ts';
import { type Federator, startFederator, userName } from '../../support/a-federator.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';

const clients: IAMClient[] = [];
const at = (endpoint: string, timeoutMs = 5000): FederatorAccessKeys => {
  const client = new IAMClient({ endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { ...admin } });
  clients.push(client);
  return createSdkAccessKeys({ client, userName, timeoutMs });
};
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

describe('access keys of the embedded IAM', () => {
  let federator: Federator;
  let keys: FederatorAccessKeys;
  beforeEach(async () => {
    federator = await startFederator();
    keys = at(federator.aws.url);
  });
  afterEach(() => federator.stop());

  it('are made, listed, deactivated and deleted', async () => {
    const seen = [await keys.list()];
    const key = await keys.create();
    const use = await federator.use(key);
    seen.push(await keys.list());
    await keys.deactivate(key.accessKeyId);
    seen.push(await keys.list());
    await keys.delete(key.accessKeyId);
    seen.push(await keys.list());

    const { accessKeyId } = key;
    expect(use).toBe('granted');
    expect(seen).toEqual([[], [{ accessKeyId, isActive: true }], [{ accessKeyId, isActive: false }], []]);
  });

  it('are two at most', async () => {
    await keys.create();
    await keys.create();

    await expect(keys.create()).rejects.toMatchObject({ name: 'RotationError', code: 'key-limit' });
  });

  it('may be deactivated and deleted though they are no more', async () => {
    const { accessKeyId } = await keys.create();
    await keys.delete(accessKeyId);

    await keys.delete(accessKeyId);
    await keys.deactivate(accessKeyId);
    expect(await keys.list()).toEqual([]);
  });

  it.each([
    ['ListAccessKeys', (one: FederatorAccessKeys) => one.list()],
    ['CreateAccessKey', (one: FederatorAccessKeys) => one.create()],
    ['UpdateAccessKey', (one: FederatorAccessKeys) => one.deactivate('AKIAAAAAAAAAAAAAAAAA')],
    ['DeleteAccessKey', (one: FederatorAccessKeys) => one.delete('AKIAAAAAAAAAAAAAAAAA')],
  ])('are in question when %s is refused, fails or is cut off', async (operation, call) => {
    for (const kind of ['accessdenied', 'throttle', '500', 'malformed', 'reset', 'lost'] as const) {
      federator.aws.faults.replace([{ service: 'iam', operation, kind }]);

      await expect(call(keys)).rejects.toMatchObject({ name: 'AwsCallError' });
    }
  });
});

describe('access keys of an IAM that answers strangely', () => {
  let server: LoopbackServer;
  beforeAll(async () => {
    server = await startLoopbackServer();
  });
  afterAll(() => server.close());

  const secret = `canary${'S'.repeat(34)}`;
  const xml = (body: string) => (response: ServerResponse) => {
    response.setHeader('content-type', 'text/xml');
    response.end(body);
  };
  const created = (AccessKeyId: string, SecretAccessKey: string) =>
    `<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey>${AccessKeyId}${SecretAccessKey}</AccessKey></CreateAccessKeyResult></CreateAccessKeyResponse>`;
  const listed = (members: string, end = '<IsTruncated>false</IsTruncated>') =>
    `<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata>${members}</AccessKeyMetadata>${end}</ListAccessKeysResult></ListAccessKeysResponse>`;
  const member = (id: string) => `<member><AccessKeyId>${id}</AccessKeyId><Status>Active</Status></member>`;

  it.each([
    created('', `<SecretAccessKey>${secret}</SecretAccessKey>`),
    created(
      '<AccessKeyId>ASIAAAAAAAAAAAAAAAAA</AccessKeyId>',
      `<SecretAccessKey>${secret}</SecretAccessKey>`,
    ),
    created('<AccessKeyId>AKIAAAAAAAAAAAAAAAAA</AccessKeyId>', ''),
    created(
      '<AccessKeyId>AKIAAAAAAAAAAAAAAAAA</AccessKeyId>',
      `<SecretAccessKey>${secret} </SecretAccessKey>`,
    ),
    created('<AccessKeyId>AKIAAAAAAAAAAAAAAAAA</AccessKeyId>', `<SecretAccessKey>${secret}`),
    `<CreateAccessKeyResponse>${secret}`,
    secret,
    '',
  ])('are not made by %s, and nothing of it is in the error', async (body) => {
    server.respond(xml(body));
    const error: Error = await at(server.url)
      .create()
      .then(
        () => new Error('made'),
        (thrown: Error) => thrown,
      );

    expect(error.name).toBe('AwsCallError');
    expect(`${error.message} ${JSON.stringify(error)} ${error.stack}`).not.toContain('canary');
    expect(error.cause).toBeUndefined();
  });

  it('are listed over all pages', async () => {
    server.respond((response) => {
      const isFirst = !server.requests[0]?.body.includes('Marker') && server.requests.length === 1;
      const end = isFirst ? '<IsTruncated>true</IsTruncated><Marker>more</Marker>' : undefined;
      xml(listed(member(isFirst ? 'AKIAAAAAAAAAAAAAAAA1' : 'AKIAAAAAAAAAAAAAAAA2'), end))(response);
    });

    expect((await at(server.url).list()).map(({ accessKeyId }) => accessKeyId)).toEqual([
      'AKIAAAAAAAAAAAAAAAA1',
      'AKIAAAAAAAAAAAAAAAA2',
    ]);
    expect(server.requests[1]?.body).toContain('Marker=more');
  });

  it.each([
    '',
    '<ListAccessKeysResponse></ListAccessKeysResponse>',
    '<ListAccessKeysResponse><ListAccessKeysResult></ListAccessKeysResult></ListAccessKeysResponse>',
    listed('<member><Status>Active</Status></member>'),
    listed('<member><AccessKeyId>AKIAAAAAAAAAAAAAAAA1</AccessKeyId></member>'),
  ])('are unknown, not none, after %j', async (body) => {
    server.respond(xml(body));

    await expect(at(server.url).list()).rejects.toMatchObject({ name: 'AwsCallError' });
  });

  it('are not waited for longer than the call may take', async () => {
    server.respond(() => undefined);

    await expect(at(server.url, 50).list()).rejects.toMatchObject({ name: 'AwsCallError' });
  });
});
