import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHttpChecks } from '../../../lib/live/http-checks.ts';
import { runLiveChecks } from '../../../lib/live/live-check.ts';

/*
 * The checks against a broker that answers as it should, and against one that does not in one thing.
 */

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object | string;
}

const problem = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  ...{ status, body: { code } },
  headers: { 'content-type': 'application/problem+json', ...headers },
});

const right: Readonly<Record<string, Answer>> = {
  'GET /v1/health': {
    ...{ status: 200, body: { status: 'ok' } },
    headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  },
  'GET /.well-known/daypass': { status: 200, body: { version: '1.0.0', region: 'eu-west-1' } },
  'GET /v1/whoami': problem(401, 'unauthenticated', { 'www-authenticate': 'Bearer realm="daypass"' }),
  'GET /v1/nothing-here': problem(403, 'unknown-route'),
  'GET /iam/v1/whoami': problem(403, 'unknown-route'),
  'GET /v1/Whoami': problem(403, 'unknown-route'),
  'GET /iam/v1/whoami with a token': problem(403, 'invalid-signature'),
  'DELETE /v1/whoami': problem(403, 'unknown-route'),
};

let answers: Record<string, Answer>;
let url: URL;
const server = createServer((request, response) => {
  const { status, headers = {}, body } = answers[toKey(request)] ?? { status: 500, body: 'unexpected' };
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
});

const toKey = ({ method, url: path = '', headers }: IncomingMessage): string =>
  `${method} ${path.replace(/^\/stage/, '')}${path.includes('/iam/') && headers.authorization ? ' with a token' : ''}`;

beforeEach(async () => {
  answers = { ...right };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/stage`);
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const failed = async (target = {}) =>
  (await runLiveChecks(createHttpChecks({ url, ...target })))
    .filter(({ outcome }) => outcome === 'FAIL')
    .map(({ claim }) => claim);

describe('createHttpChecks', () => {
  it('passes a broker that answers as it should, and skips what is not there on loopback', async () => {
    const reports = await runLiveChecks(createHttpChecks({ url }));

    expect(reports.filter(({ outcome }) => outcome === 'PASS')).toHaveLength(9);
    expect(reports.filter(({ outcome }) => outcome === 'SKIP').map(({ claim }) => claim)).toEqual([
      'The firewall refuses what is known to be bad',
      "API Gateway's own address is off",
    ]);
    expect(reports).toHaveLength(11);
  });

  it.each([
    [
      'health that may be kept',
      'GET /v1/health',
      { status: 200, body: {}, headers: { 'x-content-type-options': 'nosniff' } },
      'The broker answers',
    ],
    ['health that is not', 'GET /v1/health', { ...problem(503, 'x') }, 'The broker answers'],
    [
      'a deployment without a version',
      'GET /.well-known/daypass',
      { status: 200, body: { region: 'eu-west-1' } },
      'It is the deployment',
    ],
    ['an answer without a token', 'GET /v1/whoami', { status: 200, body: {} }, 'A request without a token'],
    [
      '401 without a challenge',
      'GET /v1/whoami',
      problem(401, 'unauthenticated'),
      'A request without a token',
    ],
    [
      "API Gateway's own words",
      'GET /v1/nothing-here',
      { status: 403, body: { message: 'Missing Authentication Token' } },
      'A path that is no route',
    ],
    [
      'the right status with another code',
      'GET /v1/nothing-here',
      problem(403, 'refused-by-gateway'),
      'A path that is no route',
    ],
    [
      'an unsigned request that gets in',
      'GET /iam/v1/whoami',
      { status: 200, body: {} },
      'An unsigned request',
    ],
    ['a path in another case that gets in', 'GET /v1/Whoami', { status: 200, body: {} }, 'Another case'],
    [
      'a token in the place of a signature',
      'GET /iam/v1/whoami with a token',
      { status: 200, body: {} },
      'A bearer token under /iam',
    ],
    ['another method that gets in', 'DELETE /v1/whoami', { status: 204, body: '' }, 'A method that'],
    ['a page in the place of a problem', 'GET /v1/Whoami', { status: 403, body: '<html>' }, 'Another case'],
  ] as const)('fails %s', async (_, key, answer, claim) => {
    answers[key] = answer;

    expect(await failed()).toEqual(expect.arrayContaining([expect.stringContaining(claim)]));
  });

  it("fails where API Gateway's own address answers, and passes where it refuses", async () => {
    expect(await failed({ defaultEndpoint: url })).toEqual(["API Gateway's own address is off"]);

    answers['GET /v1/health'] = { status: 403, body: { message: 'Forbidden' } };

    expect(await failed({ defaultEndpoint: url })).toEqual([expect.stringContaining('The broker answers')]);
  });

  it('fails, and says why, where nobody answers', async () => {
    const nobody = new URL('http://127.0.0.1:1');

    const reports = await runLiveChecks(createHttpChecks({ url: nobody }));

    expect(reports[0]).toMatchObject({ outcome: 'FAIL', seen: expect.stringMatching(/fetch failed/) });
  });
});
