import type { OpenCredentialSource } from '../../lib/client/agent/credential-source.ts';
import { ClientError } from '../../lib/client/client-error.ts';
import type { CachedCredentials } from '../../lib/client/credential-cache.ts';
import { toFreshUntil } from '../../lib/client/credential-lifetime.ts';

const minute = 60_000;

/** A broker as the agent sees it, by hand: what is asked of it waits until the test answers, or is answered at once. */
export interface CredentialSourceStandIn {
  readonly open: OpenCredentialSource;
  /** Epoch milliseconds. */
  readonly now: () => number;
  advance(ms: number): void;
  /** The profiles of all attempts to issue. */
  readonly attempts: readonly string[];
  /** Whoever is logged in; nobody where `undefined`. */
  login(callerId: string | undefined): void;
  /** What the next attempts come to. @default credentials */
  fail(error: Error | undefined): void;
  /** Attempts from now on wait until they are let go. */
  hold(): { release(): void };
}

export function aCredentialSource(lifetimeMs = 60 * minute): CredentialSourceStandIn {
  let clock = Date.parse('2026-11-21T09:00:00Z');
  let caller: string | undefined = 'sre';
  let failure: Error | undefined;
  let gate = Promise.resolve();
  const attempts: string[] = [];
  /** Whatever the signal says. */
  const issue = async (callerId: string, profile: string) => {
    const issuanceId = `${callerId}-${profile}-${attempts.push(profile)}`;
    await gate;
    if (failure !== undefined) throw failure;
    return credentialsOf(issuanceId, clock, lifetimeMs);
  };
  return {
    open: async () => {
      const callerId = caller;
      if (callerId === undefined)
        throw new ClientError('not-logged-in', 'there is no login', { hint: 'log in with: daypass login' });
      return { callerId, issue: (profile) => issue(callerId, profile) };
    },
    now: () => clock,
    advance: (ms) => {
      clock += ms;
    },
    attempts,
    login: (callerId) => {
      caller = callerId;
    },
    fail: (error) => {
      failure = error;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return { release: resolve };
    },
  };
}

const credentialsOf = (issuanceId: string, issuedAt: number, lifetimeMs: number): CachedCredentials => ({
  credentials: {
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: `secret of ${issuanceId}`,
    sessionToken: `token of ${issuanceId}`,
    expiration: new Date(issuedAt + lifetimeMs),
    issuanceId,
  },
  issuedAt,
  freshUntil: toFreshUntil(lifetimeMs, issuedAt),
  expiresAt: issuedAt + lifetimeMs,
});
