import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Respond = (response: ServerResponse, request: IncomingMessage) => void;

export interface LoopbackServer {
  readonly url: string;
  readonly requests: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** How the next requests are answered, once their body is there. */
  respond(respond: Respond): void;
  close(): Promise<void>;
}

/** A real HTTP server on a free port, for answers that no well-behaved service gives. */
export async function startLoopbackServer(): Promise<LoopbackServer> {
  const requests: { headers: IncomingHttpHeaders; body: string }[] = [];
  let answer: Respond = (response) => response.end();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    respond: (respond) => {
      answer = respond;
      requests.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
