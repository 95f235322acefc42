import type { ConsoleFederation, Credentials, SigninAnswer } from '../core/ports.ts';
import { toErrorDetail } from './error-detail.ts';
import { type Fetch, postForm } from './fetch-json.ts';

export interface FederationEndpointOptions {
  /** Of the partition and region: see `toFederationUrl`. */
  readonly url: URL;
  readonly fetch: Fetch;
  /** Of the whole call, in milliseconds. */
  readonly timeoutMs: number;
}

/** Bytes: real answers have 1–4 KB, and grow with the session token. */
const maxBytes = 32_768;

/** The console's federation endpoint (IAM guide, "Enable custom identity broker access to the AWS console"). */
export function createFederationEndpoint({
  url,
  fetch,
  timeoutMs,
}: FederationEndpointOptions): ConsoleFederation {
  return {
    getSigninToken: async (credentials) => {
      try {
        return toAnswer(await postForm(fetch, { url, form: toForm(credentials) }, { maxBytes, timeoutMs }));
      } catch (error) {
        return toFailure(toDetail(error));
      }
    },
  };
}

/**
 * A form, because proxies and logs see URLs. Never with `SessionDuration`: a function's role is a session itself, and
 * AWS refuses it for credentials of role chaining.
 */
function toForm({ accessKeyId, secretAccessKey, sessionToken }: Credentials): URLSearchParams {
  const session = { sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken };
  return new URLSearchParams({ Action: 'getSigninToken', Session: JSON.stringify(session) });
}

function toAnswer(document: unknown): SigninAnswer {
  const signinToken: unknown = Reflect.get(Object(document), 'SigninToken');
  return typeof signinToken === 'string' && /^[\x21-\x7e]+$/.test(signinToken)
    ? { state: 'GIVEN', signinToken }
    : toFailure('the answer has no sign-in token');
}

/** What `fetch` throws says little without its cause. Neither quotes the form or the answer. */
function toDetail(error: unknown): string {
  const cause: unknown = Reflect.get(Object(error), 'cause');
  return [error, ...(cause === undefined ? [] : [cause])].map(toErrorDetail).join(': ');
}

const toFailure = (detail: string): SigninAnswer => ({ state: 'FAILED', detail });
