import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import type { FunctionName } from '../../../lambda/core/function-roles.ts';
import { gatewayResponses } from '../../../lambda/http/gateway-responses.ts';
import { type Route, routes } from '../../../lambda/http/routes.ts';
import { AwsError } from '../../../local/aws/aws-error.ts';
import { FunctionCrashedError, FunctionError } from '../../../local/functions/function-errors.ts';
import { type GatewayOptions, startGateway } from '../../../local/gateway/gateway.ts';
import type { Listening } from '../../../local/listen.ts';

// biome-ignore lint/suspicious/noExplicitAny: events and bodies are what the tests assert
type Json = any;

const methodArn = 'arn:aws:execute-api:eu-west-1:111111111111:local/prod/GET/v1/whoami';
const never = (): Promise<never> => new Promise(() => {});
const authorized = { authorization: 'Bearer a.b.c' };
const open: Route = {
  operation: 'listProfiles',
  method: 'GET',
  path: '/v1/open',
  handledBy: 'audit',
  authorization: 'none',
  summary: 'open to everybody',
  schemas: { answer: z.unknown() },
};

const allow = (resource: string) => ({
  principalId: 'sre',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource }],
  },
  context: { principal: '{"subject":"sre"}', mfa: true, age: 7 },
});

interface Setting extends Partial<Omit<GatewayOptions, 'invoke'>> {
  readonly authorizer?: (event: Json) => unknown;
  readonly integration?: (event: Json) => unknown;
}

let gateway: Listening | undefined;
const invoked: { readonly name: FunctionName; readonly event: Json }[] = [];
const logged: string[] = [];

afterEach(async () => {
  await gateway?.close(0);
  gateway = undefined;
  invoked.length = 0;
  logged.length = 0;
});

async function start(setting: Setting = {}): Promise<string> {
  const {
    authorizer = (event) => allow(event.methodArn),
    integration = () => ({ statusCode: 200, body: '{}' }),
    ...options
  } = setting;
  gateway = await startGateway({
    port: 0,
    routes: [...routes, open],
    api: { partition: 'aws', region: 'eu-west-1', accountId: '111111111111', apiId: 'local', stage: 'prod' },
    resourcePolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' }],
    },
    authenticate: () => {
      throw new AwsError('MissingAuthenticationToken', 403, 'no signature is taken here');
    },
    invoke: async (name, event) => {
      invoked.push({ name, event: structuredClone(event) });
      return name === 'authorizer' ? authorizer(event) : integration(event);
    },
    log: (line) => logged.push(line),
    ...options,
  });
  return gateway.url;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: Json;
}

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/** node:http sends paths and headers as they are; fetch would tidy them. */
async function call(url: string, { method = 'GET', path = '/v1/whoami', headers = {}, body }: Call = {}) {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, method, path, headers: headers as Record<string, string> });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  // Of a body that nobody reads to its end, when the gateway closes.
  sent.on('error', () => {});
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  const json = text.startsWith('{') ? JSON.parse(text) : undefined;
  return { status: answer.statusCode, headers: answer.headers, text, json } satisfies Answer;
}

/** The problem document of the table, around the id that no client can choose. */
function expectGatewayResponse(answer: Answer, type: string, status: number): void {
  const entry = gatewayResponses.find((it) => it.type === type);
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.json).toMatchObject({ code: entry?.code, detail: entry?.detail });
  expect(answer.json.instance).toBe(answer.headers['x-amz-apigw-id']);
}

const namesInvoked = () => invoked.map(({ name }) => name);

describe('startGateway: the event', () => {
  it('is a REST API proxy event when a request is authorized', async () => {
    const url = await start({ now: () => Date.UTC(2026, 10, 21, 2, 57, 37) });

    await call(url, {
      method: 'POST',
      path: '/v1/profiles/prod%2Dreadonly/credentials?format=posix&a=1&a=2&b=x%20y',
      headers: { ...authorized, 'user-agent': 'curl/8', 'X-Many': ['1', '2'] },
      body: '{"reason":"ö"}',
    });

    const { event } = invoked[1] ?? {};
    expect(namesInvoked()).toEqual(['authorizer', 'issuer']);
    expect(event).toMatchObject({
      resource: '/v1/profiles/{profile}/credentials',
      path: '/v1/profiles/prod%2Dreadonly/credentials',
      httpMethod: 'POST',
      pathParameters: { profile: 'prod%2Dreadonly' },
      queryStringParameters: { format: 'posix', a: '2', b: 'x y' },
      multiValueQueryStringParameters: { format: ['posix'], a: ['1', '2'], b: ['x y'] },
      stageVariables: null,
      body: '{"reason":"ö"}',
      isBase64Encoded: false,
    });
    expect(event.headers).toMatchObject({ authorization: 'Bearer a.b.c', 'X-Many': '2' });
    expect(event.multiValueHeaders).toMatchObject({ 'X-Many': ['1', '2'] });
    expect(event.requestContext).toEqual({
      accountId: '111111111111',
      apiId: 'local',
      stage: 'prod',
      protocol: 'HTTP/1.1',
      httpMethod: 'POST',
      path: '/v1/profiles/prod%2Dreadonly/credentials',
      resourceId: expect.any(String),
      resourcePath: '/v1/profiles/{profile}/credentials',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      extendedRequestId: expect.stringMatching(/^[A-Za-z0-9+/]{15}=$/),
      requestTime: '21/Nov/2026:02:57:37 +0000',
      requestTimeEpoch: Date.UTC(2026, 10, 21, 2, 57, 37),
      identity: expect.objectContaining({ sourceIp: '127.0.0.1', userAgent: 'curl/8', userArn: null }),
      authorizer: {
        principalId: 'sre',
        principal: '{"subject":"sre"}',
        mfa: 'true',
        age: '7',
        integrationLatency: 0,
      },
    });
  });

  it('has nulls when there is no query, no parameter and no body', async () => {
    await call(await start(), { headers: authorized });

    expect(invoked[1]?.event).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      body: null,
    });
  });

  it('keeps the address of the socket when the client sends forwarding headers', async () => {
    await call(await start(), {
      headers: { ...authorized, 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=203.0.113.9' },
    });

    const { event } = invoked[1] ?? {};
    expect(event.requestContext.identity.sourceIp).toBe('127.0.0.1');
    expect(event.headers['X-Forwarded-For']).toBe('203.0.113.9, 127.0.0.1');
  });

  it('has the address that the gateway was told to report', async () => {
    await call(await start({ sourceIp: '198.51.100.7' }), { headers: authorized });

    const addresses = invoked.map(({ event }) => event.requestContext.identity.sourceIp);
    expect(addresses).toEqual(['198.51.100.7', '198.51.100.7']);
  });

  it('lets a client choose the request id, and never the extended one', async () => {
    const url = await start();
    const headers = {
      ...authorized,
      'x-amzn-requestid': 'mine',
      'x-amz-apigw-id': 'mine',
      'x-amz-extended-request-id': 'mine',
    };

    const answer = await call(url, { headers });

    const { requestContext } = invoked[1]?.event ?? {};
    expect(requestContext.requestId).toBe('mine');
    expect(requestContext.extendedRequestId).not.toBe('mine');
    expect(answer.headers).toMatchObject({
      'x-amzn-requestid': 'mine',
      'x-amz-apigw-id': requestContext.extendedRequestId,
    });
  });

  it('shows all values of a header that comes twice, also in another case', async () => {
    await call(await start(), {
      headers: { Authorization: ['Bearer a', 'Bearer b'], 'x-a': '1', 'X-B': '2' },
    });

    expect(invoked[0]?.event.multiValueHeaders.Authorization).toEqual(['Bearer a', 'Bearer b']);
    expect(invoked[0]?.event.headers.Authorization).toBe('Bearer b');
  });

  it('has no authorizer when the route is open', async () => {
    const answer = await call(await start(), { path: '/v1/open' });

    expect(answer.status).toBe(200);
    expect(namesInvoked()).toEqual(['audit']);
    expect(invoked[0]?.event.requestContext.authorizer).toBeNull();
  });
});

describe('startGateway: the authorizer', () => {
  it('gets a REQUEST event with the ARN of the method and no body', async () => {
    await call(await start(), { headers: authorized });

    const { event } = invoked[0] ?? {};
    expect(event).toMatchObject({ type: 'REQUEST', methodArn, httpMethod: 'GET', path: '/v1/whoami' });
    expect(event).not.toHaveProperty('body');
    expect(event.requestContext.authorizer).toBeUndefined();
  });

  it.each([
    ['is missing', {}],
    ['is empty', { authorization: '' }],
    ['is under another name', { 'x-amzn-remapped-authorization': 'Bearer a.b.c' }],
  ])('is not asked when the Authorization header %s', async (_, headers) => {
    const answer = await call(await start(), { headers });

    expectGatewayResponse(answer, 'UNAUTHORIZED', 401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(invoked).toEqual([]);
  });

  const allowing = (change: Json) => ({ ...allow(methodArn), ...change });
  const statement = (change: Json) =>
    allowing({
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn, ...change }],
      },
    });
  const rejecting = (error: Error) => async () => {
    throw error;
  };

  it.each<readonly [string, (event: Json) => unknown, string, number]>([
    ['throws Unauthorized', rejecting(new FunctionError('Error', 'Unauthorized')), 'UNAUTHORIZED', 401],
    [
      'throws it in another case',
      rejecting(new FunctionError('Error', 'unauthorized')),
      'AUTHORIZER_FAILURE',
      503,
    ],
    ['throws anything else', rejecting(new FunctionError('Error', 'no network')), 'AUTHORIZER_FAILURE', 503],
    ['crashes', rejecting(new FunctionCrashedError('Unauthorized')), 'AUTHORIZER_FAILURE', 503],
    ['denies', () => statement({ Effect: 'Deny' }), 'ACCESS_DENIED', 403],
    [
      'allows another method',
      () => statement({ Resource: methodArn.replace('GET', 'POST') }),
      'ACCESS_DENIED',
      403,
    ],
    ['allows another path', () => statement({ Resource: `${methodArn}x` }), 'ACCESS_DENIED', 403],
    [
      'allows another stage',
      () => statement({ Resource: methodArn.replace('prod', 'test') }),
      'ACCESS_DENIED',
      403,
    ],
    [
      'allows another action',
      () => statement({ Action: 'execute-api:InvalidateCache' }),
      'ACCESS_DENIED',
      403,
    ],
    ['gives nothing', () => null, 'AUTHORIZER_CONFIGURATION_ERROR', 503],
    ['gives no principal', () => allowing({ principalId: undefined }), 'AUTHORIZER_CONFIGURATION_ERROR', 503],
    ['gives no policy', () => allowing({ policyDocument: undefined }), 'AUTHORIZER_CONFIGURATION_ERROR', 503],
    ['gives half a policy', () => statement({ Resource: undefined }), 'AUTHORIZER_CONFIGURATION_ERROR', 503],
    [
      'gives an object in its context',
      () => allowing({ context: { a: {} } }),
      'AUTHORIZER_CONFIGURATION_ERROR',
      503,
    ],
    [
      'gives a list in its context',
      () => allowing({ context: { a: ['b'] } }),
      'AUTHORIZER_CONFIGURATION_ERROR',
      503,
    ],
  ])('keeps the request from the function when it %s', async (_, authorizer, type, status) => {
    const answer = await call(await start({ authorizer }), { headers: authorized });

    expectGatewayResponse(answer, type, status);
    expect(namesInvoked()).toEqual(['authorizer']);
  });

  it('lets a request through when it allows a pattern that holds the method', async () => {
    const answer = await call(await start({ authorizer: () => allow(methodArn.replace('whoami', '*')) }), {
      headers: authorized,
    });

    expect(answer.status).toBe(200);
  });

  it('is a failure when it does not answer in time', async () => {
    const url = await start({ authorizer: never, timeoutMs: 20 });

    expectGatewayResponse(await call(url, { headers: authorized }), 'AUTHORIZER_FAILURE', 503);
  });

  it('is not asked when the ARN of the method is longer than API Gateway takes', async () => {
    const answer = await call(await start(), {
      path: `/v1/issuances/${'a'.repeat(1600)}`,
      headers: authorized,
    });

    expectGatewayResponse(answer, 'DEFAULT_4XX', 414);
    expect(invoked).toEqual([]);
  });
});

describe('startGateway: the answer', () => {
  it('is what the function says', async () => {
    const integration = () => ({
      statusCode: 418,
      headers: { 'Cache-Control': 'no-store', 'X-A': 'one' },
      multiValueHeaders: { 'x-a': ['two', 'three'] },
      body: 'ö',
    });

    const answer = await call(await start({ integration }), { headers: authorized });

    expect(answer).toMatchObject({ status: 418, text: 'ö' });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-a': 'two, three',
    });
  });

  it('is decoded when the function encoded it', async () => {
    const integration = () => ({ statusCode: 200, body: 'w7Y=', isBase64Encoded: true });

    expect((await call(await start({ integration }), { headers: authorized })).text).toBe('ö');
  });

  it('shows headers that API Gateway keeps for itself under other names', async () => {
    const integration = () => ({ statusCode: 401, headers: { 'WWW-Authenticate': 'Bearer', Date: 'then' } });

    const { headers } = await call(await start({ integration }), { headers: authorized });

    expect(headers).toMatchObject({
      'x-amzn-remapped-www-authenticate': 'Bearer',
      'x-amzn-remapped-date': 'then',
    });
    expect(headers).not.toHaveProperty('www-authenticate');
  });

  it.each([
    ['throws', () => Promise.reject(new FunctionError('TypeError', 'secret detail'))],
    ['crashes', () => Promise.reject(new FunctionCrashedError('secret detail'))],
    ['gives nothing', () => null],
    ['gives text', () => 'ok'],
    ['gives no status', () => ({ body: '' })],
    ['gives a status as text', () => ({ statusCode: '200' })],
    ['gives a status that is none', () => ({ statusCode: 99 })],
    ['gives an object as body', () => ({ statusCode: 200, body: {} })],
    ['gives an object as header', () => ({ statusCode: 200, headers: { a: {} } })],
    ['gives a header that HTTP cannot carry', () => ({ statusCode: 200, headers: { a: 'b\r\nc: d' } })],
  ])('is 502 and shows nothing of it when the function %s', async (_, integration) => {
    const answer = await call(await start({ integration }), { headers: authorized });

    expectGatewayResponse(answer, 'INTEGRATION_FAILURE', 502);
    expect(answer.text).not.toContain('secret detail');
    expect(logged).toHaveLength(1);
  });

  it('is 504 when the function does not answer in time', async () => {
    const url = await start({ integration: never, timeoutMs: 20 });

    expectGatewayResponse(await call(url, { headers: authorized }), 'INTEGRATION_TIMEOUT', 504);
  });

  it.each([
    ['HEAD', '/v1/whoami'],
    ['DELETE', '/v1/whoami'],
    ['GET', '/v1/whoami/'],
    ['GET', '/prod/v1/whoami'],
  ])('is 403 without asking the authorizer for %s %s', async (method, path) => {
    const answer = await call(await start(), { method, path, headers: authorized });

    expect(answer.status).toBe(403);
    if (method !== 'HEAD') expectGatewayResponse(answer, 'MISSING_AUTHENTICATION_TOKEN', 403);
    expect(invoked).toEqual([]);
  });

  it.each([
    ['said', { 'content-length': String(11 * 1024 * 1024) }],
    ['shown', { 'transfer-encoding': 'chunked' }],
  ])('is 413 when a body is %s to be over 10 MB', async (_, headers) => {
    const answer = await call(await start(), {
      method: 'POST',
      path: '/v1/profiles/p/credentials',
      headers: { ...authorized, ...headers },
      body: Buffer.alloc(11 * 1024 * 1024, 'a'),
    });

    expectGatewayResponse(answer, 'REQUEST_TOO_LARGE', 413);
    expect(invoked).toEqual([]);
  });

  it('is 431 when request line and header values are over 10,240 bytes, and not below', async () => {
    const url = await start();

    const over = await call(url, { headers: { ...authorized, 'x-a': 'a'.repeat(10_240) } });
    const below = await call(url, { headers: { ...authorized, 'x-a': 'a'.repeat(10_000) } });

    expectGatewayResponse(over, 'DEFAULT_4XX', 431);
    expect(below.status).toBe(200);
  });

  it.each([
    ['is not HTTP', 'hello\r\n\r\n', /^HTTP\/1.1 400 /],
    [
      'has a length and chunks',
      'POST /v1/whoami HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1.1 400 /,
    ],
    ['has NUL in a header', 'GET /v1/whoami HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n', /^HTTP\/1.1 400 /],
    [
      'has 20 KB of headers',
      `GET /v1/whoami HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      /^HTTP\/1.1 431 /,
    ],
  ])('refuses what %s and goes on', async (_, bytes, expected) => {
    const url = await start();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end(bytes);
    let text = '';
    for await (const chunk of socket) text += chunk;

    expect(text).toMatch(expected);
    expect((await call(url, { headers: authorized })).status).toBe(200);
  });
});
