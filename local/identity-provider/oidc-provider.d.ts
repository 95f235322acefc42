/** What is used here of oidc-provider 9, which comes without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    /** @throws errors.SessionNotFound where the browser has none under way */
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{ readonly params: Readonly<Record<string, unknown>> }>;
    /** Sends the browser on. @throws errors.SessionNotFound */
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: Readonly<Record<string, unknown>>,
    ): Promise<void>;
  }

  export const errors: { readonly SessionNotFound: new () => Error };

  export const interactionPolicy: {
    base(): { get(name: 'login' | 'consent'): { readonly checks: { clear(): void } } };
  };
}
