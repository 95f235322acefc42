import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  findAgent,
  removeAgentFiles,
  toAgentDirectory,
  toTokenFile,
  writeAgentState,
  writeTokenFile,
} from '../../../../lib/client/agent/agent-files.ts';
import { createSecretToken } from '../../../../lib/client/agent/secret-token.ts';
import { type AgentServer, startAgentServer } from '../../../../lib/client/agent/start-agent-server.ts';
import { aCredentialSource } from '../../../support/a-credential-source.ts';

let cache: string;
let directory: string;
let server: AgentServer;

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'daypass-agent-'));
  directory = toAgentDirectory({ cache });
  const { open, now } = aCredentialSource();
  server = await startAgentServer({ open, now });
});

afterEach(async () => {
  await server.close();
  rmSync(cache, { recursive: true });
});

function publish({ port = server.port, pid = process.pid, token = server.token } = {}) {
  const tokenFile = toTokenFile({ cache }, port);
  writeTokenFile(tokenFile, token);
  writeAgentState(directory, { pid, port, url: server.url, tokenFile });
  return tokenFile;
}

/** What no process has: Linux gives at most 4194304. */
const noPid = 2 ** 30;

describe('findAgent', () => {
  it('finds the agent that runs, of its port and of any', async () => {
    const tokenFile = publish();

    const found = { pid: process.pid, port: server.port, url: server.url, tokenFile };
    expect(await findAgent(directory)).toEqual(found);
    expect(await findAgent(directory, server.port)).toEqual(found);
  });

  it('passes over what others left', async () => {
    publish({ port: 1, pid: noPid });
    writeFileSync(join(directory, 'agent-2.json'), 'not JSON', { mode: 0o600 });
    publish();

    expect(await findAgent(directory)).toMatchObject({ port: server.port });
  });

  it.each([
    ['none ever ran', () => undefined],
    ['its process has ended', () => publish({ pid: noPid })],
    ['something else has its port', () => publish({ token: createSecretToken() })],
  ])('says that none runs where %s', async (_, prepare) => {
    prepare();

    await expect(findAgent(directory)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'no agent is running',
    });
  });

  it('trusts no file that others can write', async () => {
    publish();
    const state = join(directory, `agent-${server.port}.json`);
    const text = readFileSync(state, 'utf8');
    rmSync(state);
    writeFileSync(state, text);

    await expect(findAgent(directory)).rejects.toThrow('by others');
  });
});

describe('writeTokenFile', () => {
  it('writes the token without a line end, for this user alone', () => {
    const path = publish();

    expect(readFileSync(path, 'utf8')).toBe(server.token);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('writes over the token of an agent before', () => {
    const path = publish({ token: createSecretToken() });
    publish();

    expect(readFileSync(path, 'utf8')).toBe(server.token);
  });

  it('writes over nothing else', () => {
    const path = join(cache, 'id_ed25519');
    writeFileSync(path, 'somebody needs this', { mode: 0o600 });

    expect(() => writeTokenFile(path, server.token)).toThrow('no token of an agent');
    expect(readFileSync(path, 'utf8')).toBe('somebody needs this');
  });
});

describe('removeAgentFiles', () => {
  it('leaves nothing', () => {
    const tokenFile = publish();

    removeAgentFiles(directory, server, tokenFile);

    expect(readdirSync(directory)).toEqual([]);
  });

  it('leaves what the next agent of the port wrote', () => {
    const tokenFile = publish({ pid: noPid, token: createSecretToken() });

    removeAgentFiles(directory, server, tokenFile);

    expect(readdirSync(directory)).toHaveLength(2);
  });
});
