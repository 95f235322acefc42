import type { IncomingMessage, ServerResponse } from 'node:http';
import { startLoopbackServer } from './loopback-server.ts';

export interface StubAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** An OpenID provider that answers as a test tells it to, for what no well-behaved one answers. */
export interface OpenIdStub {
  readonly url: string;
  /** Paths asked for, with their parameters, the discovery document's aside. */
  readonly asked: { readonly path: string; readonly parameters: URLSearchParams }[];
  /** Of the discovery document, over what stands there otherwise. */
  metadata: Readonly<Record<string, unknown>>;
  /** What each endpoint answers: `/token`, `/device`, `/revoke`. A connection is cut where there is nothing. */
  answers: Readonly<Record<string, (parameters: URLSearchParams) => StubAnswer | 'cut'>>;
  close(): Promise<void>;
}

export async function startOpenIdStub(): Promise<OpenIdStub> {
  const server = await startLoopbackServer();
  const stub: OpenIdStub = {
    url: server.url,
    asked: [],
    metadata: {},
    answers: {},
    close: () => server.close(),
  };
  server.respond((response, request) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', server.url);
    if (pathname === '/.well-known/openid-configuration') return send(response, { body: toMetadata(stub) });
    const form = server.requests.at(-1)?.body ?? '';
    const parameters = request.method === 'POST' ? new URLSearchParams(form) : searchParams;
    stub.asked.push({ path: pathname, parameters });
    const answer = stub.answers[pathname]?.(parameters) ?? 'cut';
    return answer === 'cut' ? cut(request) : send(response, answer);
  });
  return stub;
}

const toMetadata = ({ url, metadata }: OpenIdStub) => ({
  issuer: url,
  authorization_endpoint: `${url}/authorize`,
  token_endpoint: `${url}/token`,
  device_authorization_endpoint: `${url}/device`,
  revocation_endpoint: `${url}/revoke`,
  ...metadata,
});

function send(response: ServerResponse, { status = 200, body }: StubAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function cut(request: IncomingMessage): void {
  request.socket.destroy();
}

/** A JWT that nobody verifies. */
export const anUnsignedJwt = (claims: Readonly<Record<string, unknown>>): string =>
  [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('c2lnbmF0dXJl')
    .join('.');
