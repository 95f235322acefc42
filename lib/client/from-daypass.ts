import { randomUUID } from 'node:crypto';
import { type BrokerClient, createBrokerClient } from './broker-client.ts';
import { requireBrokerUrl } from './broker-url.ts';
import { connect, requireBroker, toUserAgent } from './connect.ts';
import { type CredentialCache, createCredentialCache } from './credential-cache.ts';
import type { Credentials, CredentialsRequest } from './credentials.ts';
import { toDirectories } from './directories.ts';
import { getCredentials } from './get-credentials.ts';
import { createMemoryCache } from './memory-cache.ts';

export interface FromDaypassOptions extends CredentialsRequest {
  /** The broker, as `https://daypass.example.com`. @default DAYPASS_URL, then the one of `daypass login` */
  readonly url?: string;
  /**
   * Gives a token that the broker takes, each time there is something to ask; for callers with an identity of their
   * own. @default DAYPASS_TOKEN, DAYPASS_TOKEN_FILE, then the login of `daypass login`
   */
  readonly token?: () => Promise<string> | string;
  /**
   * Whether the processes of one user share credentials, as `daypass credentials` does, in files of mode 0600.
   * @default true; false with `token`, which may be anybody's
   */
  readonly cache?: boolean;
  /** @default the environment of the process */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What clients of the AWS SDK take as `credentials`. They ask again before `expiration`. */
export type DaypassProvider = () => Promise<Credentials>;

/**
 * Credentials of a profile for clients of the AWS SDK for JavaScript. One provider may serve many clients: those who
 * ask at the same time get the outcome of one issuance. Throws for a `url` that is none; rejects with a `ClientError`, whose `hint` says what to do.
 *
 * @example
 * const s3 = new S3Client({ credentials: fromDaypass({ profile: 'prod-readonly' }) });
 */
export function fromDaypass(options: FromDaypassOptions): DaypassProvider {
  const { url, token, cache = token === undefined, env: given, ...request } = options;
  if (url !== undefined) requireBrokerUrl(url, 'url');
  // A program that is given a provider has no other place to say where its broker is, as with the SDK's own providers.
  const env = { ...(given ?? process.env), ...(url === undefined ? {} : { DAYPASS_URL: url }) };
  const keep = cache ? createFileCache(env) : createMemoryCache(Date.now);
  // The same provider is the same caller, whichever token it shows; no other one is.
  const callerId = `provider:${randomUUID()}`;
  const openClient = () => (token === undefined ? connect(env) : createTokenClient({ env, callerId, token }));
  let underWay: Promise<Credentials> | undefined;
  return () => {
    underWay ??= issue(openClient, request, keep).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

async function issue(
  openClient: () => Promise<BrokerClient>,
  request: CredentialsRequest,
  cache: CredentialCache,
): Promise<Credentials> {
  return getCredentials(await openClient(), request, { cache });
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A program has nobody to tell that nothing is kept: it works without. */
const createFileCache = (env: Environment): CredentialCache =>
  createCredentialCache({ directories: toDirectories(env), now: Date.now, note: () => undefined });

async function createTokenClient({
  env,
  callerId,
  token,
}: {
  readonly env: Environment;
  readonly callerId: string;
  readonly token: NonNullable<FromDaypassOptions['token']>;
}): Promise<BrokerClient> {
  return createBrokerClient({
    broker: requireBroker(env, toDirectories(env)),
    userAgent: toUserAgent(),
    prover: { id: callerId, prove: async () => ({ kind: 'token', token: await token() }) },
  });
}
