import { beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../lambda/adapters/json-logger.ts';
import type { Principal } from '../../../lambda/core/principal.ts';
import { createHandler, type HandlerOptions } from '../../../lambda/http/create-handler.ts';
import type { Endpoint } from '../../../lambda/http/endpoint.ts';
import { requireIamPrincipal } from '../../../lambda/http/require-principal.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { aContext, anEvent, anIamEvent, anIdentity, authorizedAs, own } from '../../support/an-event.ts';
import { anIamIssuer } from '../../support/issuers.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

/** What the handler answers, and the principal that the endpoint was handed, if it was reached. */
async function ask(event: ReturnType<typeof anEvent>, options: Partial<HandlerOptions> = {}) {
  const principals: Principal[] = [];
  const lines: string[] = [];
  const whoami: Endpoint = async ({ principal }) => {
    principals.push(principal);
    return { status: 200, body: {} };
  };
  const handler = createHandler({
    handledBy: 'issuer',
    own,
    endpoints: { whoami },
    iamIssuer: anIamIssuer(),
    logger: createLogger({ write: (line) => lines.push(line), now: () => nowMs }),
    now: () => nowMs,
    ...options,
  });
  const { statusCode, body } = await handler(event, aContext);
  return { statusCode, body: JSON.parse(body), principals, log: lines.join('') };
}

const deploy = { issuer: 'aws', subject: 'arn:aws:iam::222222222222:role/Deploy' };

describe('under /v1', () => {
  it('the principal is the authorizer’s, whoever signed', async () => {
    const event = anEvent('whoami', { requestContext: { identity: anIdentity() } });

    expect(await ask(event)).toMatchObject({ statusCode: 200, principals: [aPrincipal()] });
  });

  it.each([
    ['no context of the authorizer', undefined],
    ['an empty one', {}],
    ['one of other members', { principalId: 'x', integrationLatency: 3 }],
  ])('a signature makes nobody a principal where there is %s', async (_what, authorizer) => {
    const event = anEvent('whoami', { authorizer, requestContext: { identity: anIdentity() } });

    expect(await ask(event)).toMatchObject({ statusCode: 500, principals: [] });
  });

  it('nobody has a key that signed: the authorizer vouches for tokens', async () => {
    const principal = aPrincipal({ aws: { accountId: '222222222222', accessKeyId: 'AKIAI44QH8DHBEXAMPLE' } });

    expect(await ask(anEvent('whoami', { authorizer: authorizedAs(principal) }))).toMatchObject({
      statusCode: 500,
      principals: [],
    });
  });
});

describe('under /iam/v1', () => {
  it('the principal is the identity’s', async () => {
    expect(await ask(anIamEvent('whoami'))).toMatchObject({
      statusCode: 200,
      principals: [{ ...deploy, mfa: false, expiresAt: nowSeconds + 300 }],
    });
  });

  it.each([
    ['another', authorizedAs(aPrincipal({ subject: 'root-of-all-evil' }))],
    ['an AWS identity', authorizedAs(aPrincipal({ ...deploy, subject: `${deploy.subject}Admin` }))],
    ['an expired', authorizedAs(aPrincipal({ expiresAt: 1 }))],
    ['a broken', { principal: '{' }],
  ])(
    'the principal is the identity’s, though an authorizer’s context holds %s principal',
    async (_what, authorizer) => {
      const { statusCode, principals } = await ask(anIamEvent('whoami', { authorizer }));

      expect(statusCode).toBe(200);
      expect(principals).toMatchObject([deploy]);
    },
  );

  it.each([
    ['no identity', undefined],
    ['an empty one', {}],
    [
      'an address alone',
      { sourceIp: '203.0.113.7', userAgent: 'x', userArn: null, caller: null, accountId: null },
    ],
    ['no ARN', anIdentity({ userArn: null })],
    ['no caller', anIdentity({ caller: null })],
    ['no account', anIdentity({ accountId: null })],
    ['an ARN that is a list', anIdentity({ userArn: [anIdentity().userArn] })],
    ['an account that is a number', anIdentity({ accountId: 222_222_222_222 })],
    ['the root user', anIdentity({ userArn: 'arn:aws:iam::222222222222:root', caller: '222222222222' })],
    ['an account that is not heard', anIdentity({ accountId: '444444444444' })],
    ['credentials of a Cognito identity pool', anIdentity({ cognitoIdentityId: 'eu-west-1:0123' })],
  ])(
    'nobody is a principal with %s, nor is the one that an authorizer’s context holds',
    async (_what, identity) => {
      const event = anIamEvent('whoami', { authorizer: authorizedAs(), requestContext: { identity } });

      expect(await ask(event)).toMatchObject({
        statusCode: 401,
        body: { code: 'unauthenticated', Code: 'unauthenticated' },
        principals: [],
      });
    },
  );

  it.each([
    ['AKIAI44QH8DHBEXAMPLE', 'AKIAI44QH8DHBEXAMPLE'],
    [null, undefined],
    [['AKIAI44QH8DHBEXAMPLE'], undefined],
  ])('the key is the identity’s as well, whatever the request says: %j', async (accessKey, expected) => {
    const event = anIamEvent('whoami', {
      authorizer: authorizedAs(aPrincipal({ aws: { accountId: '1', accessKeyId: 'AKIAEVIL' } })),
      headers: { 'X-Access-Key': ['AKIAEVIL'] },
      requestContext: { identity: anIdentity({ accessKey }) },
    });

    const { principals } = await ask(event);

    expect(principals).toHaveLength(1);
    expect(principals[0]?.aws?.accessKeyId).toBe(expected);
  });

  it('nobody is a principal where the configuration has no issuer of type iam', async () => {
    expect(await ask(anIamEvent('whoami'), { iamIssuer: undefined })).toMatchObject({
      statusCode: 401,
      principals: [],
      log: expect.stringContaining('no-issuer'),
    });
  });

  it('one answer stands for every refusal, and the log alone has the reason', async () => {
    const refused = await Promise.all(
      [{ accountId: '444444444444' }, { userArn: 'arn:aws:iam::222222222222:root' }, { caller: 'x' }].map(
        (changes) => ask(anIamEvent('whoami', { requestContext: { identity: anIdentity(changes) } })),
      ),
    );

    expect(new Set(refused.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(new Set(refused.map(({ log }) => /"detail":"([\w-]+):/.exec(log)?.[1]))).toEqual(
      new Set(['malformed-identity', 'root-user']),
    );
  });

  it('an issuer of an organization asks for the organization in API Gateway’s identity', async () => {
    const iamIssuer = anIamIssuer({ organizationId: 'o-exampleorg1' });
    const none = anIamEvent('whoami', { requestContext: { identity: anIdentity({ principalOrgId: null }) } });

    expect(await ask(anIamEvent('whoami'), { iamIssuer })).toMatchObject({ statusCode: 200 });
    expect(await ask(none, { iamIssuer })).toMatchObject({ statusCode: 401 });
  });
});

describe('the bearer token of a route that may show one to STS', () => {
  const bearers: (string | undefined)[] = [];
  const issueCredentials: Endpoint = async ({ bearerToken }) => {
    bearers.push(bearerToken);
    return { status: 200, body: {} };
  };
  const parts = {
    pathParameters: { profile: 'prod-readonly' },
    headers: { Authorization: ['Bearer e30.e30.AAAA'] },
  };

  beforeEach(() => {
    bearers.length = 0;
  });

  it('is handed over under /v1', async () => {
    const event = anEvent('issueCredentials', parts);

    expect(await ask(event, { endpoints: { issueCredentials } })).toMatchObject({ statusCode: 200 });
    expect(bearers).toEqual(['e30.e30.AAAA']);
  });

  it('is nobody’s under /iam/v1, where the signature stands in that header', async () => {
    const event = anIamEvent('issueCredentials', parts);

    expect(await ask(event, { endpoints: { issueCredentials } })).toMatchObject({ statusCode: 200 });
    expect(bearers).toEqual([undefined]);
  });
});

describe('a path that is taken for the other', () => {
  it.each([
    ['resource', { resource: '/iam/v1/whoami' }],
    ['path', { path: '/iam/v1/whoami' }],
  ])('is refused, or decided by the resource: an event of /v1 with another %s', async (_what, changes) => {
    const event = anEvent('whoami', {
      authorizer: undefined,
      requestContext: { identity: anIdentity() },
      changes,
    });

    const { statusCode, principals } = await ask(event);

    expect([403, 500]).toContain(statusCode);
    expect(principals).toEqual([]);
  });

  const policyId = '0123456789abcdef0123456789abcdef';
  const guardedOf = async (stageVariables: unknown, ownPolicyId: string | undefined) => {
    const event = anIamEvent('whoami', {
      pathParameters: { profile: 'prod-readonly' },
      changes: { stageVariables },
    });
    const ownApi = ownPolicyId === undefined ? own : { ...own, apiPolicyId: ownPolicyId };
    const { aws } = requireIamPrincipal(event, { issuer: anIamIssuer(), own: ownApi, nowMs });
    return aws?.guardedProfile;
  };

  it('takes the word of the resource policy for the profile of the path while that policy is in force', async () => {
    expect(await guardedOf({ apiPolicyId: policyId }, policyId)).toBe('prod-readonly');
  });

  it.each([
    ['another policy is in force', { apiPolicyId: 'f'.repeat(32) }, policyId],
    ['the stage does not say which', {}, policyId],
    ['the stage has no variables', null, policyId],
    ['the function was deployed with none', { apiPolicyId: policyId }, undefined],
    ['nobody says which', null, undefined],
  ])('does not while %s', async (_when, stageVariables, ownPolicyId) => {
    expect(await guardedOf(stageVariables, ownPolicyId)).toBeUndefined();
  });

  it.each(['X-Amz-Signature', 'x-amz-signature', 'X-Amz-Credential'])(
    'hears nobody by a presigned URL, which is the signature to whoever has it: %s',
    async (name) => {
      expect(await ask(anIamEvent('whoami', { query: { [name]: ['x'] } }))).toMatchObject({
        statusCode: 401,
      });
    },
  );
});
