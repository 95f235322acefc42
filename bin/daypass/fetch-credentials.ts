import { connect } from '../../lib/client/connect.ts';
import { createCredentialCache } from '../../lib/client/credential-cache.ts';
import type { Credentials, CredentialsRequest } from '../../lib/client/credentials.ts';
import { toDirectories } from '../../lib/client/directories.ts';
import { getCredentials } from '../../lib/client/get-credentials.ts';
import type { Terminal } from './terminal.ts';

/** What it needs of a terminal. */
export type Asking = Pick<Terminal, 'env' | 'now' | 'note' | 'signal'>;

/** @throws ClientError */
export async function fetchCredentials(
  { env, now, note, signal }: Asking,
  request: CredentialsRequest,
  { cache }: { readonly cache: boolean },
): Promise<Credentials> {
  const client = await connect(env, { now, note, signal });
  return getCredentials(client, request, {
    ...{ now, note, signal },
    ...(cache ? { cache: createCredentialCache({ directories: toDirectories(env), now, note }) } : {}),
  });
}
