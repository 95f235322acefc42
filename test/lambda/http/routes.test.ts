import { describe, expect, it } from '@jest/globals';
import { routes } from '../../../lambda/http/routes.ts';

const of = (authorization: 'token' | 'iam' | 'none') =>
  routes.filter((route) => route.authorization === authorization);

describe('routes', () => {
  it('have a method and path each of their own', () => {
    const keys = routes.map(({ method, path }) => `${method} ${path}`);

    expect(new Set(keys).size).toBe(keys.length);
  });

  it('have one operation each for those of one authorization', () => {
    for (const those of [of('token'), of('iam'), of('none')]) {
      const operations = those.map(({ operation }) => operation);

      expect(new Set(operations).size).toBe(operations.length);
    }
  });

  it.each(of('token'))('$method $path can be told apart: whole lower-case segments below /v1', ({ path }) => {
    expect(path).toMatch(/^\/v1(\/([a-z]+(-[a-z]+)*|\{[a-z]+\}))+$/);
  });

  it('exist twice where a proof is needed: with a token under /v1, signed under /iam/v1, and one signed alone', () => {
    const signed = of('token').map((route) => ({
      ...route,
      path: `/iam${route.path}`,
      authorization: 'iam',
    }));

    const [relaying] = of('iam').filter(({ operation }) => operation === 'relaySessionToken');
    expect(of('iam')).toEqual([...signed, relaying]);
    expect([relaying?.method, relaying?.path]).toEqual(['POST', '/iam/v1/session-tokens']);
  });

  it('let the path alone say what is proven: nothing under /iam but signed requests', () => {
    const underIam = routes.filter(({ path }) => path.startsWith('/iam'));

    expect(new Set(underIam.map(({ authorization }) => authorization))).toEqual(new Set(['iam']));
    expect(of('iam')).toEqual(underIam);
  });

  it('need a proof, but for five that tell what everybody may know and three that make one', () => {
    expect(of('none').map(({ method, path, handledBy }) => `${method} ${path} ${handledBy}`)).toEqual([
      'GET /v1/health audit',
      'GET /.well-known/daypass audit',
      'GET /openapi.json audit',
      'GET /.well-known/openid-configuration audit',
      'GET /.well-known/jwks.json audit',
      'GET /v1/saml/login saml',
      'POST /v1/saml/acs saml',
      'GET /v1/saml/metadata saml',
    ]);
  });

  it('keep the audit and everything that is open away from the function that calls STS', () => {
    const issuing = routes.filter(({ handledBy }) => handledBy === 'issuer');

    expect(new Set(issuing.map(({ operation }) => operation))).toEqual(
      new Set([
        ...['whoami', 'listProfiles', 'explainIssuance'],
        ...['issueCredentials', 'getContainerCredentials', 'openConsole'],
        'issueWebIdentityToken',
        ...['relaySessionToken', 'decodeAuthorizationMessage'],
      ]),
    );
  });
});
