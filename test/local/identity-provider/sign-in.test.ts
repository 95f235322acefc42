import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { createFaults } from '../../../local/faults.ts';
import type { IdentityProvider } from '../../../local/identity-provider/identity-provider.ts';
import { aBrowser, signIn } from '../../support/a-browser.ts';
import { startTestIdentityProvider } from '../../support/an-identity-provider.ts';

const redirectUri = 'http://127.0.0.1:41999/callback';
const refusedGrant = { status: 400, body: { error: 'invalid_grant' } };
const faults = createFaults();
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
let provider: IdentityProvider;
let okta: string;

beforeAll(async () => {
  provider = await startTestIdentityProvider({ faults });
  okta = `${provider.url}/okta`;
});

afterAll(() => provider.close());

function toAuthorizationUrl(parameters: Readonly<Record<string, string>> = {}, verifier = 'v'.repeat(43)) {
  return `${okta}/auth?${new URLSearchParams({
    client_id: 'daypass-cli',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid offline_access',
    state: 'a-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  })}`;
}

const atCallback = { stopAt: (url: string) => url.startsWith(redirectUri) };

async function signInForCode(caller: string, verifier: string): Promise<string> {
  const page = await signIn(toAuthorizationUrl({}, verifier), caller, atCallback);
  return new URL(page.url).searchParams.get('code') ?? '';
}

type Tokens = Readonly<Record<string, string>>;

async function askForTokens(form: Tokens): Promise<{ readonly status: number; readonly body: Tokens }> {
  const body = new URLSearchParams({ client_id: 'daypass-cli', ...form });
  const response = await fetch(`${okta}/token`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as Tokens };
}

const redeem = (code: string, verifier: string) =>
  askForTokens({
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  });

const refresh = (refreshToken = '') =>
  askForTokens({ grant_type: 'refresh_token', refresh_token: refreshToken });

async function signInAs(caller: string): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url');
  return (await redeem(await signInForCode(caller, verifier), verifier)).body;
}

describe('a sign-in with a browser', () => {
  it.each([
    ['sre', 'sre@example.com', { groups: ['sre'], team: 'payments', amr: ['pwd', 'mfa'] }],
    ['developer', 'developer@example.com', { groups: ['developers'], team: 'web', amr: ['pwd'] }],
  ])('gives the access token that %s has by client credentials', async (caller, subject, claims) => {
    const tokens = await signInAs(caller);

    const keys = createRemoteJWKSet(new URL(`${okta}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(tokens['access_token'] ?? '', keys, {
      issuer: okta,
    });
    expect(protectedHeader).toMatchObject({ typ: 'at+jwt', alg: 'RS256' });
    expect(payload).toMatchObject({ ...claims, sub: subject, aud: 'daypass', client_id: 'daypass-cli' });
    expect(payload['auth_time']).toEqual(expect.any(Number));
    expect(decodeJwt(tokens['id_token'] ?? '')).toMatchObject({
      ...claims,
      ...{ iss: okta, aud: 'daypass-cli', sub: subject, auth_time: payload['auth_time'] },
    });
  });
});

/** As it is that many seconds later. */
async function later<Result>(seconds: number, act: () => Promise<Result>): Promise<Result> {
  const at = Date.now() + seconds * 1000;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => at);
  try {
    return await act();
  } finally {
    clock.mockRestore();
  }
}

describe('tokens of a sign-in', () => {
  it('are refreshed with new claims of time, and the sign-in as long ago as it was', async () => {
    const first = await signInAs('sre');
    const { status, body } = await later(100, () => refresh(first['refresh_token']));

    const [before, after] = [first, body].map((one) => decodeJwt(one['access_token'] ?? ''));
    expect(status).toBe(200);
    expect(after?.iat).toBeGreaterThanOrEqual(Number(before?.iat) + 100);
    expect(after).toMatchObject({
      sub: 'sre@example.com',
      amr: ['pwd', 'mfa'],
      auth_time: before?.['auth_time'],
    });
    expect(decodeJwt(body['id_token'] ?? '')).toMatchObject({ auth_time: before?.['auth_time'] });
  });

  it('are refreshed once by each refresh token: the second use ends the sign-in', async () => {
    const first = await signInAs('sre');
    const second = await refresh(first['refresh_token']);
    const again = await refresh(first['refresh_token']);
    const after = await refresh(second.body['refresh_token']);

    expect(second.status).toBe(200);
    expect(second.body['refresh_token']).not.toBe(first['refresh_token']);
    expect([again, after]).toMatchObject([refusedGrant, refusedGrant]);
  });

  it('end with the working day, refreshed or not', async () => {
    const first = await signInAs('sre');
    const midday = await later(6 * 3600, () => refresh(first['refresh_token']));
    const evening = await later(12 * 3600 + 60, () => refresh(midday.body['refresh_token']));

    expect(midday.status).toBe(200);
    expect(evening).toMatchObject(refusedGrant);
  });

  it('have no refresh token where nobody asked for one', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const page = await signIn(toAuthorizationUrl({ scope: 'openid' }, verifier), 'sre', atCallback);

    const { body } = await redeem(new URL(page.url).searchParams.get('code') ?? '', verifier);

    expect(Object.keys(body)).toEqual(expect.arrayContaining(['access_token', 'id_token']));
    expect(body).not.toHaveProperty('refresh_token');
  });

  it('are no more once they are revoked (RFC 7009)', async () => {
    const { refresh_token: token = '' } = await signInAs('sre');
    const body = new URLSearchParams({ client_id: 'daypass-cli', token });

    const revoked = await fetch(`${okta}/token/revocation`, { method: 'POST', body });

    expect(revoked.status).toBe(200);
    expect(await refresh(token)).toMatchObject(refusedGrant);
  });
});

describe('a code', () => {
  it('is good once: the second use is refused and ends what came of the first', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const code = await signInForCode('sre', verifier);

    const first = await redeem(code, verifier);
    const second = await redeem(code, verifier);

    expect(first.status).toBe(200);
    expect(second).toMatchObject(refusedGrant);
    expect(await refresh(first.body['refresh_token'])).toMatchObject(refusedGrant);
  });

  it('is of use to nobody without its verifier', async () => {
    const verifier = randomBytes(32).toString('base64url');

    const answers = [
      await redeem(await signInForCode('sre', verifier), randomBytes(32).toString('base64url')),
      await askForTokens({
        grant_type: 'authorization_code',
        code: await signInForCode('sre', verifier),
        redirect_uri: redirectUri,
      }),
    ];

    expect(answers).toMatchObject([refusedGrant, refusedGrant]);
  });

  it.each([
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['with tokens in the address', { response_type: 'id_token', nonce: 'n' }, 'invalid_request'],
  ])('is not given %s', async (_what, parameters, error) => {
    const page = await signIn(toAuthorizationUrl(parameters), 'sre', atCallback);

    const answer = new URL(page.url.replace('#', '?')).searchParams;
    expect(page.url.startsWith(redirectUri)).toBe(true);
    expect(answer.get('error')).toBe(error);
    expect(answer.has('code')).toBe(false);
  });

  it.each([
    'http://127.0.0.2:41999/callback',
    'http://localhost:41999/callback',
    'http://127.0.0.1:41999/callback/more',
    'http://127.0.0.1:41999/other',
    'https://127.0.0.1:41999/callback',
    'http://evil.example/callback',
    'http://127.0.0.1@evil.example/callback',
    'http://127.0.0.1:41999/callback?x=y',
  ])('is not sent to %s', async (elsewhere) => {
    const page = await signIn(toAuthorizationUrl({ redirect_uri: elsewhere }), 'sre', {
      stopAt: (url) => !url.startsWith(okta),
    });

    expect(page).toMatchObject({ status: 400, html: expect.stringContaining('invalid_redirect_uri') });
  });

  it('comes back at whichever port is free', async () => {
    const page = await signIn(toAuthorizationUrl({ redirect_uri: 'http://127.0.0.1:1024/callback' }), 'sre', {
      stopAt: (url) => url.startsWith('http://127.0.0.1:1024/callback'),
    });

    expect(new URL(page.url).searchParams.get('state')).toBe('a-state');
  });
});

describe('the page of callers', () => {
  it('has those of the issuer, a button each, and no script', async () => {
    const page = await aBrowser().open(toAuthorizationUrl());

    const names = [...page.html.matchAll(/<button name="caller" value="([^"]*)">/g)].map(([, name]) => name);
    expect(names).toEqual(['sre', 'developer']);
    expect(page.html).not.toMatch(/<script|\son[a-z]+=/);
  });

  it('comes again for one that is none', async () => {
    const browser = aBrowser();
    const page = await browser.open(toAuthorizationUrl());

    const answers = await Promise.all(
      ['nobody', 'acme', '__proto__', ''].map((caller) => browser.submit(page, { caller })),
    );

    for (const answer of answers) expect(answer).toMatchObject({ status: 200, url: page.url });
  });

  it('is of the browser that began alone', async () => {
    const page = await aBrowser().open(toAuthorizationUrl());

    const stranger = await aBrowser(atCallback).submit(page, { caller: 'sre' });

    expect(stranger).toMatchObject({ status: 400, html: expect.stringContaining('another browser') });
  });

  it('leaves cookies for its issuer alone, which no script reads', async () => {
    const answers = await Promise.all([
      fetch(toAuthorizationUrl(), { redirect: 'manual' }),
      fetch(`${okta}/device`),
    ]);

    const cookies = answers.flatMap(({ headers }) => headers.getSetCookie());
    expect(cookies.length).toBeGreaterThan(2);
    for (const cookie of cookies) expect(cookie).toMatch(/; path=\/okta(?:[/;]).*; httponly/i);
  });

  it('comes at each sign-in, so that the next can be somebody else', async () => {
    const browser = aBrowser(atCallback);
    const subjects: unknown[] = [];
    for (const caller of ['sre', 'developer', 'sre']) {
      const page = await browser.submit(await browser.open(toAuthorizationUrl()), { caller });
      const code = new URL(page.url).searchParams.get('code') ?? '';
      const { body } = await redeem(code, 'v'.repeat(43));
      subjects.push(decodeJwt(body['access_token'] ?? '').sub);
    }

    expect(subjects).toEqual(['sre@example.com', 'developer@example.com', 'sre@example.com']);
  });
});

const startDevice = async (scope = 'openid offline_access') =>
  (await (
    await fetch(`${okta}/device/auth`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'daypass-cli', scope }),
    })
  ).json()) as Tokens;

const pollDevice = (deviceCode = '') => askForTokens({ grant_type: deviceGrant, device_code: deviceCode });

describe('a sign-in on a device', () => {
  it.each([false, true])('works with the code typed, or in the address: %j', async (complete) => {
    const started = await startDevice();
    const before = await pollDevice(started['device_code']);
    const page = complete
      ? await signIn(started['verification_uri_complete'] ?? '', 'developer')
      : await signIn(`${okta}/device`, 'developer', { userCode: started['user_code'] ?? '' });
    const { status, body } = await pollDevice(started['device_code']);

    expect(started['verification_uri']).toBe(`${okta}/device`);
    expect(before).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
    expect(page).toMatchObject({ status: 200, html: expect.stringContaining('Signed in') });
    expect(status).toBe(200);
    expect(decodeJwt(body['access_token'] ?? '')).toMatchObject({
      sub: 'developer@example.com',
      aud: 'daypass',
    });
    expect((await refresh(body['refresh_token'])).status).toBe(200);
  });

  it('gives tokens once: the second use of its code ends it', async () => {
    const { device_code: code, verification_uri_complete: url = '' } = await startDevice();
    await signIn(url, 'developer');
    const { body } = await pollDevice(code);

    expect(await pollDevice(code)).toMatchObject(refusedGrant);
    expect(await refresh(body['refresh_token'])).toMatchObject(refusedGrant);
  });

  it('asks whether it is one that somebody has before them, and takes a no', async () => {
    const { device_code: code, user_code: shown, verification_uri_complete: url = '' } = await startDevice();
    const browser = aBrowser();
    const page = await browser.submit(await browser.open(url));

    await browser.submit(page, { abort: 'yes' });

    expect(page.html).toContain(`<code>${shown}</code>`);
    expect(await pollDevice(code)).toMatchObject({ status: 400, body: { error: 'access_denied' } });
  });

  it('takes a code once, and none that was never given', async () => {
    const { user_code: userCode = '', verification_uri_complete: url = '' } = await startDevice();
    await signIn(url, 'developer');

    const used = await signIn(`${okta}/device`, 'sre', { userCode });
    const unknown = await signIn(`${okta}/device`, 'sre', { userCode: 'AAAA-AAAA' });

    for (const page of [used, unknown])
      expect(page.html).toContain('That code is none, was used, or is over.');
  });

  it('is over after ten minutes', async () => {
    const { device_code: code, user_code: userCode = '' } = await startDevice();

    await later(601, async () => {
      const page = await signIn(`${okta}/device`, 'sre', { userCode });
      expect(page.html).toContain('That code is none, was used, or is over.');
      expect(await pollDevice(code)).toMatchObject({ status: 400, body: { error: 'expired_token' } });
    });
  });
});

describe('the client', () => {
  it('has no secret, and none of the demo callers can sign anybody in', async () => {
    const foreign = await signIn(toAuthorizationUrl({ client_id: 'sre' }), 'sre');
    const secret = await fetch(`${okta}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('daypass-cli:demo-secret').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });

    expect(foreign.status).toBe(400);
    expect(secret.status).toBe(401);
    expect((await askForTokens({ grant_type: 'client_credentials' })).status).toBe(400);
  });

  it('is one of every issuer, each with its own callers', async () => {
    const page = await aBrowser().open(toAuthorizationUrl().replace('/okta/', '/acme/'));

    expect(page.html).toContain('value="acme"');
    expect(page.html).not.toContain('value="sre"');
  });

  it('is the one of the configuration as well, with its address and scopes', async () => {
    const login = {
      clientId: '0oa1example',
      scopes: ['openid', 'api://daypass/access'],
      redirectUri: 'http://localhost/signed-in',
    };
    const own = await startTestIdentityProvider({ login });
    const base = `${own.url}/okta`;
    const redirect = 'http://localhost:41999/signed-in';
    const parameters = { client_id: login.clientId, redirect_uri: redirect, scope: login.scopes.join(' ') };
    const url = toAuthorizationUrl(parameters).replace(okta, base);

    const page = await signIn(url, 'sre', { stopAt: (at) => at.startsWith(redirect) });
    const answer = await fetch(`${base}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', client_id: login.clientId, redirect_uri: redirect },
        ...{ code: new URL(page.url).searchParams.get('code') ?? '', code_verifier: 'v'.repeat(43) },
      }),
    });
    await own.close();

    const { access_token: token = '' } = (await answer.json()) as Tokens;
    expect(decodeJwt(token)).toMatchObject({ aud: 'daypass', scope: 'api://daypass/access' });
  });
});

describe('faults', () => {
  it.each([
    ['auth', () => fetch(toAuthorizationUrl())],
    ['device', () => fetch(`${okta}/device/auth`, { method: 'POST' })],
    ['token', () => fetch(`${okta}/token`, { method: 'POST' })],
  ])('meet %s', async (operation, call) => {
    faults.replace([{ service: 'identity-provider', operation, kind: '500', times: 1 }]);

    expect((await call()).status).toBe(500);
    expect((await call()).status).not.toBe(500);
  });
});
