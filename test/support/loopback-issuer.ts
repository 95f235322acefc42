import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

export interface LoopbackIssuer {
  readonly url: string;
  /** Paths in the order of their requests. */
  readonly requests: string[];
  readonly discoveryRequests: () => number;
  readonly keySetRequests: () => number;
  publish(keys: readonly JWK[]): void;
  /** Answers a path in another way; `undefined` puts its own answer back. */
  answer(path: '/.well-known/openid-configuration' | '/jwks', respond: Respond | undefined): void;
  close(): Promise<void>;
}

export const discoveryPath = '/.well-known/openid-configuration';

/** An OpenID provider's two documents over real HTTP on a free port. */
export async function startLoopbackIssuer(keys: readonly JWK[] = []): Promise<LoopbackIssuer> {
  const requests: string[] = [];
  const answers = new Map<string, Respond>();
  let published = keys;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const documents: Readonly<Record<string, unknown>> = {
      [discoveryPath]: { issuer: url, jwks_uri: `${url}/jwks` },
      '/jwks': { keys: published },
    };
    const answer = answers.get(path);
    if (answer !== undefined) answer(request, response);
    else if (documents[path] !== undefined) response.end(JSON.stringify(documents[path]));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    discoveryRequests: () => requests.filter((path) => path === discoveryPath).length,
    keySetRequests: () => requests.filter((path) => path === '/jwks').length,
    publish: (next) => {
      published = next;
    },
    answer: (path, respond) => {
      if (respond === undefined) answers.delete(path);
      else answers.set(path, respond);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** An answer of that JSON. */
export const json =
  (document: unknown): Respond =>
  (_request, response) => {
    response.end(JSON.stringify(document));
  };
