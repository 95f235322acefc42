import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { daypassScript } from '../support/a-daypass-user.ts';
import { startCommand } from '../support/a-running-command.ts';
import { aSignedInUser, listIssued, type WatchedUser } from '../support/a-watched-user.ts';
import { awsCli } from '../support/aws-tools.ts';
import type { Answer } from '../support/daypass-client.ts';
import { converse } from '../support/run-program.ts';
import { node, type RunningDaypass } from '../support/running-daypass.ts';
import { theDaypass } from '../support/the-daypass.ts';

describe('a command that is run with credentials', () => {
  let daypass: RunningDaypass;
  let user: WatchedUser;

  beforeAll(async () => {
    daypass = await theDaypass();
    user = await aSignedInUser(daypass);
  });

  afterAll(async () => {
    user.remove();
  });

  const exec = (...command: readonly string[]) => user.run('exec', 'prod-readonly', '--', ...command);

  /** Ends the session of that key, as its time would. */
  async function expire(accessKeyId: string): Promise<void> {
    const answer = await fetch(`${daypass.aws}/_local/credentials/${accessKeyId}/expire`, { method: 'POST' });
    expect(answer.status).toBe(204);
  }

  describe('daypass exec', () => {
    it('runs a command that is the session', async () => {
      const { code, stdout, stderr } = await user.runWith(
        { env: { AWS_REGION: 'eu-west-1' } },
        ...['exec', 'prod-readonly', '--', awsCli, 'sts', 'get-caller-identity'],
        ...['--endpoint-url', daypass.aws, '--query', 'Arn', '--output', 'text'],
      );

      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^arn:aws:sts::222222222222:assumed-role\/ReadOnly\/sre@example\.com-/);
    });

    it('puts credentials in the environment of the command, in the place of others, and in no command line', async () => {
      const others = { AWS_PROFILE: 'work', AWS_ACCESS_KEY_ID: 'AKIAOTHER', AWS_REGION: 'eu-west-1' };
      const script =
        "env | grep ^AWS_ | cut -d= -f1 | sort; cat /proc/$$/cmdline /proc/$PPID/cmdline | tr '\\0' ' '";

      const { code, stdout } = await user.runWith(
        { env: others },
        ...['exec', 'prod-readonly', '--', 'sh', '-c', script],
      );

      const names = [
        'ACCESS_KEY_ID',
        'CREDENTIAL_EXPIRATION',
        'REGION',
        'SECRET_ACCESS_KEY',
        'SESSION_TOKEN',
      ];
      expect(code).toBe(0);
      expect(stdout.split('\n').slice(0, 5)).toEqual(names.map((name) => `AWS_${name}`));
      expect(stdout).toContain('daypass.ts exec prod-readonly');
      expect(user.secrets()).toHaveLength(4);
      for (const secret of user.secrets()) expect(stdout).not.toContain(secret);
    });

    it.each([
      ['its exit code', ['sh', '-c', 'exit 37'], { code: 37 }],
      ['126 where it can’t be run', ['/etc/passwd'], { code: 126 }],
      ['127 where there is none', ['no-such-command'], { code: 127 }],
      ['what it printed', ['printf', '%s|', 'a b', '--json', ''], { code: 0, stdout: 'a b|--json||' }],
    ])('ends with %s', async (_what, command, ended) => {
      expect(await exec(...command)).toMatchObject(ended);
    });

    it('passes a signal on, and ends by the one that its command ended by', async () => {
      const script = 'trap "echo told; kill -KILL $$" TERM; echo ready; while :; do sleep 0.05; done';
      const command = startCommand(
        node,
        [daypassScript, 'exec', 'prod-readonly', '--', 'sh', '-c', script],
        user.env,
      );
      await command.shows(/ready/);

      command.signal('SIGTERM');

      expect(await command.ended).toMatchObject({ signal: 'SIGKILL', stdout: 'ready\ntold\n' });
    });

    it('runs nothing where the profile is refused', async () => {
      const { code, stdout, stderr } = await user.run('exec', 'ci-deploy', '--', 'echo', 'ran');

      expect([code, stdout]).toEqual([4, '']);
      expect(stderr).toMatch(
        /^daypass: no profile ci-deploy .*\n {2}.*wiki\.example\.com\/aws-access.*issuance 01\w+\n$/,
      );
    });

    it('issues once for many of them', async () => {
      expect(await listIssued(user, 'prod-readonly')).toHaveLength(1);
    });
  });

  const sdkScript = new URL('../support/sdk-caller.ts', import.meta.url).pathname;
  const clockScript = new URL('../support/a-clock.mjs', import.meta.url).pathname;

  /** Runs a program with one client of the AWS SDK for JavaScript; `advance` puts the clocks of both ahead. */
  async function withSdk(
    act: (sdk: { call(): Promise<Answer['json']>; advance(ms: number): Promise<void> }) => Promise<void>,
  ) {
    const clock = join(user.home, 'clock');
    writeFileSync(clock, '0');
    // The program's own clock stays right for its signatures.
    const program = ['/usr/bin/env', '-u', 'NODE_OPTIONS', node, sdkScript, daypass.aws, 'chain'];
    const { ask, end } = converse(node, [daypassScript, 'exec', 'team-data', '--refresh', '--', ...program], {
      env: { ...user.env, NODE_OPTIONS: `--import ${clockScript}`, DAYPASS_TEST_CLOCK: clock },
    });
    try {
      await act({
        call: () => ask('call'),
        advance: async (ms) => {
          writeFileSync(clock, String(ms));
          await ask(`advance ${ms}`);
        },
      });
    } finally {
      await end();
    }
  }

  describe('daypass exec --refresh', () => {
    it('gives the command another session once the first has ended', () =>
      withSdk(async ({ call, advance }) => {
        const first = await call();
        await expire(first.accessKeyId);
        await advance(16 * 60_000);

        const next = await call();

        expect([first.error, next.error]).toEqual([undefined, undefined]);
        expect(next.arn).toMatch(/^arn:aws:sts::333333333333:assumed-role\/TeamData\/sre@example\.com-/);
        expect(next.arn).not.toBe(first.arn);
      }));
  });

  describe('credentials', () => {
    it('are issued anew where the cache has gone', async () => {
      rmSync(join(user.home, '.cache'), { recursive: true });

      const first = await user.run('credentials', 'prod-readonly');
      const second = await user.run('credentials', 'prod-readonly');
      const third = await user.run('credentials', 'prod-readonly', '--no-cache');

      expect(second.stdout).toBe(first.stdout);
      expect([third.code, third.stdout === first.stdout]).toEqual([0, false]);
      expect(await listIssued(user, 'prod-readonly')).toHaveLength(3);
    });
  });

  describe('daypass console', () => {
    it('prints a link that signs in', async () => {
      const { code, stdout } = await user.run('console', 'prod-readonly');

      expect(code).toBe(0);
      expect((await fetch(stdout.trim())).status).toBe(200);
    });

    it('sends a browser there, and no list of processes has the link', async () => {
      const seen = join(user.home, 'seen');
      const browser = join(user.home, 'another-browser');
      const script = `tr '\\0' ' ' < /proc/$$/cmdline > ${seen}\nexec /usr/bin/curl -sSL -w '%{http_code} %{url_effective}' -o /dev/null "$1" >> ${seen}`;
      writeFileSync(browser, `#!/bin/sh\n${script}\n`, { mode: 0o755 });

      const { code, stdout, stderr } = await user.runWith(
        { env: { BROWSER: browser } },
        ...['console', 'prod-readonly', '--open'],
      );

      expect([code, stdout, stderr]).toEqual([
        0,
        '',
        expect.stringMatching(/^Your browser should .*\nthe session ends at .*\n$/),
      ]);
      const [, address = '', status, link = ''] =
        /another-browser (\S+) (\d+) (\S+)$/.exec(await untilThere(seen, /\d+ http\S+$/)) ?? [];
      expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}$/);
      expect([status, link.startsWith(daypass.aws)]).toEqual(['200', true]);
    });
  });

  /** What another program writes to a file, once it fits. */
  async function untilThere(file: string, pattern: RegExp): Promise<string> {
    for (;;) {
      const text = readFileSync(file, 'utf8');
      if (pattern.test(text)) return text;
      await setImmediate();
    }
  }
});
