import { resolve } from 'node:path';
import { toAssignment, toSeconds } from '../../lambda/core/credential-texts.ts';
import { toContainerEnvironment, toMetadataEnvironment } from '../../lib/client/agent/agent-environment.ts';
import {
  removeAgentFiles,
  toAgentDirectory,
  toTokenFile,
  writeAgentState,
  writeTokenFile,
} from '../../lib/client/agent/agent-files.ts';
import type { KeeperEvent } from '../../lib/client/agent/credential-keeper.ts';
import { createBrokerSource } from '../../lib/client/agent/credential-source.ts';
import { type AgentServer, startAgentServer } from '../../lib/client/agent/start-agent-server.ts';
import { ClientError } from '../../lib/client/client-error.ts';
import { connect } from '../../lib/client/connect.ts';
import { toDirectories } from '../../lib/client/directories.ts';
import { FileError } from '../../lib/client/file-error.ts';
import { requireProfileName } from '../../lib/client/profile-name.ts';
import type { AgentOptions } from './commands/agent.ts';
import { toPrintable } from './printable.ts';
import type { Terminal } from './terminal.ts';

/** The same each day, so that shells keep their variables. */
const defaultPort = 7399;

/**
 * Serves until it is stopped, then removes what it wrote.
 *
 * @throws ClientError where the port is taken, or the token can't be written
 */
export async function serveAgent(
  options: AgentOptions,
  terminal: Terminal,
  untilStopped: () => Promise<void>,
): Promise<void> {
  const directories = toDirectories(terminal.env);
  const server = await start(options, terminal);
  const tokenFile = resolve(options.tokenFile ?? toTokenFile(directories, server.port));
  const directory = toAgentDirectory(directories);
  try {
    putToken(tokenFile, server.token);
    try {
      publish(directory, server, tokenFile, terminal);
      await sayWhatItServes(server, tokenFile, options, terminal);
      await untilStopped();
    } finally {
      sayFileErrors(terminal, '', () => removeAgentFiles(directory, server, tokenFile));
    }
  } finally {
    await server.close();
  }
}

/** For other terminals, which are not all that there is to it. */
const publish = (
  directory: string,
  { url, port }: AgentServer,
  tokenFile: string,
  terminal: Terminal,
): void =>
  sayFileErrors(terminal, "; --print-env can't find this agent", () =>
    writeAgentState(directory, { pid: process.pid, url, port, tokenFile }),
  );

function sayFileErrors({ note }: Terminal, consequence: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    note(`daypass: ${error.message}${consequence}`);
  }
}

/** Without it nobody could ask: in a home that can't be written somebody has to say where else. */
function putToken(path: string, token: string): void {
  try {
    writeTokenFile(path, token);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new ClientError(error.code, error.message, {
      cause: error,
      hint: `${error.hint === undefined ? '' : `${error.hint}; `}--token-file <path> puts the token elsewhere`,
    });
  }
}

async function start({ port, imds, reason }: AgentOptions, terminal: Terminal): Promise<AgentServer> {
  const { env, now, note, signal } = terminal;
  const metadataProfile = imds === undefined ? {} : { metadataProfile: requireProfileName(imds, '--imds') };
  const request = reason === undefined ? {} : { reason };
  return startAgentServer({
    open: createBrokerSource(() => connect(env, { now, note, signal }), request, { now, note }),
    now,
    port: port ?? defaultPort,
    ...metadataProfile,
    report: (event) => note(toLine(event)),
    reportDefect: (error) =>
      note(`daypass: a defect of daypass itself: ${error instanceof Error ? error.stack : error}`),
  });
}

function toLine(event: KeeperEvent): string {
  if (event.kind === 'issued') {
    const { issuanceId, expiration } = event.credentials;
    return `${event.profile}: issued until ${toSeconds(expiration)} (issuance ${issuanceId})`;
  }
  const { error, servesOlder, profile } = event;
  const [message, hint] =
    error instanceof ClientError ? [error.message, error.hint] : ['a defect of daypass', undefined];
  const hinted = hint === undefined ? '' : ` (${hint})`;
  return toPrintable(
    `${profile}: ${message}${hinted}${servesOlder ? '; the older credentials still serve' : ''}`,
  );
}

async function sayWhatItServes(
  server: AgentServer,
  tokenFile: string,
  { imds, json }: AgentOptions,
  { env, note, now, print }: Terminal,
): Promise<void> {
  const variables = {
    ...toContainerEnvironment(server, '<profile>', { tokenFile }),
    ...(imds === undefined ? {} : toMetadataEnvironment(server)),
  };
  const { url, port } = server;
  const lines = Object.entries(variables).map(([name, value]) => `${toAssignment.posix(name, value)}\n`);
  print(
    json
      ? `${JSON.stringify({ url, port, pid: process.pid, tokenFile, environment: variables })}\n`
      : lines.join(''),
  );
  if (imds !== undefined)
    note(
      `anybody on this machine may have credentials of ${imds}: the metadata service asks nobody who they are`,
    );
  await connect(env, { now, note }).catch((error: unknown) => {
    if (!(error instanceof ClientError)) throw error;
    note(`${error.message}; ${error.hint ?? 'log in with: daypass login'}: the agent goes on from there`);
  });
  if (!json) note('serving until Ctrl-C; in another terminal: eval "$(daypass agent --print-env <profile>)"');
}
