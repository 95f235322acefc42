import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClientError } from '../client-error.ts';
import { isOwn } from '../send-browser.ts';
import { type LoopbackPage, loopbackPages, sendPage } from './loopback-pages.ts';

export interface BrowserVisit<Result> {
  /** Where the browser comes back to, on this machine; without a port it's any free one. */
  readonly redirectUri: URL;
  readonly method: 'GET' | 'POST';
  /** Where the browser goes first, with what must stand in no list of processes. */
  readonly toDestination: (redirectUri: URL) => URL | Promise<URL>;
  /** `undefined` where what came isn't the answer that is waited for. */
  readonly accept: (parameters: URLSearchParams, redirectUri: URL) => Result | undefined;
  /** Gets the browser to the address, or somebody to do it. It's good once, on this machine. */
  readonly show: (address: URL) => Promise<void>;
  readonly signal: AbortSignal;
  /** Milliseconds. @default 600000 */
  readonly timeoutMs?: number;
}

/** Bytes of a form: a token and a state. */
const maxLength = 65_536;
const defaultTimeoutMs = 600_000;

/**
 * Sends a browser away and waits for it to come back, at a server on loopback that is there as long.
 *
 * @throws ClientError `interrupted` by the signal, `not-logged-in` where nobody comes back, `failed` where the port is taken
 */
export async function receiveFromBrowser<Result>(visit: BrowserVisit<Result>): Promise<Result> {
  if (visit.signal.aborted) throw new ClientError('interrupted', 'stopped');
  const server = createServer();
  const end = new AbortController();
  try {
    const redirectUri = await listen(server, visit.redirectUri);
    const destination = await visit.toDestination(redirectUri);
    const startPath = `/start/${randomBytes(16).toString('base64url')}`;
    const answer = awaitAnswer(server, { visit, redirectUri, destination, startPath }, end.signal);
    // It may come while the address is still being shown, or never because that failed.
    answer.catch(() => undefined);
    await Promise.race([answer, visit.show(new URL(startPath, redirectUri))]);
    return await answer;
  } finally {
    end.abort();
    server.close();
    server.closeAllConnections();
  }
}

function awaitAnswer<Result>(
  server: Server,
  place: Omit<ListenerOptions<Result>, 'resolve'>,
  end: AbortSignal,
): Promise<Result> {
  const { signal, timeoutMs = defaultTimeoutMs } = place.visit;
  return new Promise((resolve, reject) => {
    const toPage = createListener({ ...place, resolve });
    server.on('request', async (request, response) => {
      // As a form that breaks off: whatever comes, nobody ends the waiting by it.
      sendPage(response, await toPage(request, response).catch(() => loopbackPages.unknown));
    });
    const stop = () => reject(new ClientError('interrupted', 'stopped'));
    signal.addEventListener('abort', stop, { signal: end });
    // While the server began to listen.
    if (signal.aborted) stop();
    const timeout = setTimeout(() => reject(toTimeout(timeoutMs)), timeoutMs);
    end.addEventListener('abort', () => clearTimeout(timeout));
  });
}

async function listen(server: Server, wanted: URL): Promise<URL> {
  // A browser that tries [::1] for localhost first comes here next.
  const host = wanted.hostname === 'localhost' ? '127.0.0.1' : wanted.hostname.replace(/^\[|\]$/g, '');
  server.listen(wanted.port === '' ? 0 : Number(wanted.port), host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code } = Object(cause) as { readonly code?: unknown };
    throw new ClientError('failed', `can't listen at ${wanted.host} for the browser (${String(code)})`, {
      cause,
      hint: 'close what listens there, or log in with: daypass login --device',
    });
  }
  const redirectUri = new URL(wanted);
  redirectUri.port = String((server.address() as AddressInfo).port);
  return redirectUri;
}

interface ListenerOptions<Result> {
  readonly visit: BrowserVisit<Result>;
  readonly redirectUri: URL;
  readonly destination: URL;
  readonly startPath: string;
  readonly resolve: (result: Result) => void;
}

function createListener<Result>(options: ListenerOptions<Result>) {
  const { visit, redirectUri, destination, startPath, resolve } = options;
  let isStarted = false;
  return async (request: IncomingMessage, response: ServerResponse): Promise<LoopbackPage> => {
    // A name that leads here by somebody's DNS is not this one.
    if (request.headers.host !== redirectUri.host) return loopbackPages.unknown;
    const [, path, query] = /^([^?]*)\??(.*)$/.exec(request.url ?? '') ?? [];
    if (path === startPath && request.method === 'GET' && isOwn(request.socket)) {
      if (isStarted) return loopbackPages.used;
      isStarted = true;
      return { ...loopbackPages.onTheWay, location: destination.href };
    }
    if (path !== redirectUri.pathname || request.method !== visit.method) return loopbackPages.unknown;
    const result = visit.accept(await readParameters(request, query), redirectUri);
    if (result === undefined) return loopbackPages.foreign;
    response.once('close', () => resolve(result));
    return loopbackPages.done;
  };
}

/** Of the query, or of a form of bounded length; none where it is longer. */
async function readParameters(request: IncomingMessage, query?: string): Promise<URLSearchParams> {
  if (request.method === 'GET') return new URLSearchParams(query);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxLength) chunks.push(chunk);
  }
  return new URLSearchParams(length <= maxLength ? Buffer.concat(chunks).toString() : '');
}

const toTimeout = (timeoutMs: number) =>
  new ClientError('not-logged-in', `nobody came back from the browser within ${timeoutMs / 60_000} minutes`, {
    hint: 'again with: daypass login, or without a browser here: daypass login --device',
  });
