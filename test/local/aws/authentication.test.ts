import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import {
  admin,
  aWorld,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from './an-embedded-aws.ts';
import { Sha256 } from './sha256.ts';

const role = `arn:aws:iam::${home}:role/Target`;
const trust = policy({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${home}:root` },
  Action: 'sts:AssumeRole',
});
const denyAll = policy({ Effect: 'Deny', Action: '*', Resource: '*' });
const world = aWorld({
  [home]: {
    users: {
      forbidden: {
        accessKeyId: 'AKIAFORBIDDENFORBIDD',
        secretAccessKey: 'f'.repeat(40),
        policies: [denyAll],
      },
    },
    roles: { Target: { trust }, Gone: { trust } },
  },
});

/** A minute slow, so that clients, who sign with their own clock, are heard 15 minutes later too. */
let nowMs = Date.now() - 60_000;
let aws: TestAws;
let session: Required<TestCredentials>;
let other: Required<TestCredentials>;
beforeAll(async () => {
  aws = await startTestAws(world, { now: () => nowMs });
  session = await aws.assume({ RoleArn: role, RoleSessionName: 'one', DurationSeconds: 900 });
  other = await aws.assume({ RoleArn: role, RoleSessionName: 'two', DurationSeconds: 900 });
});
afterAll(() => aws.stop());

const whoami = (credentials: TestCredentials, region?: string) =>
  outcome(aws.sts(credentials, region).send(new GetCallerIdentityCommand({})));
const tables = (credentials: TestCredentials) =>
  outcome(aws.dynamodb(credentials).send(new ListTablesCommand({})));

const invalid = 'The security token included in the request is invalid.';
const mismatch = 'The request signature we calculated does not match the signature you provided.';

describe('GetCallerIdentity', () => {
  it('answers who signed', async () => {
    const identity = await aws.sts().send(new GetCallerIdentityCommand({}));

    expect(identity).toMatchObject({ Arn: `arn:aws:iam::${home}:user/admin`, Account: home });
    expect(identity.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
  });

  it('needs no permission, not even against a Deny', async () => {
    const forbidden = { accessKeyId: 'AKIAFORBIDDENFORBIDD', secretAccessKey: 'f'.repeat(40) };

    expect(await whoami(forbidden)).toBe('granted');
    expect(await whoami(session)).toBe('granted');
  });

  it('answers at the global endpoint too', async () => {
    expect(await whoami(admin, 'us-east-1')).toBe('granted');
  });
});

describe('credentials', () => {
  it('look like those of AWS', () => {
    expect(session.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(session.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(session.secretAccessKey).not.toBe(other.secretAccessKey);
  });

  const cases: readonly (readonly [string, () => TestCredentials, string, string])[] = [
    [
      'an unknown key',
      () => ({ ...admin, accessKeyId: 'AKIAUNKNOWNUNKNOWN12' }),
      `InvalidClientTokenId: ${invalid}`,
      `UnrecognizedClientException: ${invalid}`,
    ],
    [
      'a wrong secret',
      () => ({ ...admin, secretAccessKey: 'b'.repeat(40) }),
      `SignatureDoesNotMatch: ${mismatch}`,
      `InvalidSignatureException: ${mismatch}`,
    ],
    [
      'a long-term key with a token',
      () => ({ ...admin, sessionToken: session.sessionToken }),
      'InvalidClientTokenId',
      'UnrecognizedClientException',
    ],
    [
      'a temporary key without its token',
      () => ({ accessKeyId: session.accessKeyId, secretAccessKey: session.secretAccessKey }),
      'InvalidClientTokenId',
      'UnrecognizedClientException',
    ],
    [
      "another session's token",
      () => ({ ...session, sessionToken: other.sessionToken }),
      'InvalidClientTokenId',
      'UnrecognizedClientException',
    ],
    [
      "another session's key",
      () => ({ ...session, accessKeyId: other.accessKeyId }),
      'InvalidClientTokenId',
      'UnrecognizedClientException',
    ],
    [
      "another session's secret",
      () => ({ ...session, secretAccessKey: other.secretAccessKey }),
      'SignatureDoesNotMatch',
      'InvalidSignatureException',
    ],
    [
      'a token that is none',
      () => ({ ...session, sessionToken: 'x' }),
      'InvalidClientTokenId',
      'UnrecognizedClientException',
    ],
    [
      'a longer token',
      () => ({ ...session, sessionToken: `${session.sessionToken}AAAA` }),
      'InvalidClientTokenId',
      'UnrecognizedClientException',
    ],
    [
      'a temporary key that was never issued',
      () => ({ ...session, accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' }),
      'InvalidClientTokenId',
      'UnrecognizedClientException',
    ],
  ];

  it.each(cases)('are refused: %s', async (_name, credentials, sts, dynamodb) => {
    expect(await whoami(credentials())).toContain(sts);
    expect(await tables(credentials())).toContain(dynamodb);
  });

  it('leave no record when nobody is proven', async () => {
    const before = (await aws.records()).length;
    await whoami({ ...admin, secretAccessKey: 'b'.repeat(40) });

    expect(await aws.records()).toHaveLength(before);
  });

  it.each(['us-west-2', 'eu-west-2'])('are refused in another region: %s', async (region) => {
    expect(await whoami(admin, region)).toBe(
      'SignatureDoesNotMatch: Credential should be scoped to a valid region. ',
    );
  });

  it('end when their time is over', async () => {
    const credentials = await aws.assume({ RoleArn: role, RoleSessionName: 'short', DurationSeconds: 900 });
    const start = nowMs;
    nowMs = start + 898_000;
    expect(await whoami(credentials)).toBe('granted');

    nowMs = start + 900_000;
    const [sts, dynamodb] = [await whoami(credentials), await tables(credentials)];
    nowMs = start;

    expect(sts).toBe('ExpiredToken: The security token included in the request is expired');
    expect(dynamodb).toBe('ExpiredTokenException: The security token included in the request is expired');
  });

  it('end when they are declared expired', async () => {
    const credentials = await aws.assume({ RoleArn: role, RoleSessionName: 'declared' });
    const answer = await fetch(`${aws.url}/_local/credentials/${credentials.accessKeyId}/expire`, {
      method: 'POST',
    });

    expect(answer.status).toBe(204);
    expect(await whoami(credentials)).toMatch(/^ExpiredToken/);
    expect(await whoami(session)).toBe('granted');
  });

  it('end when their role is gone', async () => {
    const credentials = await aws.assume({
      RoleArn: `arn:aws:iam::${home}:role/Gone`,
      RoleSessionName: 'gone',
    });
    aws = await aws.restart(aWorld({ [home]: { roles: { Target: { trust } } } }));

    expect(await whoami(credentials)).toMatch(/^InvalidClientTokenId/);
    expect(await whoami(session)).toBe('granted');
  });
});

describe('a request', () => {
  const send = async (headers: Record<string, string>, query = '') => {
    const answer = await fetch(`${aws.url}/${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });
    return `${answer.status} ${/<Code>(.*)<\/Code>/.exec(await answer.text())?.[1]}`;
  };
  const scope = 'AKIAADMINADMINADMIN1/20260101/eu-west-1/sts/aws4_request';

  it.each<readonly [string, Record<string, string>, string, string]>([
    ['without a signature', {}, '', '403 MissingAuthenticationToken'],
    ['with a bearer token', { authorization: 'Bearer x' }, '', '403 MissingAuthenticationToken'],
    ['with no parameters', { authorization: 'AWS4-HMAC-SHA256 ' }, '', '400 IncompleteSignature'],
    [
      'with no signature',
      {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host`,
        'x-amz-date': '20260101T000000Z',
      },
      '',
      '400 IncompleteSignature',
    ],
    [
      'with no date',
      { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
      '',
      '400 IncompleteSignature',
    ],
    [
      'with a date that is none',
      {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
        'x-amz-date': 'now',
      },
      '',
      '400 IncompleteSignature',
    ],
    [
      'with half a scope',
      {
        authorization: 'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0',
        'x-amz-date': '20260101T000000Z',
      },
      '',
      '400 IncompleteSignature',
    ],
    [
      'with two signatures',
      {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0, Signature=1`,
        'x-amz-date': '20260101T000000Z',
      },
      '',
      '400 IncompleteSignature',
    ],
    [
      'with another algorithm',
      { authorization: `AWS4-ECDSA-P256-SHA256 Credential=${scope}`, 'x-amz-date': '20260101T000000Z' },
      '',
      '400 IncompleteSignature',
    ],
    [
      'signed in the header and in the query',
      { authorization: 'AWS4-HMAC-SHA256 x' },
      '?X-Amz-Algorithm=AWS4-HMAC-SHA256',
      '400 IncompleteSignature',
    ],
    ['presigned without the rest', {}, '?X-Amz-Algorithm=AWS4-HMAC-SHA256', '400 IncompleteSignature'],
    [
      'presigned with two credentials',
      {},
      '?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Credential=b',
      '400 IncompleteSignature',
    ],
    ['presigned in lower case', {}, '?x-amz-algorithm=AWS4-HMAC-SHA256', '403 MissingAuthenticationToken'],
    [
      'signed long ago',
      {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
        'x-amz-date': '20200101T000000Z',
      },
      '',
      '403 SignatureDoesNotMatch',
    ],
  ])('%s: %s', async (_name, headers, query, expected) => {
    expect(await send(headers, query)).toBe(expected);
  });

  it('can be presigned', async () => {
    const { hostname, host } = new URL(aws.url);
    const presign = async (credentials: TestCredentials) => {
      const signer = new SignatureV4({ credentials, region: 'eu-west-1', service: 'sts', sha256: Sha256 });
      const request = {
        method: 'GET',
        protocol: 'http:',
        hostname,
        path: '/',
        query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
        headers: { host, 'x-daypass-server': 'here' },
      };
      const { query = {} } = await signer.presign(request, { expiresIn: 60 });
      return new URLSearchParams(query as Record<string, string>);
    };
    const get = async (query: URLSearchParams, server = 'here') =>
      (await fetch(`${aws.url}/?${query}`, { headers: { 'x-daypass-server': server } })).status;
    const changed = await presign(admin);
    changed.set('Action', 'AssumeRole');

    expect(await get(await presign(admin))).toBe(200);
    expect(await get(await presign(session))).toBe(200);
    expect(await get(await presign(admin), 'elsewhere')).toBe(403);
    expect(await get(changed)).toBe(403);
  });

  it('for a service that is not here is told so', async () => {
    const answer = await fetch(`${aws.url}/bucket`, {
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
      },
    });

    expect(answer.status).toBe(501);
    expect(await answer.text()).toContain(
      'has sts, dynamodb, kms, iam, secretsmanager, lambda, s3 and events, not sqs',
    );
  });
});
