import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { toDirectories } from '../../../lib/client/directories.ts';
import { listKnownProfiles } from '../../../lib/client/known-profiles.ts';
import { createLoginStore } from '../../../lib/client/login-store.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';

let broker: LoopbackServer;
let home: string;
let nowMs: number;

beforeAll(async () => {
  broker = await startLoopbackServer();
});
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'daypass-known-'));
  nowMs = 1_767_225_600_000;
  answer(['prod-readonly', 'team-data']);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
afterAll(() => broker.close());

const answer = (names: readonly unknown[]) =>
  broker.respond((response) =>
    response
      .setHeader('Content-Type', 'application/json')
      .end(JSON.stringify({ profiles: names.map((name) => ({ name })) })),
  );

const list = (env: Readonly<Record<string, string>> = { DAYPASS_TOKEN: 'a.b.c' }, timeoutMs = 5_000) =>
  listKnownProfiles(
    { DAYPASS_URL: broker.url, DAYPASS_HOME: home, ...env },
    { now: () => nowMs, signal: new AbortController().signal, timeoutMs },
  );

const cacheFiles = () => readdirSync(join(home, 'cache')).map((name) => join(home, 'cache', name));

describe('the profiles that somebody may type', () => {
  it('are asked for once a minute, and kept for this user alone', async () => {
    expect(await list()).toEqual(['prod-readonly', 'team-data']);
    answer(['other']);
    nowMs += 59_000;
    expect(await list()).toEqual(['prod-readonly', 'team-data']);
    expect(broker.requests).toHaveLength(0);
    expect(cacheFiles().map((file) => statSync(file).mode & 0o777)).toEqual([0o600]);

    nowMs += 1_000;
    expect(await list()).toEqual(['other']);
    expect(broker.requests).toHaveLength(1);
  });

  it('are not believed of a time to come, and are names and nothing else', async () => {
    await list();
    answer(['other']);
    nowMs -= 1;
    expect(await list()).toEqual(['other']);

    const [file = ''] = cacheFiles();
    writeFileSync(file, JSON.stringify({ at: nowMs, names: ['$(touch x)', 'kept', 7] }));
    expect(await list()).toEqual(['kept']);
  });

  it('are another caller’s own', async () => {
    await list();
    answer(['other']);

    expect(await list({ DAYPASS_TOKEN: 'd.e.f' })).toEqual(['other']);
  });

  it('are those of before where the broker refuses, is away, or does not answer in time', async () => {
    await list();
    nowMs += 3_600_000;

    broker.respond((response) => response.writeHead(401).end('{}'));
    expect(await list()).toEqual(['prod-readonly', 'team-data']);
    broker.respond((response) => response.destroy());
    expect(await list()).toEqual(['prod-readonly', 'team-data']);
    broker.respond(() => undefined);
    expect(await list(undefined, 30)).toEqual(['prod-readonly', 'team-data']);
  });

  it('are none where nothing was ever known, whatever the broker says', async () => {
    for (const body of ['', '[]', '{"profiles":1}', 'null']) {
      broker.respond((response) => response.end(body));
      expect(await list()).toEqual([]);
    }
  });

  it('are never what a shell could read as more than a name', async () => {
    answer(['prod-readonly', '$(touch x)', 'a b', '\u001b[2J', '-x', 7, null]);

    expect(await list()).toEqual(['prod-readonly']);
  });

  it('are none without a broker, without a login, and where it can’t be read', async () => {
    expect(await list({})).toEqual([]);
    expect(await list({ DAYPASS_URL: 'not a url' })).toEqual([]);
    expect(await list({ DAYPASS_URL: '' })).toEqual([]);
    expect(await list({ DAYPASS_TOKEN_FILE: join(home, 'nowhere') })).toEqual([]);
    expect(broker.requests).toEqual([]);
  });

  it('are asked for anew where what was kept is damaged, and shown where nothing can be kept', async () => {
    await list();
    const [file = ''] = cacheFiles();
    writeFileSync(file, '{"at":');
    answer(['other']);
    expect(await list()).toEqual(['other']);

    rmSync(join(home, 'cache'), { recursive: true });
    writeFileSync(join(home, 'cache'), '');
    expect(await list()).toEqual(['other']);
  });

  it.each([
    ['is good for a while', 3_600_000, ['prod-readonly', 'team-data']],
    ['would have to be renewed', 89_000, []],
    ['has ended', -1, []],
  ])('cost no renewal of a login that %s', async (_what, leftMs, expected) => {
    createLoginStore(toDirectories({ DAYPASS_HOME: home })).write(new URL(broker.url), {
      kind: 'oidc',
      issuer: broker.url,
      clientId: 'daypass-cli',
      tokenKind: 'access-token',
      token: 'a.b.c',
      obtainedAtMs: nowMs - 3_600_000,
      expiresAtMs: nowMs + leftMs,
      refreshToken: 'once',
    });

    expect(await list({})).toEqual(expected);
    expect(broker.requests).toHaveLength(expected.length === 0 ? 0 : 1);
  });
});
