import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { createLogger } from '../../../lambda/adapters/json-logger.ts';
import { IssuerUnavailableError, TokenRefusedError } from '../../../lambda/core/authentication-errors.ts';
import type { Principal } from '../../../lambda/core/principal.ts';
import { createAuthorizer } from '../../../lambda/http/authorizer.ts';
import { aMethodArn, anAuthorizerEvent, apiId, stage } from '../../support/authorizer-event.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

const token = 'header.payload.signature-canary';
const principal: Principal = {
  issuer: 'okta',
  subject: 'subject-canary',
  claims: { team: 'claim-canary' },
  mfa: true,
  issuedAt: nowSeconds,
  expiresAt: nowSeconds + 300,
};

/** An authorizer whose tokens all mean that, the tokens that it was asked about, and its log. */
function anAuthorizer(authenticated: () => Principal = () => principal) {
  const tokens: string[] = [];
  const lines: string[] = [];
  const authorize = createAuthorizer({
    apiId,
    stage,
    authenticate: async (compact) => {
      tokens.push(compact);
      return authenticated();
    },
    logger: createLogger({ write: (line) => lines.push(line), now: () => nowMs }),
  });
  return { authorize, tokens, lines };
}

const fail = (error: unknown) => () => {
  throw error;
};

describe('createAuthorizer', () => {
  it('allows exactly the method of the event, for the principal', async () => {
    const methodArn = aMethodArn('/v1/profiles/prod-readonly/credentials');
    const { authorize } = anAuthorizer();

    const result = await authorize(anAuthorizerEvent([`Bearer ${token}`], { methodArn }));

    expect(result).toEqual({
      principalId: expect.stringMatching(/^[\w-]{43}$/),
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }],
      },
      context: { principal: JSON.stringify(principal) },
    });
  });

  it('gives two issuers with one subject, and one issuer with two subjects, ids of their own', async () => {
    const ids = await Promise.all(
      [principal, { ...principal, issuer: 'acme' }, { ...principal, subject: 'other' }].map(async (who) => {
        const { authorize } = anAuthorizer(() => who);
        return (await authorize(anAuthorizerEvent([`Bearer ${token}`]))).principalId;
      }),
    );

    expect(new Set(ids).size).toBe(3);
  });

  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('takes the scheme as %s', async (scheme) => {
    const { authorize, tokens } = anAuthorizer();

    await authorize(anAuthorizerEvent([`${scheme} ${token}`]));

    expect(tokens).toEqual([token]);
  });

  it('takes the header name in any case', async () => {
    const { authorize, tokens } = anAuthorizer();

    await authorize(anAuthorizerEvent([], { multiValueHeaders: { aUTHORIZATION: [`Bearer ${token}`] } }));

    expect(tokens).toEqual([token]);
  });

  it.each<[name: string, event: APIGatewayRequestAuthorizerEvent]>([
    ['no header', anAuthorizerEvent([])],
    ['no headers at all', anAuthorizerEvent([], { multiValueHeaders: null })],
    ['a header without value', anAuthorizerEvent([], { multiValueHeaders: { Authorization: undefined } })],
    ['an empty header', anAuthorizerEvent([''])],
    [
      'a header in the single-value map alone',
      anAuthorizerEvent([], { headers: { Authorization: `Bearer ${token}` } }),
    ],
    ['two headers', anAuthorizerEvent([`Bearer ${token}`, `Bearer ${token}`])],
    ['two headers, one empty', anAuthorizerEvent([`Bearer ${token}`, ''])],
    [
      'two headers in two cases',
      anAuthorizerEvent([], {
        multiValueHeaders: { Authorization: [`Bearer ${token}`], authorization: [`Bearer ${token}`] },
      }),
    ],
    ['two headers in one line', anAuthorizerEvent([`Bearer ${token}, Bearer ${token}`])],
    ['two spaces', anAuthorizerEvent([`Bearer  ${token}`])],
    ['a tab', anAuthorizerEvent([`Bearer\t${token}`])],
    ['no space', anAuthorizerEvent([`Bearer${token}`])],
    ['a space before', anAuthorizerEvent([` Bearer ${token}`])],
    ['a space after', anAuthorizerEvent([`Bearer ${token} `])],
    ['a newline after', anAuthorizerEvent([`Bearer ${token}\n`])],
    ['a line before', anAuthorizerEvent([`X\nBearer ${token}`])],
    ['NUL', anAuthorizerEvent([`Bearer ${token}\0`])],
    ['padding', anAuthorizerEvent([`Bearer ${token}==`])],
    ['the token alone', anAuthorizerEvent([token])],
    ['the scheme alone', anAuthorizerEvent(['Bearer '])],
    ['another scheme', anAuthorizerEvent([`Basic ${token}`])],
    ['a scheme with ours as its end', anAuthorizerEvent([`XBearer ${token}`])],
    [
      'a remapped header',
      anAuthorizerEvent([], { multiValueHeaders: { 'x-amzn-remapped-authorization': [`Bearer ${token}`] } }),
    ],
    [
      'a header that a proxy forwards',
      anAuthorizerEvent([], { multiValueHeaders: { 'X-Forwarded-Authorization': [`Bearer ${token}`] } }),
    ],
    ['a query parameter', anAuthorizerEvent([], { queryStringParameters: { access_token: token } })],
  ])('refuses %s without asking about any token', async (_name, event) => {
    const { authorize, tokens, lines } = anAuthorizer();

    await expect(authorize(event)).rejects.toEqual(new Error('Unauthorized'));
    expect(tokens).toEqual([]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'WARN', reason: 'authorization-header' });
  });

  const containerResource = '/v1/profiles/{profile}/container-credentials';
  const forContainers = (values: readonly string[], resource = containerResource) =>
    anAuthorizerEvent(values, {
      methodArn: aMethodArn('/v1/profiles/prod-readonly/container-credentials'),
      resource,
    });

  it.each([
    ['the token alone, as SDKs send a file', token],
    ['the token behind our scheme', `Bearer ${token}`],
    ['the token behind our scheme in lower case', `bearer ${token}`],
  ])('takes for container-credentials %s', async (_what, value) => {
    const { authorize, tokens } = anAuthorizer();

    await authorize(forContainers([value]));

    expect(tokens).toEqual([token]);
  });

  it.each([
    '/v1/whoami',
    '/v1/profiles',
    '/v1/profiles/{profile}/credentials',
    '/v1/issuances/{id}',
    '/iam/v1/profiles/{profile}/container-credentials',
    '/v1/profiles/prod-readonly/container-credentials',
    '/V1/profiles/{profile}/container-credentials',
    `${containerResource}/`,
    '/{proxy+}',
    '',
    undefined,
  ])(
    'takes no token without its scheme for %s, though the path is that of container-credentials',
    async (resource) => {
      const { authorize, tokens } = anAuthorizer();
      const event = { ...forContainers([token]), resource } as APIGatewayRequestAuthorizerEvent;

      await expect(authorize(event)).rejects.toEqual(new Error('Unauthorized'));
      expect(tokens).toEqual([]);
    },
  );

  it.each([
    ['another scheme', [`Basic ${token}`]],
    ['a scheme without a space', [`Bearer${' '.repeat(2)}${token}`]],
    ['two tokens', [`${token} ${token}`]],
    ['two headers', [token, token]],
    // A file that ends in a line: no HTTP client sends it, and a header that holds one is no token.
    ['the end of a file', [`${token}\n`]],
    ['the end of a file of Windows', [`${token}\r\n`]],
    ['a byte order mark', [`\ufeff${token}`]],
    ['quotes', [`"${token}"`]],
    ['an empty header', ['']],
    ['no header', []],
  ])('refuses for container-credentials %s', async (_what, values) => {
    const { authorize, tokens } = anAuthorizer();

    await expect(authorize(forContainers(values))).rejects.toEqual(new Error('Unauthorized'));
    expect(tokens).toEqual([]);
  });

  it.each(['fetch', 'node:http'])(
    'never sees the end of a file from %s, which sends no such header',
    async (client) => {
      const headers = { authorization: `${token}\n` };
      const { request } = await import('node:http');

      // fetch trims it away, node:http throws: both before anything is sent.
      if (client === 'fetch') expect(new Headers(headers).get('authorization')).toBe(token);
      else
        expect(() => request('http://127.0.0.1:9', { headers })).toThrow(
          'Invalid character in header content',
        );
    },
  );

  const arn = (rest: string) => `arn:aws:execute-api:eu-west-1:111111111111:${rest}`;

  it.each([
    ['with * as a path segment', aMethodArn('/v1/profiles/*/credentials')],
    ['with * as the whole path', aMethodArn('/*')],
    ['with * within a segment', aMethodArn('/v1/profiles/prod*')],
    ['with ?', aMethodArn('/v1/profiles/pro?')],
    ['with a policy variable', aMethodArn('/v1/profiles/${*}/credentials')],
    ['with a policy variable without *', aMethodArn('/v1/profiles/${aws:username}/credentials')],
    ['with * as the method', arn(`${apiId}/${stage}/*/v1/whoami`)],
    ['with * as the stage', arn(`${apiId}/*/GET/v1/whoami`)],
    ['with * as the API', arn(`*/${stage}/GET/v1/whoami`)],
    ['of another API', arn(`other12345/${stage}/GET/v1/whoami`)],
    ['of an API with ours as prefix', arn(`${apiId}6/${stage}/GET/v1/whoami`)],
    ['of another stage', arn(`${apiId}/dev/GET/v1/whoami`)],
    ['of the console test', arn(`${apiId}/test-invoke-stage/GET/v1/whoami`)],
    ['with our API in its path', arn(`other/dev/GET/${apiId}/${stage}/GET/v1/whoami`)],
    ['of another service', aMethodArn().replace('execute-api', 's3')],
    ['without path', arn(`${apiId}/${stage}/GET`)],
    ['that is empty', ''],
    ['that is absent', undefined],
  ])('refuses a methodArn %s', async (_name, methodArn) => {
    const { authorize, tokens, lines } = anAuthorizer();

    const outcome = authorize(anAuthorizerEvent([`Bearer ${token}`], { methodArn }));

    await expect(outcome).rejects.toEqual(new Error('Unauthorized'));
    expect(tokens).toEqual([]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'WARN', reason: 'foreign-method' });
  });

  it.each(['TOKEN', 'request', undefined])('refuses an event of type %s', async (type) => {
    const { authorize, tokens } = anAuthorizer();

    await expect(authorize(anAuthorizerEvent([`Bearer ${token}`], { type }))).rejects.toEqual(
      new Error('Unauthorized'),
    );
    expect(tokens).toEqual([]);
  });

  it('answers one and the same for every refusal, and logs the reason with the hash of the token', async () => {
    const refusal = new TokenRefusedError('expired', { detail: 'exp has passed', issuer: 'okta' });
    const { authorize, lines } = anAuthorizer(fail(refusal));

    await expect(authorize(anAuthorizerEvent([`Bearer ${token}`]))).rejects.toEqual(
      new Error('Unauthorized'),
    );

    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        timestamp: '2026-01-01T00:00:00.000Z',
        level: 'WARN',
        message: 'token refused',
        gatewayRequestId: 'gateway-request-id',
        tokenSha256: createHash('sha256').update(token).digest('hex'),
        reason: 'expired',
        detail: 'exp has passed',
        issuer: 'okta',
      },
    ]);
  });

  it.each([
    [
      'an issuer that cannot be reached',
      new IssuerUnavailableError('okta', { cause: new Error('ECONNREFUSED') }),
    ],
    ['an error of our own', new TypeError('undefined is not a function')],
  ])('fails with another message than Unauthorized for %s', async (_name, error) => {
    const { authorize, lines } = anAuthorizer(fail(error));

    await expect(authorize(anAuthorizerEvent([`Bearer ${token}`]))).rejects.toBe(error);

    expect(error.message).not.toBe('Unauthorized');
    const logged = JSON.parse(lines[0] ?? '');
    expect(logged.level).toBe('ERROR');
    expect(logged.cause[0].message).toBe(error.message);
  });

  it('names the issuer that cannot be reached, and why', async () => {
    const error = new IssuerUnavailableError('okta', { cause: new Error('it answers 500') });
    const { authorize, lines } = anAuthorizer(fail(error));

    await expect(authorize(anAuthorizerEvent([`Bearer ${token}`]))).rejects.toBe(error);

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      issuer: 'okta',
      cause: [{ name: 'IssuerUnavailableError' }, { message: 'it answers 500' }],
    });
  });

  it.each([
    ['accepted', () => principal],
    ['refused', fail(new TokenRefusedError('signature', { detail: 'no' }))],
    ['unverifiable', fail(new IssuerUnavailableError('okta', { cause: new Error('down') }))],
  ])(
    'logs one line, without token, subject, claims and address, when a token is %s',
    async (_name, outcome) => {
      const { authorize, lines } = anAuthorizer(outcome);

      await authorize(anAuthorizerEvent([`Bearer ${token}`])).catch(() => undefined);

      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(createHash('sha256').update(token).digest('hex'));
      expect(lines[0]).not.toMatch(/canary|Bearer|203\.0\.113\.7|chosen-by-the-client/);
    },
  );

  it('remembers nothing: a token that was taken is asked about again', async () => {
    const { authorize, tokens } = anAuthorizer();

    await authorize(anAuthorizerEvent([`Bearer ${token}`]));
    await authorize(anAuthorizerEvent([`Bearer ${token}`]));

    expect(tokens).toEqual([token, token]);
  });
});
