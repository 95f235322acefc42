import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { type BrowserVisit, receiveFromBrowser } from '../../../../lib/client/login/receive-from-browser.ts';
import { visitAsNobody, visitBesideOwn, whereRoot } from '../../../support/another-visitor.ts';

const aVisit = (more: Partial<BrowserVisit<string>>): BrowserVisit<string> => ({
  redirectUri: new URL('http://127.0.0.1/callback'),
  method: 'GET',
  toDestination: () => new URL('https://issuer.example/authorize'),
  accept: (parameters) => parameters.get('answer') ?? undefined,
  show: async () => undefined,
  signal: new AbortController().signal,
  ...more,
});

describe('waiting for a browser', () => {
  it('ends where nobody comes back', async () => {
    await expect(receiveFromBrowser(aVisit({ timeoutMs: 1 }))).rejects.toMatchObject({
      code: 'not-logged-in',
    });
  });

  it('ends with an interruption while the server begins to listen', async () => {
    const interruption = new AbortController();
    const toDestination = () => {
      interruption.abort();
      return new URL('https://issuer.example/authorize');
    };

    await expect(
      receiveFromBrowser(aVisit({ toDestination, signal: interruption.signal })),
    ).rejects.toMatchObject({
      code: 'interrupted',
    });
  });

  it('ends where nobody can be told the address', async () => {
    const show = async () => {
      throw new Error('no screen');
    };

    await expect(receiveFromBrowser(aVisit({ show }))).rejects.toThrow('no screen');
  });

  it('leaves no connection open that says nothing', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const answer = await receiveFromBrowser(
      aVisit({
        show: async ({ origin, port }) => {
          const silent = connect(Number(port), '127.0.0.1');
          closed = once(silent.resume(), 'close');
          await once(silent, 'connect');
          await fetch(`${origin}/callback?answer=yes`);
        },
      }),
    );

    expect(answer).toBe('yes');
    await closed;
  });

  whereRoot(it).each(['127.0.0.1', '[::1]'])('at %s sends nobody else on to sign in', async (host) => {
    let theirs = '';
    const answer = await receiveFromBrowser(
      aVisit({
        redirectUri: new URL(`http://${host}/callback`),
        show: async (address) => {
          theirs = await visitAsNobody(address);
          const { status } = await fetch(address, { redirect: 'manual' });
          await fetch(new URL(`/callback?answer=${status}`, address));
        },
      }),
    );

    expect(theirs).toMatch(/^HTTP\/1\.1 404 /);
    expect(theirs).not.toContain('issuer.example');
    expect(answer).toBe('303');
  });

  it('sends nobody on for the ports that a browser has', async () => {
    let theirs = '';
    await receiveFromBrowser(
      aVisit({
        show: async (address) => {
          theirs = await visitBesideOwn(address);
          await fetch(new URL('/callback?answer=yes', address));
        },
      }),
    );

    expect(theirs).toMatch(/^HTTP\/1\.1 404 /);
  });

  it.each(['//', '//evil.example/callback?answer=no', '/\\\\', '*', 'http://[', '/%'])(
    'goes on after a request for %s',
    async (target) => {
      let page = '';
      const answer = await receiveFromBrowser(
        aVisit({
          show: async (address) => {
            page = await text(await send(address, `GET ${target} HTTP/1.1`, 'Connection: close'));
            await fetch(new URL('/callback?answer=yes', address));
          },
        }),
      );

      expect(page).toMatch(/^HTTP\/1\.1 40[04] /);
      expect(answer).toBe('yes');
    },
  );

  it('goes on after a form that breaks off', async () => {
    const answer = await receiveFromBrowser(
      aVisit({
        method: 'POST',
        show: async (address) => {
          const form = await send(address, 'POST /callback HTTP/1.1', 'Content-Length: 100');
          // Its head has been read once the next one's has been answered.
          await fetch(new URL('/other', address));
          form.resetAndDestroy();
          await fetch(new URL('/other', address));
          const body = new URLSearchParams({ answer: 'yes' });
          await fetch(new URL('/callback', address), { method: 'POST', body });
        },
      }),
    );

    expect(answer).toBe('yes');
  });

  it('comes to [::1] where the broker says so', async () => {
    const answer = await receiveFromBrowser(
      aVisit({
        redirectUri: new URL('http://[::1]/callback'),
        show: async (address) => {
          const { status } = await fetch(address, { redirect: 'manual' });
          await fetch(new URL(`/callback?answer=${status}`, address));
        },
      }),
    );

    expect(answer).toBe('303');
  });
});

/** As no client that means well writes it. */
async function send({ host, port }: URL, ...lines: readonly string[]): Promise<Socket> {
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write([...lines, `Host: ${host}`, '', ''].join('\r\n'));
  return socket;
}
