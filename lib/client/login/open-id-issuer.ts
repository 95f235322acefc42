import {
  AuthorizationResponseError,
  allowInsecureRequests,
  type Configuration,
  type CustomFetch,
  customFetch,
  discovery,
  None,
  ResponseBodyError,
} from 'openid-client';
import { isLoopbackHost } from '../../../lambda/core/issuer-url.ts';
import { toReason } from '../broker-client.ts';
import { ClientError, type ClientErrorCode } from '../client-error.ts';
import { readBounded } from '../read-bounded.ts';
import { whileNoting } from '../wait-note.ts';
import { toCleanText } from './clean-text.ts';
import type { OidcSignIn } from './sign-in.ts';

/** Seconds for each request to the issuer. */
const timeoutSeconds = 15;
/** Bytes of each answer of the issuer: the longest are its keys. */
const maxBytes = 1_048_576;

/** @throws ClientError `unavailable` where it doesn't answer, `failed` where what answers is another issuer or none */
export async function discoverIssuer(
  issuer: string,
  clientId: string,
  signal?: AbortSignal,
): Promise<Configuration> {
  const url = new URL(issuer);
  return asIssuer(issuer, signal, () =>
    discovery(url, clientId, undefined, None(), {
      timeout: timeoutSeconds,
      [customFetch]: toSafeFetch(issuer, signal),
      ...(url.protocol === 'http:' && isLoopbackHost(url.hostname)
        ? { execute: [allowInsecureRequests] }
        : {}),
    }),
  );
}

/** The same for somebody who sits there and waits. @throws ClientError */
export const discoverPatiently = ({ issuer, settings, note, signal }: Omit<OidcSignIn, 'show'>) =>
  whileNoting({ note, what: `${issuer} to answer`, longestMs: timeoutSeconds * 1000 }, () =>
    discoverIssuer(issuer, settings.clientId, signal),
  );

/**
 * An issuer on this machine may name http addresses: those of this machine, and no others.
 *
 * @throws ClientError
 */
export const toSafeFetch =
  (issuer: string, signal: AbortSignal | undefined): CustomFetch =>
  async (address, options) => {
    const { protocol, hostname } = new URL(address);
    if (protocol !== 'https:' && !isLoopbackHost(hostname)) {
      throw new ClientError('failed', `the issuer names ${toCleanText(address)}, which is no https address`);
    }
    const signals = [options.signal, signal].filter((one) => one !== undefined && one !== null);
    try {
      const answer = await fetch(address, {
        // Its types know a body as DOM has it.
        ...(options as RequestInit),
        ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
      });
      return await toBounded(answer, issuer);
    } catch (cause) {
      if (cause instanceof ClientError) throw cause;
      throw toSilence(issuer, toReason(cause), cause);
    }
  };

/** The library reads all that there is. */
async function toBounded(answer: Response, issuer: string): Promise<Response> {
  const { body, status, statusText, headers } = answer;
  if (body === null) return answer;
  const text = await readBounded(answer, maxBytes);
  if (text !== undefined) return new Response(text, { status, statusText, headers });
  throw new ClientError('failed', `the issuer ${issuer} answers wrongly (its answer is too long)`);
}

const toSilence = (issuer: string, why: string, cause: unknown) =>
  new ClientError('unavailable', `the issuer ${issuer} can't be reached (${toCleanText(why)})`, {
    cause,
    hint: 'try again; a login that you have is kept',
  });

/** Runs what asks the issuer. @throws ClientError with its reason, in its own words where it gives any */
export async function asIssuer<Result>(
  issuer: string,
  signal: AbortSignal | undefined,
  ask: () => Promise<Result>,
): Promise<Result> {
  try {
    return await ask();
  } catch (cause) {
    throw toIssuerError(issuer, signal, cause);
  }
}

function toIssuerError(issuer: string, signal: AbortSignal | undefined, cause: unknown): ClientError {
  if (signal?.aborted) return new ClientError('interrupted', 'stopped', { cause });
  const inner = findClientError(cause);
  if (inner !== undefined) return inner;
  const said = toIssuersWords(cause);
  if (said !== undefined) {
    const { code, hint } = toMeaning(said);
    return new ClientError(code, `${issuer} refused (${said.text})`, { cause, hint });
  }
  const status = readStatus(cause);
  if (status !== undefined && (status === 429 || status >= 500))
    return toSilence(issuer, `status ${status}`, cause);
  return new ClientError('failed', `the issuer ${issuer} answers wrongly (${toCleanText(toText(cause))})`, {
    cause,
  });
}

interface IssuersWords {
  readonly error: string;
  readonly text: string;
  readonly status: number | undefined;
}

function toIssuersWords(cause: unknown): IssuersWords | undefined {
  if (!(cause instanceof ResponseBodyError || cause instanceof AuthorizationResponseError)) return undefined;
  const { error, error_description: description } = cause;
  return {
    error,
    text: toCleanText(description === undefined ? error : `${error}: ${description}`),
    status: cause instanceof ResponseBodyError ? cause.status : undefined,
  };
}

const passing: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable', 'slow_down']);

/** RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5. */
function toMeaning({ error, status = 400 }: IssuersWords): {
  readonly code: ClientErrorCode;
  readonly hint: string;
} {
  if (passing.has(error) || status === 429 || status >= 500)
    return { code: 'unavailable', hint: 'try again' };
  switch (error) {
    case 'access_denied':
      return { code: 'refused', hint: 'whoever signed in there did not agree, or may not use this client' };
    case 'expired_token':
      return { code: 'not-logged-in', hint: 'the code was not used in time; again with: daypass login' };
    case 'invalid_grant':
      return { code: 'not-logged-in', hint: 'log in again with: daypass login' };
    default:
      return {
        code: 'refused',
        hint: "the client of the broker's configuration (login: of this issuer) and the one at the issuer may differ",
      };
  }
}

/** What a request of ours threw, below the library's own errors. */
function findClientError(error: unknown): ClientError | undefined {
  if (error instanceof ClientError) return error;
  const { cause } = Object(error) as { readonly cause?: unknown };
  return cause === undefined ? undefined : findClientError(cause);
}

function readStatus(error: unknown): number | undefined {
  const { cause } = Object(error) as { readonly cause?: unknown };
  return cause instanceof Response ? cause.status : undefined;
}

function toText(error: unknown): string {
  const { message, cause } = Object(error) as { readonly message?: unknown; readonly cause?: unknown };
  const inner = cause instanceof Error ? `: ${cause.message}` : '';
  return `${typeof message === 'string' ? message : String(error)}${inner}`;
}
