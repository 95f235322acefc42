import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBucketStore } from '../../../../local/aws/s3/bucket-store.ts';
import { admin, aWorld, home, outcome, policy, startTestAws, type TestAws } from '../an-embedded-aws.ts';

const reader = { accessKeyId: 'AKIAREADERREADERREAD', secretAccessKey: 'r'.repeat(40) };
const keys = ['AWSLogs/1/CloudTrail/a.json.gz', 'a key/with +%&=?#,ü and spaces', 'a//b/../c'];

let aws: TestAws;
const clients: S3Client[] = [];

beforeAll(async () => {
  const policies = [
    policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::trail/AWSLogs/*' }),
  ];
  aws = await startTestAws(aWorld({ [home]: { users: { reader: { ...reader, policies } } } }), {
    buckets: [
      { name: 'trail', accountId: home },
      { name: 'theirs', accountId: '222222222222' },
    ],
  });
});

afterEach(() => aws.faults.clear());
afterAll(async () => {
  for (const client of clients) client.destroy();
  await aws.stop();
});

function toClient(credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }) {
  const client = new S3Client({
    ...{ endpoint: aws.url, region: 'eu-west-1', forcePathStyle: true, maxAttempts: 1 },
    credentials: { ...credentials },
  });
  clients.push(client);
  return client;
}

const put = (Key: string, Body: Buffer, { Bucket = 'trail', credentials = admin } = {}) =>
  toClient(credentials).send(new PutObjectCommand({ Bucket, Key, Body }));

async function get(Key: string, { Bucket = 'trail', credentials = admin as typeof reader } = {}) {
  const { Body } = await toClient(credentials).send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

describe('the embedded S3', () => {
  it.each(keys)('gives back what was put under %j, byte by byte', async (key) => {
    const content = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 256));

    await put(key, content);

    expect(await get(key)).toEqual(content);
  });

  it('says that there is no such object, and no such bucket', async () => {
    expect(await outcome(get('AWSLogs/none'))).toContain('NoSuchKey');
    expect(await outcome(get('x', { Bucket: 'nobodys' }))).toContain('NoSuchBucket');
  });

  it('lets identities do what their policies say, in their own account', async () => {
    await put('AWSLogs/x', Buffer.from('x'));
    await put('other/x', Buffer.from('x'));

    expect(await outcome(get('AWSLogs/x', { credentials: reader }))).toBe('granted');
    expect(await outcome(get('other/x', { credentials: reader }))).toContain(
      'is not authorized to perform: s3:GetObject',
    );
    expect(await outcome(put('AWSLogs/x', Buffer.from('y'), { credentials: reader as never }))).toContain(
      'is not authorized to perform: s3:PutObject',
    );
    expect(await outcome(put('x', Buffer.from('x'), { Bucket: 'theirs' }))).toContain('not authorized');
  });

  it('refuses a wrong secret, and content that is not what was signed', async () => {
    const forged = { ...admin, secretAccessKey: 'b'.repeat(40) };
    const client = toClient(admin);
    client.middlewareStack.add(
      (next) => (args) => {
        Reflect.set(Object(args.request), 'body', Buffer.from('y'));
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );

    expect(await outcome(get('AWSLogs/x', { credentials: forged as never }))).toContain(
      'SignatureDoesNotMatch',
    );
    expect(
      await outcome(client.send(new PutObjectCommand({ Bucket: 'trail', Key: 'k', Body: Buffer.from('x') }))),
    ).toContain('XAmzContentSHA256Mismatch');
  });

  it('has nothing else', async () => {
    const answer = await fetch(`${aws.url}/trail/x`, {
      method: 'DELETE',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/s3/aws4_request' },
    });

    expect(answer.status).toBe(400);
  });

  it.each([
    ['throttle', 'SlowDown'],
    ['500', 'InternalError'],
    ['accessdenied', 'AccessDenied'],
  ] as const)('fails as it is told: %s', async (kind, name) => {
    await put('AWSLogs/x', Buffer.from('x'));
    aws.faults.replace([{ service: 's3', operation: 'GetObject', kind }]);

    expect(await outcome(get('AWSLogs/x'))).toContain(name);
  });
});

describe('the store', () => {
  it('lets the oldest objects go rather than grow without a bound', () => {
    const store = createBucketStore([{ name: 'trail', accountId: home }]);
    const half = Buffer.alloc(40 * 1024 * 1024);

    for (const key of ['a', 'b']) store.put('trail', key, half);
    store.put('trail', 'b', Buffer.from('again'));
    store.put('trail', 'c', half);

    expect(['a', 'b', 'c'].map((key) => store.find('trail', key)?.length)).toEqual([
      undefined,
      5,
      half.length,
    ]);
    expect(() => store.put('other', 'a', half)).toThrow(TypeError);
  });
});
