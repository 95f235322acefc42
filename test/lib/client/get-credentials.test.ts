import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BrokerClient, createBrokerClient } from '../../../lib/client/broker-client.ts';
import {
  clearCredentialCache,
  createCredentialCache,
  toCacheKey,
} from '../../../lib/client/credential-cache.ts';
import type { CredentialsRequest } from '../../../lib/client/credentials.ts';
import { FileError } from '../../../lib/client/file-error.ts';
import { getCredentials } from '../../../lib/client/get-credentials.ts';
import { createProver } from '../../../lib/client/login/create-prover.ts';
import { createLoginStore } from '../../../lib/client/login-store.ts';
import { aBrokerStandIn, type BrokerStandIn } from '../../support/a-broker-stand-in.ts';
import { node } from '../../support/running-daypass.ts';

const minute = 60_000;
const root = mkdtempSync(join(tmpdir(), 'daypass-cache-'));
let broker: BrokerStandIn;
let cacheRoot: string;
let clock: number;
let notes: string[];
let count = 0;

const now = () => clock;
const note = (line: string) => void notes.push(line);
const aCache = () => createCredentialCache({ directories: { cache: cacheRoot }, now, note });
const filesOf = () => readdirSync(join(cacheRoot, 'credentials')).filter((name) => name.endsWith('.json'));
const request: CredentialsRequest = { profile: 'prod-readonly' };

const get = (asked: CredentialsRequest = request, caller?: string) =>
  getCredentials(broker.client(caller), asked, { cache: aCache(), now, note });

beforeAll(async () => {
  broker = await aBrokerStandIn();
});
beforeEach(() => {
  count += 1;
  cacheRoot = join(root, String(count));
  clock = Date.parse('2026-11-21T08:00:00Z');
  notes = [];
  broker.issue(15 * minute, { now });
});
afterAll(async () => {
  await broker.close();
  rmSync(root, { recursive: true, force: true });
});

describe('credentials', () => {
  it('are issued by one POST, with what was asked for alone', async () => {
    const before = broker.issued();

    const credentials = await getCredentials(broker.client(), {
      ...request,
      durationSeconds: 900,
      reason: 'why',
      sessionTags: { Purpose: 'x' },
    });

    expect(credentials).toEqual({
      accessKeyId: expect.stringMatching(/^ASIA\d{16}$/),
      secretAccessKey: 'a/secret+key',
      sessionToken: 'a/session+token=',
      expiration: new Date('2026-11-21T08:15:00Z'),
      issuanceId: expect.stringMatching(/^01M7ZQ/),
    });
    expect(broker.issued() - before).toBe(1);
    expect(JSON.parse(broker.requests[0]?.body ?? '')).toEqual({
      durationSeconds: 900,
      reason: 'why',
      sessionTags: { Purpose: 'x' },
    });
    expect(broker.requests[0]?.headers.authorization).toBe('Bearer token-of-alice');
  });

  it.each(['..', '.', '', 'a\ud800'])('of the name %j are not asked for', async (profile) => {
    await expect(getCredentials(broker.client(), { profile })).rejects.toMatchObject({ code: 'usage' });

    expect(broker.requests).toEqual([]);
  });

  it.each([
    ['nothing', {}],
    [
      'no session token',
      { Credentials: { AccessKeyId: 'A', SecretAccessKey: 'S', Expiration: '2026-11-21T08:15:00Z' } },
    ],
    [
      'no date',
      { Credentials: { AccessKeyId: 'A', SecretAccessKey: 'S', SessionToken: 'T', Expiration: 'soon' } },
    ],
    [
      'what a credentials file takes for a comment',
      {
        Credentials: {
          AccessKeyId: 'A',
          SecretAccessKey: '#S',
          SessionToken: 'T',
          Expiration: '2026-11-21T08:15:00Z',
        },
      },
    ],
    [
      'a line end in a key',
      {
        Credentials: {
          AccessKeyId: 'A\nB',
          SecretAccessKey: 'S',
          SessionToken: 'T',
          Expiration: '2026-11-21T08:15:00Z',
        },
      },
    ],
  ])('are none when the answer holds %s', async (_name, answer) => {
    broker.respond((response) => response.end(JSON.stringify({ IssuanceId: 'I', ...answer })));

    await expect(get()).rejects.toMatchObject({ code: 'unavailable' });

    expect(filesOf()).toEqual([]);
  });

  it.each([
    [request, '/v1/profiles/prod-readonly/credentials'],
    [{ profile: 'acme', integration: true }, '/v1/integrations/acme/credentials'],
  ])('of %j are asked for at %s', async (asked, path) => {
    let url: string | undefined;
    broker.respond((response, { url: requested }) => {
      url = requested;
      response.writeHead(403).end('{}');
    });

    await expect(getCredentials(broker.client(), asked)).rejects.toMatchObject({ code: 'refused' });

    expect(url).toBe(path);
    expect(broker.requests[0]?.body).toBe('{}');
  });

  it("pass on the broker's warning", async () => {
    broker.issue(15 * minute, { now, headers: { 'daypass-warning': 'nearly full' } });

    await get();

    expect(notes).toEqual(['daypass: nearly full']);
  });
});

describe('cached credentials', () => {
  it('are the same until 40 percent of their life are left, then others', async () => {
    const first = await get();

    clock += 9 * minute - 1;
    const same = await get();
    clock += 1;
    const other = await get();

    expect(same).toEqual(first);
    expect(other.accessKeyId).not.toBe(first.accessKeyId);
  });

  it('count by the own clock where the date that came with them is of long ago', async () => {
    broker.issue(15 * minute, { now, headers: { date: 'Thu, 01 Jan 1970 00:00:00 GMT' } });

    const first = await get();
    clock += 9 * minute;

    expect((await get()).accessKeyId).not.toBe(first.accessKeyId);
  });

  it.each([
    ['ahead', 12],
    ['behind', -12],
  ])("count by the broker's clock when this machine's is %s", async (_name, offset) => {
    broker.issue(15 * minute, { now: () => clock - offset * minute });

    const first = await get();
    clock += 8 * minute;
    const same = await get();
    clock += minute;
    const other = await get();

    expect(same).toEqual(first);
    expect(other.accessKeyId).not.toBe(first.accessKeyId);
  });

  it('are not used when the clock was set back beyond their issuance', async () => {
    const first = await get();

    clock -= 2 * minute;

    expect((await get()).accessKeyId).not.toBe(first.accessKeyId);
  });

  it.each<[string, CredentialsRequest, string]>([
    ['another profile', { profile: 'prod-operations' }, 'alice'],
    ['an integration of the same name', { ...request, integration: true }, 'alice'],
    ['another duration', { ...request, durationSeconds: 900 }, 'alice'],
    ['another reason', { ...request, reason: 'why' }, 'alice'],
    ['another tag', { ...request, sessionTags: { Purpose: 'x' } }, 'alice'],
    ['another policy', { ...request, sessionPolicy: { Version: '2012-10-17' } }, 'alice'],
    ['another caller', request, 'mallory'],
  ])('are not those of %s', async (_name, asked, caller) => {
    const first = await get();

    expect((await get(asked, caller)).accessKeyId).not.toBe(first.accessKeyId);
    expect(await get()).toEqual(first);
  });

  it('are not those of another broker', async () => {
    const other = await aBrokerStandIn();
    await other.close();

    expect(toCacheKey(broker.client(), request)).not.toBe(toCacheKey(other.client(), request));
  });

  it('do not depend on the order of what was asked for', () => {
    const client = broker.client();

    expect(toCacheKey(client, { profile: 'p', sessionTags: { a: '1', b: '2' } })).toBe(
      toCacheKey(client, { sessionTags: { b: '2', a: '1' }, profile: 'p' }),
    );
  });

  it.each([
    ['cut off', (content: string) => content.slice(0, 100)],
    ['empty', () => ''],
    ['of another version', (content: string) => content.replace('"version":1', '"version":2')],
    ['of times that are none', (content: string) => content.replace(/"expiresAt":\d+/, '"expiresAt":null')],
    ['without a key', (content: string) => content.replace('secretAccessKey', 'x')],
  ])('are issued anew when the file is %s', async (_name, damage) => {
    const first = await get();
    const [file = ''] = filesOf();
    const path = join(cacheRoot, 'credentials', file);
    writeFileSync(path, damage(readFileSync(path, 'utf8')));

    const second = await get();

    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    expect(await get()).toEqual(second);
  });

  it('are issued anew when others could read the file, which nobody can then', async () => {
    const first = await get();
    const [file = ''] = filesOf();
    chmodSync(join(cacheRoot, 'credentials', file), 0o644);

    const second = await get();

    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    expect(notes).toEqual([expect.stringContaining('can be read or written by others (mode 0644)')]);
    expect(await get()).toEqual(second);
  });
});

describe('a cache that cannot be written', () => {
  it('is said once, and the credentials are there', async () => {
    writeFileSync(join(root, `${count}`), 'a file in its place');

    const credentials = await get();

    expect(credentials.accessKeyId).toMatch(/^ASIA/);
    expect(notes).toEqual([expect.stringContaining('something above it is no directory')]);
  });

  it('is another thing than a login that cannot be renewed, which is tried once', async () => {
    let proofs = 0;
    const client = createBrokerClient({
      broker: new URL(broker.url),
      userAgent: 'daypass/test',
      prover: {
        id: 'alice',
        prove: async () => {
          proofs += 1;
          throw new FileError('failed', "can't write the login");
        },
      },
    });

    await expect(getCredentials(client, request, { cache: aCache(), now, note })).rejects.toThrow(FileError);

    expect({ proofs, notes }).toEqual({ proofs: 1, notes: [] });
  });

  it.each([['denied', 403, 'refused']])('hides nothing when one is %s', async (_name, status, code) => {
    writeFileSync(join(root, `${count}`), 'a file in its place');
    broker.refuse(status, { code: 'access-denied', detail: 'no' });

    await expect(get()).rejects.toMatchObject({ code });
  });
});

describe('when the broker cannot answer', () => {
  it.each([
    ['503', (): void => broker.refuse(503, { detail: 'later' })],
    ['429', (): void => broker.refuse(429, { detail: 'later' })],
    ['no answer', (): void => broker.respond((response) => void response.destroy())],
  ])('(%s) credentials that are still valid do, with a note', async (_name, fail) => {
    const first = await get();
    clock += 13 * minute;
    fail();

    expect(await get()).toEqual(first);
    expect(notes).toEqual([expect.stringContaining('valid until 2026-11-21T08:15:00.000Z')]);
  });

  it('credentials of the last minute do not', async () => {
    await get();
    clock += 14 * minute;
    broker.refuse(503, { detail: 'later' });

    await expect(get()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it("another caller's do not", async () => {
    await get();
    broker.refuse(503, { detail: 'later' });

    await expect(get(request, 'mallory')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a caller who is refused', () => {
  it('has no more of what was cached', async () => {
    await get();
    clock += 10 * minute;
    broker.refuse(403, { code: 'access-denied', detail: 'suspended' });

    await expect(get()).rejects.toMatchObject({ code: 'refused', message: 'suspended' });
    broker.refuse(503, { detail: 'later' });
    await expect(get()).rejects.toMatchObject({ code: 'unavailable' });

    expect(filesOf()).toEqual([]);
  });

  it('has no more of it when the login has ended', async () => {
    await get();
    clock += 10 * minute;
    broker.refuse(401, { code: 'unauthenticated', detail: 'expired' });

    await expect(get()).rejects.toMatchObject({ code: 'not-logged-in' });

    expect(filesOf()).toEqual([]);
  });
});

describe('a login that ends while credentials are on their way', () => {
  const withoutMfa = { kind: 'token', token: 'token-of-alice' } as const;
  const aStore = () =>
    createLoginStore({ config: cacheRoot, data: join(cacheRoot, 'logins'), cache: cacheRoot });

  function logIn(id: string): BrokerClient {
    const url = new URL(broker.url);
    const login = { ...withoutMfa, id };
    const store = aStore();
    store.write(url, login);
    const prover = createProver({ broker: url, login, store, env: {}, now });
    return createBrokerClient({ broker: url, userAgent: 'daypass/test', prover });
  }
  function logOut(): void {
    aStore().remove(new URL(broker.url));
    clearCredentialCache({ cache: cacheRoot }, new URL(broker.url));
  }
  /** What happens between the request and its answer. */
  function meanwhile(act: () => void): void {
    broker.issue(15 * minute, {
      now: () => {
        act();
        return clock;
      },
    });
  }
  const getFor = (client: BrokerClient) => getCredentials(client, request, { cache: aCache(), now, note });

  it('leaves none of them behind', async () => {
    const client = logIn('first');
    meanwhile(logOut);

    await getFor(client);

    expect(filesOf()).toEqual([]);
  });

  it('leaves none of them to the next login of the same caller', async () => {
    const client = logIn('first');
    let next: BrokerClient | undefined;
    meanwhile(() => {
      logOut();
      next ??= logIn('second');
    });
    const [theirs, issued] = [await getFor(client), broker.issued()];

    expect(filesOf()).toEqual([]);
    expect((await getFor(next ?? client)).accessKeyId).not.toBe(theirs.accessKeyId);
    expect(broker.issued()).toBe(issued + 1);
  });

  it('leaves none of them where another login took its place', async () => {
    const client = logIn('first');
    meanwhile(() => void logIn('second'));

    await getFor(client);

    expect(filesOf()).toEqual([]);
  });

  it('leaves the lock to who holds it', async () => {
    const client = logIn('first');
    const locks: string[][] = [];
    meanwhile(() => {
      logOut();
      locks.push(readdirSync(join(cacheRoot, 'credentials')));
    });

    await getFor(client);

    expect(locks[0]).toEqual([`${toCacheKey(client, request)}.lock`]);
  });

  it('is another one than a login of the same caller, whose credentials are not served', async () => {
    const first = await getFor(logIn('first'));

    expect((await getFor(logIn('second'))).accessKeyId).not.toBe(first.accessKeyId);
  });

  it('is the same one after a renewal', async () => {
    const first = await getFor(logIn('first'));

    expect((await getFor(logIn('first'))).accessKeyId).toBe(first.accessKeyId);
  });
});

describe('the cache', () => {
  it('loses what has expired, and what others left over, with the next write', async () => {
    await get();
    const directory = join(cacheRoot, 'credentials');
    for (const name of ['a.lock', 'a.json.00.tmp', 'b.lock']) writeFileSync(join(directory, name), '');
    const old = new Date(Date.now() - 2 * 60 * minute);
    utimesSync(join(directory, 'a.lock'), old, old);
    utimesSync(join(directory, 'a.json.00.tmp'), old, old);

    clock += 15 * minute;
    await get({ profile: 'other' });

    expect(readdirSync(directory)).toEqual(
      [`${toCacheKey(broker.client(), { profile: 'other' })}.json`, 'b.lock'].sort(),
    );
  });

  it('is written beside what is none of its files', async () => {
    const directory = join(cacheRoot, 'credentials');
    const strangers = ['a-directory', 'a-directory.json'];
    for (const name of strangers) {
      mkdirSync(join(directory, name), { recursive: true, mode: 0o700 });
      utimesSync(join(directory, name), 0, 0);
    }

    const first = await get();

    expect([await get(), notes]).toEqual([first, []]);
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(strangers));
  });

  it('is bounded: those that expire first go', async () => {
    const cache = aCache();
    const aKey = (index: number) => `0000000000000000-${String(index).padStart(40, '0')}`;
    const credentials = await getCredentials(broker.client(), request);
    const times = { issuedAt: clock, freshUntil: clock + minute };
    mkdirSync(join(cacheRoot, 'credentials'), { recursive: true, mode: 0o700 });
    for (let index = 0; index < 200; index += 1) {
      const entry = { version: 1, credentials, ...times, expiresAt: clock + minute + index };
      writeFileSync(join(cacheRoot, 'credentials', `${aKey(index)}.json`), JSON.stringify(entry), {
        mode: 0o600,
      });
    }

    cache.write(aKey(200), { credentials, ...times, expiresAt: clock + 2 * minute });

    expect(filesOf()).toHaveLength(200);
    expect(cache.read(aKey(0))).toBeUndefined();
    expect(cache.read(aKey(200))).toBeDefined();
  });

  it('is cleared of one broker, and of all', async () => {
    await get();
    const other = await aBrokerStandIn();
    other.issue(15 * minute, { now });
    await getCredentials(other.client(), request, { cache: aCache(), now });
    await other.close();

    clearCredentialCache({ cache: cacheRoot }, new URL(broker.url));
    const left = filesOf();
    clearCredentialCache({ cache: cacheRoot });

    expect(left).toEqual([`${toCacheKey(other.client(), request)}.json`]);
    expect(filesOf()).toEqual([]);
  });

  it('is cleared where there is none', () => {
    expect(() => clearCredentialCache({ cache: cacheRoot })).not.toThrow();
  });

  it('loses all that can be removed, and says what cannot be', () => {
    const directory = join(cacheRoot, 'credentials');
    mkdirSync(join(directory, '0-first'), { recursive: true, mode: 0o700 });
    writeFileSync(join(directory, 'z.json'), 'a secret', { mode: 0o600 });

    expect(() => clearCredentialCache({ cache: cacheRoot })).toThrow('0-first');
    expect(readdirSync(directory)).toEqual(['0-first']);
  });
});

describe('a burst', () => {
  const script = `
    import { createBrokerClient } from ${JSON.stringify(sourceOf('broker-client'))};
    import { createCredentialCache } from ${JSON.stringify(sourceOf('credential-cache'))};
    import { getCredentials } from ${JSON.stringify(sourceOf('get-credentials'))};
    const [broker, cache] = process.argv.slice(1);
    const prover = { id: 'alice', prove: async () => ({ kind: 'token', token: 'alice' }) };
    const client = createBrokerClient({ broker: new URL(broker), userAgent: 'daypass/test', prover });
    const kept = createCredentialCache({ directories: { cache }, now: Date.now, note: console.error });
    const { accessKeyId } = await getCredentials(client, { profile: 'prod-readonly' }, { cache: kept });
    console.log(accessKeyId);`;
  const spawnOne = async () => {
    const child = spawn(node, ['--input-type=module', '--eval', script, broker.url, cacheRoot]);
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { stdout, stderr };
  };

  it('of processes makes one issuance', async () => {
    const before = broker.issued();
    broker.issue(15 * minute);

    const ends = await Promise.all(Array.from({ length: 12 }, spawnOne));

    expect(broker.issued() - before).toBe(1);
    expect(new Set(ends.map(({ stdout }) => stdout)).size).toBe(1);
    expect(ends.map(({ stderr }) => stderr)).toEqual(Array(12).fill(''));
  });

  it('within a process makes one issuance', async () => {
    const before = broker.issued();

    const all = await Promise.all(Array.from({ length: 30 }, () => get()));

    expect(broker.issued() - before).toBe(1);
    expect(new Set(all.map(({ accessKeyId }) => accessKeyId)).size).toBe(1);
  });
});

function sourceOf(name: string): string {
  return new URL(`../../../lib/client/${name}.ts`, import.meta.url).href;
}
