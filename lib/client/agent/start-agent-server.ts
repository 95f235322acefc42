import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { finished } from 'node:stream/promises';
import { toReason } from '../broker-client.ts';
import { ClientError } from '../client-error.ts';
import type { AgentAnswer } from './agent-answer.ts';
import { type AnswerRequestOptions, answerRequest } from './answer-request.ts';
import { createCredentialKeeper, type KeeperEvent } from './credential-keeper.ts';
import type { OpenCredentialSource } from './credential-source.ts';
import { createMetadataTokens } from './metadata-tokens.ts';
import { refuseRequest } from './refuse-request.ts';
import { createSecretToken } from './secret-token.ts';

export interface AgentServerOptions {
  /** Who is logged in, and what issues to them. */
  readonly open: OpenCredentialSource;
  /** Epoch milliseconds of the wall clock. */
  readonly now: () => number;
  /** Of 127.0.0.1. @default any that is free */
  readonly port?: number;
  /** The profiles that it serves. @default all that the broker gives */
  readonly profiles?: readonly string[];
  /** The profile that it serves as EC2's metadata service too. @default none */
  readonly metadataProfile?: string;
  /** Is told what was issued and what failed. @default nobody is */
  readonly report?: (event: KeeperEvent) => void;
  /** Is told of defects, which answer 500. @default nobody is */
  readonly reportDefect?: (error: unknown) => void;
}

/** Credentials for SDKs on this machine, as a container or an instance of AWS has them. */
export interface AgentServer {
  /** Without a slash at the end, such as `http://127.0.0.1:7399`. */
  readonly url: string;
  readonly port: number;
  /** For AWS_CONTAINER_AUTHORIZATION_TOKEN, or a file of mode 0600. */
  readonly token: string;
  /** Stops taking requests, ends what is under way, and forgets everything. */
  close(): Promise<void>;
}

/** For AWS_CONTAINER_CREDENTIALS_FULL_URI. */
export const toContainerUri = ({ url }: Pick<AgentServer, 'url'>, profile: string) =>
  `${url}/profiles/${profile}/container-credentials`;

/** By number: the AWS CLI takes no other host but `localhost`, which may be another address. */
const address = '127.0.0.1';

/** Milliseconds between two looks at what is due. The clock is compared, so that a machine that slept notices. */
const renewalIntervalMs = 15_000;

/**
 * Serves on the loopback address alone.
 *
 * @throws ClientError where the port is taken
 */
export async function startAgentServer(options: AgentServerOptions): Promise<AgentServer> {
  const { open, now, port = 0, profiles, metadataProfile, report, reportDefect = () => undefined } = options;
  const stopping = new AbortController();
  const keeper = createCredentialKeeper({
    ...{ open, now, signal: stopping.signal },
    ...(report === undefined ? {} : { report }),
  });
  const token = createSecretToken();
  const answering: AnswerRequestOptions = {
    ...{ keeper, token, now, reportDefect },
    ...(profiles === undefined ? {} : { profiles }),
    ...(metadataProfile === undefined
      ? {}
      : { metadata: { profile: metadataProfile, tokens: createMetadataTokens(now) } }),
  };
  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const answered = respond(request, response, answering).finally(() => underWay.delete(answered));
    underWay.add(answered);
  });
  const boundPort = await listen(server, port);
  // Such as too many open files: those who are served go on.
  server.on('error', reportDefect);
  const renewing = setInterval(() => void keeper.renewDue(), renewalIntervalMs).unref();
  return {
    url: `http://${address}:${boundPort}`,
    port: boundPort,
    token,
    close: async () => {
      clearInterval(renewing);
      const closed = once(server, 'close');
      server.close();
      stopping.abort();
      // Whoever waits for an issuance is told so, before the connection ends.
      await Promise.all(underWay);
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen({ host: address, port, exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (cause) {
    const reason = toReason(cause);
    throw new ClientError(
      'failed',
      reason === 'EADDRINUSE'
        ? `port ${port} of ${address} is taken`
        : `can't serve on port ${port} of ${address}: ${reason}`,
      {
        cause,
        hint: 'an agent that is running serves other terminals too: daypass agent --print-env <profile>; another port: --port <number>',
      },
    );
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answering: AnswerRequestOptions,
): Promise<void> {
  // Nothing that is asked for has a body: what comes is read, so that the connection can go on, and thrown away.
  request.resume();
  const port = request.socket.localPort ?? 0;
  const answer = refuseRequest(request, port) ?? (await answerRequest(request, answering));
  send(response, answer);
  // Whoever asked may be gone.
  await finished(response).catch(() => undefined);
}

const privateHeaders = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // A page that loads this as its own script or picture gets nothing.
  'Cross-Origin-Resource-Policy': 'same-origin',
};

function send(response: ServerResponse, { status, headers, body }: AgentAnswer): void {
  response.writeHead(status, {
    ...privateHeaders,
    ...headers,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
