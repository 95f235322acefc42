import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OidcLoginSettings } from '../../../../lib/client/deployment.ts';
import { signInByAuthorizationCode } from '../../../../lib/client/login/authorization-code.ts';
import type { OidcLogin } from '../../../../lib/client/login/login.ts';
import { anUnsignedJwt, type OpenIdStub, startOpenIdStub } from '../../../support/an-openid-stub.ts';
import { startLoopbackServer } from '../../../support/loopback-server.ts';

const settings: OidcLoginSettings = {
  clientId: 'daypass-cli',
  scopes: ['openid', 'offline_access'],
  flows: ['authorization-code'],
  token: 'access-token',
  parameters: { audience: 'daypass' },
  redirectUri: 'http://127.0.0.1/callback',
};

let issuer: OpenIdStub;

beforeAll(async () => {
  issuer = await startOpenIdStub();
});
afterAll(() => issuer.close());
beforeEach(() => {
  issuer.asked.length = 0;
  issuer.metadata = {};
  issuer.answers = {};
});

interface Visit {
  /** What the browser was sent to sign in with. */
  readonly sent: URLSearchParams;
  readonly redirectUri: string;
  /** Brings the browser back, and tells what it's shown. */
  back(parameters: Readonly<Record<string, string>>): Promise<Response>;
}

/** Somebody whose browser does what the test says once it has come to the issuer. */
function signIn(
  act: (visit: Visit, address: URL) => Promise<unknown>,
  more: Partial<OidcLoginSettings> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<OidcLogin> {
  return signInByAuthorizationCode({
    issuer: issuer.url,
    settings: { ...settings, ...more },
    note: () => undefined,
    signal,
    now: () => 0,
    show: async (address) => {
      const start = await fetch(address, { redirect: 'manual' });
      const sent = new URL(start.headers.get('location') ?? '').searchParams;
      const redirectUri = sent.get('redirect_uri') ?? '';
      const back = (parameters: Readonly<Record<string, string>>) =>
        fetch(`${redirectUri}?${new URLSearchParams(parameters)}`);
      await act({ sent, redirectUri, back }, address);
    },
  });
}

/** Signs in as it should be, with tokens in whose id token the nonce stands. */
const comeBack = async (visit: Visit, claims: object = {}) => {
  const nonce = visit.sent.get('nonce') ?? undefined;
  issuer.answers = { '/token': () => ({ body: tokens({ nonce, ...claims }) }) };
  return visit.back({ code: 'the-code', state: visit.sent.get('state') ?? '', iss: issuer.url });
};

function tokens(claims: object) {
  const seconds = Math.floor(Date.now() / 1000);
  const standard = { iss: issuer.url, sub: 'alice', aud: 'daypass-cli', iat: seconds, exp: seconds + 300 };
  return {
    access_token: 'opaque',
    token_type: 'bearer',
    expires_in: 600,
    refresh_token: 'refresh',
    id_token: anUnsignedJwt({ ...standard, ...claims }),
  };
}

const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

describe('signing in with a browser', () => {
  it('asks for a code with PKCE, state and nonce, and with what the broker says', async () => {
    let sent = new URLSearchParams();
    await signIn((visit) => {
      sent = visit.sent;
      return comeBack(visit);
    });

    expect(Object.fromEntries(sent)).toEqual({
      response_type: 'code',
      client_id: 'daypass-cli',
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
      scope: 'openid offline_access',
      audience: 'daypass',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it('proves at the token endpoint that it is who asked', async () => {
    let visited: Visit | undefined;
    await signIn((visit) => {
      visited = visit;
      return comeBack(visit);
    });

    const [{ parameters } = { parameters: new URLSearchParams() }] = issuer.asked;
    expect(parameters.get('redirect_uri')).toBe(visited?.redirectUri);
    expect(parameters.get('code')).toBe('the-code');
    expect(challengeOf(parameters.get('code_verifier') ?? '')).toBe(visited?.sent.get('code_challenge'));
  });

  it('keeps what the broker takes, for as long as it lasts by this clock', async () => {
    const login = await signIn((visit) => comeBack(visit));

    expect(login).toEqual({
      kind: 'oidc',
      issuer: issuer.url,
      clientId: 'daypass-cli',
      tokenKind: 'access-token',
      token: 'opaque',
      obtainedAtMs: 0,
      expiresAtMs: 600_000,
      refreshToken: 'refresh',
    });
  });

  it('keeps the id token where the broker takes that, for its own time', async () => {
    const login = await signIn((visit) => comeBack(visit), { token: 'id-token' });

    expect(login.token).toMatch(/^ey/);
    expect(login.expiresAtMs).toBe(300_000);
  });

  it('asks for no nonce, and takes an answer without id token, without the scope openid', async () => {
    const login = await signIn(
      ({ sent, back }) => {
        expect(sent.has('nonce')).toBe(false);
        issuer.answers = { '/token': () => ({ body: { access_token: 'a', token_type: 'bearer' } }) };
        return back({ code: 'c', state: sent.get('state') ?? '', iss: issuer.url });
      },
      { scopes: ['api'] },
    );

    expect(login).toMatchObject({ token: 'a', expiresAtMs: 0 });
  });

  it('tells the browser that it may close the window, in a page of its own alone', async () => {
    let page: Response | undefined;
    await signIn(async (visit) => {
      page = await comeBack(visit);
    });

    expect(await page?.text()).toContain('You may close this window');
    expect(page?.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(page?.headers.get('cache-control')).toBe('no-store');
    expect(page?.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('listens no more once it is done', async () => {
    let redirectUri = '';
    await signIn((visit) => {
      redirectUri = visit.redirectUri;
      return comeBack(visit);
    });

    await expect(fetch(redirectUri)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

describe('the page to sign in', () => {
  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'authorize', 7])(
    'is not %s',
    async (authorization_endpoint) => {
      issuer.metadata = { authorization_endpoint };
      let isShown = false;
      const show = async () => {
        isShown = true;
      };

      await expect(signIn(show)).rejects.toMatchObject({
        name: 'ClientError',
        code: 'failed',
        message: expect.stringContaining(issuer.url),
      });
      expect(isShown).toBe(false);
    },
  );
});

describe('the redirect address', () => {
  it('is the one port that the broker names', async () => {
    const { url, close } = await startLoopbackServer();
    await close();
    const { port } = new URL(url);
    let redirectUri = '';
    await signIn(
      (visit) => {
        redirectUri = visit.redirectUri;
        return comeBack(visit);
      },
      { redirectUri: `http://localhost:${port}/cli/back` },
    );

    expect(redirectUri).toBe(`http://localhost:${port}/cli/back`);
  });

  it('that is taken is said, with a way round', async () => {
    const { port } = new URL(issuer.url);

    await expect(
      signIn(async () => undefined, { redirectUri: `http://127.0.0.1:${port}/callback` }),
    ).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('EADDRINUSE'),
      hint: expect.stringContaining('--device'),
    });
  });

  it.each([
    'http://daypass.example.com/callback',
    'http://127.0.0.1.example.com/callback',
    'https://127.0.0.1/callback',
    'http://user@127.0.0.1/callback',
    'http://0.0.0.0/callback',
  ])('%s is refused: the code would leave this machine', async (redirectUri) => {
    await expect(signIn(async () => undefined, { redirectUri })).rejects.toMatchObject({ code: 'failed' });
  });
});

describe('an answer', () => {
  it.each([
    ['with another state', { state: 'x'.repeat(43) }],
    ['without a state', {}],
    ['with an error in the name of nobody', { error: 'access_denied' }],
  ])('%s is not heard, and the right one still is', async (_name, parameters) => {
    let status = 0;
    const login = await signIn(async (visit) => {
      status = (await visit.back({ code: 'mallorys-code', ...parameters })).status;
      await comeBack(visit);
    });

    expect(status).toBe(400);
    expect(login.token).toBe('opaque');
    expect(issuer.asked.map(({ parameters: sent }) => sent.get('code'))).toEqual(['the-code']);
  });

  it.each([
    ['another nonce', { nonce: 'mallorys' }],
    ['no nonce', { nonce: undefined }],
    ['another audience', { aud: 'other-client' }],
    ['another issuer', { iss: 'https://mallory.example' }],
    ['a time that is over', { exp: 1 }],
  ])('whose id token has %s is refused', async (_name, claims) => {
    await expect(signIn((visit) => comeBack(visit, claims))).rejects.toMatchObject({ code: 'failed' });
  });

  it('in the name of another issuer is refused (RFC 9207), and no code is sent anywhere', async () => {
    const mixedUp = signIn(({ sent, back }) =>
      back({ code: 'c', state: sent.get('state') ?? '', iss: 'https://mallory.example' }),
    );

    await expect(mixedUp).rejects.toMatchObject({ code: 'failed' });
    expect(issuer.asked).toEqual([]);
  });

  it('of somebody who does not agree is a refusal in the words of the issuer, cleaned and bounded', async () => {
    const refused = signIn(({ sent, back }) =>
      back({
        error: 'access_denied',
        error_description: `no\u001b]0;x\u0007\nway${'!'.repeat(1000)}`,
        state: sent.get('state') ?? '',
        iss: issuer.url,
      }),
    );

    await expect(refused).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('access_denied: no ]0;x way!!!'),
    });
    const message = await refused.then(String, (error: Error) => error.message);
    expect(message).toMatch(/^[\x20-\x7e…]{100,500}$/);
  });

  it.each([
    ['invalid_client', 'refused'],
    ['invalid_grant', 'not-logged-in'],
    ['server_error', 'unavailable'],
  ])('to which the token endpoint says %s is %s', async (error, code) => {
    const failed = signIn(({ sent, back }) => {
      issuer.answers = { '/token': () => ({ status: 400, body: { error } }) };
      return back({ code: 'c', state: sent.get('state') ?? '', iss: issuer.url });
    });

    await expect(failed).rejects.toMatchObject({ code });
  });

  it('without the id token that the broker takes is refused', async () => {
    const failed = signIn(
      ({ sent, back }) => {
        issuer.answers = { '/token': () => ({ body: { access_token: 'a', token_type: 'bearer' } }) };
        return back({ code: 'c', state: sent.get('state') ?? '', iss: issuer.url });
      },
      { scopes: [], token: 'id-token' },
    );

    await expect(failed).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('no id token'),
    });
  });
});

describe('the address that a browser is sent to', () => {
  it('is on this machine, holds nothing of the request, and is good once', async () => {
    let address: URL | undefined;
    let second: Response | undefined;
    await signIn(async (visit, shown) => {
      address = shown;
      second = await fetch(shown, { redirect: 'manual' });
      await comeBack(visit);
    });

    expect(address?.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/start\/[\w-]{22}$/);
    expect(second?.status).toBe(410);
    expect(second?.headers.has('location')).toBe(false);
  });

  it('is not found under another name, as by DNS that leads here', async () => {
    const statuses: number[] = [];
    await signIn(async (visit, shown) => {
      for (const path of [shown.pathname, '/callback'])
        statuses.push(await requestAs('mallory.example', new URL(path, shown)));
      await comeBack(visit);
    });

    expect(statuses).toEqual([404, 404]);
  });
});

describe('Ctrl-C', () => {
  it('while the browser is away ends it, and closes the server', async () => {
    const interruption = new AbortController();
    let redirectUri = '';
    const stopped = signIn(
      async (visit) => {
        redirectUri = visit.redirectUri;
        interruption.abort();
      },
      {},
      interruption.signal,
    );

    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    await expect(fetch(redirectUri)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('before the issuer has answered ends it', async () => {
    const interruption = new AbortController();
    interruption.abort();

    await expect(signIn(async () => undefined, {}, interruption.signal)).rejects.toMatchObject({
      code: 'interrupted',
    });
  });
});

async function requestAs(host: string, { hostname, port, pathname }: URL): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: pathname, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
