import { createServer, type IncomingHttpHeaders, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Replay {
  readonly url: string;
  close(): void;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The path of a bare HTTP call. */
export const barePath = '/bare';

/**
 * The embedded AWS as it answered each operation first, again and again and at once: what a function then spends is
 * its own. `barePath` is answered with as little as there can be.
 */
export async function startReplay(awsUrl: string): Promise<Replay> {
  const answers = new Map<string, Answer>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    if (request.url === barePath) {
      response.end('{}');
      return;
    }
    const operation = toOperation(request.headers, body);
    const answer = answers.get(operation) ?? (await forward(awsUrl, request.headers, body));
    if (answer.status === 200) answers.set(operation, answer);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** One table's answer is none of another's. */
const toOperation = ({ 'x-amz-target': target }: IncomingHttpHeaders, body: Buffer): string =>
  target === undefined ? 'sts' : `${target} ${JSON.parse(body.toString('utf8')).TableName}`;

/** With the very headers, Host among them, because they are signed. */
function forward(awsUrl: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = send(awsUrl, { method: 'POST', path: '/', headers }, async (response) => {
      const { connection, 'transfer-encoding': _, ...kept } = response.headers;
      resolve({ status: response.statusCode ?? 502, headers: kept, body: await buffer(response) });
    });
    request.on('error', reject).end(body);
  });
}
