import { afterEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../../support/daypass-client.ts';
import {
  presign,
  type SignedCall,
  send,
  sign,
  signedCall,
  type WireRequest,
} from '../../support/signed-request.ts';
import { away, home, type IamGateway, invoke, policy, startIamGateway } from './an-iam-gateway.ts';

const nowMs = Date.parse('2026-11-21T06:00:00Z');
const path = '/iam/v1/whoami';
const issuing = { method: 'POST', path: '/iam/v1/profiles/prod/credentials', body: '{"reason":"ö"}' };

let gateway: IamGateway | undefined;

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

async function start(options: Parameters<typeof startIamGateway>[0] = {}): Promise<IamGateway> {
  gateway = await startIamGateway({ now: () => nowMs, ...options });
  return gateway;
}

const at = (minutes: number) => new Date(nowMs + minutes * 60_000);
const call = (iam: IamGateway, changes: Partial<SignedCall> = {}) => ({
  credentials: iam.user(away, 'allowed'),
  path,
  signedAt: at(0),
  ...changes,
});

function expectRefusal(iam: IamGateway, answer: Answer, code: string): void {
  expect({ status: answer.status, code: answer.json?.code }).toEqual({ status: 403, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(iam.invoked).toEqual([]);
}

describe('a signed request under /iam/v1', () => {
  it('has the user in identity, and no authorizer', async () => {
    const iam = await start();

    const answer = await signedCall(iam.url, call(iam));

    expect(answer.status).toBe(200);
    expect(iam.invoked).toEqual(['issuer']);
    const { identity, authorizer } = iam.events[0].requestContext;
    expect(authorizer).toBeNull();
    expect(identity).toEqual({
      accessKey: iam.user(away, 'allowed').accessKeyId,
      accountId: away,
      apiKey: null,
      apiKeyId: null,
      caller: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      clientCert: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: 'o-exampleorg1',
      sourceIp: '127.0.0.1',
      user: identity.caller,
      userAgent: null,
      userArn: `arn:aws:iam::${away}:user/allowed`,
    });
  });

  it('has the session without the role’s path', async () => {
    const iam = await start();
    const credentials = iam.session(`arn:aws:iam::${away}:role/team/Allowed`);

    await signedCall(iam.url, call(iam, { credentials }));

    expect(iam.events[0].requestContext.identity).toMatchObject({
      accessKey: credentials.accessKeyId,
      accountId: away,
      caller: expect.stringMatching(/^AROA[A-Z2-7]{17}:jane@example\.com$/),
      user: expect.stringMatching(/^AROA[A-Z2-7]{17}:jane@example\.com$/),
      userArn: `arn:aws:sts::${away}:assumed-role/Allowed/jane@example.com`,
    });
  });

  it('has the federated user', async () => {
    const iam = await start();
    const allowed = policy(invoke('Allow'));
    const credentials = iam.federated(`arn:aws:iam::${away}:user/allowed`, { policy: allowed });

    await signedCall(iam.url, call(iam, { credentials }));

    expect(iam.events[0].requestContext.identity).toMatchObject({
      accessKey: credentials.accessKeyId,
      accountId: away,
      caller: `${away}:jane@example.com`,
      user: `${away}:jane@example.com`,
      userArn: `arn:aws:sts::${away}:federated-user/jane@example.com`,
      principalOrgId: 'o-exampleorg1',
    });
  });

  it.each([true, false])(
    'has the user where a session of its own signed (MFA: %s)',
    async (mfaAuthenticated) => {
      const iam = await start();
      const credentials = iam.userSession(away, 'allowed', { mfaAuthenticated });

      await signedCall(iam.url, call(iam, { credentials }));

      expect(iam.events[0].requestContext.identity).toMatchObject({
        accessKey: credentials.accessKeyId,
        caller: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
        userArn: `arn:aws:iam::${away}:user/allowed`,
      });
    },
  );

  it('has no organization where the account is in none', async () => {
    const iam = await start();

    await signedCall(iam.url, call(iam, { credentials: iam.user('444444444444', 'allowed') }));

    expect(iam.events[0].requestContext.identity).toMatchObject({
      accountId: '444444444444',
      principalOrgId: null,
    });
  });

  it.each<[string, Partial<SignedCall>]>([
    ['a body', issuing],
    ['a query', { query: { format: 'posix', 'a b': 'ö&=+/%', empty: '' } }],
    ['headers', { headers: { 'x-amz-meta': ' two  blanks ', accept: 'text/html' } }],
    ['a time four minutes ago', { signedAt: at(-4) }],
    ['a time four minutes ahead', { signedAt: at(4) }],
  ])('is taken with %s, signed in the header', async (_name, changes) => {
    const iam = await start();

    expect((await signedCall(iam.url, call(iam, changes))).status).toBe(200);
  });

  it.each<[string, Partial<SignedCall>]>([
    ['nothing else', {}],
    ['a query', { query: { a: 'b' } }],
    ['a body', issuing],
  ])('is taken with %s, signed in the query', async (_name, changes) => {
    const iam = await start();

    expect((await send(iam.url, await presign(iam.url, call(iam, changes)))).status).toBe(200);
    const credentials = iam.session(`arn:aws:iam::${away}:role/team/Allowed`);
    expect((await send(iam.url, await presign(iam.url, call(iam, { ...changes, credentials })))).status).toBe(
      200,
    );
  });
});

describe('a request that proves nobody', () => {
  const secretAccessKey = 'x'.repeat(40);

  it.each<[string, string, (iam: IamGateway) => Partial<SignedCall>]>([
    [
      'of another secret',
      'invalid-signature',
      (iam) => ({ credentials: { ...iam.user(away, 'allowed'), secretAccessKey } }),
    ],
    [
      'of a key that does not exist',
      'refused-by-gateway',
      () => ({ credentials: { accessKeyId: 'AKIAAAAAAAAAAEXAMPLE', secretAccessKey } }),
    ],
    [
      'of a session without its token',
      'refused-by-gateway',
      (iam) => ({
        credentials: { ...iam.session(`arn:aws:iam::${away}:role/Silent`), sessionToken: '' },
      }),
    ],
    [
      'of a session with another’s token',
      'refused-by-gateway',
      (iam) => {
        const { sessionToken } = iam.session(`arn:aws:iam::${home}:role/team/Allowed`);
        return { credentials: { ...iam.session(`arn:aws:iam::${away}:role/Silent`), sessionToken } };
      },
    ],
    [
      'of a role that has gone',
      'refused-by-gateway',
      (iam) => ({ credentials: iam.session(`arn:aws:iam::${away}:role/Gone`) }),
    ],
    [
      'of a user’s key with a session token',
      'refused-by-gateway',
      (iam) => {
        const { sessionToken } = iam.session(`arn:aws:iam::${home}:role/team/Allowed`);
        return { credentials: { ...iam.user(away, 'allowed'), sessionToken } };
      },
    ],
    [
      'without its body',
      'invalid-signature',
      () => ({ ...issuing, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }),
    ],
    ['for another service', 'invalid-signature', () => ({ service: 'sts' })],
    ['for another region', 'invalid-signature', () => ({ region: 'us-east-1' })],
    ['of six minutes ago', 'invalid-signature', () => ({ signedAt: at(-6) })],
    ['of six minutes ahead', 'invalid-signature', () => ({ signedAt: at(6) })],
  ])('is refused when it is signed %s', async (_name, code, changes) => {
    const iam = await start();

    expectRefusal(iam, await signedCall(iam.url, call(iam, changes(iam))), code);
  });

  it('is refused when the session has expired', async () => {
    let clock = nowMs;
    const iam = await start({ now: () => clock });
    const credentials = iam.session(`arn:aws:iam::${away}:role/team/Allowed`);
    clock += 900_000;

    const answer = await signedCall(iam.url, call(iam, { credentials, signedAt: new Date(clock) }));

    expectRefusal(iam, answer, 'expired-credentials');
  });

  const header = (name: string, change: (value: string) => unknown) => (wire: WireRequest) => ({
    ...wire,
    headers: { ...wire.headers, [name]: change(String(wire.headers[name])) as string },
  });
  const without = (name: string) => (wire: WireRequest) => ({
    ...wire,
    headers: Object.fromEntries(Object.entries(wire.headers).filter(([key]) => key !== name)),
  });

  it.each<[string, string, (wire: WireRequest) => WireRequest]>([
    ['has no signature', 'unknown-route', without('authorization')],
    ['has an empty one', 'unknown-route', header('authorization', () => '')],
    ['has a bearer token', 'invalid-signature', header('authorization', () => 'Bearer a.b.c')],
    ['has the signature twice', 'invalid-signature', header('authorization', (value) => [value, value])],
    [
      'has a bearer token and the signature',
      'invalid-signature',
      header('authorization', (value) => ['Bearer a.b.c', value]),
    ],
    [
      'has another path',
      'invalid-signature',
      (wire) => ({ ...wire, path: '/iam/v1/profiles/dev/credentials' }),
    ],
    [
      'has an encoded path',
      'invalid-signature',
      (wire) => ({ ...wire, path: '/iam/v1/profiles/pro%64/credentials' }),
    ],
    ['has a query', 'invalid-signature', (wire) => ({ ...wire, path: `${wire.path}?format=posix` })],
    ['has another body', 'invalid-signature', (wire) => ({ ...wire, body: '{"reason":"x"}' })],
    ['has no body', 'invalid-signature', ({ body: _, ...wire }) => wire],
    ['has another host', 'invalid-signature', header('host', () => 'example.com')],
    ['has another date', 'invalid-signature', header('x-amz-date', () => '20261121T060001Z')],
    ['has one more header of AWS’s', 'invalid-signature', header('x-amz-target', () => 'other')],
    [
      'claims an unsigned body',
      'invalid-signature',
      header('x-amz-content-sha256', () => 'UNSIGNED-PAYLOAD'),
    ],
    ['lacks its date', 'invalid-signature', without('x-amz-date')],
    [
      'has fewer signed headers',
      'invalid-signature',
      header('authorization', (value) => value.replace(/SignedHeaders=[^,]+/, 'SignedHeaders=host')),
    ],
    [
      'has another user’s key',
      'invalid-signature',
      header('authorization', (value) => value.replace('000000011EXAMPLE', '000000001EXAMPLE')),
    ],
    [
      'has a signature that is cut off',
      'invalid-signature',
      header('authorization', (value) => value.slice(0, -1)),
    ],
    [
      'has SigV4a',
      'invalid-signature',
      header('authorization', (value) => value.replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256')),
    ],
    [
      'is signed in the query too',
      'invalid-signature',
      (wire) => ({ ...wire, path: `${wire.path}?X-Amz-Algorithm=AWS4-HMAC-SHA256` }),
    ],
  ])('is refused when it %s', async (_name, code, tamper) => {
    const iam = await start();
    const wire = await sign(iam.url, call(iam, issuing));

    expectRefusal(iam, await send(iam.url, tamper(wire)), code);
  });

  it.each<[string, (path: string) => string]>([
    ['one more parameter', (path) => `${path}&format=posix`],
    [
      'a parameter twice',
      (path) => `${path}&X-Amz-Credential=AKIA/20261121/eu-west-1/execute-api/aws4_request`,
    ],
    ['another time', (path) => path.replace('T060000Z', 'T060001Z')],
    ['a longer life', (path) => path.replace('X-Amz-Expires=60', 'X-Amz-Expires=61')],
    ['no signature', (path) => path.replace(/&X-Amz-Signature=\w+/, '')],
  ])('is refused when it is signed in the query and has %s', async (_name, tamper) => {
    const iam = await start();
    const wire = await presign(iam.url, call(iam));

    expectRefusal(iam, await send(iam.url, { ...wire, path: tamper(wire.path) }), 'invalid-signature');
  });
});

describe('the path', () => {
  const claims = {
    'x-amzn-userarn': 'arn:aws:iam::111111111111:root',
    userArn: 'arn:aws:iam::111111111111:root',
    caller: 'AIDAROOT',
    'x-amzn-remapped-authorization': 'Bearer a.b.c',
  };

  it('of a token route takes no signature for a caller', async () => {
    const iam = await start();

    // The authorizer of this test takes whatever it is shown.
    await signedCall(iam.url, call(iam, { path: '/v1/whoami', headers: claims }));

    expect(iam.invoked).toEqual(['authorizer', 'issuer']);
    const [, event] = iam.events;
    expect(event.requestContext.authorizer).toMatchObject({ principal: '{}' });
    expect(event.requestContext.identity).toMatchObject({
      accessKey: null,
      accountId: null,
      caller: null,
      principalOrgId: null,
      user: null,
      userArn: null,
    });
  });

  it('of an open route makes nobody of a signature', async () => {
    const iam = await start();

    await signedCall(iam.url, call(iam, { path: '/v1/health' }));

    expect(iam.invoked).toEqual(['audit']);
    expect(iam.events[0].requestContext.identity.userArn).toBeNull();
    expect(iam.events[0].requestContext.authorizer).toBeNull();
  });

  it('of a signed route takes the identity from the signature, whatever headers, query and body say', async () => {
    const iam = await start();
    const body = JSON.stringify({ requestContext: { identity: { userArn: claims.userArn } } });

    await signedCall(iam.url, call(iam, { ...issuing, headers: claims, query: { ...claims }, body }));

    const [{ requestContext }] = iam.events as [
      { requestContext: { identity: object; authorizer: unknown } },
    ];
    expect(requestContext.identity).toMatchObject({ userArn: `arn:aws:iam::${away}:user/allowed` });
    expect(requestContext.authorizer).toBeNull();
  });

  it.each([
    '/IAM/v1/whoami',
    '/iam//v1/whoami',
    '/iam/v1/whoami/',
    '/iam/v1/../v1/whoami',
    '/x/../iam/v1/whoami',
  ])('written as %s is no route', async (spelling) => {
    const iam = await start();

    expectRefusal(iam, await signedCall(iam.url, call(iam, { path: spelling })), 'unknown-route');
  });
});
