import type { BrokerClient } from '../broker-client.ts';
import type { CachedCredentials } from '../credential-cache.ts';
import type { CredentialsRequest } from '../credentials.ts';
import { type GetCredentialsOptions, issueCredentials } from '../get-credentials.ts';

/** Issues to whoever is logged in. */
export interface CallersCredentials {
  /** Broker and caller. Never a secret; two callers never have the same. */
  readonly callerId: string;
  /** One attempt, one row in the audit. @throws ClientError */
  issue(profile: string, signal: AbortSignal): Promise<CachedCredentials>;
}

/**
 * Looks up who is logged in now. Called for every request, so that a logout holds at once and a new login needs no
 * restart.
 *
 * @throws ClientError `not-logged-in` where nobody is
 */
export type OpenCredentialSource = () => Promise<CallersCredentials>;

/**
 * A source that asks the broker.
 *
 * @param connect finds broker and login anew at each call
 * @param request what is asked for beside the profile
 */
export const createBrokerSource =
  (
    connect: () => Promise<BrokerClient>,
    request: Omit<CredentialsRequest, 'profile'> = {},
    options: Pick<GetCredentialsOptions, 'now' | 'note'> = {},
  ): OpenCredentialSource =>
  async () => {
    const client = await connect();
    return {
      callerId: `${client.broker.href} ${client.callerId}`,
      issue: (profile, signal) => issueCredentials(client, { ...request, profile }, { ...options, signal }),
    };
  };
