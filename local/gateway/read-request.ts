import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { GatewayRefusal } from './gateway-refusal.ts';

/** What came over the wire, before it is an event. */
export interface GatewayRequest {
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  /** Without the question mark, still percent-encoded. */
  readonly query: string;
  /** By name as first written; a name that comes again in another case is the same header. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** The socket's address, or the one that the gateway was told to report. */
  readonly sourceIp: string;
  /** A client may choose it, by `x-amzn-requestid`. */
  readonly requestId: string;
  /** No client can choose it. */
  readonly extendedRequestId: string;
  readonly receivedAt: number;
}

/** API Gateway's quotas for REST APIs, in bytes. */
export const gatewayLimits = {
  requestLineAndHeaderValues: 10_240,
  body: 10 * 1024 * 1024,
} as const;

export function toGatewayRequest(
  message: IncomingMessage,
  options: { readonly sourceIp?: string; readonly now: () => number },
): GatewayRequest {
  const target = message.url ?? '';
  const question = target.indexOf('?');
  const headers = toHeaders(message.rawHeaders);
  const chosenId = headerValue(headers, 'x-amzn-requestid');
  return {
    method: message.method ?? '',
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? '' : target.slice(question + 1),
    headers,
    sourceIp: options.sourceIp ?? message.socket.remoteAddress ?? '127.0.0.1',
    requestId: chosenId !== undefined && /^[\w-]{1,128}$/.test(chosenId) ? chosenId : randomUUID(),
    extendedRequestId: randomBytes(11).toString('base64'),
    receivedAt: options.now(),
  };
}

function toHeaders(raw: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const byName = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const entry = byName.get(name.toLowerCase()) ?? { name, values: [] };
    entry.values.push(raw[index + 1] ?? '');
    byName.set(name.toLowerCase(), entry);
  }
  return Object.fromEntries([...byName.values()].map(({ name, values }) => [name, values]));
}

/** The last of several, as in an event's `headers`. */
export function headerValue(headers: GatewayRequest['headers'], lowerCaseName: string): string | undefined {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === lowerCaseName);
  return entry?.[1].at(-1);
}

/** @throws GatewayRefusal 431 */
export function requireHeaderSize({ method, path, query, headers }: GatewayRequest): void {
  const requestLine = `${method} ${path}?${query} HTTP/1.1`;
  const size = [requestLine, ...Object.values(headers).flat()].reduce((sum, text) => sum + text.length, 0);
  const limit = gatewayLimits.requestLineAndHeaderValues;
  if (size > limit) throw new GatewayRefusal('DEFAULT_4XX', `headers of more than ${limit} bytes`, 431);
}

/** @throws GatewayRefusal 413; the rest is read and dropped, so that the client gets to see the answer */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const tooLarge = () =>
    new GatewayRefusal('REQUEST_TOO_LARGE', `a body of more than ${gatewayLimits.body} bytes`);
  const chunks: Buffer[] = [];
  let length = 0;
  // Not for await: leaving that loop destroys the socket before the answer is written.
  return new Promise((resolve, reject) => {
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= gatewayLimits.body) chunks.push(chunk);
      else reject(tooLarge());
    });
    if (Number(message.headers['content-length'] ?? 0) > gatewayLimits.body) reject(tooLarge());
    message.on('end', () => resolve(Buffer.concat(chunks)));
    message.on('error', reject);
    message.on('close', () => reject(new Error('the client went away')));
  });
}
