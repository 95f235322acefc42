import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exitCodes } from '../../../bin/daypass/exit-codes.ts';
import { runProgram } from '../../../bin/daypass/program.ts';
import { ClientError } from '../../../lib/client/client-error.ts';
import { fromDaypass } from '../../../lib/client/from-daypass.ts';
import { aDaypassUser, type DaypassUser, daypassScript } from '../../support/a-daypass-user.ts';
import { aTerminal } from '../../support/a-terminal.ts';
import { callerIdentity, fetchToken, readAssumeRoles } from '../../support/daypass-client.ts';
import { node, type RunningDaypass, startDaypass } from '../../support/running-daypass.ts';

let daypass: RunningDaypass;
let tools: string;
let tokens: { readonly sre: string; readonly developer: string };
let sre: DaypassUser;
let developer: DaypassUser;

const aUser = (token: string) => aDaypassUser({ DAYPASS_URL: daypass.broker, DAYPASS_TOKEN: token });

beforeAll(async () => {
  tools = mkdtempSync(join(tmpdir(), 'daypass-tools-'));
  daypass = await startDaypass();
  tokens = { sre: await fetchToken(daypass, 'sre'), developer: await fetchToken(daypass, 'developer') };
});
beforeEach(() => {
  sre = aUser(tokens.sre);
  developer = aUser(tokens.developer);
});
afterEach(() => {
  sre.remove();
  developer.remove();
});
afterAll(async () => {
  await daypass.stop();
  rmSync(tools, { recursive: true, force: true });
});

/** A program that tells of itself. */
function aTool(name: string, source: string): string {
  const file = join(tools, name);
  writeFileSync(file, source, { mode: 0o755 });
  return file;
}

const readOnly = /^arn:aws:sts::222222222222:assumed-role\/ReadOnly\/sre@example\.com-/;
const cacheOf = ({ home }: DaypassUser) => join(home, '.cache/daypass/credentials');
const secretsOf = (user: DaypassUser) =>
  readFileSync(join(cacheOf(user), readdirSync(cacheOf(user))[0] ?? ''), 'utf8');

/** The same command in this process, which is quicker: for what shows without one of its own. */
async function runHere({ env, home }: DaypassUser, ...args: readonly string[]) {
  const terminal = aTerminal({ env: { ...env, DAYPASS_HOME: home }, now: Date.now });
  try {
    await runProgram(args, terminal);
    return { code: 0, stdout: terminal.printed(), stderr: terminal.noted.join('\n') };
  } catch (error) {
    const { message, hint } = error as ClientError;
    const stderr = [...terminal.noted, message, hint].join('\n');
    const code = error instanceof ClientError ? exitCodes[error.code] : 2;
    return { code, stdout: terminal.printed(), stderr };
  }
}

async function countIssuances(action: () => Promise<unknown>): Promise<number> {
  const before = await readAssumeRoles(daypass);
  await action();
  return (await readAssumeRoles(daypass)).length - before.length;
}

describe('daypass profiles', () => {
  it('lists those that the caller may use, a line each', async () => {
    const [{ stdout, stderr, code }, developers] = await Promise.all([
      sre.run('profiles'),
      developer.run('profiles'),
    ]);

    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(
      /^prod-readonly\t900\t3600\tconsole\tarn:aws:iam::222222222222:role\/daypass\/ReadOnly\tRead-only access to the production account$/m,
    );
    expect(developers.stdout).not.toContain('prod-readonly');
    expect(developers.stdout).toContain('team-data');
  });

  it('gives all that is known of them as JSON, a line each', async () => {
    const { stdout } = await sre.run('profiles', '--json');

    const profiles = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(profiles.find(({ name }) => name === 'team-data')).toMatchObject({
      acceptedTagKeys: ['Purpose'],
      owner: 'data-platform@example.com',
    });
  });
});

describe('daypass credentials', () => {
  it('prints what credential_process prints, and AWS takes them', async () => {
    const { stdout, stderr, code } = await sre.run('credentials', 'prod-readonly');

    const credentials = JSON.parse(stdout);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(Object.keys(credentials)).toEqual([
      'Version',
      'AccessKeyId',
      'SecretAccessKey',
      'SessionToken',
      'Expiration',
    ]);
    expect(credentials.Version).toBe(1);
    expect(await callerIdentity(daypass, credentials)).toMatch(readOnly);
  });

  it('is one issuance in all formats', async () => {
    const formats = ['process', 'env', 'fish', 'powershell', 'json', 'ini'];
    const texts: string[] = [];

    const issuances = await countIssuances(async () => {
      for (const format of formats) {
        texts.push((await sre.run('credentials', 'prod-readonly', '--format', format)).stdout);
      }
    });

    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = JSON.parse(texts[0] ?? '');
    expect(issuances).toBe(1);
    expect(texts.slice(1, 4)).toEqual([
      `export AWS_ACCESS_KEY_ID='${AccessKeyId}'\nexport AWS_SECRET_ACCESS_KEY='${SecretAccessKey}'\nexport AWS_SESSION_TOKEN='${SessionToken}'\nexport AWS_CREDENTIAL_EXPIRATION='${Expiration}'\n`,
      `set -gx AWS_ACCESS_KEY_ID '${AccessKeyId}'\nset -gx AWS_SECRET_ACCESS_KEY '${SecretAccessKey}'\nset -gx AWS_SESSION_TOKEN '${SessionToken}'\nset -gx AWS_CREDENTIAL_EXPIRATION '${Expiration}'\n`,
      `$Env:AWS_ACCESS_KEY_ID = '${AccessKeyId}'\n$Env:AWS_SECRET_ACCESS_KEY = '${SecretAccessKey}'\n$Env:AWS_SESSION_TOKEN = '${SessionToken}'\n$Env:AWS_CREDENTIAL_EXPIRATION = '${Expiration}'\n`,
    ]);
    expect(JSON.parse(texts[4] ?? '')).toEqual({
      IssuanceId: expect.stringMatching(/^[0-9A-Z]{26}$/),
      Credentials: { AccessKeyId, SecretAccessKey, SessionToken, Expiration },
    });
    expect(texts[5]).toMatch(new RegExp(`^\\[prod-readonly\\]\naws_access_key_id = ${AccessKeyId}\n`));
  });

  it('keeps them for the caller alone to read', async () => {
    await sre.run('credentials', 'prod-readonly');

    const [file = ''] = readdirSync(cacheOf(sre));
    expect(statSync(join(cacheOf(sre), file)).mode & 0o777).toBe(0o600);
    expect(statSync(cacheOf(sre)).mode & 0o777).toBe(0o700);
    expect(secretsOf(sre)).not.toContain(sre.env['DAYPASS_TOKEN']);
  });

  it('issues once for a burst of cold processes', async () => {
    const ends: string[] = [];

    const issuances = await countIssuances(async () => {
      const all = await Promise.all(Array.from({ length: 8 }, () => sre.run('credentials', 'prod-readonly')));
      ends.push(...all.map(({ stdout }) => stdout));
    });

    expect(issuances).toBe(1);
    expect(new Set(ends).size).toBe(1);
  });

  it('issues anew and keeps nothing with --no-cache', async () => {
    const issuances = await countIssuances(async () => {
      await sre.run('credentials', 'prod-readonly', '--no-cache');
      await sre.run('credentials', 'prod-readonly', '--no-cache');
    });

    expect(issuances).toBe(2);
    expect(() => readdirSync(cacheOf(sre))).toThrow('ENOENT');
  });

  it('passes on duration, reason, tags and policy', async () => {
    const policy = join(sre.home, 'policy.json');
    const statement = { Effect: 'Deny', Action: 's3:PutObject', Resource: '*' };
    writeFileSync(policy, JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
    const narrowing = [
      '--duration',
      '30m',
      '--reason',
      'ticket 7',
      '--tag',
      'Purpose=audit',
      '--session-policy',
      policy,
    ];

    const { stdout, stderr } = await sre.run('credentials', 'team-data', '--format', 'json', ...narrowing);

    expect(stderr).toBe('');
    const { Expiration } = JSON.parse(stdout).Credentials;
    expect(Date.parse(Expiration)).toBeGreaterThan(Date.now() + 25 * 60_000);
    const [newest] = (await readAssumeRoles(daypass)).slice(-1);
    expect(newest.requestParameters.tags).toContainEqual({ key: 'Purpose', value: 'audit' });
    expect(newest.requestParameters.policy).toContain('"Effect":"Deny"');
  });

  it.each<[string, readonly string[], number, RegExp]>([
    [
      'a profile of others',
      ['prod-readonly'],
      4,
      /ask for access at https:\/\/wiki\.example\.com.*issuance [0-9A-Z]{26}/s,
    ],
    ['a profile that is none', ['nope'], 4, /no profile nope that you may use/],
    ['too long a time', ['team-data', '--duration', '2h'], 2, /durationSeconds is 7200/],
    ['a time that is none', ['team-data', '--duration', 'long'], 2, /allowed: a number of seconds/],
    ['a format that is none', ['team-data', '--format', 'xml'], 2, /Allowed choices are process, env, fish/],
    ['a tag without a value', ['team-data', '--tag', 'Purpose'], 2, /allowed: key=value/],
    ['a tag twice', ['team-data', '--tag', 'Purpose=a', '--tag', 'Purpose=b'], 2, /Purpose is there twice/],
    ['a tag that the profile does not take', ['team-data', '--tag', 'Team=sre'], 2, /it accepts: Purpose/],
    [
      'a policy that is not there',
      ['team-data', '--session-policy', '/nope'],
      2,
      /can't read \/nope: ENOENT/,
    ],
    ['a path', ['..'], 2, /that is no name of a profile/],
    ['nothing', [], 2, /missing required argument 'profile'/],
  ])('refuses %s, and prints nothing', async (_name, args, code, message) => {
    const ended = await runHere(developer, 'credentials', ...args);

    expect(ended).toEqual({ code, stdout: '', stderr: expect.stringMatching(message) });
  });

  it('says what to do with its exit code and on standard error alone', async () => {
    const runs: readonly [Readonly<Record<string, string>>, number, string][] = [
      [{ DAYPASS_URL: 'http://127.0.0.1:1' }, 5, 'check DAYPASS_URL'],
      [{ DAYPASS_TOKEN: 'nonsense' }, 3, 'DAYPASS_TOKEN is what was refused'],
      [{ DAYPASS_TOKEN: developer.env['DAYPASS_TOKEN'] ?? '' }, 4, 'ask for access at'],
    ];

    const ends = await Promise.all(runs.map(([env]) => sre.runWith({ env }, 'credentials', 'prod-readonly')));

    expect(ends).toEqual(
      runs.map(([, code, hint]) => ({ code, stdout: '', stderr: expect.stringContaining(hint) })),
    );
  });
});

/** A file system of its own for one command, where this system lets anybody have one. */
const canMount = spawnSync('unshare', ['-rm', 'true']).status === 0;

describe('daypass credentials, with a home that takes nothing,', () => {
  const runOn = async (options: string) => {
    const script = `mount -t tmpfs -o ${options} none "$HOME" && exec "$@"`;
    const command = [node, daypassScript, 'credentials', 'prod-readonly', '--format', 'env'];
    const child = spawn('unshare', ['-rm', 'sh', '-c', script, 'sh', ...command], {
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', ...sre.env },
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { stdout, stderr, code };
  };

  (canMount ? it.each : it.skip.each)([
    ['read-only', 'ro', /the file system is read-only/],
    ['full, of no more files', 'size=1m,nr_inodes=1', /the disk is full/],
    ['full, of no more bytes', 'size=0,nr_blocks=1', /the disk is full/],
  ])('%s, prints them and says so', async (_name, options, note) => {
    const { stdout, stderr, code } = await runOn(options);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^export AWS_ACCESS_KEY_ID='ASIA/);
    expect(stderr).toMatch(note);
    expect(stderr).not.toMatch(/ASIA/);
  });
});

describe('daypass exec', () => {
  it('gives the command credentials, and nothing of what chose others', async () => {
    const show =
      "for (const [name, value] of Object.entries(process.env)) if (/^(AWS|X_)/.test(name)) console.log(name + '=' + value)";
    const env = {
      AWS_PROFILE: 'mine',
      AWS_ROLE_ARN: 'x',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'x',
      AWS_REGION: 'eu-west-1',
      X_OWN: '1',
    };

    const { stdout, stderr, code } = await sre.runWith(
      { env },
      'exec',
      'prod-readonly',
      '--',
      node,
      '-e',
      show,
    );

    const given = Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s)),
    );
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(Object.keys(given).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_CREDENTIAL_EXPIRATION',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'X_OWN',
    ]);
    expect(
      await callerIdentity(daypass, {
        AccessKeyId: given['AWS_ACCESS_KEY_ID'],
        SecretAccessKey: given['AWS_SECRET_ACCESS_KEY'],
        SessionToken: given['AWS_SESSION_TOKEN'],
      }),
    ).toMatch(readOnly);
  });

  it("hands through input, output, and the command's own options", async () => {
    const { stdout, stderr } = await sre.runWith(
      { input: 'some input' },
      ...[
        'exec',
        'prod-readonly',
        '--',
        'sh',
        '-c',
        'cat; echo " $*"; echo err >&2',
        'sh',
        '--duration',
        '--',
        '-x',
        '',
      ],
    );

    expect(stdout).toBe('some input --duration -- -x \n');
    expect(stderr).toBe('err\n');
  });

  it("ends with the command's own code, 126 for what can't be run, 127 for what is not there", async () => {
    const runs: readonly [readonly string[], number][] = [
      [['sh', '-c', 'exit 7'], 7],
      [['true'], 0],
      [['/etc/passwd'], 126],
      [['no-such-command'], 127],
      [[''], 127],
    ];

    const ends = await Promise.all(
      runs.map(([command]) => sre.run('exec', 'prod-readonly', '--', ...command)),
    );

    expect(ends.map(({ code }) => code)).toEqual(runs.map(([, code]) => code));
  });

  it.each([[[]], [['--refresh']]])(
    'does not run the command when the profile is denied (%j)',
    async (options) => {
      const ended = await runHere(developer, 'exec', 'prod-readonly', ...options, '--', 'echo', 'ran');

      expect(ended).toMatchObject({ code: 4, stdout: '' });
    },
  );

  it('wants a command', async () => {
    expect(await runHere(sre, 'exec', 'prod-readonly')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("missing required argument 'command'"),
    });
  });

  it.each(['SIGTERM', 'SIGKILL', 'SIGINT'] as const)('ends by %s as the command did', async (signal) => {
    const child = startExec(['sh', '-c', `kill -${signal.slice(3)} $$`]);

    expect((await once(child, 'exit'))[1]).toBe(signal);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'passes %s on, once, and ends as the command then does',
    async (signal) => {
      const counting = `let count = 0; setInterval(() => 0, 1000);
        process.on('${signal}', () => { count += 1; setTimeout(() => { console.log(count); process.exit(5); }, 50); });
        console.log('ready');`;
      const child = startExec([node, '-e', counting]);
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      await lines.next();

      child.kill(signal);

      expect((await lines.next()).value).toBe('1');
      expect((await once(child, 'exit'))[0]).toBe(5);
    },
  );

  /** In a session of its own: where no terminal sends signals to the command as well. */
  const startExec = (command: readonly string[]) =>
    spawn(node, [daypassScript, 'exec', 'prod-readonly', '--', ...command], {
      env: { PATH: '/usr/bin:/bin', ...sre.env },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
});

describe('daypass exec --refresh', () => {
  const script = new URL('../../support/sdk-caller.ts', import.meta.url).pathname;

  it('serves the SDK of the command, whatever its default profile is', async () => {
    const aws = join(sre.home, '.aws');
    mkdirSync(aws);
    writeFileSync(
      join(aws, 'credentials'),
      '[default]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n',
    );

    let ended = { stdout: '', stderr: '', code: null as number | null };
    const issuances = await countIssuances(async () => {
      ended = await sre.runWith(
        { input: 'call\ncall\n' },
        ...['exec', 'prod-readonly', '--refresh', '--', node, script, daypass.aws, 'chain'],
      );
    });

    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('AWS_SHARED_CREDENTIALS_FILE is hidden');
    const answers = ended.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toEqual([
      expect.objectContaining({ arn: expect.stringMatching(readOnly) }),
      expect.objectContaining({ arn: expect.stringMatching(readOnly) }),
    ]);
    expect(issuances).toBe(1);
  });

  it('leaves no keys in the environment, and nothing that serves afterwards', async () => {
    const { stdout, code } = await sre.run(
      'exec',
      'prod-readonly',
      '--refresh',
      '--',
      'sh',
      '-c',
      'env; exit 9',
    );

    const uri = /^AWS_CONTAINER_CREDENTIALS_FULL_URI=(.*)$/m.exec(stdout)?.[1] ?? '';
    expect(code).toBe(9);
    expect(uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
    expect(stdout).toMatch(/^AWS_CONTAINER_AUTHORIZATION_TOKEN=./m);
    expect(stdout).not.toMatch(/^AWS_(ACCESS|SECRET|SESSION)/m);
    await expect(fetch(uri)).rejects.toThrow();
  });
});

describe('daypass console', () => {
  const destination = 'https://eu-west-1.console.aws.amazon.com/s3/home';

  it('prints the link and nothing else', async () => {
    const { stdout, stderr, code } = await sre.run('console', 'prod-readonly', '--destination', destination);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^http\S+SigninToken=\S+\n$/);
    expect(stderr).toMatch(/good for opening until .* the session ends at .* issuance [0-9A-Z]{26}\n$/);
    expect(stderr).not.toContain('SigninToken');
    const page = await (await fetch(stdout.trim())).text();
    expect(page).toContain('222222222222 (production)');
    expect(page).toContain(destination);
  });

  it('sends a browser there whose arguments hold no secret', async () => {
    const seen = join(tools, 'seen');
    const browser = aTool(
      'browser',
      `#!${node}\n(async () => {
        const answer = await fetch(process.argv[2], { redirect: 'manual' });
        const page = await (await fetch(answer.headers.get('location'))).text();
        require('node:fs').writeFileSync('${seen}', JSON.stringify({ argv: process.argv, page }));
      })();\n`,
    );
    chmodSync(browser, 0o755);

    const { stdout, stderr, code } = await sre.runWith(
      { env: { BROWSER: browser } },
      'console',
      'prod-readonly',
      '--open',
    );

    expect({ stdout, code }).toEqual({ stdout: '', code: 0 });
    expect(stderr).toMatch(
      /^Your browser should show .* open http:\/\/127\.0\.0\.1:\d+\/[\w-]+\nthe session ends at /,
    );
    expect(stderr).not.toContain('SigninToken');
    const { argv, page } = await readWhenWritten(seen);
    expect(argv.join(' ')).not.toContain('SigninToken');
    expect(page).toContain('222222222222 (production)');
  });

  it('opens nothing where nobody would see it, and issues nothing', async () => {
    let ended = { stdout: '', stderr: '', code: -1 };

    const issuances = await countIssuances(async () => {
      const env = { ...sre.env, SSH_CONNECTION: '1', DISPLAY: ':0' };
      ended = await runHere({ ...sre, env }, 'console', 'prod-readonly', '--open');
    });

    expect({ issuances, code: ended.code, stdout: ended.stdout }).toEqual({
      issuances: 0,
      code: 1,
      stdout: '',
    });
    expect(ended.stderr).toContain('without --open the link is printed');
  });

  it('says so when there is no browser, and shows no link', async () => {
    const ended = await sre.runWith(
      { env: { BROWSER: '/no/browser' } },
      'console',
      'prod-readonly',
      '--open',
    );

    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('without --open') });
    expect(ended.stderr).not.toContain('http');
  });

  it.each([
    ['a profile without one', ['team-data'], 2],
    ['a page elsewhere', ['prod-readonly', '--destination', 'https://evil.example'], 2],
    ['a profile of others', ['ci-deploy'], 4],
  ])('refuses %s', async (_name, args, code) => {
    expect(await runHere(sre, 'console', ...args)).toMatchObject({ code, stdout: '' });
  });

  /** The browser goes on after the command has ended. */
  async function readWhenWritten(file: string) {
    for (;;) {
      try {
        return JSON.parse(readFileSync(file, 'utf8'));
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }
});

describe('daypass explain', () => {
  it('says what would be given and why, and issues nothing', async () => {
    let ended = { stdout: '', stderr: '', code: -1 };

    const issuances = await countIssuances(async () => {
      ended = await runHere(sre, 'explain', 'team-data', '--duration', '30m', '--tag', 'Purpose=audit');
    });

    const facts = ended.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    expect({ issuances, code: ended.code, stderr: ended.stderr }).toEqual({
      issuances: 0,
      code: 0,
      stderr: '',
    });
    expect(facts).toEqual(
      expect.arrayContaining([
        ['effect', 'Allow'],
        ['statement', 'Teams'],
        ['duration', '30m (as asked for); at most 1h, by AWS STS for sessions from sessions'],
        ['tag', 'Purpose=audit'],
      ]),
    );
    expect(facts.find(([label]) => label === 'session policy')?.[1]).toContain(
      'arn:aws:s3:::team-data/payments/*',
    );
  });

  it.each([['prod-readonly'], ['nope']])(
    'ends with 4 when %s is denied, whether or not it is there',
    async (profile) => {
      const { stdout, code } = await developer.run('explain', profile);

      expect(code).toBe(4);
      expect(stdout.replaceAll(profile, 'it')).toBe(
        'effect\tDeny\nprofile\tit\ncode\taccess-denied\nwhy\tno profile it that you may use; GET /v1/profiles lists those that you may, and platform-team@example.com can say more\nowner\tplatform-team@example.com\nask for access\thttps://wiki.example.com/aws-access\n',
      );
    },
  );

  it("prints the broker's answer with --json, denied or not", async () => {
    const [allowed, denied] = await Promise.all([
      sre.run('explain', 'prod-readonly', '--json'),
      developer.run('explain', 'prod-readonly', '--json'),
    ]);

    expect([JSON.parse(allowed.stdout).effect, allowed.code]).toEqual(['Allow', 0]);
    expect([JSON.parse(denied.stdout).effect, denied.code]).toEqual(['Deny', 4]);
  });
});

describe('fromDaypass', () => {
  const aClient = (credentials: ReturnType<typeof fromDaypass>) =>
    new STSClient({ endpoint: daypass.aws, region: 'eu-west-1', credentials });
  const realNow = Date.now;
  afterEach(() => {
    Date.now = realNow;
  });

  it('gives clients of the SDK credentials, and others before they expire', async () => {
    const provider = fromDaypass({ profile: 'prod-readonly', env: sre.env, cache: false });
    const [one, two] = [aClient(provider), aClient(provider)];

    const issuances = await countIssuances(async () => {
      const answers = await Promise.all(
        [one, two].map((client) => client.send(new GetCallerIdentityCommand({}))),
      );
      expect(answers.map(({ Arn }) => Arn)).toEqual([
        expect.stringMatching(readOnly),
        expect.stringMatching(readOnly),
      ]);
      await one.send(new GetCallerIdentityCommand({}));
    });
    const before = await one.config.credentials();
    // Four minutes are left, and the SDK asks from five.
    Date.now = () => realNow() + 11 * 60_000;
    one.config.systemClockOffset = -11 * 60_000;
    const { Arn } = await one.send(new GetCallerIdentityCommand({}));
    const after = await one.config.credentials();

    expect(issuances).toBe(1);
    expect(Arn).toMatch(readOnly);
    expect(after.accessKeyId).not.toBe(before.accessKeyId);
  });

  it('shares what daypass credentials has issued', async () => {
    const env = { ...sre.env, DAYPASS_HOME: join(sre.home, 'own') };
    const { stdout } = await sre.runWith({ env }, 'credentials', 'prod-readonly');

    const { accessKeyId } = await fromDaypass({ profile: 'prod-readonly', env })();

    expect(accessKeyId).toBe(JSON.parse(stdout).AccessKeyId);
  });

  it('asks for a token each time there is something to ask, and keeps no file', async () => {
    let asked = 0;
    const token = async () => {
      asked += 1;
      return fetchToken(daypass, 'sre');
    };
    const env = { DAYPASS_HOME: join(sre.home, 'own') };
    const provider = fromDaypass({ profile: 'prod-readonly', url: daypass.broker, token, env });

    await provider();
    await provider();
    Date.now = () => realNow() + 11 * 60_000;
    await provider();

    expect(asked).toBe(2);
    expect(() => readdirSync(join(sre.home, 'own'))).toThrow('ENOENT');
  });

  it.each([
    ['a denied profile', 'ci-deploy', {}, 'refused'],
    ['no broker', 'prod-readonly', { DAYPASS_URL: '' }, 'not-logged-in'],
    ['no login', 'prod-readonly', { DAYPASS_TOKEN: '' }, 'not-logged-in'],
    ['no answer', 'prod-readonly', { DAYPASS_URL: 'http://127.0.0.1:1' }, 'unavailable'],
  ])('rejects with what to do when there is %s', async (_name, profile, env, code) => {
    const provider = fromDaypass({ profile, env: { ...sre.env, DAYPASS_HOME: sre.home, ...env } });

    await expect(aClient(provider).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: expect.stringMatching(/^(ClientError|BrokerRefusal)$/),
      code,
      hint: expect.any(String),
    });
  });

  it('refuses a broker to which no token may be sent', () => {
    expect(() => fromDaypass({ profile: 'prod-readonly', url: 'http://daypass.example.com' })).toThrow(
      /url is not the address of a broker/,
    );
  });
});
