import { isLoopbackHost } from '../../../lambda/core/issuer-url.ts';
import { sha256 } from '../../../lambda/core/sha256.ts';
import { toReason } from '../broker-client.ts';
import { ClientError } from '../client-error.ts';
import type { Prover } from '../proof.ts';
import { readBounded } from '../read-bounded.ts';
import { readExpiry } from './read-claims.ts';
import { requireToken } from './require-token.ts';

export interface GitHubActionsOptions {
  readonly audience: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Milliseconds. */
const timeoutMs = 10_000;
/** Bytes: a token and its name. */
const maxBytes = 65_536;
/** Milliseconds before its end at which another is asked for. */
const skewMs = 60_000;

/**
 * The token of the running job, asked for anew by each process and kept in no file. The caller's id goes by the job's own
 * request token: no two jobs of a shared runner have one.
 *
 * @throws ClientError `not-logged-in` outside of a job that may ask for one
 */
export function createGitHubActionsProver({ audience, env, now }: GitHubActionsOptions): Prover {
  const url = env['ACTIONS_ID_TOKEN_REQUEST_URL'];
  const given = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
  if (!url || !given) {
    throw new ClientError('not-logged-in', 'this is no job of GitHub Actions that may ask for a token', {
      hint: 'the job needs: permissions: { id-token: write }',
    });
  }
  // fetch's own error would show the header.
  const requestToken = requireToken(given, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN');
  const address = toAddress(url, audience);
  let kept = { token: '', goodUntilMs: 0 };
  return {
    id: `github-actions:${sha256(JSON.stringify([audience, requestToken])).toString('hex')}`,
    prove: async () => {
      if (now() >= kept.goodUntilMs) {
        const token = await fetchToken(address, requestToken);
        kept = { token, goodUntilMs: (readExpiry(token) ?? 0) - skewMs };
      }
      return { kind: 'token', token: kept.token };
    },
  };
}

function toAddress(url: string, audience: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (
    address === undefined ||
    !(address.protocol === 'https:' || (address.protocol === 'http:' && isLoopbackHost(address.hostname)))
  ) {
    throw new ClientError('not-logged-in', 'ACTIONS_ID_TOKEN_REQUEST_URL is no https URL');
  }
  address.searchParams.set('audience', audience);
  return address;
}

async function fetchToken(address: URL, requestToken: string): Promise<string> {
  const response = await send(address, requestToken);
  const { value } = Object(await readJson(response)) as { readonly value?: unknown };
  if (response.ok && typeof value === 'string') return requireToken(value, 'the answer of GitHub Actions');
  const isPassing = response.status === 429 || response.status >= 500;
  throw new ClientError(
    isPassing ? 'unavailable' : 'not-logged-in',
    `GitHub Actions gave no token (status ${response.status})`,
    isPassing ? { hint: 'try again' } : { hint: 'the job needs: permissions: { id-token: write }' },
  );
}

async function send(address: URL, requestToken: string): Promise<Response> {
  try {
    return await fetch(address, {
      headers: { authorization: `Bearer ${requestToken}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    throw new ClientError('unavailable', `GitHub Actions can't be reached (${toReason(cause)})`, { cause });
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return JSON.parse((await readBounded(response, maxBytes)) ?? '');
  } catch {
    return undefined;
  }
}
