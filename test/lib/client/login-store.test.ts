import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Login } from '../../../lib/client/login/login.ts';
import { createLoginStore, type LoginStore } from '../../../lib/client/login-store.ts';

const broker = new URL('https://daypass.example.com/prod');
const other = new URL('https://daypass.example.com/test');
const principal = { issuer: 'okta', subject: 'alice' };
const logins: readonly Login[] = [
  {
    kind: 'oidc',
    principal,
    issuer: 'https://okta.example',
    clientId: 'cli',
    tokenKind: 'id-token',
    resource: 'urn:x',
    token: 'a',
    obtainedAtMs: 1,
    expiresAtMs: 2,
    refreshToken: 'r',
  },
  { kind: 'token', principal, token: 'a', expiresAtMs: 2 },
  { kind: 'token-file', path: '/token' },
  { kind: 'github-actions', principal, audience: 'x' },
  { kind: 'aws', principal, profile: 'p', region: 'eu-west-1' },
];
const [oidc, aToken] = logins as [Login, Login];

let home: string;
let data: string;
let store: LoginStore;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'daypass-store-'));
  data = join(home, 'logins');
  store = createLoginStore({ config: home, data, cache: home });
});
afterEach(() => rmSync(home, { recursive: true }));

const files = () => readdirSync(data).map((name) => join(data, name));
const onlyFile = () => files()[0] ?? '';

describe('a login', () => {
  it.each(logins.map((login) => [login.kind, login] as const))(
    'of kind %s is read as it was kept',
    (_kind, login) => {
      store.write(broker, login);

      expect(store.read(broker)).toEqual(login);
    },
  );

  it('is one of one broker', () => {
    store.write(broker, oidc);
    store.write(other, aToken);

    expect(store.read(broker)).toEqual(oidc);
    expect(store.read(other)).toEqual(aToken);
    expect(store.read(new URL('https://daypass.example.com/'))).toBeUndefined();
  });

  it('is in a file for its owner alone, whose name does not tell the broker', () => {
    store.write(broker, oidc);

    expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(files()).toEqual([expect.stringMatching(/\/[0-9a-f]{32}\.json$/)]);
  });

  it.each([0o640, 0o604, 0o660, 0o606, 0o644])('in a file of mode %o is refused, with what to do', (mode) => {
    store.write(broker, oidc);
    chmodSync(onlyFile(), mode);

    expect(() => store.read(broker)).toThrow(
      expect.objectContaining({ code: 'failed', hint: expect.stringContaining('chmod') }),
    );
  });

  it('is gone once it is removed', () => {
    store.write(broker, oidc);

    expect(store.remove(broker)).toBe(true);
    expect(store.read(broker)).toBeUndefined();
    expect(store.remove(broker)).toBe(false);
  });
});

describe('a file', () => {
  const damage: readonly (readonly [
    string,
    (kept: { login: Record<string, unknown> } & Record<string, unknown>) => unknown,
  ])[] = [
    ['of another version', (kept) => ({ ...kept, version: 2 })],
    ['of another broker, as one that was copied', (kept) => ({ ...kept, broker: other.href })],
    ['without a login', ({ login: _, ...kept }) => kept],
    ['with a login of an unknown kind', (kept) => ({ ...kept, login: { ...kept.login, kind: 'password' } })],
    [
      'with a kind that objects have by themselves',
      (kept) => ({ ...kept, login: { ...kept.login, kind: 'toString' } }),
    ],
    ['without its token', (kept) => ({ ...kept, login: { ...kept.login, token: undefined } })],
    ['with a time that is none', (kept) => ({ ...kept, login: { ...kept.login, expiresAtMs: '2' } })],
    [
      'with a refresh token that is none',
      (kept) => ({ ...kept, login: { ...kept.login, refreshToken: {} } }),
    ],
    ['with a principal that is none', (kept) => ({ ...kept, login: { ...kept.login, principal: 'alice' } })],
    ['that is null', () => null],
  ];

  it.each(damage)('%s is no login', (_name, change) => {
    store.write(broker, oidc);
    writeFileSync(onlyFile(), JSON.stringify(change(JSON.parse(readFileSync(onlyFile(), 'utf8')))));

    expect(() => store.read(broker)).toThrow(expect.objectContaining({ code: 'not-logged-in' }));
  });

  it('that breaks off is no login, and nothing of it is shown', () => {
    store.write(broker, oidc);
    writeFileSync(onlyFile(), '{"version":1,"secret');

    expect(() => store.read(broker)).toThrow('holds no login');
    expect(() => store.read(broker)).not.toThrow('secret');
  });
});

describe('all logins', () => {
  it('are listed by their brokers, whatever else lies there', () => {
    store.write(broker, oidc);
    store.write(other, aToken);
    writeFileSync(join(data, `${'0'.repeat(32)}.json`), 'damaged');
    writeFileSync(join(data, 'notes.txt'), '');

    expect(
      store
        .brokers()
        .map(({ href }) => href)
        .sort(),
    ).toEqual([broker.href, other.href]);
  });

  it('go, with those that cannot be read, and nothing else does', () => {
    store.write(broker, oidc);
    writeFileSync(join(data, `${'0'.repeat(32)}.json`), 'damaged');
    writeFileSync(join(data, 'notes.txt'), '');
    store.clear();

    expect(files()).toEqual([join(data, 'notes.txt')]);
  });

  it('are none in an empty home', () => {
    expect(store.brokers()).toEqual([]);
    expect(store.read(broker)).toBeUndefined();
    expect(store.remove(broker)).toBe(false);
    store.clear();
  });
});
