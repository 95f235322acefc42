import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FileError } from '../../../../lib/client/file-error.ts';
import { createProver } from '../../../../lib/client/login/create-prover.ts';
import type { OidcLogin } from '../../../../lib/client/login/login.ts';
import { createLoginStore, type LoginStore } from '../../../../lib/client/login-store.ts';
import { anUnsignedJwt, type OpenIdStub, startOpenIdStub } from '../../../support/an-openid-stub.ts';

const broker = new URL('https://daypass.example.com/');
const minute = 60_000;
const start = Date.parse('2026-11-21T12:00:00Z');

let issuer: OpenIdStub;
let directory: string;
let store: LoginStore;
let nowMs = start;
let serial = 0;
const directories: string[] = [];

beforeAll(async () => {
  issuer = await startOpenIdStub();
});
afterAll(async () => {
  for (const one of directories) rmSync(one, { recursive: true });
  await issuer.close();
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-login-'));
  store = createLoginStore({ config: directory, data: directory, cache: directory });
  nowMs = start;
  issuer.asked.length = 0;
  issuer.metadata = {};
  issuer.answers = { '/token': () => ({ body: tokens() }) };
  directories.push(directory);
});

const aToken = (claims: object = {}) =>
  anUnsignedJwt({ iss: issuer.url, sub: 'alice', jti: ++serial, ...claims });
const tokens = (more: object = {}) => ({
  access_token: aToken(),
  token_type: 'bearer',
  expires_in: 600,
  refresh_token: `refresh-${++serial}`,
  ...more,
});

function aLogin(more: Partial<OidcLogin> = {}): OidcLogin {
  return {
    kind: 'oidc',
    principal: { issuer: 'okta', subject: 'alice' },
    issuer: issuer.url,
    clientId: 'daypass-cli',
    tokenKind: 'access-token',
    token: aToken(),
    obtainedAtMs: start,
    expiresAtMs: start + 10 * minute,
    refreshToken: 'refresh-first',
    ...more,
  };
}

function aProver(login = aLogin(), { notes = [] as string[], kept = true, stored = store } = {}) {
  if (kept) store.write(broker, login);
  const note = (line: string) => void notes.push(line);
  return createProver({ broker, login, store: stored, env: {}, now: () => nowMs, note });
}

const keptLogin = () => store.read(broker) as OidcLogin;
const refreshes = () => issuer.asked.filter(({ path }) => path === '/token');

describe('a token that is good for longer', () => {
  it.each([
    ['a minute and more', 10 * minute, 9 * minute - 1],
    ['half of its life, where that is less than two minutes', minute, minute / 2 - 1],
  ])('is used as it is with %s left', async (_name, lifetime, age) => {
    const login = aLogin({ expiresAtMs: start + lifetime });
    nowMs = start + age;

    expect(await aProver(login).prove()).toEqual({ kind: 'token', token: login.token });
    expect(issuer.asked).toEqual([]);
  });

  it.each([
    ['a minute', 10 * minute, 9 * minute],
    ['half of its life', minute, minute / 2],
    ['nothing', 10 * minute, 11 * minute],
  ])('is renewed with %s left', async (_name, lifetime, age) => {
    const login = aLogin({ expiresAtMs: start + lifetime });
    nowMs = start + age;

    const proof = await aProver(login).prove();

    expect(proof).toEqual({ kind: 'token', token: keptLogin().token });
    expect(keptLogin().token).not.toBe(login.token);
    expect(Object.fromEntries(refreshes()[0]?.parameters ?? [])).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-first',
      client_id: 'daypass-cli',
    });
  });
});

describe('a renewal', () => {
  beforeEach(() => {
    nowMs = start + 10 * minute;
  });

  it('keeps the refresh token that came with it, whose login it is, and the new time', async () => {
    await aProver(aLogin({ id: 'a-login' })).prove();

    expect(keptLogin()).toMatchObject({
      id: 'a-login',
      principal: { issuer: 'okta', subject: 'alice' },
      refreshToken: `refresh-${serial}`,
      obtainedAtMs: nowMs,
      expiresAtMs: nowMs + 10 * minute,
    });
  });

  it('keeps the old refresh token where the issuer gives no other', async () => {
    issuer.answers = { '/token': () => ({ body: { ...tokens(), refresh_token: undefined } }) };

    await aProver().prove();

    expect(keptLogin().refreshToken).toBe('refresh-first');
  });

  it('names the resource again', async () => {
    await aProver(aLogin({ resource: 'urn:daypass' })).prove();

    expect(refreshes()[0]?.parameters.get('resource')).toBe('urn:daypass');
  });

  it('happens once for all who ask meanwhile, in this process and in others', async () => {
    const login = aLogin();
    const provers = [aProver(login), aProver(login), aProver(login)];

    const proofs = await Promise.all([...provers, ...provers].map((prover) => prover.prove()));

    expect(new Set(proofs.map((proof) => proof.kind === 'token' && proof.token)).size).toBe(1);
    expect(refreshes()).toHaveLength(1);
  });

  it('takes what another process has renewed meanwhile', async () => {
    const prover = aProver();
    const renewed = aLogin({ token: aToken(), obtainedAtMs: nowMs, expiresAtMs: nowMs + 10 * minute });
    store.write(broker, renewed);

    expect(await prover.prove()).toEqual({ kind: 'token', token: renewed.token });
    expect(issuer.asked).toEqual([]);
  });

  it('is of the id token where the broker takes that', async () => {
    const seconds = Math.floor(Date.now() / 1000);
    const idToken = aToken({ aud: 'daypass-cli', iat: seconds, exp: seconds + 120 });
    issuer.answers = { '/token': () => ({ body: tokens({ id_token: idToken }) }) };
    const prover = aProver(aLogin({ tokenKind: 'id-token' }));

    expect(await prover.prove()).toEqual({ kind: 'token', token: idToken });
    expect(keptLogin().expiresAtMs).toBe(nowMs + 2 * minute);
  });

  it('is kept before the new token is used: a login that cannot be written stays as it is', async () => {
    const login = aLogin();
    const readOnly: LoginStore = {
      ...store,
      write: () => {
        throw new FileError('failed', 'the disk is full');
      },
    };

    await expect(aProver(login, { stored: readOnly }).prove()).rejects.toThrow('the disk is full');
    expect(issuer.asked).toEqual([]);
    expect(keptLogin()).toEqual(login);
  });

  it('is used by this process, with a note, where the disk fills up just then', async () => {
    const notes: string[] = [];
    let writes = 0;
    const filling: LoginStore = {
      ...store,
      write: (...args) => {
        writes += 1;
        if (writes > 1) throw new FileError('failed', 'the disk is full');
        store.write(...args);
      },
    };

    const prover = aProver(aLogin(), { stored: filling, notes });
    const first = await prover.prove();

    expect(await prover.prove()).toEqual(first);
    expect(refreshes()).toHaveLength(1);
    expect(notes.join()).toContain('the disk is full');
  });
});

describe('a login that has ended', () => {
  beforeEach(() => {
    nowMs = start + 10 * minute;
  });
  const ended = {
    name: 'ClientError',
    code: 'not-logged-in',
    hint: expect.stringContaining('daypass login'),
  };

  it('is said with the reason of the issuer, on one line, and asked for once', async () => {
    const description = 'the session\u001b[2J\nis over';
    issuer.answers = {
      '/token': () => ({ status: 400, body: { error: 'invalid_grant', error_description: description } }),
    };
    const prover = aProver();

    await expect(prover.prove()).rejects.toMatchObject({
      ...ended,
      message: expect.stringContaining('invalid_grant: the session [2J is over'),
    });
    await expect(prover.prove()).rejects.toMatchObject(ended);
    expect(refreshes()).toHaveLength(1);
    expect(keptLogin()).not.toHaveProperty('refreshToken');
  });

  it('is one without a refresh token, whose token is used to its end', async () => {
    const { refreshToken: _, ...login } = aLogin();
    const prover = aProver(login);
    nowMs -= 1;
    expect(await prover.prove()).toEqual({ kind: 'token', token: login.token });
    nowMs += 1;
    await expect(prover.prove()).rejects.toMatchObject(ended);
  });

  it('is one though its last token would be good for a moment more', async () => {
    issuer.answers = { '/token': () => ({ status: 400, body: { error: 'invalid_grant' } }) };
    nowMs -= 1;

    await expect(aProver().prove()).rejects.toMatchObject(ended);
  });

  it('is one that was logged out meanwhile', async () => {
    await expect(aProver(aLogin(), { kept: false }).prove()).rejects.toMatchObject(ended);
    expect(issuer.asked).toEqual([]);
  });

  it('is one in whose place somebody else has logged in', async () => {
    const prover = aProver();
    store.write(broker, aLogin({ principal: { issuer: 'okta', subject: 'mallory' } }));

    await expect(prover.prove()).rejects.toMatchObject(ended);
    expect(issuer.asked).toEqual([]);
  });

  it('is one for which the issuer gives the token of somebody else', async () => {
    issuer.answers = { '/token': () => ({ body: tokens({ access_token: aToken({ sub: 'mallory' }) }) }) };

    await expect(aProver().prove()).rejects.toMatchObject(ended);
  });
});

describe('a client that the issuer does not know any more', () => {
  it('is said, and the login goes on once it does again', async () => {
    nowMs = start + 10 * minute;
    issuer.answers = { '/token': () => ({ status: 401, body: { error: 'invalid_client' } }) };
    const prover = aProver();
    await expect(prover.prove()).rejects.toMatchObject({ code: 'not-logged-in' });
    issuer.answers = { '/token': () => ({ body: tokens() }) };

    expect(await prover.prove()).toEqual({ kind: 'token', token: keptLogin().token });
  });
});

describe('Ctrl-C', () => {
  it('ends a renewal before the issuer is asked for a token', async () => {
    nowMs = start + 10 * minute;
    const login = aLogin();
    store.write(broker, login);
    const signal = AbortSignal.abort();
    const prover = createProver({ broker, login, store, env: {}, now: () => nowMs, signal });

    await expect(prover.prove()).rejects.toMatchObject({ code: 'interrupted' });
    expect(issuer.asked).toEqual([]);
  });

  it('does not cut off one that may have used up the refresh token', async () => {
    nowMs = start + 10 * minute;
    const login = aLogin();
    store.write(broker, login);
    const interruption = new AbortController();
    issuer.answers = {
      '/token': () => {
        interruption.abort();
        return { body: tokens() };
      },
    };
    const { signal } = interruption;
    const prover = createProver({ broker, login, store, env: {}, now: () => nowMs, signal });

    await prover.prove();

    expect(keptLogin().refreshToken).toBe(`refresh-${serial}`);
  });
});

describe('an issuer that cannot answer', () => {
  const answers = {
    'is down': 'cut',
    fails: { status: 503, body: { error: 'temporarily_unavailable' } },
    'fails without OAuth': { status: 502, body: 'bad gateway' },
    'is too busy': { status: 429, body: { error: 'slow_down' } },
  } as const;

  it.each(Object.entries(answers))(
    'that %s leaves a token in use that is still good',
    async (_name, answer) => {
      issuer.answers = { '/token': () => answer };
      const login = aLogin();
      nowMs = start + 10 * minute - 1;

      expect(await aProver(login).prove()).toEqual({ kind: 'token', token: login.token });
      expect(refreshes().length).toBeGreaterThan(0);
      expect(keptLogin()).toEqual(login);
    },
  );

  it.each(Object.entries(answers))('that %s is unavailable once the token is over', async (_name, answer) => {
    issuer.answers = { '/token': () => answer };
    const login = aLogin();
    nowMs = start + 10 * minute;

    await expect(aProver(login).prove()).rejects.toMatchObject({ code: 'unavailable' });
    expect(keptLogin()).toEqual(login);
  });

  it('and comes back gives another token', async () => {
    issuer.answers = { '/token': () => 'cut' };
    const login = aLogin();
    const prover = aProver(login);
    nowMs = start + 10 * minute;
    await expect(prover.prove()).rejects.toMatchObject({ code: 'unavailable' });
    issuer.answers = { '/token': () => ({ body: tokens() }) };

    expect(await prover.prove()).toEqual({ kind: 'token', token: keptLogin().token });
  });

  it('is another one by what it says of itself', async () => {
    issuer.metadata = { issuer: 'https://mallory.example' };
    nowMs = start + 10 * minute;

    await expect(aProver().prove()).rejects.toMatchObject({ code: 'failed' });
    expect(issuer.asked).toEqual([]);
  });

  it('sends nobody to an http address of another machine', async () => {
    issuer.metadata = { token_endpoint: 'http://192.0.2.1/token' };
    nowMs = start + 10 * minute;

    await expect(aProver().prove()).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('http://192.0.2.1/token'),
    });
  });
});

describe("a login's id", () => {
  it('is that of the principal, whatever the token', () => {
    expect(aProver(aLogin()).id).toBe(aProver(aLogin({ refreshToken: 'other' })).id);
  });

  it.each([
    ['subject', { issuer: 'okta', subject: 'alicf' }],
    ['issuer', { issuer: 'okta-2', subject: 'alice' }],
    ['place where they meet', { issuer: 'okt', subject: 'aalice' }],
  ])('differs by the %s', (_name, principal) => {
    expect(aProver(aLogin()).id).not.toBe(aProver(aLogin({ principal })).id);
  });

  it('holds nothing secret', () => {
    const login = aLogin();

    expect(aProver(login).id).not.toContain('refresh');
    expect(aProver(login).id).toMatch(/^principal:[0-9a-f]{64}$/);
  });
});
