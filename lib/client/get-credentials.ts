import type { BrokerAnswer, BrokerClient } from './broker-client.ts';
import { findBrokerTime } from './broker-time.ts';
import { ClientError } from './client-error.ts';
import { type CachedCredentials, type CredentialCache, toCacheKey } from './credential-cache.ts';
import { isUsable, toFreshUntil } from './credential-lifetime.ts';
import { type Credentials, type CredentialsRequest, parseCredentials } from './credentials.ts';
import { toNameSegment } from './path-segment.ts';
import { readJson } from './read-json.ts';

export interface GetCredentialsOptions {
  /** @default each call issues */
  readonly cache?: CredentialCache;
  readonly signal?: AbortSignal;
  /** Epoch milliseconds. @default the clock */
  readonly now?: () => number;
  /** A line for whoever runs this, without secrets. @default nobody is told */
  readonly note?: (line: string) => void;
}

/**
 * Credentials of the profile: cached ones, or issued now. A burst of processes with one cache makes one issuance.
 * Where the broker can't answer, cached ones that are still valid do.
 *
 * @throws ClientError
 */
export async function getCredentials(
  client: BrokerClient,
  request: CredentialsRequest,
  options: GetCredentialsOptions = {},
): Promise<Credentials> {
  const { cache, now = Date.now, note = () => undefined } = options;
  if (cache === undefined) return (await issueCredentials(client, request, options)).credentials;
  const key = toCacheKey(client, request);
  const readFresh = () => {
    const cached = cache.read(key);
    return cached !== undefined && now() < cached.freshUntil ? cached.credentials : undefined;
  };
  const issueAndKeep = async () => {
    const meanwhile = readFresh();
    if (meanwhile !== undefined) return meanwhile;
    const issued = await issueCredentials(client, request, options);
    cache.write(key, issued);
    // Whoever logged out meanwhile has cleared the cache already.
    if (!client.isLoggedIn()) cache.remove(key);
    return issued.credentials;
  };
  try {
    return readFresh() ?? (await cache.exclusively(key, issueAndKeep, options.signal));
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    // What was allowed is so no longer: nobody is handed the rest of it.
    if (error.code === 'refused' || error.code === 'not-logged-in') cache.remove(key);
    const cached = error.code === 'unavailable' ? cache.read(key) : undefined;
    if (cached === undefined || !isUsable(cached.expiresAt, now())) throw error;
    note(
      `daypass: ${error.message}; these credentials of earlier are valid until ${cached.credentials.expiration.toISOString()}`,
    );
    return cached.credentials;
  }
}

/** One attempt, one row in the audit. @throws ClientError */
export async function issueCredentials(
  client: BrokerClient,
  { profile, integration = false, ...narrowing }: CredentialsRequest,
  { signal, now = Date.now, note = () => undefined }: GetCredentialsOptions = {},
): Promise<CachedCredentials> {
  const answer = await client.call({
    method: 'POST',
    path: `${toResource(profile, integration ? 'integration' : 'profile')}/credentials`,
    body: narrowing,
    ...(signal === undefined ? {} : { signal }),
  });
  const warning = answer.headers.get('daypass-warning');
  if (warning !== null) note(`daypass: ${warning}`);
  const issuedAt = now();
  const credentials = toCredentials(answer);
  const lifetimeMs = toLifetimeMs(credentials, issuedAt, findBrokerTime(answer.headers));
  return {
    credentials,
    issuedAt,
    freshUntil: toFreshUntil(lifetimeMs, issuedAt),
    expiresAt: issuedAt + lifetimeMs,
  };
}

/** Milliseconds: no session of AWS lasts longer than one of GetSessionToken or GetFederationToken, 36 hours. */
const longestLifeMs = 129_600_000;

/** By the broker's clock; by this machine's where what came as the broker's can't be right. Epoch milliseconds. */
function toLifetimeMs({ expiration }: Credentials, issuedAt: number, brokerTime = issuedAt): number {
  const [lifetimeMs, byOwnClockMs] = [expiration.getTime() - brokerTime, expiration.getTime() - issuedAt];
  return lifetimeMs <= longestLifeMs ? lifetimeMs : Math.min(byOwnClockMs, longestLifeMs);
}

/** Where a profile, or an integration, has its routes. @throws ClientError `usage` */
export const toResource = (name: string, kind: 'profile' | 'integration'): `/v1/${string}` =>
  kind === 'profile'
    ? `/v1/profiles/${toNameSegment(name, 'a profile')}`
    : `/v1/integrations/${toNameSegment(name, 'an integration')}`;

/** As `POST …/credentials` and `POST /iam/v1/session-tokens` answer. @throws ClientError */
export function toCredentials(answer: BrokerAnswer): Credentials {
  const { IssuanceId: issuanceId, Credentials: given } = readJson<Readonly<Record<string, unknown>>>(answer);
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Object(given);
  const credentials = parseCredentials({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
    issuanceId,
  });
  if (credentials !== undefined) return credentials;
  throw new ClientError('unavailable', 'what answered is no broker: its answer holds no credentials', {
    hint: 'check DAYPASS_URL',
  });
}
