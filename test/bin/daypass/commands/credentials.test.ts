import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createCredentialsCommand } from '../../../../bin/daypass/commands/credentials.ts';
import { toDirectories } from '../../../../lib/client/directories.ts';
import { writeSettings } from '../../../../lib/client/settings.ts';
import { aBrokerStandIn, type BrokerStandIn } from '../../../support/a-broker-stand-in.ts';
import { aTerminal } from '../../../support/a-terminal.ts';

let named: BrokerStandIn;
let home: string;

beforeAll(async () => {
  named = await aBrokerStandIn();
});
afterAll(() => named.close());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'daypass-home-'));
  named.issue(900_000);
});
afterEach(() => rmSync(home, { recursive: true }));

async function run(env: Readonly<Record<string, string>>) {
  const terminal = aTerminal({ env: { DAYPASS_HOME: home, ...env }, now: Date.now });
  const args = ['prod', '--broker', named.url];
  await createCredentialsCommand(terminal).parseAsync(args, { from: 'user' });
  return named.requests[0]?.headers.authorization;
}

describe('a token of the environment', () => {
  it('is shown to a broker that is named as the environment has it', async () => {
    expect(await run({ DAYPASS_URL: `${named.url}/`, DAYPASS_TOKEN: 'a-token' })).toBe('Bearer a-token');
  });

  it('is shown to a broker that is named as the settings have it', async () => {
    writeSettings(toDirectories({ DAYPASS_HOME: home }), { broker: new URL(named.url) });

    expect(await run({ DAYPASS_TOKEN: 'a-token' })).toBe('Bearer a-token');
  });

  it.each([
    ['another is in the environment', { DAYPASS_URL: 'https://other.example', DAYPASS_TOKEN: 'a-token' }],
    ['another is in the environment', { DAYPASS_URL: 'https://other.example', DAYPASS_TOKEN_FILE: 'token' }],
    ['there is no other', { DAYPASS_TOKEN: 'a-token' }],
  ])('is not shown to a broker that is named where %s', async (_name, { ...env }: Record<string, string>) => {
    if (env['DAYPASS_TOKEN_FILE'] !== undefined) {
      env['DAYPASS_TOKEN_FILE'] = join(home, 'token');
      writeFileSync(join(home, 'token'), 'a-token');
    }

    await expect(run(env)).rejects.toMatchObject({
      code: 'not-logged-in',
      message: `there is no login for ${named.url}/`,
    });
    expect(named.requests).toEqual([]);
  });
});
