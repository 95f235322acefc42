import { beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../lambda/adapters/json-logger.ts';
import {
  AccessDeniedError,
  AuditUnavailableError,
  InvalidRequestError,
} from '../../../lambda/core/errors.ts';
import { createHandler, type HandlerOptions } from '../../../lambda/http/create-handler.ts';
import type { Endpoint, EndpointRequest } from '../../../lambda/http/endpoint.ts';
import type { Operation } from '../../../lambda/http/routes.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { aContext, anEvent, authorizedAs, type EventParts, own } from '../../support/an-event.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

let lines: string[];
let requests: EndpointRequest[];

beforeEach(() => {
  lines = [];
  requests = [];
});

const answering =
  (answer: () => ReturnType<Endpoint>): Endpoint =>
  (request) => {
    requests.push(request);
    return answer();
  };

const ok = answering(async () => ({ status: 200, body: { ok: true } }));

function aHandler(endpoint: Endpoint = ok, options: Partial<HandlerOptions> = {}) {
  return createHandler({
    handledBy: 'issuer',
    own,
    endpoints: { whoami: endpoint, issueCredentials: endpoint, getContainerCredentials: endpoint },
    logger: createLogger({ write: (line) => lines.push(line), now: () => nowMs }),
    now: () => nowMs,
    ...options,
  });
}

const logged = () => lines.map((line) => JSON.parse(line));

async function invoke(event: unknown, handler = aHandler()) {
  const { statusCode, headers, body } = await handler(event as ReturnType<typeof anEvent>, aContext);
  return { statusCode, headers, body: JSON.parse(body) };
}

const anIssue = (parts: EventParts = {}) =>
  anEvent('issueCredentials', { pathParameters: { profile: 'prod-readonly' }, ...parts });

describe('handler', () => {
  it('hands principal, origin, parameters and body to the endpoint of the operation', async () => {
    const event = anIssue({ query: { format: ['ini', 'sts'] }, body: '{"durationSeconds":900}' });

    await invoke(event);

    expect(requests).toEqual([
      {
        principal: aPrincipal(),
        origin: { sourceIp: '203.0.113.7', userAgent: 'curl/8.14.1', gatewayRequestId: 'JKJaXmPLvHcESHA=' },
        pathParameters: { profile: 'prod-readonly' },
        query: { format: ['ini', 'sts'] },
        body: { durationSeconds: 900 },
      },
    ]);
  });

  it.each<readonly [string, EventParts, Operation, object]>([
    ['where STS may be shown it', {}, 'issueCredentials', { bearerToken: 'e30.e30.AAAA' }],
    ['in no other route', {}, 'whoami', {}],
  ])('hands the bearer token on %s', async (_where, parts, operation, proof) => {
    const headers = { Authorization: ['Bearer e30.e30.AAAA'], 'Content-Type': ['application/json'] };
    await invoke(anEvent(operation, { pathParameters: { profile: 'prod-readonly' }, headers, ...parts }));

    const [{ bearerToken } = { bearerToken: 'nobody asked' }] = requests;
    expect(bearerToken === undefined ? {} : { bearerToken }).toEqual(proof);
    expect(lines.join()).not.toContain('e30');
  });

  it('takes a long samlAssertion, and nothing else that is long, and logs none', async () => {
    const long = 'A'.repeat(90_000);
    const post = async (body: object) => (await invoke(anIssue({ body: JSON.stringify(body) }))).statusCode;

    expect(await post({ samlAssertion: long })).toBe(200);
    expect(await post({ reason: long })).toBe(413);
    expect(await post({ samlAssertion: long, reason: 'x'.repeat(16_384) })).toBe(413);
    expect(requests).toMatchObject([{ body: { samlAssertion: long } }]);
    expect(lines.join()).not.toContain('AAAA');
  });

  it('takes the absence of parameters, as API Gateway writes it, for none', async () => {
    await invoke(
      anEvent('whoami', { changes: { pathParameters: null, multiValueQueryStringParameters: null } }),
    );

    expect(requests).toMatchObject([{ pathParameters: {}, query: {}, body: {} }]);
  });

  it('takes every value of a query parameter, not the last', async () => {
    await invoke(
      anIssue({ query: { format: ['ini', 'ini'] }, changes: { queryStringParameters: { format: 'ini' } } }),
    );

    expect(requests).toMatchObject([{ query: { format: ['ini', 'ini'] } }]);
  });

  it.each<readonly [string, Operation, EventParts]>([
    ['a query parameter', 'whoami', { query: { x: ['1'] } }],
    ['a query parameter of another route', 'getContainerCredentials', { query: { format: ['ini'] } }],
    ['a body', 'getContainerCredentials', { body: '{"durationSeconds":1}' }],
  ])('ignores nothing in silence: %s that %s has no use for is a 400', async (_what, operation, parts) => {
    const headers = { 'Content-Type': ['application/json'] };
    const answer = await invoke(
      anEvent(operation, { pathParameters: { profile: 'prod-readonly' }, headers, ...parts }),
    );

    expect([answer.statusCode, answer.body.code, requests]).toEqual([400, 'invalid-request', []]);
  });

  it.each([
    ['an address', { 'X-Forwarded-For': ['127.0.0.1'], Forwarded: ['for=127.0.0.1'] }],
    ['a request id', { 'x-amzn-RequestId': ['mine'], 'X-Amzn-Trace-Id': ['mine'] }],
    ['a method', { 'X-HTTP-Method-Override': ['DELETE'] }],
    ['a principal', { 'x-amzn-remapped-authorization': ['mine'], principal: [JSON.stringify(aPrincipal())] }],
  ])('believes no header that claims %s (B17, B20, B21)', async (_what, headers) => {
    await invoke(anEvent('whoami', { headers }));

    expect(requests).toMatchObject([
      { principal: aPrincipal(), origin: { sourceIp: '203.0.113.7', gatewayRequestId: 'JKJaXmPLvHcESHA=' } },
    ]);
  });

  it.each([
    ['256 characters', 'x.'.repeat(128), 'x.'.repeat(128)],
    ['more, cut with a mark', 'x.'.repeat(129), `${'x.'.repeat(127)}x…`],
    ['a character that would be cut in two', `${'x.'.repeat(127)}\u{1F600}xx`, `${'x.'.repeat(127)}\ufffd…`],
    ['none', null, ''],
    [
      'not a secret that was sent by mistake',
      'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      '(redacted: it had the shape of a secret)',
    ],
  ])('keeps of a user agent %s', async (_what, userAgent, expected) => {
    await invoke(anEvent('whoami', { requestContext: { identity: { sourceIp: '203.0.113.7', userAgent } } }));

    expect(requests).toMatchObject([{ origin: { userAgent: expected } }]);
  });

  it('answers JSON that nobody may keep', async () => {
    const answer = await invoke(anEvent('whoami'));

    expect(answer).toEqual({
      statusCode: 200,
      headers: {
        'Content-Type': 'application/json',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
      },
      body: { ok: true },
    });
  });

  it('answers text as text, with the headers of the endpoint', async () => {
    const endpoint = answering(async () => ({ status: 200, body: 'export A=b\n', headers: { 'X-Id': 'a' } }));

    const { headers, body } = await aHandler(endpoint)(anEvent('whoami'), aContext);

    expect(body).toBe('export A=b\n');
    expect(headers).toMatchObject({
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Id': 'a',
    });
  });

  it('fails as a defect when the route table names an operation that nothing is bound to', async () => {
    expect(await invoke(anEvent('listProfiles'))).toMatchObject({ statusCode: 500 });
  });
});

describe('handler of an open route', () => {
  const open = () =>
    aHandler(ok, {
      handledBy: 'audit',
      openEndpoints: { getHealth: async () => ({ status: 200, body: { status: 'ok' } }) },
    });

  it.each([
    ['nothing but its path', { authorizer: undefined }],
    ['a broken principal', { authorizer: { principal: '{' } }],
    ['an expired principal', { authorizer: authorizedAs(aPrincipal({ expiresAt: 1 })) }],
    ['a body', { authorizer: undefined, body: '{' }],
    ['parameters', { authorizer: undefined, query: { a: ['b', 'c'] } }],
  ])('answers a request with %s: nothing of it can matter', async (_what, parts) => {
    expect(await invoke(anEvent('getHealth', parts), open())).toMatchObject({
      statusCode: 200,
      body: { status: 'ok' },
    });
  });

  it('takes events of its own API only, like any other', async () => {
    const event = anEvent('getHealth', { requestContext: { apiId: 'z9y8x7w6v5' } });

    expect(await invoke(event, open())).toMatchObject({ statusCode: 403 });
  });

  it('does not open the others', async () => {
    const endpoints = { listIssuances: ok };
    const handler = aHandler(ok, {
      handledBy: 'audit',
      endpoints,
      openEndpoints: { listIssuances: async () => ({ status: 200, body: {} }) },
    });

    expect(await invoke(anEvent('listIssuances', { authorizer: undefined }), handler)).toMatchObject({
      statusCode: 500,
    });
    expect(requests).toEqual([]);
  });

  it('fails as a defect when it is bound as one that needs a token', async () => {
    const handler = aHandler(ok, { handledBy: 'audit', endpoints: { getHealth: ok } });

    expect(await invoke(anEvent('getHealth'), handler)).toMatchObject({ statusCode: 500 });
    expect(requests).toEqual([]);
  });
});

describe('handler, refusing', () => {
  it.each([
    ['of another API', { requestContext: { apiId: 'z9y8x7w6v5' } }],
    ['of another stage', { requestContext: { stage: 'test-invoke-stage' } }],
    ['of another path', { requestContext: { resourcePath: '/v1/profiles' } }],
    ['without an extended request id', { requestContext: { extendedRequestId: undefined } }],
    [
      'with a broken body and no principal',
      { requestContext: { apiId: 'x' }, authorizer: undefined, body: '{' },
    ],
  ])('answers 403 to an event %s and calls nothing', async (_what, parts) => {
    const answer = await invoke(anEvent('whoami', parts));

    expect(answer).toMatchObject({
      statusCode: 403,
      headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
      body: { code: 'foreign-event' },
    });
    expect(requests).toEqual([]);
  });

  it('answers 403 to an event of another function’s route', async () => {
    expect(await invoke(anEvent('listIssuances'))).toMatchObject({ statusCode: 403 });
    expect(requests).toEqual([]);
  });

  it.each([
    [null],
    [undefined],
    [1],
    ['text'],
    [true],
    [[]],
    [{}],
    [{ requestContext: null }],
    [{ requestContext: 'x', httpMethod: 'GET', resource: '/v1/whoami' }],
    [{ version: '2.0', routeKey: 'GET /v1/whoami', requestContext: { apiId: own.apiId, stage: own.stage } }],
    [{ principal: aPrincipal(), body: '{}' }],
  ])('answers 403 to the direct invocation %j and calls nothing', async (event) => {
    expect(await invoke(event)).toMatchObject({
      statusCode: 403,
      body: { code: 'foreign-event', instance: '' },
    });
    expect(requests).toEqual([]);
    expect(logged()).toMatchObject([{ level: 'INFO', status: 403, code: 'foreign-event' }]);
  });

  it('answers 401 when the proof expired since the authorizer saw it', async () => {
    const authorizer = authorizedAs(aPrincipal({ expiresAt: nowSeconds }));

    expect(await invoke(anIssue({ authorizer, body: '{' }))).toMatchObject({
      statusCode: 401,
      headers: { 'WWW-Authenticate': 'Bearer realm="daypass", error="invalid_token"' },
      body: { code: 'unauthenticated' },
    });
    expect(requests).toEqual([]);
  });

  it.each([
    ['none', undefined],
    ['one that is not the authorizer’s', { principal: '{"issuer":"CANARY"}' }],
    ['one that is cut off', { principal: JSON.stringify(aPrincipal({ subject: 'CANARY' })).slice(0, 40) }],
  ])('answers 500 when the principal is %s: that is a defect', async (_what, authorizer) => {
    const answer = await invoke(anEvent('whoami', { authorizer }));

    expect(answer).toMatchObject({ statusCode: 500, body: { code: 'internal-error' } });
    expect(requests).toEqual([]);
    expect(lines.join()).not.toContain('CANARY');
  });

  it.each([
    ['is no JSON', { body: '{' }, 400, 'invalid-request'],
    ['is too large', { body: 'x'.repeat(16_385) }, 413, 'request-too-large'],
    [
      'is no JSON by its type',
      { body: '{}', headers: { 'Content-Type': ['text/plain'] } },
      415,
      'unsupported-media-type',
    ],
  ])('refuses a body that %s and calls nothing', async (_what, parts, statusCode, code) => {
    expect(await invoke(anIssue(parts))).toMatchObject({ statusCode, body: { code } });
    expect(requests).toEqual([]);
  });

  it.each([
    ['an Error', new Error('SECRET at /var/task/index.mjs')],
    [
      'an AWS error',
      Object.assign(new Error('SECRET'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }),
    ],
    ['an error with a status', Object.assign(new Error('SECRET'), { statusCode: 200, expose: true })],
    ['a string', 'SECRET'],
  ])('answers 500 without detail when the endpoint throws %s', async (_what, thrown) => {
    const answer = await invoke(
      anEvent('whoami'),
      aHandler(() => Promise.reject(thrown)),
    );

    expect(answer).toMatchObject({
      statusCode: 500,
      headers: { 'Content-Type': 'application/problem+json' },
      body: { code: 'internal-error', instance: 'JKJaXmPLvHcESHA=' },
    });
    expect(JSON.stringify(answer)).not.toContain('SECRET');
  });
});

describe('log of a request', () => {
  const clock = () => {
    let ms = nowMs - 25;
    return () => {
      ms += 25;
      return ms;
    };
  };

  it('is one line that says what was asked and answered', async () => {
    const handler = aHandler(ok, { now: clock() });

    await invoke(anIssue(), handler);

    expect(logged()).toEqual([
      {
        timestamp: '2026-01-01T00:00:00.000Z',
        level: 'INFO',
        message: 'request',
        function: 'issuer',
        method: 'POST',
        resource: '/v1/profiles/{profile}/credentials',
        status: 200,
        durationMs: expect.any(Number),
        gatewayRequestId: 'JKJaXmPLvHcESHA=',
      },
    ]);
    expect(logged()[0].durationMs).toBeGreaterThan(0);
  });

  it.each([
    ['INFO', 400, new InvalidRequestError('no'), { code: 'invalid-request' }],
    [
      'INFO',
      403,
      new AccessDeniedError('no', { detail: 'no such profile', extensions: { issuanceId: 'A' } }),
      { code: 'access-denied', detail: 'no such profile', issuanceId: 'A' },
    ],
    [
      'ERROR',
      503,
      new AuditUnavailableError('no', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) }),
      { code: 'audit-unavailable', cause: [{ name: 'Error', message: 'reset', code: 'ECONNRESET' }] },
    ],
    [
      'ERROR',
      500,
      new TypeError('x is not a function'),
      {
        error: [{ name: 'TypeError', message: 'x is not a function' }],
        stack: expect.stringMatching(/^TypeError: x is not a function\n +at /),
      },
    ],
  ])(
    'is of level %s with the status %i and the reason of a failure',
    async (level, status, error, fields) => {
      await invoke(
        anEvent('whoami'),
        aHandler(() => Promise.reject(error)),
      );

      expect(logged()).toEqual([
        {
          timestamp: expect.any(String),
          message: 'request',
          function: 'issuer',
          method: 'GET',
          resource: '/v1/whoami',
          durationMs: 0,
          gatewayRequestId: 'JKJaXmPLvHcESHA=',
          level,
          status,
          ...fields,
        },
      ]);
    },
  );

  it('of each request is its own when they overlap', async () => {
    const handler = aHandler();

    await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        handler(anEvent('whoami', { requestContext: { extendedRequestId: id } }), aContext),
      ),
    );

    expect(logged().map(({ gatewayRequestId }) => gatewayRequestId)).toEqual(['a', 'b', 'c']);
  });

  const canaries: EventParts = {
    headers: { Authorization: ['Bearer CANARY'], Cookie: ['CANARY'], 'X-Any': ['CANARY'] },
    query: { format: ['CANARY'], CANARY: ['CANARY'] },
    authorizer: authorizedAs(aPrincipal({ subject: 'CANARY', claims: { CANARY: 'CANARY' } })),
    requestContext: { identity: { sourceIp: 'CANARY', userAgent: 'CANARY', accessKey: 'CANARY' } },
  };

  it.each([
    ['an answer', anIssue({ ...canaries, body: '{"reason":"CANARY"}' }), ok],
    ['a body that is no JSON', anIssue({ ...canaries, body: '{"reason": CANARY' }), ok],
    ['a body of twice the same key', anIssue({ ...canaries, body: '{"CANARY":1,"CANARY":2}' }), ok],
    ['a foreign event', anIssue({ ...canaries, body: 'CANARY', changes: { httpMethod: 'GET' } }), ok],
    [
      'a released credential',
      anIssue(canaries),
      answering(async () => ({ status: 200, body: 'CANARY', headers: { 'X-Any': 'CANARY' } })),
    ],
  ])('holds nothing of header, query, body, claim or answer with %s', async (_what, event, endpoint) => {
    await aHandler(endpoint)(event, aContext);

    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('CANARY');
  });
});
