import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fromHttp } from '@aws-sdk/credential-provider-http';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toMetadataEnvironment } from '../../../../lib/client/agent/agent-environment.ts';
import {
  type AgentServer,
  type AgentServerOptions,
  startAgentServer,
  toContainerUri,
} from '../../../../lib/client/agent/start-agent-server.ts';
import { BrokerRefusal } from '../../../../lib/client/broker-client.ts';
import { ClientError } from '../../../../lib/client/client-error.ts';
import { aCredentialSource, type CredentialSourceStandIn } from '../../../support/a-credential-source.ts';

let source: CredentialSourceStandIn;
let server: AgentServer;
const reported: unknown[] = [];

async function start(options: Partial<AgentServerOptions> = {}): Promise<void> {
  await server?.close();
  source = aCredentialSource();
  reported.length = 0;
  server = await startAgentServer({
    open: source.open,
    now: source.now,
    report: (event) => reported.push(event),
    reportDefect: (error) => reported.push(error),
    ...options,
  });
}

beforeEach(() => start());
afterEach(() => server.close());

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** With exactly these headers, as no SDK and no browser would send them. */
async function ask(path: string, { method = 'GET', headers = {} }: Asked = {}): Promise<Answered> {
  const asking = request(server.url, { path, method, headers, agent: false }).end();
  const [response] = await once(asking, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const containerPath = '/profiles/shop/container-credentials';
const withToken = (more: Asked['headers'] = {}): Asked => ({
  headers: { authorization: server.token, ...more },
});
const codeOf = ({ body }: Answered) => JSON.parse(body).Code;

describe('AgentServer', () => {
  it('answers in the shape of container credentials, to be stored nowhere', async () => {
    const { status, headers, body } = await ask(containerPath, withToken());

    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: 'secret of sre-shop-1',
      Token: 'token of sre-shop-1',
      Expiration: '2026-11-21T10:00:00Z',
    });
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'daypass-issuance-id': 'sre-shop-1' });
  });

  it('serves the SDK for JavaScript, a hundred at once with one issuance', async () => {
    const provide = () =>
      fromHttp({
        awsContainerCredentialsFullUri: toContainerUri(server, 'shop'),
        awsContainerAuthorizationToken: server.token,
      })();

    const all = await Promise.all(Array.from({ length: 100 }, provide));

    expect(all[99]).toMatchObject({ sessionToken: 'token of sre-shop-1' });
    expect(source.attempts).toEqual(['shop']);
  });

  it('listens on the loopback address alone', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    const outcomes = await Promise.all(
      others.map(({ address }) =>
        once(connect(server.port, address), 'connect').then(
          () => 'answered',
          ({ code }) => code,
        ),
      ),
    );

    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(outcomes).not.toContain('answered');
  });

  it.each(['Bearer', 'bearer', 'Bearer '])('takes the token after %j', async (scheme) => {
    const { status } = await ask(containerPath, { headers: { authorization: `${scheme} ${server.token}` } });

    expect(status).toBe(200);
  });

  it.each([
    ['none', () => ({})],
    ['an empty one', () => ({ authorization: '' })],
    ['another one', () => ({ authorization: 'A'.repeat(43) })],
    ['its beginning', () => ({ authorization: server.token.slice(0, -1) })],
    ['more than it', () => ({ authorization: `${server.token}A` })],
    ['it twice', () => ({ authorization: `${server.token}, ${server.token}` })],
    ['another scheme', () => ({ authorization: `Basic ${server.token}` })],
    ['another header', () => ({ 'x-aws-ec2-metadata-token': server.token })],
  ])('gives nothing for %s as the token', async (_, toHeaders) => {
    const answer = await ask(containerPath, { headers: toHeaders() });

    expect(answer.status).toBe(401);
    expect(codeOf(answer)).toBe('agent-token-refused');
    expect(source.attempts).toEqual([]);
  });

  it('has a token of 256 bits that no two servers share', async () => {
    const { token } = server;
    await start();

    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(server.token).not.toBe(token);
  });

  it.each([
    ['another host', { host: 'evil.example' }],
    ['a host of ours by somebody else', { host: '127.0.0.1.evil.example' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['no port', { host: '127.0.0.1' }],
    ['a page', { origin: 'http://127.0.0.1' }],
    ['a page that hides', { origin: 'null' }],
    ['a page without CORS', { 'sec-fetch-site': 'cross-site' }],
    ['a proxy', { 'x-forwarded-for': '10.0.0.1' }],
    ['a standard proxy', { forwarded: 'for=10.0.0.1' }],
    ['a proxy with a name', { via: '1.1 proxy' }],
  ])('refuses %s even with the token', async (_, headers) => {
    const answer = await ask(containerPath, withToken(headers));

    expect(answer.status).toBe(403);
    expect(codeOf(answer)).toMatch(/^(host|browser|proxy)-refused$/);
    expect(source.attempts).toEqual([]);
  });

  it.each([
    ['Host', () => `Host: evil.example\r\nAuthorization: ${server.token}`, 403],
    ['Authorization', () => `Authorization: ${server.token}\r\nAuthorization: x`, 401],
  ])('refuses a second %s, whichever of the two others would read', async (_, toHeaders, status) => {
    const lines = [`GET ${containerPath} HTTP/1.1`, `Host: 127.0.0.1:${server.port}`, toHeaders()];
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);

    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(source.attempts).toEqual([]);
  });

  it('answers to localhost as well', async () => {
    const { status } = await ask(containerPath, withToken({ host: `LocalHost:${server.port}` }));

    expect(status).toBe(200);
  });

  it.each([
    ['POST', containerPath, 405],
    ['OPTIONS', containerPath, 405],
    ['GET', '/', 404],
    ['GET', '/profiles/shop', 404],
    ['GET', `${containerPath}/`, 404],
    ['GET', `${containerPath}?profile=web`, 404],
    ['GET', `/${containerPath}`, 404],
    ['GET', `http://127.0.0.1${containerPath}`, 404],
    ['GET', '/profiles/../container-credentials', 404],
    ['GET', '/profiles/%2e%2e/container-credentials', 404],
    ['GET', '/profiles/Shop/container-credentials', 404],
    ['GET', `/profiles/${'a'.repeat(64)}/container-credentials`, 404],
    ['GET', '/latest/meta-data/iam/security-credentials/', 404],
    ['PUT', '/latest/api/token', 404],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect((await ask(path, { method, ...withToken() })).status).toBe(status);
    expect(source.attempts).toEqual([]);
  });

  it('serves the profiles alone that it was told', async () => {
    await start({ profiles: ['shop'] });

    expect((await ask(containerPath, withToken())).status).toBe(200);
    const other = await ask('/profiles/web/container-credentials', withToken());

    expect([other.status, codeOf(other)]).toEqual([404, 'profile-not-served']);
    expect(source.attempts).toEqual(['shop']);
  });

  it('says that its port is taken', async () => {
    const second = startAgentServer({ open: source.open, now: source.now, port: server.port });

    await expect(second).rejects.toMatchObject({
      code: 'failed',
      message: `port ${server.port} of 127.0.0.1 is taken`,
    });
  });

  it('tells whoever waits that it stops, and ends connections that nobody uses', async () => {
    source.hold();
    const idle = connect(server.port, '127.0.0.1');
    await once(idle, 'connect');
    const waiting = ask(containerPath, withToken());
    while (source.attempts.length === 0) await new Promise((resolve) => setImmediate(resolve));

    await server.close();

    expect((await waiting).status).toBe(503);
    await once(idle, 'close');
  });
});

describe('AgentServer, where there are no credentials,', () => {
  const refusal = new BrokerRefusal(403, {
    detail: 'no profile shop that you may use',
    code: 'access-denied',
    issuanceId: '01ABC',
    owner: 'platform@example.com',
    requestAccessUrl: 'https://example.com/access',
  });

  it.each([
    [refusal, 403, 'access-denied', 'no profile shop that you may use ('],
    [
      new ClientError('not-logged-in', 'the login has expired', { hint: 'log in again with: daypass login' }),
      401,
      'not-logged-in',
      'the login has expired (log in again with: daypass login)',
    ],
    [
      new ClientError('unavailable', 'no broker answers at http://127.0.0.1:8080/'),
      503,
      'unavailable',
      'no broker answers',
    ],
    [
      new BrokerRefusal(429, { detail: 'too many', code: 'throttled' }, { retryAfterSeconds: 20 }),
      503,
      'throttled',
      'too many',
    ],
    [
      new BrokerRefusal(503, { detail: 'no audit', code: 'audit-unavailable' }),
      503,
      'audit-unavailable',
      'no audit',
    ],
    [
      new BrokerRefusal(400, { detail: 'a reason is required', code: 'reason-required' }),
      400,
      'reason-required',
      'a reason is required',
    ],
    [
      new ClientError('failed', "can't read the login: permission denied"),
      400,
      'failed',
      "can't read the login",
    ],
  ])('%# answers in the shape that SDKs show', async (error, status, code, message) => {
    source.fail(error);

    const answer = await ask(containerPath, withToken());
    const problem = JSON.parse(answer.body);

    expect(answer.status).toBe(status);
    expect(problem).toMatchObject({ Code: code, code, detail: problem.Message, status });
    expect(problem.Message).toContain(message);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['retry-after']).toBe(
      status === 503 ? (code === 'throttled' ? '20' : '5') : undefined,
    );
  });

  it('says whom to ask, and which row of the audit it is', async () => {
    source.fail(refusal);

    expect(JSON.parse((await ask(containerPath, withToken())).body)).toMatchObject({
      issuanceId: '01ABC',
      owner: 'platform@example.com',
      requestAccessUrl: 'https://example.com/access',
    });
  });

  it('says nothing of a defect, and reports it', async () => {
    const defect = new TypeError('secret detail');
    source.fail(defect);

    const { status, body } = await ask(containerPath, withToken());

    expect(status).toBe(500);
    expect(body).not.toContain('secret detail');
    expect(reported).toContain(defect);
  });

  it('has its Code and Message in the error of the SDK for JavaScript', async () => {
    source.fail(refusal);
    const provide = fromHttp({
      awsContainerCredentialsFullUri: toContainerUri(server, 'shop'),
      awsContainerAuthorizationToken: server.token,
      timeout: 100,
    });

    await expect(provide()).rejects.toMatchObject({ Code: 'access-denied' });

    expect(source.attempts).toEqual(['shop']);
  });
});

describe('AgentServer, as the metadata service of EC2,', () => {
  const rolePath = '/latest/meta-data/iam/security-credentials/';
  const ttl = 'x-aws-ec2-metadata-token-ttl-seconds';

  beforeEach(() => start({ metadataProfile: 'shop' }));

  const askToken = (seconds: string, headers: Asked['headers'] = {}) =>
    ask('/latest/api/token', { method: 'PUT', headers: { [ttl]: seconds, ...headers } });
  const askWith = (token: string, path = `${rolePath}shop`, headers: Asked['headers'] = {}) =>
    ask(path, { headers: { 'x-aws-ec2-metadata-token': token, ...headers } });

  it('gives a token, the name, and the credentials', async () => {
    const token = await askToken('60');
    const name = await askWith(token.body, rolePath);
    const named = await askWith(token.body, rolePath.slice(0, -1));
    const credentials = await askWith(token.body);

    expect(token).toMatchObject({ status: 200, headers: { [ttl]: '60' } });
    expect([name.body, named.body]).toEqual(['shop', 'shop']);
    expect(JSON.parse(credentials.body)).toEqual({
      Code: 'Success',
      LastUpdated: '2026-11-21T09:00:00Z',
      Type: 'AWS-HMAC',
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: 'secret of sre-shop-1',
      Token: 'token of sre-shop-1',
      Expiration: '2026-11-21T10:00:00Z',
    });
  });

  it('is found by those who put the path right behind what the variable says, as the AWS CLI 2.9 does', async () => {
    const { AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint = '' } = toMetadataEnvironment(server);

    const answer = await fetch(`${endpoint}latest/api/token`, { method: 'PUT', headers: { [ttl]: '60' } });

    expect(answer.status).toBe(200);
  });

  it("is found by the SDK for JavaScript's own chain", async () => {
    const directory = mkdtempSync(join(tmpdir(), 'daypass-agent-'));
    const empty = join(directory, 'config');
    writeFileSync(empty, '');
    const saved = { ...process.env };
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, {
      ...toMetadataEnvironment(server),
      AWS_CONFIG_FILE: empty,
      AWS_SHARED_CREDENTIALS_FILE: empty,
    });

    // It takes the real time for now.
    source.advance(Date.now() - source.now());
    try {
      expect(await defaultProvider()()).toMatchObject({ sessionToken: 'token of sre-shop-1' });
    } finally {
      process.env = saved;
      rmSync(directory, { recursive: true });
    }
  });

  it('takes a token until its time is up', async () => {
    const { body } = await askToken('60');

    source.advance(60_000 - 1);
    expect((await askWith(body)).status).toBe(200);
    source.advance(1);

    expect((await askWith(body)).status).toBe(401);
  });

  it.each([
    ['none (v1)', () => ''],
    ['any text', () => 'token'],
    [
      'one of another agent',
      () => '9999999999999.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ],
    ["the SDKs' token", () => server.token],
  ])('refuses %s as a token', async (_, toToken) => {
    const answer = await askWith(toToken());

    expect([answer.status, codeOf(answer)]).toEqual([401, 'metadata-token-refused']);
    expect(source.attempts).toEqual([]);
  });

  it('refuses two tokens, whichever others would read', async () => {
    const { body } = await askToken('60');
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    const header = 'x-aws-ec2-metadata-token';
    socket.write(
      `GET ${rolePath} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n${header}: ${body}\r\n${header}: x\r\nConnection: close\r\n\r\n`,
    );

    expect(await text(socket)).toMatch(/^HTTP\/1.1 401 /);
  });

  it('refuses a token whose end was put off', async () => {
    const { body } = await askToken('60');
    const [end, ...rest] = body.split('.');

    expect((await askWith([Number(end) + 1, ...rest].join('.'))).status).toBe(401);
    expect((await askWith(`${body}.`)).status).toBe(401);
  });

  it.each(['', '0', '-1', '21601', '1.5', '1e3', ' 60x'])('refuses %j seconds', async (seconds) => {
    expect((await askToken(seconds)).status).toBe(400);
  });

  it('takes six hours', async () => {
    expect((await askToken('21600')).status).toBe(200);
  });

  it.each([
    ['a forwarded request', { 'x-forwarded-for': '10.0.0.1' }],
    ['a page', { origin: 'http://evil.example' }],
    ['a page whose DNS says that it is here', { host: 'evil.example' }],
  ])('refuses %s, with and without a token', async (_, headers) => {
    const { body } = await askToken('60');

    expect((await askToken('60', headers)).status).toBe(403);
    expect((await askWith(body, undefined, headers)).status).toBe(403);
  });

  it('knows no other profile and nothing else of an instance', async () => {
    const { body } = await askToken('60');

    expect((await askWith(body, `${rolePath}web`)).status).toBe(404);
    expect((await askWith(body, '/latest/user-data')).status).toBe(404);
    expect((await ask('/latest/api/token')).status).toBe(405);
    expect(source.attempts).toEqual([]);
  });
});
