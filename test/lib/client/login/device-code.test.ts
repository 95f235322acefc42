import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OidcLoginSettings } from '../../../../lib/client/deployment.ts';
import { signInByDeviceCode, toInterval } from '../../../../lib/client/login/device-code.ts';
import { type OpenIdStub, type StubAnswer, startOpenIdStub } from '../../../support/an-openid-stub.ts';

const settings: OidcLoginSettings = {
  clientId: 'daypass-cli',
  scopes: ['openid'],
  flows: ['device-code'],
  token: 'access-token',
  parameters: { resource: 'urn:daypass' },
  redirectUri: 'http://127.0.0.1/callback',
};
const device = {
  device_code: 'device-secret',
  user_code: 'ABCD-EFGH',
  verification_uri: 'https://issuer.example/device',
  verification_uri_complete: 'https://issuer.example/device?user_code=ABCD-EFGH',
  expires_in: 600,
  interval: 0.1,
};
const tokens: StubAnswer = { body: { access_token: 'a-token', token_type: 'bearer', expires_in: 600 } };
const pending: StubAnswer = { status: 400, body: { error: 'authorization_pending' } };

let issuer: OpenIdStub;
let notes: string[] = [];

beforeAll(async () => {
  issuer = await startOpenIdStub();
});
afterAll(() => issuer.close());
beforeEach(() => {
  notes = [];
  issuer.asked.length = 0;
  issuer.metadata = {};
});

/** @param polls what the token endpoint answers, one after the other; the last one again and again */
function signIn(
  polls: readonly (StubAnswer | 'cut')[],
  more: {
    readonly device?: object;
    readonly signal?: AbortSignal;
    readonly now?: () => number;
    readonly atNote?: () => void;
  } = {},
) {
  let count = 0;
  issuer.answers = {
    '/device': () => ({ body: { ...device, ...more.device } }),
    '/token': () => polls[Math.min(count++, polls.length - 1)] ?? 'cut',
  };
  return signInByDeviceCode({
    issuer: issuer.url,
    settings,
    note: (line) => {
      notes.push(line);
      more.atNote?.();
    },
    signal: more.signal ?? new AbortController().signal,
    now: more.now ?? (() => 0),
  });
}

const polled = () => issuer.asked.filter(({ path }) => path === '/token').length;

describe('signing in with a code', () => {
  it('shows page and code, and nothing else that counts', async () => {
    await signIn([tokens]);

    expect(notes.join('\n')).toContain('https://issuer.example/device in any browser');
    expect(notes.join('\n')).toContain('ABCD-EFGH');
    expect(notes.join('\n')).toContain('10 minutes');
    expect(notes.join('\n')).not.toContain('device-secret');
  });

  it('asks until somebody has confirmed it', async () => {
    const login = await signIn([pending, pending, tokens]);

    expect(polled()).toBe(3);
    expect(login).toMatchObject({
      kind: 'oidc',
      token: 'a-token',
      expiresAtMs: 600_000,
      resource: 'urn:daypass',
    });
    expect(Object.fromEntries(issuer.asked.at(-1)?.parameters ?? [])).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: 'device-secret',
      client_id: 'daypass-cli',
      resource: 'urn:daypass',
    });
  });

  it.each([
    [undefined, 5],
    [0, 0.1],
    [-1, 0.1],
    [7, 7],
    [61, 60],
    [1e10, 60],
  ])('asks again after a tenth of a second to a minute where the issuer says %s', (said, expected) => {
    expect(toInterval(said)).toBe(expected);
  });

  it('does not ask on and on where the issuer names a time longer than any timer', async () => {
    const interruption = new AbortController();
    const ended = signIn([pending], {
      device: { interval: 1e10 },
      signal: interruption.signal,
      atNote: () => setImmediate(askElsewhere),
    });
    const askElsewhere = async () => {
      for (let asked = 0; asked < 20; asked += 1)
        await fetch(`${issuer.url}/.well-known/openid-configuration`);
      interruption.abort();
    };

    await expect(ended).rejects.toMatchObject({ code: 'interrupted' });
    expect(polled()).toBe(0);
  });

  it('asks on when a connection is lost, and when the issuer fails', async () => {
    const login = await signIn([pending, 'cut', { status: 503, body: {} }, tokens]);

    expect(login.token).toBe('a-token');
    expect(polled()).toBe(4);
  });

  it.each([
    ['access_denied', 'refused', 'did not agree'],
    ['expired_token', 'not-logged-in', 'daypass login'],
    ['invalid_client', 'refused', 'login: of this issuer'],
  ])('ends with %s as %s, in the words of the issuer', async (error, code, hint) => {
    const ended = signIn([pending, { status: 400, body: { error, error_description: 'because\u0000' } }]);

    await expect(ended).rejects.toMatchObject({
      code,
      hint: expect.stringContaining(hint),
      message: expect.stringContaining(`${error}: because)`),
    });
    expect(polled()).toBe(2);
  });

  it('ends when the code has, though the issuer goes on saying that it is pending', async () => {
    let nowMs = 0;
    const ended = signIn([pending], { now: () => (nowMs += 100_000) });

    await expect(ended).rejects.toMatchObject({
      code: 'not-logged-in',
      message: expect.stringContaining('in time'),
    });
  });

  it('ends at once with Ctrl-C, not with the next question', async () => {
    const interruption = new AbortController();
    // Once it waits for the next turn.
    const ended = signIn([pending], {
      device: { interval: 3600 },
      signal: interruption.signal,
      atNote: () => setImmediate(() => interruption.abort()),
    });

    await expect(ended).rejects.toMatchObject({ code: 'interrupted' });
    expect(polled()).toBe(0);
  });

  it.each(['javascript:alert(1)', 'file:///etc/passwd', 'device'])(
    'names no page %s',
    async (verification_uri) => {
      await expect(signIn([tokens], { device: { verification_uri } })).rejects.toMatchObject({
        code: 'failed',
      });
    },
  );

  it('shows a code without what could move the cursor', async () => {
    await signIn([tokens], { device: { user_code: 'AB\u001b[1A\nCD' } });

    expect(notes.every((note) => /^[\x20-\x7e]*$/.test(note))).toBe(true);
  });

  it('says so where the issuer has no such codes', async () => {
    issuer.metadata = { device_authorization_endpoint: undefined };

    await expect(signIn([tokens])).rejects.toMatchObject({ hint: expect.stringContaining('--browser') });
  });

  it('says so where the issuer is out of reach', async () => {
    const away = signInByDeviceCode({
      issuer: 'http://127.0.0.1:9/okta',
      settings,
      note: () => undefined,
      signal: new AbortController().signal,
      now: () => 0,
    });

    await expect(away).rejects.toMatchObject({ code: 'unavailable' });
  });
});
