import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server on this machine that can be cut: nobody listens then, as when the server itself is down. */
export interface Line {
  /** Stays the same. */
  readonly url: string;
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** Ends it. */
  stop(): Promise<void>;
}

export async function aLine(target: string): Promise<Line> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
  };
  let server: Server | undefined;
  const listen = async (on: number): Promise<number> => {
    server = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const socket of [near, far]) keep(socket);
      near.pipe(far).pipe(near);
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    }).listen(on, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const cut = async () => {
    const ending = server;
    server = undefined;
    if (ending === undefined) return;
    ending.close();
    for (const socket of sockets) socket.destroy();
    await once(ending, 'close');
  };
  const own = await listen(0);
  return {
    url: `http://127.0.0.1:${own}`,
    cut,
    restore: async () => {
      if (server === undefined) await listen(own);
    },
    stop: cut,
  };
}
