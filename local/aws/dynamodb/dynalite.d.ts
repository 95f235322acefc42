/** The little of dynalite that is used: it has no types of its own. */
declare module 'dynalite' {
  import type { EventEmitter } from 'node:events';

  export type DynaliteRequest = EventEmitter & {
    method: string;
    url: string;
    headers: Readonly<Record<string, string>>;
  };

  export interface DynaliteResponse {
    statusCode: number;
    setHeader(name: string, value: string | number): void;
    end(body?: string): void;
  }

  export interface DynaliteServer {
    listeners(event: 'request'): readonly ((request: DynaliteRequest, response: DynaliteResponse) => void)[];
    removeAllListeners(event: 'request'): void;
    listen(options: { readonly port: number; readonly host: string }, listening: () => void): void;
    close(closed: (error?: Error) => void): void;
  }

  // biome-ignore lint/style/noDefaultExport: the module is one function.
  export default function dynalite(options: {
    readonly path: string;
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }): DynaliteServer;
}
