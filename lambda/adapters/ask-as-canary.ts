import type { CanaryAnswer } from '../core/judge-canary.ts';
import { type SigningCredentials, signRequest } from './sign-request.ts';

export interface AskAsCanaryOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly credentials: () => SigningCredentials;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From the request to the last byte, in milliseconds. */
  readonly timeoutMs: number;
}

/** More than any answer of the broker's has. */
const maxCharacters = 65_536;

/** Asks the broker for credentials as any caller with a role does, and hands over what is to be judged. */
export const createAskAsCanary =
  ({ fetch, credentials, region, now, timeoutMs }: AskAsCanaryOptions) =>
  async (url: URL): Promise<CanaryAnswer> => {
    const body = '{}';
    const scope = { credentials: credentials(), region, service: 'execute-api', nowMs: now() };
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { ...signRequest({ method: 'POST', url, body }, scope), connection: 'close' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = (await response.text()).slice(0, maxCharacters);
    return { status: response.status, body: toJson(text) };
  };

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
