import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLoginCommand } from '../../../../bin/daypass/commands/login.ts';
import { createRevokeCommand } from '../../../../bin/daypass/commands/revoke.ts';
import { createBrokerClient } from '../../../../lib/client/broker-client.ts';
import { toCacheKey } from '../../../../lib/client/credential-cache.ts';
import { toDirectories } from '../../../../lib/client/directories.ts';
import { createLoginStore } from '../../../../lib/client/login-store.ts';
import { aTerminal } from '../../../support/a-terminal.ts';
import { anUnsignedJwt } from '../../../support/an-openid-stub.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../support/loopback-server.ts';

const principal = { issuer: 'okta', subject: 'alice' };
const revocation = {
  ...{ id: 'r', roleArn: 'arn:r', before: '2026-11-21T08:00:00Z', version: 1, reason: 'test' },
  ...{ at: '2026-11-21T08:00:00Z', gatewayRequestId: 'g', by: principal, history: [], policies: [] },
  ...{ takesEffect: 'at once', ends: [], cannotEnd: [] },
};
const deployment = { version: '1', region: 'eu-west-1', issuers: [] };
const whoami = { ...principal, expiresAt: '2096-10-02T07:06:40.000Z' };

let broker: LoopbackServer;
let home: string;

beforeAll(async () => {
  broker = await startLoopbackServer();
  broker.respond((response, { url }) => {
    if (url === '/.well-known/daypass') response.end(JSON.stringify(deployment));
    else response.end(JSON.stringify(url === '/v1/whoami' ? whoami : revocation));
  });
});
afterAll(() => broker.close());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'daypass-home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const directory = () => join(home, 'cache', 'credentials');

/** Of this broker, and of another one. */
function cacheFiles(): readonly string[] {
  const names = [broker.url, 'https://other.example'].map((url) => {
    const prover = { id: 'alice', prove: async () => ({ kind: 'token', token: 't' }) as const };
    const client = createBrokerClient({ broker: new URL(url), userAgent: 'daypass/test', prover });
    return `${toCacheKey(client, { profile: 'prod' })}.json`;
  });
  mkdirSync(directory(), { recursive: true, mode: 0o700 });
  for (const name of names) writeFileSync(join(directory(), name), '{}', { mode: 0o600 });
  return names;
}

const aTerminalAt = (more: object = {}) =>
  aTerminal({ env: { DAYPASS_HOME: home, DAYPASS_URL: broker.url, ...more } });

function aTokenFile(): string {
  const file = join(home, 'token');
  writeFileSync(file, anUnsignedJwt({ iss: 'okta', sub: 'alice', exp: 4_000_000_000 }));
  return file;
}

async function logIn(file: string) {
  await createLoginCommand(aTerminalAt()).parseAsync(['--token-file', file], { from: 'user' });
  return createLoginStore(toDirectories({ DAYPASS_HOME: home })).read(new URL(broker.url));
}

describe('the credentials of a broker that are kept', () => {
  it('go with a revocation, which may have ended them', async () => {
    const [, other] = cacheFiles();
    const command = createRevokeCommand(aTerminalAt({ DAYPASS_TOKEN: 'a-token' }));

    await command.parseAsync(['01KAJ1T5XW4TQ5ZQ0W2Y8F3A7B', '--reason', 'test'], { from: 'user' });

    expect(readdirSync(directory())).toEqual([other]);
  });

  it('go with a login, which may be one with less', async () => {
    const [, other] = cacheFiles();
    const file = aTokenFile();

    await logIn(file);

    expect(readdirSync(directory())).toEqual([other]);
  });

  it('are not those of the next login', async () => {
    const file = aTokenFile();
    const logins = [await logIn(file), await logIn(file)];

    expect(logins.map((login) => typeof login?.id)).toEqual(['string', 'string']);
    expect(logins[0]?.id).not.toBe(logins[1]?.id);
  });
});
