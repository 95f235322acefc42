import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fetchJson } from '../../../lambda/adapters/fetch-json.ts';

const servers: Server[] = [];

/** The URL of a server that answers so, and the paths that it was asked for. */
async function serve(listener: RequestListener): Promise<{ url: URL; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/document`), requests };
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const limits = { maxBytes: 1000, timeoutMs: 5000 };
const soon = { maxBytes: 1000, timeoutMs: 60 };
const ofBytes = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

describe('fetchJson', () => {
  it('gives the document', async () => {
    const { url } = await serve((_request, response) => response.end('{"a":1}'));

    expect(await fetchJson(fetch, url, limits)).toEqual({ a: 1 });
  });

  it('keeps no connection', async () => {
    let connection: string | undefined;
    const { url } = await serve((request, response) => {
      connection = request.headers.connection;
      response.end('{}');
    });

    await fetchJson(fetch, url, limits);

    expect(connection).toBe('close');
  });

  it('takes a body of just the limit and no byte more', async () => {
    const atLimit = await serve((_request, response) => response.end(ofBytes(1000)));
    const above = await serve((_request, response) => response.end(ofBytes(1001)));

    expect(await fetchJson(fetch, atLimit.url, limits)).toHaveLength(998);
    await expect(fetchJson(fetch, above.url, limits)).rejects.toThrow('more than 1000 bytes');
  });

  it('stops reading a body without end', async () => {
    let closed: (value: unknown) => void = () => undefined;
    const wasClosed = new Promise((resolve) => {
      closed = resolve;
    });
    const { url } = await serve((_request, response) => {
      const chunk = ' '.repeat(16_384);
      const more = () => {
        while (response.write(chunk));
      };
      response.on('drain', more).on('close', closed);
      more();
    });

    await expect(fetchJson(fetch, url, limits)).rejects.toThrow('more than 1000 bytes');
    await wasClosed;
  });

  it('counts what a compressed body becomes', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(ofBytes(100_000)));
    });

    await expect(fetchJson(fetch, url, limits)).rejects.toThrow('more than 1000 bytes');
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
    const { url, requests } = await serve((request, response) => {
      if (request.url === '/document') response.writeHead(status, { location: '/elsewhere' }).end();
      else response.end('{}');
    });

    await expect(fetchJson(fetch, url, limits)).rejects.toThrow();
    expect(requests).toEqual(['/document']);
  });

  it.each([201, 203, 206, 304, 400, 403, 404, 429, 500, 503])(
    'rejects a %i with a good body',
    async (status) => {
      const { url } = await serve((_request, response) => response.writeHead(status).end('{"keys":[]}'));

      await expect(fetchJson(fetch, url, limits)).rejects.toThrow(`answers ${status}`);
    },
  );

  it.each([
    ['nothing', ''],
    ['a page', '<!doctype html>'],
    ['truncated JSON', '{"keys":['],
  ])('rejects %s', async (_name, body) => {
    const { url } = await serve((_request, response) => response.end(body));

    await expect(fetchJson(fetch, url, limits)).rejects.toThrow('does not answer with JSON');
  });

  it('rejects invalid UTF-8', async () => {
    const { url } = await serve((_request, response) => response.end(Buffer.of(0x22, 0xff, 0x22)));

    await expect(fetchJson(fetch, url, limits)).rejects.toThrow();
  });

  it('rejects when no answer comes in time', async () => {
    const { url } = await serve(() => undefined);

    await expect(fetchJson(fetch, url, soon)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('rejects when the body does not end in time', async () => {
    const { url } = await serve((_request, response) => response.write('{"keys":'));

    await expect(fetchJson(fetch, url, soon)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('rejects when the connection breaks within the body', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{}', () => response.destroy());
    });

    await expect(fetchJson(fetch, url, limits)).rejects.toThrow();
  });
});
