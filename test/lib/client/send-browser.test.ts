import { request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { findOwner, sendBrowser } from '../../../lib/client/send-browser.ts';
import { visitAsNobody, visitBesideOwn, whereRoot } from '../../support/another-visitor.ts';

const destination = new URL('https://signin.aws.amazon.com/federation?SigninToken=secret');
const never = new AbortController().signal;
const visit = (address: URL, init: RequestInit = {}) => fetch(address, { redirect: 'manual', ...init });

describe('a browser', () => {
  it('is sent on from an address that holds no secret, and the other one stays with it', async () => {
    const answers: Response[] = [];

    await sendBrowser({
      destination,
      signal: never,
      show: async (address) => {
        expect(address.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}$/);
        answers.push(await visit(address));
      },
    });

    const [answer] = answers;
    expect(answer?.status).toBe(303);
    expect(Object.fromEntries(answer?.headers ?? [])).toMatchObject({
      location: destination.href,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    expect(await answer?.text()).not.toContain('secret');
  });

  it('may come while the address is still being shown', async () => {
    await sendBrowser({ destination, signal: never, show: async (address) => void (await visit(address)) });
  });

  it('is sent on once', async () => {
    const statuses: number[] = [];

    await sendBrowser({
      destination,
      signal: never,
      // At the same time, on two connections.
      show: async (address) => {
        const answers = await Promise.all([visit(address), visit(address)]);
        statuses.push(...answers.map(({ status }) => status));
      },
    });

    expect(statuses.sort()).toEqual([303, 410]);
  });

  it.each<[string, (address: URL) => Promise<number>]>([
    ['another path', async ({ origin }) => (await visit(new URL('/', origin))).status],
    ['a longer path', async ({ href }) => (await visit(new URL(`${href}/x`))).status],
    ['a query', async ({ href }) => (await visit(new URL(`${href}?x`))).status],
    ['another method', async (address) => (await visit(address, { method: 'POST' })).status],
    ['HEAD, of who only looks', async (address) => (await visit(address, { method: 'HEAD' })).status],
    ['another host name', (address) => askAs('evil.example', address)],
    ['localhost by name', (address) => askAs(`localhost:${address.port}`, address)],
  ])('is not sent on by %s', async (_name, ask) => {
    let status = 0;
    let mayCome = false;

    await sendBrowser({
      destination,
      signal: never,
      show: async (address) => {
        status = await ask(new URL(address));
        mayCome = (await visit(address)).status === 303;
      },
    });

    expect(status).toBe(404);
    expect(mayCome).toBe(true);
  });

  it('from another address of this machine is not sent on for the ports that it has', async () => {
    let answer = '';
    let mayCome = false;

    await sendBrowser({
      destination,
      signal: never,
      show: async (address) => {
        answer = await visitBesideOwn(address);
        mayCome = (await visit(address)).status === 303;
      },
    });

    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(mayCome).toBe(true);
  });

  whereRoot(it)('of another user of this machine is not sent on', async () => {
    let answer = '';
    let mayCome = false;

    await sendBrowser({
      destination,
      signal: never,
      show: async (address) => {
        answer = await visitAsNobody(address);
        mayCome = (await visit(address)).status === 303;
      },
    });

    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain('secret');
    expect(mayCome).toBe(true);
  });

  it('that does not come is waited for so long', async () => {
    const waiting = sendBrowser({ destination, signal: never, timeoutMs: 20, show: async () => undefined });

    await expect(waiting).rejects.toMatchObject({
      code: 'failed',
      hint: 'without --open the link is printed',
    });
  });

  it('is no longer waited for when somebody stops it', async () => {
    const controller = new AbortController();
    let shown: URL | undefined;

    const waiting = sendBrowser({
      destination,
      signal: controller.signal,
      show: async (address) => {
        shown = address;
        controller.abort();
      },
    });

    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    await expect(visit(shown ?? destination)).rejects.toThrow();
  });

  it('that cannot be opened leaves nothing listening', async () => {
    let shown: URL | undefined;

    const waiting = sendBrowser({
      destination,
      signal: never,
      show: async (address) => {
        shown = address;
        throw new RangeError('no browser');
      },
    });

    await expect(waiting).rejects.toThrow(RangeError);
    await expect(visit(shown ?? destination)).rejects.toThrow();
  });
});

describe('the owner of a connection', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 100 1
   1: 0100007F:D431 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 101 1
   2: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     7        0 102 1
   3: 0100007F:D433 0100007F:1F90 06 00000000:00000000 03:000013B2 00000000     0        0 0 3
   4: 0200007F:D434 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 103 1
`;
  const to = 0x1f90;
  const address = '0100007F';

  it('is whoever holds the other end', () => {
    expect(findOwner(table, { address, from: 0xd431, to })).toBe(1000);
  });

  it.each([
    ['there is no such connection', 0xd432],
    ['it has ended, though it stands there as of root', 0xd433],
    ['it is from another address', 0xd434],
  ])('is nobody where %s', (_name, from) => {
    expect(findOwner(table, { address, from, to })).toBeUndefined();
  });
});

/** fetch sends no Host of ours. */
const askAs = (host: string, { port, pathname }: URL): Promise<number> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: pathname, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
