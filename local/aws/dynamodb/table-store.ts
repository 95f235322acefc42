import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import dynalite, { type DynaliteRequest } from 'dynalite';
import type { Answer, AwsRequest } from '../exchange.ts';

/** The tables of one account, on disk. */
export interface TableStore {
  /** Carries out an authorized request. */
  process(request: AwsRequest): Promise<Answer>;
  close(): Promise<void>;
}

export interface TableStoreOptions {
  readonly directory: string;
  readonly accountId: string;
  readonly region: string;
}

/** What's under way is waited for: dynalite brings the process down when its files are closed under it. */
const longestCloseMs = 500;

/** Opens dynalite as a function instead of a port of its own. The data directory's lock must be held. */
export function openTableStore(options: TableStoreOptions): TableStore {
  const server = createDynalite(options);
  const [handle] = server.listeners('request');
  if (handle === undefined) throw new TypeError('dynalite has no request listener');
  const pending = new Set<Promise<Answer>>();
  return {
    process: (request) => {
      const answer = new Promise<Answer>((resolve) => {
        const replayed = toDynaliteRequest(request);
        handle(replayed, capture(resolve));
        // In here and not from a stream, so that what dynalite throws rejects this promise and not the process.
        if (request.body.length > 0) replayed.emit('data', request.body);
        replayed.emit('end');
      });
      pending.add(answer);
      const settled = () => pending.delete(answer);
      answer.then(settled, settled);
      return answer;
    },
    close: async () => {
      await Promise.race([Promise.allSettled(pending), delay(longestCloseMs, undefined, { ref: false })]);
      // Its database is closed only by the closing of a server that listens: so for a moment it does, to nobody.
      server.removeAllListeners('request');
      await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve));
      await new Promise<void>((resolve, reject) =>
        server.close((error) => (error === undefined || error === null ? resolve() : reject(error))),
      );
    },
  };
}

/** dynalite takes the account and the region of its ARNs from the environment, at creation and at no other time. */
function createDynalite({ directory, accountId, region }: TableStoreOptions) {
  const { AWS_ACCOUNT_ID, AWS_REGION } = process.env;
  Object.assign(process.env, { AWS_ACCOUNT_ID: accountId, AWS_REGION: region });
  try {
    return dynalite({ path: directory, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  } finally {
    restore('AWS_ACCOUNT_ID', AWS_ACCOUNT_ID);
    restore('AWS_REGION', AWS_REGION);
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

function toDynaliteRequest({ method, path, query, headers }: AwsRequest): DynaliteRequest {
  const joined = [...headers].map(([name, values]) => [name, values.join(', ')]);
  const url = query === '' ? path : `${path}?${query}`;
  return Object.assign(new EventEmitter(), { method, url, headers: Object.fromEntries(joined) });
}

function capture(resolve: (answer: Answer) => void) {
  const headers: Record<string, string> = {};
  return {
    statusCode: 200,
    setHeader: (name: string, value: string | number) => {
      headers[name.toLowerCase()] = String(value);
    },
    end(body = '') {
      resolve({ status: this.statusCode, headers, body });
    },
  };
}
