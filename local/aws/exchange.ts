import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request as it came over the wire: nothing decoded, so that its signature can be recomputed. */
export interface AwsRequest {
  readonly method: string;
  /** As sent, still encoded. */
  readonly path: string;
  /** Without the question mark, still encoded. */
  readonly query: string;
  /** Lower-case names to all values, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What becomes of the connection: answered, broken off (a TCP reset), or held without an answer. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang'; readonly holdMs: number };

/** Bytes: what AWS's own limits leave to the calls that are made here, and a bound before anything is parsed. */
export const maximumBodyBytes = 2 * 1024 * 1024;

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

export async function readRequest(message: IncomingMessage, requestId: string): Promise<AwsRequest> {
  const target = message.url ?? '/';
  const question = target.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? '' : target.slice(question + 1),
    headers: new Map(Object.entries(message.headersDistinct).map(([name, values]) => [name, values ?? []])),
    body: await readBody(message),
    sourceIp: (message.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    requestId,
  };
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length > maximumBodyBytes) throw new BodyTooLargeError(`allowed: ${maximumBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export const header = ({ headers }: Pick<AwsRequest, 'headers'>, name: string): string | undefined =>
  headers.get(name)?.[0];

export function carryOut(outcome: Outcome, response: ServerResponse): void {
  if (outcome.kind === 'answer') {
    send(outcome.answer, response);
  } else if (outcome.kind === 'reset') {
    response.socket?.resetAndDestroy();
  } else {
    const { socket } = response;
    setTimeout(() => socket?.destroy(), outcome.holdMs).unref();
  }
}

export function send({ status, headers, body }: Answer, response: ServerResponse): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
