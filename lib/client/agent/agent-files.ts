import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ClientError } from '../client-error.ts';
import type { Directories } from '../directories.ts';
import { readPrivateFile, removePrivateFile, writePrivateFile } from '../private-file.ts';
import { isSecretToken } from './secret-token.ts';
import type { AgentServer } from './start-agent-server.ts';

/** An agent that serves, as other terminals find it. No secret: the token has a file of its own. */
export interface AgentState {
  readonly pid: number;
  readonly url: string;
  readonly port: number;
  readonly tokenFile: string;
}

export const toAgentDirectory = ({ cache }: Pick<Directories, 'cache'>) => join(cache, 'agent');

/** The same for each agent of a port: shells that have its path work with the next one too. */
export const toTokenFile = (directories: Pick<Directories, 'cache'>, port: number) =>
  join(toAgentDirectory(directories), `agent-${port}.token`);

const toStateFile = (directory: string, port: number) => join(directory, `agent-${port}.json`);

/** @throws ClientError where another kind of file is there, or it can't be written */
export function writeTokenFile(path: string, token: string): void {
  const before = readPrivateFile(path);
  if (before !== undefined && !isSecretToken(before)) {
    throw new ClientError('usage', `${path} is there, and no token of an agent`, {
      hint: 'name a file that the agent may write: --token-file <path>',
    });
  }
  // Without a line end: SDKs send what they read as a header.
  writePrivateFile(path, token);
}

/** @throws ClientError */
export function writeAgentState(directory: string, state: AgentState): void {
  writePrivateFile(toStateFile(directory, state.port), `${JSON.stringify({ version: 1, ...state })}\n`);
}

/** What this agent wrote, and no later one of the same port. @throws ClientError */
export function removeAgentFiles(
  directory: string,
  { port, token }: Pick<AgentServer, 'port' | 'token'>,
  tokenFile: string,
): void {
  if (readAgentState(toStateFile(directory, port))?.pid === process.pid)
    removePrivateFile(toStateFile(directory, port));
  if (readPrivateFile(tokenFile) === token) removePrivateFile(tokenFile);
}

/**
 * The agent that runs on this machine for this user: of this port, or any.
 *
 * @throws ClientError where none does
 */
export async function findAgent(directory: string, port?: number): Promise<AgentState> {
  const states = (port === undefined ? listPorts(directory) : [port])
    .map((one) => readAgentState(toStateFile(directory, one)))
    .filter((state) => state !== undefined);
  for (const state of states) {
    if (await isServing(state)) return state;
  }
  throw new ClientError(
    'unavailable',
    port === undefined ? 'no agent is running' : `no agent of yours is running on port ${port}`,
    { hint: 'start one in another terminal: daypass agent' },
  );
}

function listPorts(directory: string): readonly number[] {
  try {
    return readdirSync(directory)
      .flatMap((name) => /^agent-(\d{1,5})\.json$/.exec(name)?.[1] ?? [])
      .map(Number);
  } catch {
    return [];
  }
}

function readAgentState(path: string): AgentState | undefined {
  try {
    const state: unknown = JSON.parse(readPrivateFile(path) ?? '');
    const { pid, url, port, tokenFile } = Object(state) as Readonly<Record<string, unknown>>;
    if (typeof pid !== 'number' || typeof port !== 'number') return undefined;
    if (typeof url !== 'string' || typeof tokenFile !== 'string') return undefined;
    return { pid, url, port, tokenFile };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Milliseconds. */
const healthTimeoutMs = 2_000;

/** Whether it is that one, and not what took its port after it. */
async function isServing({ pid, url, tokenFile }: AgentState): Promise<boolean> {
  const token = readPrivateFile(tokenFile);
  if (token === undefined || !isRunning(pid)) return false;
  try {
    const { ok } = await fetch(`${url}/health`, {
      headers: { authorization: token },
      redirect: 'error',
      signal: AbortSignal.timeout(healthTimeoutMs),
    });
    return ok;
  } catch {
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
