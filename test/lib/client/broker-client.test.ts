import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BrokerClient, createBrokerClient, toReason } from '../../../lib/client/broker-client.ts';
import type { Proof, UnprovenRequest } from '../../../lib/client/proof.ts';
import { aLongAnswer, longAnswerBytes } from '../../support/a-long-answer.ts';
import { type LoopbackServer, type Respond, startLoopbackServer } from '../../support/loopback-server.ts';

let server: LoopbackServer;

beforeAll(async () => {
  server = await startLoopbackServer();
});
afterAll(() => server.close());

const aClient = ({
  token = 'a-token',
  path = '',
  remedy,
}: {
  readonly token?: string;
  readonly path?: string;
  readonly remedy?: string;
} = {}): BrokerClient =>
  createBrokerClient({
    broker: new URL(`${server.url}${path}`),
    userAgent: 'daypass/test',
    prover: {
      id: 'alice',
      prove: async () => ({ kind: 'token', token }),
      ...(remedy === undefined ? {} : { remedy }),
    },
  });

const answerWith =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Respond =>
  (response) => {
    response.statusCode = status;
    response.setHeaders(new Headers(headers));
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const get = (client = aClient()) => client.call({ method: 'GET', path: '/v1/whoami' });
const post = (client = aClient()) =>
  client.call({ method: 'POST', path: '/v1/profiles/p/credentials', body: {} });

/** The first connections break off before anything is said. */
const breakOff = (times: number): Respond => {
  let left = times;
  return (response, request) => {
    left -= 1;
    if (left >= 0) request.socket.resetAndDestroy();
    else response.end('{}');
  };
};

describe('a call', () => {
  it('shows the token, who calls, and the body as JSON', async () => {
    server.respond(answerWith(200, { ok: true }));

    const { status, text } = await post();

    expect({ status, text }).toEqual({ status: 200, text: '{"ok":true}' });
    expect(server.requests).toEqual([
      {
        body: '{}',
        headers: expect.objectContaining({
          authorization: 'Bearer a-token',
          'user-agent': 'daypass/test',
          'content-type': 'application/json',
          accept: 'application/json',
        }),
      },
    ]);
  });

  it('goes below the path of the broker', async () => {
    let asked: string | undefined;
    server.respond((response, request) => {
      asked = request.url;
      response.end('{}');
    });

    await aClient({ path: '/prod' }).call({
      method: 'GET',
      path: '/v1/issuances',
      query: { since: 'a b&c' },
    });

    expect(asked).toBe('/prod/v1/issuances?since=a+b%26c');
  });

  it('goes to /iam/v1 where it is signed, with what the signer gives', async () => {
    const signed: UnprovenRequest[] = [];
    const proof: Proof = {
      kind: 'aws',
      sign: async (request) => {
        signed.push(request);
        return { ...request.headers, authorization: 'AWS4-HMAC-SHA256 x' };
      },
    };
    let asked: string | undefined;
    server.respond((response, request) => {
      asked = request.url;
      response.end('{}');
    });

    await createBrokerClient({
      broker: new URL(server.url),
      userAgent: 'daypass/test',
      prover: { id: 'alice', prove: async () => proof },
    }).call({ method: 'POST', path: '/v1/profiles/p/credentials', body: { a: 1 } });

    expect(asked).toBe('/iam/v1/profiles/p/credentials');
    expect(signed[0]?.url.pathname).toBe('/iam/v1/profiles/p/credentials');
    expect(signed[0]?.body).toBe('{"a":1}');
    expect(server.requests[0]?.headers.authorization).toBe('AWS4-HMAC-SHA256 x');
  });

  it('never shows a token that no header can hold', async () => {
    server.respond(answerWith(200, {}));

    const call = get(aClient({ token: 'a-secret\ntoken' }));

    await expect(call).rejects.toMatchObject({ code: 'not-logged-in' });
    await expect(call).rejects.not.toHaveProperty('message', expect.stringContaining('a-secret'));
    expect(server.requests).toEqual([]);
  });

  it('never shows a signature that no header can hold', async () => {
    server.respond(answerWith(200, {}));
    const sign = async () => ({ authorization: 'AWS4 x', 'x-amz-security-token': 'a-secret\nmore' });
    const client = createBrokerClient({
      broker: new URL(server.url),
      userAgent: 'daypass/test',
      prover: { id: 'alice', prove: async () => ({ kind: 'aws', sign }) },
    });

    await expect(get(client)).rejects.toMatchObject({
      code: 'not-logged-in',
      message: 'the AWS credentials hold what no header can',
    });
    expect(server.requests).toEqual([]);
  });

  it('reads no more of an answer than a broker gives', async () => {
    const { respond, takenBytes } = aLongAnswer();
    server.respond(respond);

    await expect(get()).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('too long'),
    });
    expect(takenBytes()).toBeLessThan(longAnswerBytes.most);
  });

  it('follows no redirect, which would carry the token away', async () => {
    const other = await startLoopbackServer();
    server.respond(answerWith(307, '', { location: other.url }));

    await expect(get()).rejects.toMatchObject({ code: 'unavailable' });

    expect(other.requests).toEqual([]);
    await other.close();
  });

  it('ends with the signal', async () => {
    const controller = new AbortController();
    server.respond(() => controller.abort());

    const call = aClient().call({ method: 'GET', path: '/v1/whoami', signal: controller.signal });

    await expect(call).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('a connection that breaks off', () => {
  it('is made once more for a GET', async () => {
    server.respond(breakOff(1));

    await get();

    expect(server.requests).toHaveLength(2);
  });

  it('is made once more only', async () => {
    server.respond(breakOff(2));

    await expect(get()).rejects.toMatchObject({ code: 'unavailable' });

    expect(server.requests).toHaveLength(2);
  });

  it.each(['POST', 'PUT', 'DELETE'] as const)('is not made again for a %s', async (method) => {
    server.respond(breakOff(1));

    await expect(aClient().call({ method, path: '/v1/x', body: {} })).rejects.toMatchObject({
      code: 'unavailable',
    });

    expect(server.requests).toHaveLength(1);
  });

  it.each([500, 503, 429])('is another thing than an answer of status %i', async (status) => {
    server.respond(answerWith(status, {}));

    await expect(get()).rejects.toMatchObject({ name: 'BrokerRefusal', status });

    expect(server.requests).toHaveLength(1);
  });

  it('says which broker, and why', async () => {
    const gone = await startLoopbackServer();
    await gone.close();
    const client = createBrokerClient({
      broker: new URL(gone.url),
      userAgent: 'daypass/test',
      prover: { id: 'alice', prove: async () => ({ kind: 'token', token: 'a-token' }) },
    });

    await expect(get(client)).rejects.toMatchObject({
      code: 'unavailable',
      message: `no broker answers at ${gone.url}/ (ECONNREFUSED)`,
      hint: expect.stringContaining('DAYPASS_URL'),
    });
  });
});

describe('the reason of a failure', () => {
  it.each([
    ['a code', Object.assign(new Error('a-secret'), { code: 'ECONNRESET' }), 'ECONNRESET'],
    ['what fetch says of a redirect', new Error('unexpected redirect'), 'unexpected redirect'],
    ['no other words, which may quote a header', new TypeError('a-secret'), 'the request failed'],
  ])('is %s', (_name, cause, reason) => {
    expect(toReason(new TypeError('fetch failed', { cause }))).toBe(reason);
    expect(toReason(cause)).toBe(reason);
  });

  it('is that no answer came in time', async () => {
    server.respond(() => undefined);
    const late = fetch(server.url, { signal: AbortSignal.timeout(0) });

    await expect(late.catch(toReason)).resolves.toBe('The operation was aborted due to timeout');
  });
});

describe('a refusal', () => {
  it.each([
    [400, 'usage'],
    [401, 'not-logged-in'],
    [403, 'refused'],
    [404, 'failed'],
    [409, 'failed'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('of status %i is %s', async (status, code) => {
    server.respond(answerWith(status, { detail: 'because' }));

    await expect(get()).rejects.toMatchObject({ code, message: 'because', status });
  });

  it.each([
    [
      'whom to ask',
      403,
      { requestAccessUrl: 'https://wiki.example.com', owner: 'a team' },
      {},
      'ask for access at https://wiki.example.com; owner: a team',
    ],
    ['the row of the audit', 403, { issuanceId: '01M' }, {}, 'issuance 01M'],
    ['when to try again', 429, {}, { 'retry-after': '7' }, 'try again in 7 s'],
    ['which request the operators look for', 500, { instance: 'r-1' }, {}, 'request r-1'],
    ['to log in again', 401, {}, {}, 'log in again with: daypass login'],
    ['to give a reason', 400, { code: 'reason-required' }, {}, 'say why with --reason'],
    [
      'which command gives tokens',
      400,
      { code: 'credentials-not-offered' },
      {},
      'it gives tokens instead: daypass web-identity-token <profile>',
    ],
    ['which profiles there are', 403, { code: 'access-denied' }, {}, 'yours are listed by: daypass profiles'],
  ])('says %s', async (_name, status, problem, headers, hint) => {
    server.respond(answerWith(status, { detail: 'because', ...problem }, headers));

    await expect(get()).rejects.toMatchObject({ hint });
  });

  it.each(['-5', '1e3', 'Sat, 21 Nov 2026 19:00:00 GMT', ''])(
    'takes %p for no number of seconds to wait',
    async (value) => {
      server.respond(answerWith(503, { detail: 'because' }, { 'retry-after': value }));

      await expect(get()).rejects.toMatchObject({ retryAfterSeconds: undefined, hint: undefined });
    },
  );

  it('says what else to do than to log in, where a login is not what was refused', async () => {
    server.respond(answerWith(401, { detail: 'because' }));

    await expect(get(aClient({ remedy: 'unset it' }))).rejects.toMatchObject({ hint: 'unset it' });
  });

  it.each([
    ['no JSON', '<html>'],
    ['JSON that is no object', '[1]'],
    ['null', 'null'],
    ['members of other types', { detail: 7, code: [], owner: {}, requestAccessUrl: 1 }],
  ])('may be %s', async (_name, body) => {
    server.respond(answerWith(403, body));

    await expect(get()).rejects.toMatchObject({
      message: 'the broker answered with status 403',
      problemCode: '',
      hint: 'what answered may be no broker: check DAYPASS_URL',
    });
  });
});
