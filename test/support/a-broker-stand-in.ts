import { type BrokerClient, createBrokerClient } from '../../lib/client/broker-client.ts';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';

/** A server that answers as the broker's credentials route does, with a new access key each time. */
export interface BrokerStandIn extends LoopbackServer {
  /** How many were issued. */
  readonly issued: () => number;
  /** From now on it issues, for so long. */
  issue(lifetimeMs: number, options?: IssuingOptions): void;
  /** From now on it refuses. */
  refuse(status: number, problem: object): void;
  /** A client that shows a token of this caller. */
  client(caller?: string): BrokerClient;
}

interface IssuingOptions {
  /** Epoch milliseconds by which it counts. @default the clock */
  readonly now?: () => number;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function aBrokerStandIn(): Promise<BrokerStandIn> {
  const server = await startLoopbackServer();
  let issued = 0;
  return {
    ...server,
    issued: () => issued,
    issue: (lifetimeMs, { now = Date.now, headers = {} } = {}) =>
      server.respond((response) => {
        issued += 1;
        response.setHeaders(new Headers({ date: new Date(now()).toUTCString(), ...headers }));
        response.end(JSON.stringify(toAnswer(issued, now() + lifetimeMs)));
      }),
    refuse: (status, problem) =>
      server.respond((response) => {
        response.statusCode = status;
        response.end(JSON.stringify({ status, ...problem }));
      }),
    client: (caller = 'alice') =>
      createBrokerClient({
        broker: new URL(server.url),
        userAgent: 'daypass/test',
        prover: { id: caller, prove: async () => ({ kind: 'token', token: `token-of-${caller}` }) },
      }),
  };
}

const toAnswer = (number: number, expiresAt: number) => ({
  IssuanceId: `01M7ZQ0KQ76WE38W4NEJ2W${String(number).padStart(4, '0')}`,
  Credentials: {
    AccessKeyId: `ASIA${String(number).padStart(16, '0')}`,
    SecretAccessKey: 'a/secret+key',
    SessionToken: 'a/session+token=',
    Expiration: new Date(expiresAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
  },
});
