import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OidcLogin } from '../../../lib/client/login/login.ts';
import { createLoginStore } from '../../../lib/client/login-store.ts';
import { aDaypassUser, type DaypassUser, daypassScript } from '../../support/a-daypass-user.ts';
import { startCommand } from '../../support/a-running-command.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';
import { node } from '../../support/running-daypass.ts';

let broker: LoopbackServer;
let user: DaypassUser;

beforeAll(async () => {
  broker = await startLoopbackServer();
});
beforeEach(() => {
  user = aDaypassUser({ DAYPASS_URL: broker.url });
});
afterEach(() => user.remove());
afterAll(() => broker.close());

/** It has to be renewed first. */
const expired: OidcLogin = {
  kind: 'oidc',
  issuer: 'http://127.0.0.1:9/',
  clientId: 'daypass-cli',
  tokenKind: 'access-token',
  token: 'a-token',
  obtainedAtMs: 0,
  expiresAtMs: 1,
  refreshToken: 'a-refresh-token',
};

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  startCommand(node, [daypassScript, ...args], { ...user.env, ...env });

describe('a broker that takes the connection and never answers', () => {
  // Side by side: each of them has to wait.
  it('is named after a while, on standard error alone', async () => {
    broker.respond(() => undefined);
    const waits: readonly (readonly [left: number, args: readonly string[]])[] = [
      [32, ['whoami']],
      [32, ['credentials', 'prod-readonly']],
      [12, ['login', '--token-file', '/dev/null']],
    ];

    const endings = waits.map(async ([left, args]) => {
      const command = start(args, { DAYPASS_TOKEN: 'a-token' });
      await command.shows(/still waiting/);
      command.signal('SIGINT');
      expect(await command.ended).toMatchObject({
        code: 130,
        stdout: '',
        stderr: expect.stringContaining(
          `daypass: still waiting for ${broker.url}/ to answer, for ${left} s more at most\n`,
        ),
      });
    });

    await Promise.all(endings);
  });

  it('is waited for by one of two who ask for the same, and that one by the other', async () => {
    broker.respond(() => undefined);
    const commands = [0, 1].map(() => start(['credentials', 'prod-readonly'], { DAYPASS_TOKEN: 'a-token' }));

    const said = await Promise.all(
      commands.map(async (command) => (await command.shows(/still waiting for (.*)\n/))[1]),
    );
    for (const command of commands) command.signal('SIGINT');
    for (const command of commands) expect(await command.ended).toMatchObject({ code: 130, stdout: '' });

    expect(said.sort()).toEqual([
      'another daypass that asks for the same, for 57 s more at most',
      `${broker.url}/ to answer, for 32 s more at most`,
    ]);
  });
});

describe('an issuer that takes the connection and never answers', () => {
  let issuer: LoopbackServer;

  beforeAll(async () => {
    issuer = await startLoopbackServer();
    issuer.respond(() => undefined);
  });
  afterAll(() => issuer.close());

  it('is named after a while', async () => {
    const login = { clientId: 'daypass-cli', flows: ['device-code'], scopes: ['openid'] };
    const issuers = [{ type: 'oidc', name: 'okta', issuer: issuer.url, audiences: ['daypass'], login }];
    broker.respond((response) =>
      response.end(JSON.stringify({ version: '1', region: 'eu-west-1', issuers })),
    );
    const store = createLoginStore({ data: join(user.home, '.local/share/daypass'), cache: '', config: '' });
    store.write(new URL(broker.url), { ...expired, issuer: issuer.url });

    const signIn = start(['login', '--device'], { XDG_DATA_HOME: join(user.home, 'other') });
    const whoami = start(['whoami']);
    const [, forSignIn] = await signIn.shows(/still waiting for (.*)\n/);
    const [, forRenewal] = await whoami.shows(/still waiting for (.*)\n/);
    for (const command of [signIn, whoami]) {
      command.signal('SIGINT');
      expect(await command.ended).toMatchObject({ code: 130, stdout: '' });
    }

    expect([forSignIn, forRenewal]).toEqual([
      `${issuer.url} to answer, for 12 s more at most`,
      `${issuer.url} to renew the login, for 27 s more at most`,
    ]);
  });
});

describe('Ctrl-C and SIGTERM while another daypass renews the login', () => {
  let letGo: () => void;

  beforeEach(async () => {
    const data = join(user.home, '.local/share/daypass');
    const store = createLoginStore({ data, cache: '', config: '' });
    const url = new URL(broker.url);
    store.write(url, expired);
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await new Promise<void>((resolve) => {
      void store.whileLocked(url, () => {
        resolve();
        return held;
      });
    });
  });
  afterEach(() => letGo());

  it('end a command at once, which had said what it waits for', async () => {
    const commands = [
      ['credentials', 'prod-readonly', '--no-cache'],
      ['exec', 'prod-readonly', '--', 'true'],
      ['exec', '--refresh', 'prod-readonly', '--', 'true'],
      ['explain', 'prod-readonly'],
      ['console', 'prod-readonly'],
      ['whoami'],
    ];

    const endings = commands.map(async (args) => {
      const command = start(args);
      await command.shows(/still waiting for another daypass that renews the login, for 57 s more at most/);
      const since = performance.now();
      command.signal('SIGINT');
      const { code, stdout } = await command.ended;
      return { args, code, stdout, isAtOnce: performance.now() - since < 5000 };
    });

    expect(await Promise.all(endings)).toEqual(
      commands.map((args) => ({ args, code: 130, stdout: '', isAtOnce: true })),
    );
  });

  it('end an agent that was asked meanwhile', async () => {
    const agent = start(['agent', '--port', '0', '--json']);
    const [, url = ''] = await agent.shows(/"url":"([^"]+)"/);
    const [, token = ''] = await agent.shows(/"tokenFile":"([^"]+)"/);
    const asked = fetch(`${url}/profiles/prod-readonly/container-credentials`, {
      headers: { authorization: readFileSync(token, 'utf8') },
    });
    await agent.shows(/still waiting/);
    const since = performance.now();
    agent.signal('SIGTERM');

    expect(await agent.ended).toMatchObject({ code: 0 });
    expect(performance.now() - since).toBeLessThan(5000);
    expect((await asked).status).toBe(503);
  });
});

describe('standard input that does not end', () => {
  const startReading = (args: readonly string[]) => {
    broker.respond((response) => response.end('{"version":"1","region":"eu-west-1","issuers":[]}'));
    const child = spawn(node, [daypassScript, ...args], {
      env: { PATH: '/usr/bin:/bin', ...user.env, DAYPASS_TOKEN: 'a-token' },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stdin.on('error', () => undefined);
    return { child, said: text(child.stderr), closed: once(child, 'close') };
  };

  it('is left at Ctrl-C', async () => {
    const { child, closed } = startReading(['login', '--token-stdin']);
    while (broker.requests.length === 0) await sleep(10);
    // What the broker said is read within that, and then standard input.
    await sleep(500);
    child.kill('SIGINT');

    expect(await closed).toEqual([130, null]);
  });

  it.each([[['login', '--token-stdin']], [['decode', '-']]])('is not read for ever, by %j', async (args) => {
    const { child, said, closed } = startReading(args);
    child.stdin.end('y\n'.repeat(1_000_000));

    expect([await closed, await said]).toEqual([
      [2, null],
      expect.stringContaining('standard input is too long'),
    ]);
  });
});

function giveWithWarning(response: ServerResponse): void {
  response.setHeader('daypass-warning', 'something to be read');
  response.end(
    JSON.stringify({
      IssuanceId: '01M7ZQ0KQ76WE38W4NEJ2W0001',
      Credentials: {
        AccessKeyId: 'ASIA0000000000000001',
        SecretAccessKey: 'a/secret+key',
        SessionToken: 'a/session+token=',
        Expiration: new Date(Date.now() + 900_000).toISOString(),
      },
    }),
  );
}

describe('standard error that is standard output, as the AWS SDK for C++ has it', () => {
  const run = async (...args: readonly string[]) => {
    const own = ['credentials', 'prod-readonly', ...args];
    const env = { ...user.env, DAYPASS_TOKEN: 'a-token' };
    const merged = startCommand('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', node, daypassScript, ...own], env);
    return merged.ended;
  };

  it.each([[[]], [['--broker', 'self']]])('has the credentials alone, %j', async (args) => {
    broker.respond(giveWithWarning);

    const { code, stdout } = await run(...args.map((arg) => (arg === 'self' ? broker.url : arg)));

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ Version: 1, AccessKeyId: 'ASIA0000000000000001' });
  });

  it('says why there are none', async () => {
    broker.respond((response) => {
      response.statusCode = 403;
      response.end('{"code":"access-denied","detail":"no"}');
    });

    expect(await run()).toMatchObject({ code: 4, stdout: expect.stringContaining('daypass: ') });
  });
});

describe('standard error that nobody reads', () => {
  const runUnread = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const child = spawn(node, [daypassScript, ...args], {
      env: { PATH: '/usr/bin:/bin', ...user.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.destroy();
    const [code] = await once(child, 'close');
    return code;
  };

  it('makes no success of a failure', async () => {
    broker.respond((response) => {
      response.statusCode = 403;
      response.end('{"code":"access-denied","detail":"no"}');
    });

    expect(await runUnread(['credentials', 'prod-readonly'], { DAYPASS_TOKEN: 'a-token' })).toBe(4);
    expect(await runUnread(['nonsense'], {})).toBe(2);
  });

  it('ends no command of exec', async () => {
    broker.respond(giveWithWarning);

    const exec = ['exec', 'prod-readonly', '--', 'sh', '-c', 'sleep 1; exit 7'];

    expect(await runUnread(exec, { DAYPASS_TOKEN: 'a-token' })).toBe(7);
  });
});
