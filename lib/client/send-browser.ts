import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ClientError } from './client-error.ts';
import { loopbackPages, sendPage } from './login/loopback-pages.ts';

export interface BrowserErrand {
  /** A secret: whoever opens it is signed in. */
  readonly destination: URL;
  /** Gets a browser to the address, which is good once. */
  readonly show: (address: URL) => Promise<void>;
  readonly signal: AbortSignal;
  /** Milliseconds. @default 120000 */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 120_000;

/**
 * Sends a browser to an address that must stand in no list of processes: it's told one on loopback, which sends the
 * first who come, of this user, on.
 *
 * @throws ClientError `interrupted` by the signal, `failed` where nobody comes; and what `show` throws
 */
export async function sendBrowser({
  destination,
  show,
  signal,
  timeoutMs = defaultTimeoutMs,
}: BrowserErrand): Promise<void> {
  if (signal.aborted) throw toEnd(signal, timeoutMs);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  address.pathname = `/${randomBytes(24).toString('base64url')}`;
  let timeout: NodeJS.Timeout | undefined;
  try {
    const gone = new Promise<void>((resolve, reject) => {
      const giveUp = () => reject(toEnd(signal, timeoutMs));
      timeout = setTimeout(giveUp, timeoutMs);
      signal.addEventListener('abort', giveUp, { once: true });
      server.on('request', createListener({ address, destination, resolve }));
    });
    // It may come while the address is still being shown.
    gone.catch(() => undefined);
    await show(address);
    await gone;
  } finally {
    clearTimeout(timeout);
    server.close();
    server.closeAllConnections();
  }
}

interface Listening {
  readonly address: URL;
  readonly destination: URL;
  readonly resolve: () => void;
}

function createListener({ address, destination, resolve }: Listening) {
  let isUsed = false;
  return (request: IncomingMessage, response: ServerResponse) => {
    const isHere = request.headers.host === address.host && request.url === address.pathname;
    if (!isHere || request.method !== 'GET' || !isOwn(request.socket))
      return sendPage(response, loopbackPages.unknown);
    if (isUsed) return sendPage(response, loopbackPages.used);
    isUsed = true;
    response.once('close', resolve);
    return sendPage(response, { ...loopbackPages.onTheWay, location: destination.href });
  };
}

/**
 * Whether a process of this user holds the other end. The address stands in the list of processes, where others could
 * be quicker with it than the browser. Linux alone says whose a connection is; root may read this process anyway, and
 * is who brings connections from Windows into WSL.
 */
export function isOwn({ remoteAddress = '', remotePort, localPort }: Socket): boolean {
  // From another address of this machine, the ports may be those of somebody else's connection.
  if (!Object.hasOwn(loopbackTables, remoteAddress)) return false;
  const { path, address } = loopbackTables[remoteAddress as keyof typeof loopbackTables];
  const table = readConnections(path);
  const self = process.getuid?.();
  if (table === undefined || self === undefined) return true;
  const owner = findOwner(table, { address, from: remotePort ?? 0, to: localPort ?? 0 });
  return owner === self || owner === 0;
}

/** Where Linux lists the connections from an address, and how it writes that: words of 32 bits, low byte first. */
const loopbackTables = {
  '127.0.0.1': { path: '/proc/net/tcp', address: '0100007F' },
  '::1': { path: '/proc/net/tcp6', address: `${'0'.repeat(24)}01000000` },
} as const;

function readConnections(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** A connection on loopback. */
export interface LoopbackEnds {
  /** As the table writes it. */
  readonly address: string;
  /** The port of the end that is looked for. */
  readonly from: number;
  readonly to: number;
}

/** TCP_ESTABLISHED. All that is being closed is nobody's any more, and stands there as root's. */
const established = '01';

/**
 * @param table lines of proc_pid_net(5): number, local address, remote address, state, …, uid in the eighth column
 */
export function findOwner(table: string, { address, from, to }: LoopbackEnds): number | undefined {
  const toEntry = (port: number) => `${address}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const line = table
    .split('\n')
    .map((text) => text.trim().split(/\s+/))
    .find(
      ([, local, remote, state]) =>
        local === toEntry(from) && remote === toEntry(to) && state === established,
    );
  const uid = Number(line?.[7]);
  return Number.isInteger(uid) ? uid : undefined;
}

function toEnd(signal: AbortSignal, timeoutMs: number): ClientError {
  if (signal.aborted) return new ClientError('interrupted', 'stopped');
  return new ClientError('failed', `no browser came within ${timeoutMs / 1000} s`, {
    hint: 'without --open the link is printed',
  });
}
