import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of the local run: everything listens on the loopback address alone. */
export interface Listening {
  readonly url: string;
  /** Resolves when no connection is left: idle ones are closed at once, busy ones get `graceMs`. @default 300 */
  close(graceMs?: number): Promise<void>;
}

/** Rejects with the system's own error (`EADDRINUSE`, `EACCES`). Port 0 takes a free one. */
export async function listen(server: Server, port: number): Promise<Listening> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    close: async (graceMs = 300) => {
      const closed = once(server, 'close');
      server.close();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
