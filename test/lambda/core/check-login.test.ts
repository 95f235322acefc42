import { describe, expect, it } from '@jest/globals';
import { flowParameters } from '../../../lambda/core/login-schema.ts';
import { parseConfiguration } from '../../../lambda/core/parse-configuration.ts';
import { aConfigurationDocument } from '../../support/a-configuration.ts';
import { issuerLines } from '../../support/problems-of.ts';

const oidc = { type: 'oidc', issuer: 'https://idp.example', audience: 'daypass' };
const clientId = 'daypass-cli';
const withLogin = (login: unknown, issuer: object = oidc) => issuerLines({ a: { ...issuer, login } });

const compile = (login: unknown, issuer: object = oidc) => {
  const document = aConfigurationDocument({ issuers: { okta: { ...issuer, login } } });
  const compiled = parseConfiguration(document).issuers.get('okta');
  return compiled?.type === 'oidc' ? compiled.login : undefined;
};

const uriAllowed =
  'an http URL of a loopback host with a path and without query, such as http://127.0.0.1/callback, whose port is 1024–65535 or any free one where it says none';
const scopesAllowed = 'a list of 1–20 scopes, each once';
const flowsAllowed = 'a list of authorization-code or device-code, each once, the preferred one first';
const nameAllowed =
  'the name of a parameter of the authorization request, 1–64 letters, digits, _, - and ., beginning with a letter';

describe('login', () => {
  it('of a client id alone has both flows, the usual scopes and access tokens', () => {
    expect(compile({ clientId })).toEqual({
      clientId,
      scopes: ['openid', 'offline_access'],
      flows: ['authorization-code', 'device-code'],
      token: 'access-token',
      parameters: {},
    });
  });

  it('is as it is written', () => {
    const login = {
      clientId,
      scopes: ['openid', 'api://daypass/access'],
      flows: ['device-code'],
      token: 'id-token',
      parameters: { audience: 'https://daypass.example.com', acr_values: 'mfa', prompt: 'consent' },
      redirectUri: 'http://localhost:8250/callback',
    };

    expect(compile(login, { ...oidc, audience: ['daypass', clientId] })).toEqual(login);
  });

  it('stands beside a preset', () => {
    const issuer = {
      preset: 'entra',
      type: 'oidc',
      issuer: 'https://login.microsoftonline.com/1/v2.0',
      audience: 'a',
    };

    expect(compile({ clientId }, issuer)).toMatchObject({ clientId });
    expect(compile(undefined, issuer)).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['', 'daypass-cli', 'an object with the keys clientId, scopes, flows, token, parameters, redirectUri'],
    ['.clientId', { clientId: '' }, 'a client id of 1–256 characters without spaces'],
    ['.clientId', { clientId: 'my client' }, 'a client id of 1–256 characters without spaces'],
    ['.scopes', { clientId, scopes: [] }, scopesAllowed],
    ['.scopes', { clientId, scopes: 'openid' }, scopesAllowed],
    ['.scopes', { clientId, scopes: ['openid', 'openid'] }, scopesAllowed],
    [
      '.scopes[0]',
      { clientId, scopes: ['openid offline_access'] },
      'a scope of 1–256 characters without spaces, quotes and backslashes',
    ],
    ['.flows', { clientId, flows: [] }, flowsAllowed],
    ['.flows', { clientId, flows: ['device-code', 'device-code'] }, flowsAllowed],
    ['.flows[0]', { clientId, flows: ['implicit'] }, 'authorization-code or device-code'],
    ['.token', { clientId, token: 'refresh-token' }, 'access-token or id-token'],
    ['.parameters', { clientId, parameters: ['audience'] }, 'an object from names to their settings'],
    ['.parameters.audience', { clientId, parameters: { audience: 1 } }, '1–512 printable characters'],
    ['.parameters.audience', { clientId, parameters: { audience: 'a\nb' } }, '1–512 printable characters'],
    ['.redirectUri', { clientId, redirectUri: 8250 }, uriAllowed],
  ])('%s with another value is refused: %j', (key, login, allowed) => {
    expect(withLogin(login)).toEqual([
      expect.stringMatching(
        new RegExp(`^issuers\\.a\\.login${key.replace(/[.[\]]/g, '\\$&')}: .*is not allowed; allowed: `),
      ),
    ]);
    expect(withLogin(login)[0]).toContain(`allowed: ${allowed}`);
  });

  it('without a client id is refused, and with a secret', () => {
    expect(withLogin({})).toEqual([
      'issuers.a.login.clientId: is missing; allowed: a client id of 1–256 characters without spaces',
    ]);
    expect(withLogin({ clientId, clientSecret: 'x' })).toEqual([
      expect.stringMatching(
        /^issuers\.a\.login\.clientSecret: .*is not allowed; allowed: one of the keys clientId,/,
      ),
    ]);
  });

  it.each([...flowParameters, 'STATE', 'Redirect_Uri'])('leaves the parameter %s to the flow', (name) => {
    expect(withLogin({ clientId, parameters: { audience: 'x', [name]: 'fixed' } })).toEqual([
      expect.stringMatching(
        new RegExp(
          `^issuers\\.a\\.login\\.parameters\\.${name}: "fixed" is not allowed; allowed: a parameter that`,
        ),
      ),
    ]);
  });

  it.each(['__proto__x', '1st', 'a b', 'a&state=1', ''])('has no parameter of the name %j', (name) => {
    expect(withLogin({ clientId, parameters: { [name]: 'x' } })[0]).toContain(`allowed: ${nameAllowed}`);
  });

  it.each([
    'http://127.0.0.1/callback',
    'http://127.0.0.1/',
    'http://[::1]:1024/cb',
    'http://localhost:65535/a/b.c',
  ])('takes the code at %s', (redirectUri) => {
    expect(withLogin({ clientId, redirectUri })).toEqual([]);
  });

  it.each([
    'https://127.0.0.1/callback',
    'http://127.0.0.1',
    'http://127.0.0.1:80/callback',
    'http://127.0.0.1:1023/callback',
    'http://127.0.0.1:65536/callback',
    'http://127.0.0.1:08080/callback',
    'http://127.0.0.1:/callback',
    'http://127.0.0.2/callback',
    'http://0.0.0.0/callback',
    'http://localhost.example.com/callback',
    'http://127.0.0.1.example.com/callback',
    'http://127.0.0.1@example.com/callback',
    'http://127.0.0.1:8080@example.com/callback',
    'http://example.com/callback',
    'http://127.0.0.1/callback?next=https://example.com',
    'http://127.0.0.1/callback#x',
    'http://127.0.0.1/a/../callback',
    'http://127.0.0.1\\example.com/callback',
    'http://127.0.0.1/call back',
    'http://127.0.0.1/%2e%2e',
    'daypass://callback',
    '',
  ])('never at %j', (redirectUri) => {
    expect(withLogin({ clientId, redirectUri })).toEqual([
      `issuers.a.login.redirectUri: ${JSON.stringify(redirectUri)} is not allowed; allowed: ${uriAllowed}`,
    ]);
  });
});

describe('login by ID tokens', () => {
  it('wants the client id among the audiences, which would refuse every one', () => {
    const login = { clientId, token: 'id-token' };

    expect(withLogin(login)).toEqual([
      'issuers.a.login.token: "id-token" is not allowed; allowed: access-token, or "daypass-cli" in audience: it is the audience of every ID token',
    ]);
    expect(withLogin(login, { ...oidc, audience: clientId })).toEqual([]);
    expect(withLogin(login, { ...oidc, audienceClaim: '/client_id' })).toEqual([]);
  });

  it('wants the scope openid, without which there is none', () => {
    const login = { clientId, token: 'id-token', scopes: ['email'] };

    expect(withLogin(login, { ...oidc, audience: clientId })).toEqual([
      'issuers.a.login.scopes: ["email"] is not allowed; allowed: a list with openid, beside token: id-token: without it there is no ID token',
    ]);
  });
});

describe('an issuer of another type', () => {
  it('has no login', () => {
    expect(issuerLines({ a: { type: 'iam', accounts: ['111111111111'], login: { clientId } } })).toEqual([
      expect.stringMatching(/^issuers\.a\.login: .*is not allowed; allowed: one of the keys type, accounts,/),
    ]);
  });
});
