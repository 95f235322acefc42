import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchDeployment } from '../../../lib/client/deployment.ts';
import { requireLoginIssuer, toLoginIssuers } from '../../../lib/client/login/find-login-issuer.ts';
import { aLongAnswer, longAnswerBytes } from '../../support/a-long-answer.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';

const okta = { type: 'oidc', name: 'okta', issuer: 'https://okta.example', audiences: ['daypass'] };
const login = {
  clientId: 'cli',
  scopes: ['openid'],
  flows: ['device-code'],
  token: 'id-token',
  parameters: {},
};
const deployment = {
  version: '1.2.3',
  region: 'eu-west-1',
  issuers: [
    { ...okta, login },
    { ...okta, name: 'ci' },
    { type: 'iam', name: 'aws', basePath: '/iam/v1', service: 'execute-api' },
    { type: 'saml', name: 'adfs', loginPath: '/v1/saml/login?issuer=adfs' },
  ],
};

let server: LoopbackServer;
let paths: (string | undefined)[] = [];

beforeAll(async () => {
  server = await startLoopbackServer();
});
afterAll(() => server.close());

function answering(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}) {
  paths = [];
  server.respond((response, request) => {
    paths.push(request.url);
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return fetchDeployment(new URL(`${server.url}/prod`));
}

describe('what a broker says of itself', () => {
  it('is found below its address', async () => {
    expect((await answering(deployment)).region).toBe('eu-west-1');
    expect(paths).toEqual(['/prod/.well-known/daypass']);
  });

  it('says where people can sign in', async () => {
    const issuers = toLoginIssuers(await answering(deployment));

    expect(issuers.map(({ name, type }) => `${name} ${type}`)).toEqual(['okta oidc', 'adfs saml']);
    expect(issuers[0]).toMatchObject({ login: { redirectUri: 'http://127.0.0.1/callback' } });
  });

  it('may hold what only newer clients know', async () => {
    const newer = {
      ...deployment,
      colour: 'green',
      issuers: [{ type: 'oidc2', name: 'x' }, { ...okta, login: { ...login, shape: 1 }, more: 1 }, 7],
    };

    expect(toLoginIssuers(await answering(newer)).map(({ name }) => name)).toEqual(['okta']);
  });

  it.each([
    ['an issuer on another machine by http', { ...okta, issuer: 'http://okta.example', login }],
    ['a client id that is empty', { ...okta, login: { ...login, clientId: '' } }],
    ['a path of another host', { type: 'saml', name: 'adfs', loginPath: '//mallory.example/v1/' }],
    ['a redirect by https', { ...okta, login: { ...login, redirectUri: 'https://127.0.0.1/' } }],
  ])('is not heard as far as it names %s', async (_name, issuer) => {
    expect(toLoginIssuers(await answering({ ...deployment, issuers: [issuer] }))).toEqual([]);
  });

  it.each([
    ['another page', '<html>welcome</html>', 200],
    ['an object of something else', { status: 'ok' }, 200],
    ['a region that is none', { ...deployment, region: '../x' }, 200],
    ['null', 'null', 200],
    ['too much', { ...deployment, more: 'x'.repeat(1_048_577) }, 200],
    ['not found', {}, 404],
    ['forbidden, as API Gateway says', { message: 'Missing Authentication Token' }, 403],
  ])('is not %s', async (_name, body, status) => {
    await expect(answering(body, status)).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining(`${server.url}/prod is no broker`),
    });
  });

  it('is read no further than any broker goes', async () => {
    const { respond, takenBytes } = aLongAnswer();
    server.respond(respond);

    await expect(fetchDeployment(new URL(server.url))).rejects.toMatchObject({
      message: expect.stringContaining('too long'),
    });
    expect(takenBytes()).toBeLessThan(longAnswerBytes.most);
  });

  it('is not what stands elsewhere', async () => {
    await expect(answering('', 302, { location: 'https://mallory.example/' })).rejects.toMatchObject({
      code: 'failed',
    });
  });

  it.each([500, 503, 429])('can be out of reach, by status %i', async (status) => {
    await expect(answering({}, status)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('can be out of reach', async () => {
    await expect(fetchDeployment(new URL('http://127.0.0.1:9'))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('can be interrupted', async () => {
    await expect(fetchDeployment(new URL(server.url), AbortSignal.abort())).rejects.toMatchObject({
      code: 'interrupted',
    });
  });
});

describe('an issuer that is named', () => {
  it.each([
    ['nobody', 'allowed: okta, adfs'],
    ['aws', '--aws'],
    ['ci', '--github-actions'],
  ])('%s is refused with what would do', async (name, hint) => {
    const known = await answering(deployment);

    expect(() => requireLoginIssuer(known, name)).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining(hint) }),
    );
  });
});
