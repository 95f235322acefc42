import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createFederationEndpoint } from '../../../lambda/adapters/federation-endpoint.ts';
import { anIssuedAnswer, secrets } from '../../support/an-issuance.ts';
import { type LoopbackServer, type Respond, startLoopbackServer } from '../../support/loopback-server.ts';

const { credentials } = anIssuedAnswer();
const patientMs = 5000;
const soonMs = 60;

let server: LoopbackServer;
let paths: string[];

beforeAll(async () => {
  server = await startLoopbackServer();
});
afterAll(() => server.close());

function answering(respond: Respond) {
  paths = [];
  server.respond((response, request) => {
    paths.push(`${request.method} ${request.url}`);
    respond(response, request);
  });
}

const ask = (timeoutMs = patientMs, url = `${server.url}/federation`) =>
  createFederationEndpoint({ url: new URL(url), fetch: globalThis.fetch, timeoutMs }).getSigninToken(
    credentials,
  );

describe('the federation endpoint', () => {
  it('is asked by a form, with no secret in the URL, and never for a duration', async () => {
    answering((response) => response.end('{"SigninToken":"Token_-1"}'));

    const answer = await ask();

    expect(answer).toEqual({ state: 'GIVEN', signinToken: 'Token_-1' });
    expect(paths).toEqual(['POST /federation']);
    const [{ headers, body }] = server.requests as [LoopbackServer['requests'][number]];
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded;charset=UTF-8');
    expect(headers.connection).toBe('close');
    const [action, session, ...rest] = [...new URLSearchParams(body)];
    expect(action).toEqual(['Action', 'getSigninToken']);
    expect(session?.[0]).toBe('Session');
    expect(JSON.parse(session?.[1] ?? '')).toEqual({
      sessionId: 'ASIAIOSFODNN7EXAMPLE',
      sessionKey: secrets.secretAccessKey,
      sessionToken: secrets.sessionToken,
    });
    expect(rest).toEqual([]);
  });

  it.each<readonly [what: string, respond: Respond, detail: RegExp]>([
    ['a page', (response) => response.end('<!doctype html>'), /does not answer with JSON/],
    ['nothing', (response) => response.end(), /does not answer with JSON/],
    ['half of it', (response) => response.end('{"SigninToken":"'), /does not answer with JSON/],
    ['null', (response) => response.end('null'), /no sign-in token/],
    ['a list', (response) => response.end('["Token"]'), /no sign-in token/],
    ['another object', (response) => response.end('{"signintoken":"x"}'), /no sign-in token/],
    ['an empty token', (response) => response.end('{"SigninToken":""}'), /no sign-in token/],
    ['a token that is a number', (response) => response.end('{"SigninToken":1}'), /no sign-in token/],
    ['a token that is an object', (response) => response.end('{"SigninToken":{}}'), /no sign-in token/],
    ['a token with a line end', (response) => response.end('{"SigninToken":"a\\n"}'), /no sign-in token/],
    ['a token with a space', (response) => response.end('{"SigninToken":"a b"}'), /no sign-in token/],
    [
      'more than 32 KB',
      (response) => response.end(JSON.stringify({ SigninToken: 'x'.repeat(32_768) })),
      /more than 32768 bytes/,
    ],
    ['a broken connection', (response) => response.destroy(), /fetch failed/],
    [
      'less than it said',
      (response) => {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('{"SigninToken":"x"}', () => response.destroy());
      },
      /terminated/,
    ],
    ...[201, 204, 400, 403, 404, 429, 500, 503].map(
      (status) =>
        [
          `a good body with ${status}`,
          (response) => response.writeHead(status).end(status === 204 ? undefined : '{"SigninToken":"x"}'),
          new RegExp(`answers ${status}; only 200 is taken`),
        ] satisfies readonly [string, Respond, RegExp],
    ),
  ])('gives no token when it answers with %s', async (_what, respond, detail) => {
    answering(respond);

    const answer = await ask();

    expect(answer).toEqual({ state: 'FAILED', detail: expect.stringMatching(detail) });
  });

  it.each([301, 302, 303, 307, 308])('is not followed elsewhere by a %i', async (status) => {
    answering((response, { url }) => {
      if (url === '/federation') response.writeHead(status, { location: '/elsewhere' }).end();
      else response.end('{"SigninToken":"x"}');
    });

    const answer = await ask();

    expect(answer.state).toBe('FAILED');
    expect(paths).toEqual(['POST /federation']);
  });

  it('is not asked again after a failure', async () => {
    answering((response) => response.writeHead(500).end());

    await ask();

    expect(paths).toEqual(['POST /federation']);
  });

  it.each<readonly [what: string, respond: Respond]>([
    ['its answer does not begin', () => undefined],
    ['its answer does not end', (response) => response.write('{"SigninToken":"x"')],
  ])('gives no token when %s in time', async (_what, respond) => {
    answering(respond);

    expect(await ask(soonMs)).toEqual({ state: 'FAILED', detail: expect.stringMatching(/TimeoutError/) });
  });

  it('gives no token when nobody listens, and the detail says so', async () => {
    const free = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const address = probe.address();
        probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      });
    });

    const answer = await ask(patientMs, `http://127.0.0.1:${free}/federation`);

    expect(answer).toEqual({ state: 'FAILED', detail: expect.stringContaining('ECONNREFUSED') });
  });

  it.each<readonly [what: string, status: number]>([
    ['that it takes', 200],
    ['that it refuses', 400],
  ])('repeats nothing of a form %s, even when the answer quotes it', async (_what, status) => {
    answering((response, request) => {
      const { body } = server.requests.at(-1) ?? { body: '' };
      response.writeHead(status, { 'x-echo': encodeURIComponent(body), via: request.method }).end(body);
    });

    const answer = await ask();

    expect(answer.state).toBe('FAILED');
    expect(JSON.stringify(answer)).not.toMatch(/canary/i);
    expect(JSON.stringify(answer)).not.toContain('ASIAIOSFODNN7EXAMPLE');
  });
});
