import { createHash, createPublicKey, verify } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeKeyCommand,
  EncryptCommand,
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  type SignCommandInput,
} from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenKeyId, toTokenKeyArn } from '../../../../local/aws/kms/token-key.ts';
import type { FaultKind } from '../../../../local/faults.ts';
import {
  admin,
  aWorld,
  away,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';

const region = 'eu-west-1';
const partition = 'aws';
const keyArn = toTokenKeyArn({ partition, region, accountId: home });
const guardedArn = toTokenKeyArn({ partition, region, accountId: away });
const rs256 = 'RSASSA_PKCS1_V1_5_SHA_256';

const user = (letter: string): TestCredentials => ({
  accessKeyId: `AKIA${letter.repeat(16)}`,
  secretAccessKey: letter.toLowerCase().repeat(40),
});
const signing = (Resource: string, Condition: object = {}) =>
  policy({ Effect: 'Allow', Action: 'kms:Sign', Resource, Condition });
const users = {
  signer: { ...user('B'), policies: [signing(keyArn, { StringEquals: { 'kms:SigningAlgorithm': rs256 } })] },
  digester: { ...user('C'), policies: [signing(keyArn, { StringEquals: { 'kms:MessageType': 'DIGEST' } })] },
  reader: {
    ...user('D'),
    policies: [policy({ Effect: 'Allow', Action: 'kms:GetPublicKey', Resource: keyArn })],
  },
  silent: { ...user('E'), policies: [] },
  denied: {
    ...user('F'),
    policies: [
      policy({ Effect: 'Allow', Action: '*', Resource: '*' }),
      policy({ Effect: 'Deny', Action: 'kms:Sign', Resource: '*' }),
    ],
  },
  elsewhere: { ...user('G'), policies: [signing(`${keyArn.slice(0, -1)}0`)] },
};
const everything = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
const owner = { ...user('H'), policies: [everything] };
const guest = { ...user('I'), policies: [everything] };
/** Its key lets one user read, and nobody sign. */
const keyPolicies = {
  [guardedArn]: policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${away}:root` },
    Action: 'kms:GetPublicKey',
    Resource: '*',
    Condition: { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${away}:user/owner` } },
  }),
};

let aws: TestAws;
const clients: KMSClient[] = [];
beforeAll(async () => {
  const world = aWorld({ [home]: { users }, [away]: { users: { owner, guest } } });
  aws = await startTestAws(world, { keyPolicies });
});
afterEach(() => aws.faults.clear());
afterAll(async () => {
  for (const client of clients) client.destroy();
  await aws.stop();
});

function kms(credentials: TestCredentials = admin, endpoint = aws.url): KMSClient {
  const { accessKeyId, secretAccessKey } = credentials;
  const client = new KMSClient({
    ...{ endpoint, region, maxAttempts: 1 },
    credentials: { accessKeyId, secretAccessKey },
  });
  clients.push(client);
  return client;
}

const message = Buffer.from('header.claims');
const digest = createHash('sha256').update(message).digest();
const toSign = (changes: Partial<SignCommandInput> = {}) =>
  new SignCommand({
    KeyId: keyArn,
    SigningAlgorithm: rs256,
    MessageType: 'DIGEST',
    Message: digest,
    ...changes,
  });

describe('Sign', () => {
  it('gives a signature that the public key verifies, of a digest and of the message itself', async () => {
    const { PublicKey = new Uint8Array() } = await kms().send(new GetPublicKeyCommand({ KeyId: keyArn }));
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });

    const ofDigest = await kms().send(toSign());
    const ofMessage = await kms().send(toSign({ MessageType: 'RAW', Message: message }));

    expect(ofDigest).toMatchObject({ KeyId: keyArn, SigningAlgorithm: rs256 });
    for (const { Signature = new Uint8Array() } of [ofDigest, ofMessage]) {
      expect(verify('sha256', message, key, Signature)).toBe(true);
      expect(verify('sha256', digest, key, Signature)).toBe(false);
    }
  });

  it.each([
    ['no key of that id', { KeyId: 'ffffffff-0000-4000-8000-000000000000' }, 'NotFoundException'],
    ['a key of another region', { KeyId: keyArn.replace(region, 'us-east-1') }, 'NotFoundException'],
    ['an alias', { KeyId: 'alias/daypass' }, 'NotFoundException'],
    [
      'an algorithm of another kind of key',
      { SigningAlgorithm: 'ECDSA_SHA_256' },
      'InvalidKeyUsageException',
    ],
    [
      'an algorithm of this kind',
      { SigningAlgorithm: 'RSASSA_PSS_SHA_256' },
      'UnsupportedOperationException',
    ],
    ['a digest of 31 bytes', { Message: digest.subarray(1) }, 'ValidationException'],
    ['no message', { Message: new Uint8Array() }, 'ValidationException'],
    ['4097 bytes', { MessageType: 'RAW', Message: Buffer.alloc(4097) }, 'ValidationException'],
    ['a dry run', { DryRun: true }, 'DryRunOperationException'],
  ] as const)('is refused as KMS refuses it when given %s', async (_what, changes, name) => {
    expect(await outcome(kms().send(toSign(changes)))).toMatch(new RegExp(`^${name}: `));
  });

  it('takes a message of 4096 bytes', async () => {
    expect(await outcome(kms().send(toSign({ MessageType: 'RAW', Message: Buffer.alloc(4096) })))).toBe(
      'granted',
    );
  });
});

describe('authorization', () => {
  it.each([
    ['signer', {}, 'granted'],
    ['signer', { KeyId: tokenKeyId }, 'granted'],
    ['signer', { SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_512' }, 'AccessDeniedException'],
    ['digester', {}, 'granted'],
    ['digester', { MessageType: 'RAW' }, 'AccessDeniedException'],
    ['digester', { MessageType: undefined }, 'AccessDeniedException'],
    ['reader', {}, 'AccessDeniedException'],
    ['silent', {}, 'AccessDeniedException'],
    ['denied', {}, 'AccessDeniedException'],
    ['elsewhere', {}, 'AccessDeniedException'],
  ] as const)('of Sign for %s with %j ends as %s', async (name, changes, expected) => {
    expect((await outcome(kms(users[name]).send(toSign(changes)))).split(':')[0]).toBe(expected);
  });

  it('names caller, action, key and what was missing', async () => {
    const caller = `User: arn:aws:iam::${home}:user`;

    expect(await outcome(kms(users.silent).send(toSign()))).toBe(
      `AccessDeniedException: ${caller}/silent is not authorized to perform: kms:Sign on resource: ${keyArn} because no identity-based policy allows the kms:Sign action`,
    );
    expect(await outcome(kms(users.denied).send(toSign()))).toBe(
      `AccessDeniedException: ${caller}/denied is not authorized to perform: kms:Sign on resource: ${keyArn} with an explicit deny in an identity-based policy`,
    );
  });

  it('of a key with a policy of its own needs both sides', async () => {
    const read = new GetPublicKeyCommand({ KeyId: guardedArn });
    const both = await kms(owner).send(read);
    const otherUser = await outcome(kms(guest).send(read));
    const otherAction = await outcome(kms(owner).send(toSign({ KeyId: guardedArn })));
    const otherAccount = await outcome(kms().send(read));

    expect(both.KeyId).toBe(guardedArn);
    expect(otherUser).toMatch(/^AccessDeniedException: .* no resource-based policy allows/);
    expect(otherAction).toMatch(/^AccessDeniedException: .* no resource-based policy allows/);
    expect(otherAccount).toMatch(/^AccessDeniedException: /);
  });

  it.each([
    ['a wrong secret', { ...admin, secretAccessKey: 'b'.repeat(40) }, 'InvalidSignatureException'],
    ['an unknown key id', user('Z'), 'UnrecognizedClientException'],
  ])('fails as in KMS when the request is signed with %s', async (_what, credentials, name) => {
    expect(await outcome(kms(credentials).send(toSign()))).toMatch(new RegExp(`^${name}: `));
  });

  it('fails when nobody signed the request', async () => {
    const answer = await fetch(aws.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'TrentService.Sign' },
      body: '{}',
    });

    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ __type: 'MissingAuthenticationTokenException' }),
    ]);
  });
});

describe('the key', () => {
  it('is described as RSA_2048 for signing', async () => {
    const { PublicKey, ...kind } = await kms(users.reader).send(new GetPublicKeyCommand({ KeyId: keyArn }));
    const { KeyMetadata } = await kms().send(new DescribeKeyCommand({ KeyId: keyArn }));

    const expected = {
      KeySpec: 'RSA_2048',
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: expect.arrayContaining([rs256]),
    };
    expect(kind).toMatchObject({ ...expected, KeyId: keyArn });
    expect(KeyMetadata).toMatchObject({
      ...expected,
      Arn: keyArn,
      KeyId: tokenKeyId,
      AWSAccountId: home,
      KeyState: 'Enabled',
    });
    expect(PublicKey).toHaveLength(294);
  });

  it('is another in each account, for its owner alone to read, and the same after a restart', async () => {
    const read = new GetPublicKeyCommand({ KeyId: keyArn });
    const [before, other] = await Promise.all([
      kms().send(read),
      kms(owner).send(new GetPublicKeyCommand({ KeyId: guardedArn })),
    ]);

    aws = await aws.restart();
    const after = await kms().send(read);

    expect(after.PublicKey).toEqual(before.PublicKey);
    expect(other.PublicKey).not.toEqual(before.PublicKey);
    expect(statSync(join(aws.dataDirectory, 'kms', `${home}.pem`)).mode & 0o777).toBe(0o600);
    expect(statSync(join(aws.dataDirectory, 'kms')).mode & 0o777).toBe(0o700);
  });
});

describe('what is not there', () => {
  it('is refused by name', async () => {
    const encrypt = new EncryptCommand({ KeyId: keyArn, Plaintext: message });

    expect(await outcome(kms().send(encrypt))).toMatch(/^UnknownOperationException: /);
  });
});

describe('faults of kms', () => {
  it.each([
    ['throttle', 'ThrottlingException'],
    ['500', 'KMSInternalException'],
    ['accessdenied', 'AccessDeniedException'],
    ['reset', 'Error'],
    ['lost', 'Error'],
    ['malformed', 'SyntaxError'],
  ] as readonly (readonly [FaultKind, string])[])('of kind %s show as %s, once', async (kind, name) => {
    aws.faults.replace([{ service: 'kms', operation: 'Sign', kind, times: 1 }]);

    const results = [await outcome(kms().send(toSign())), await outcome(kms().send(toSign()))];

    expect(results.map((text) => text.split(':')[0])).toEqual([name, 'granted']);
  });

  it('leave the other operations alone', async () => {
    aws.faults.replace([{ service: 'kms', operation: 'Sign', kind: 'throttle' }]);

    expect(await outcome(kms().send(new GetPublicKeyCommand({ KeyId: keyArn })))).toBe('granted');
  });
});
