import { createBrokerSource, type OpenCredentialSource } from '../../lib/client/agent/credential-source.ts';
import { startAgentServer, toContainerUri } from '../../lib/client/agent/start-agent-server.ts';
import { connect } from '../../lib/client/connect.ts';
import type { CachedCredentials } from '../../lib/client/credential-cache.ts';
import type { CredentialsRequest } from '../../lib/client/credentials.ts';
import { toHiddenFiles } from '../../lib/client/hidden-files.ts';
import type { Terminal } from './terminal.ts';

/**
 * Serves this one profile to the SDK of a command, on loopback and for as long as it runs.
 *
 * @throws ClientError where it can't be had: before there is a command to run
 */
export async function serveCredentials(
  { profile, ...request }: CredentialsRequest,
  { env, now, note, signal }: Terminal,
): Promise<{ readonly variables: Readonly<Record<string, string>>; close(): Promise<void> }> {
  const open = createBrokerSource(() => connect(env, { now, note }), request, { now, note });
  // The command may go on after a Ctrl-C that it hears, and its SDK ask again; before there is one, nothing goes on.
  const source = await createBrokerSource(() => connect(env, { now, note, signal }), request, {
    now,
    note,
  })();
  const first = await source.issue(profile, signal);
  const server = await startAgentServer({
    open: withFirst(open, { callerId: source.callerId, first }),
    now,
    profiles: [profile],
  });
  const hidden = toHiddenFiles(env);
  for (const name of Object.keys(hidden)) {
    note(`daypass: ${name} is hidden from the command: its default profile would go before ${profile}`);
  }
  return {
    variables: {
      ...hidden,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: toContainerUri(server, profile),
      AWS_CONTAINER_AUTHORIZATION_TOKEN: server.token,
    },
    close: () => server.close(),
  };
}

/** What was issued to see whether it would be is what the command has first. */
function withFirst(
  open: OpenCredentialSource,
  { callerId, first }: { readonly callerId: string; readonly first: CachedCredentials },
): OpenCredentialSource {
  let unused: CachedCredentials | undefined = first;
  return async () => {
    const source = await open();
    return {
      ...source,
      issue: async (profile, signal) => {
        const held = source.callerId === callerId ? unused : undefined;
        unused = undefined;
        return held ?? source.issue(profile, signal);
      },
    };
  };
}
