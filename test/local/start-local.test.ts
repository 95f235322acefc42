import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Listening, listen } from '../../local/listen.ts';
import { type Local, startLocal } from '../../local/start-local.ts';
import { toTour } from '../../local/tour.ts';

const freePorts = ['--port', '0', '--aws-port', '0', '--idp-port', '0'];

interface Run {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  /** Exit code and signal. */
  readonly ended: Promise<readonly unknown[]>;
}

type Urls = Omit<Local, 'close'>;

const runs: Run[] = [];
const directories: string[] = [];

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'daypass-test-'));
  directories.push(directory);
  return directory;
}

/** `bin/local.ts` itself: npm would swallow the signals. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, ['bin/local.ts', ...args], {
    env: { PATH: process.env['PATH'], ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const started = { child, output, ended: once(child, 'close') };
  runs.push(started);
  return started;
}

async function ready({ child, output }: Run): Promise<Urls> {
  while (!output.stdout.includes('\n')) {
    if (child.exitCode !== null) throw new Error(`ended before it was ready: ${output.stderr}`);
    await delay(20);
  }
  return JSON.parse(output.stdout) as Urls;
}

afterEach(async () => {
  for (const { child, ended } of runs.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

async function fetchToken({ identityProvider }: Urls, caller: string, issuer = 'okta'): Promise<string> {
  const answer = await fetch(`${identityProvider}/${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${caller}:demo-secret`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await answer.json()) as { readonly access_token: string };
  return token;
}

const issue = ({ broker }: Urls, token: string, profile: string) =>
  fetch(`${broker}/v1/profiles/${profile}/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });

const audit = ({ broker }: Urls, token: string, query: string) =>
  fetch(`${broker}/v1/issuances?${query}`, { headers: { authorization: `Bearer ${token}` } });

interface Issued {
  readonly IssuanceId: string;
  readonly Credentials: {
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly SessionToken: string;
  };
}

function identityOf(
  { aws }: Urls,
  { Credentials: it }: Issued,
): Promise<{ readonly Arn?: string | undefined }> {
  const sts = new STSClient({
    endpoint: aws,
    region: 'eu-west-1',
    credentials: {
      accessKeyId: it.AccessKeyId,
      secretAccessKey: it.SecretAccessKey,
      sessionToken: it.SessionToken,
    },
  });
  return sts.send(new GetCallerIdentityCommand({}));
}

describe('bin/local.ts --json', () => {
  it('runs the whole of it: a token, credentials that work, and the row by access key', async () => {
    const process = run(['--json', ...freePorts, '--data', temporaryDirectory()]);
    const urls = await ready(process);
    const token = await fetchToken(urls, 'sre');

    const issued = (await (await issue(urls, token, 'prod-readonly')).json()) as Issued;

    const { Arn } = await identityOf(urls, issued);
    expect(Arn).toMatch(/^arn:aws:sts::222222222222:assumed-role\/ReadOnly\//);
    expect(Arn).toContain(issued.IssuanceId);
    const rows = await audit(urls, token, `accessKeyId=${issued.Credentials.AccessKeyId}`);
    expect(await rows.json()).toMatchObject({ issuances: [{ id: issued.IssuanceId, state: 'ISSUED' }] });
    expect(process.output.stdout).toBe(`${JSON.stringify(urls)}\n`);
    expect(process.output.stderr).not.toContain(issued.Credentials.SessionToken);
    expect(process.output.stderr).not.toContain(token);
  });

  it('needs and takes nothing of the credentials and profiles around it', async () => {
    const urls = await ready(
      run(['--json', ...freePorts, '--data', temporaryDirectory()], {
        AWS_PROFILE: 'nowhere',
        AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'wrong',
        AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1',
        AWS_REGION: 'us-east-1',
      }),
    );

    const answer = await issue(urls, await fetchToken(urls, 'sre'), 'prod-readonly');

    expect(answer.status).toBe(200);
  });

  it('lets an address condition refuse when --source-ip is another address', async () => {
    const flags = ['--source-ip', '198.51.100.7', '--data', temporaryDirectory()];
    const urls = await ready(run(['--json', ...freePorts, ...flags]));
    const token = await fetchToken(urls, 'sre');

    const answer = await issue(urls, token, 'prod-readonly');

    expect(answer.status).toBe(403);
    const rows = await audit(urls, token, 'profile=prod-readonly');
    expect(await rows.json()).toMatchObject({
      issuances: [{ state: 'DENIED', sourceIp: '198.51.100.7' }],
    });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with 0 within a second of %s, with connections open, and opens its data again',
    async (signal) => {
      const flags = ['--json', ...freePorts, '--data', temporaryDirectory()];
      const first = run(flags);
      const urls = await ready(first);
      const issued = (await (
        await issue(urls, await fetchToken(urls, 'sre'), 'prod-readonly')
      ).json()) as Issued;
      const agent = new Agent({ keepAlive: true });
      for (const url of [urls.broker, urls.aws, urls.identityProvider]) {
        const [answer] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
        answer.resume();
        await once(answer, 'end');
      }

      const startedAt = performance.now();
      first.child.kill(signal);
      const [code] = await first.ended;

      expect(code).toBe(0);
      expect(performance.now() - startedAt).toBeLessThan(1000);
      agent.destroy();
      const again = await ready(run(flags));
      const rows = await audit(again, await fetchToken(again, 'sre'), 'state=ISSUED');
      expect(await rows.json()).toMatchObject({ issuances: [{ id: issued.IssuanceId }] });
      // Neither secret nor session is stored: they follow from the data directory's key.
      expect((await identityOf(again, issued)).Arn).toContain(issued.IssuanceId);
    },
  );

  it('ends with 0 when it is told to during the start', async () => {
    const data = temporaryDirectory();
    const { child, ended } = run(['--json', ...freePorts, '--data', data]);
    while (!existsSync(join(data, 'lock'))) await delay(5);

    child.kill('SIGTERM');

    expect(await ended).toEqual([0, null]);
  });

  it('opens its data again after SIGKILL', async () => {
    const flags = ['--json', ...freePorts, '--data', temporaryDirectory()];
    const first = run(flags);
    const urls = await ready(first);
    const { IssuanceId } = (await (
      await issue(urls, await fetchToken(urls, 'sre'), 'prod-readonly')
    ).json()) as Issued;

    first.child.kill('SIGKILL');
    await first.ended;

    const again = await ready(run(flags));
    const rows = await audit(again, await fetchToken(again, 'sre'), 'state=ISSUED');
    expect(await rows.json()).toMatchObject({ issuances: [{ id: IssuanceId }] });
  });

  it('refuses a data directory that another run has, in one line', async () => {
    const data = temporaryDirectory();
    await ready(run(['--json', ...freePorts, '--data', data]));

    const second = run(['--json', ...freePorts, '--data', data]);

    expect(await second.ended).toEqual([1, null]);
    expect(second.output).toEqual({ stdout: '', stderr: expect.stringMatching(/^.*--data.* in use .*\n$/) });
  });

  it('refuses a data directory that cannot be made, in one line', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');

    const { ended, output } = run([...freePorts, '--data', join(file, 'data')]);

    expect(await ended).toEqual([1, null]);
    expect(output).toEqual({ stdout: '', stderr: expect.stringMatching(/^.*--data.*ENOTDIR.*\n$/) });
  });

  describe('with a port in use', () => {
    let taken: Listening;
    let port: string;

    beforeAll(async () => {
      taken = await listen(createServer(), 0);
      port = new URL(taken.url).port;
    });

    afterAll(() => taken.close(0));

    it.each(['--port', '--aws-port', '--idp-port'])(
      'ends with one line that names port and flag %s',
      async (flag) => {
        const { ended, output } = run(['--json', ...freePorts, flag, port, '--data', temporaryDirectory()]);

        expect(await ended).toEqual([1, null]);
        expect(output).toEqual({
          stdout: '',
          stderr: `port ${port} is in use; choose another with ${flag} N, or ${flag} 0 for a free one\n`,
        });
      },
    );
  });

  it.each([
    [['--verbose'], 2, /^Unknown option '--verbose'; allowed: --port, .*\n$/],
    [['--port', 'http'], 2, /^--port http is not a port; allowed: 0–65535.*\n$/],
    [['--config', 'nowhere.yaml'], 1, /^.*nowhere\.yaml.*\n$/],
    [['--world', 'nowhere.yaml'], 1, /^.*nowhere\.yaml.*\n$/],
  ])('ends with one line and without a stack when started with %j', async (args, code, message) => {
    const { ended, output } = run([...args, '--json']);

    expect(await ended).toEqual([code, null]);
    expect(output).toEqual({ stdout: '', stderr: expect.stringMatching(message) });
  });

  it('shows all that is wrong with configuration and world, one a line', async () => {
    const directory = temporaryDirectory();
    const config = join(directory, 'daypass.yaml');
    const world = join(directory, 'world.yaml');
    const yaml = readFileSync('config/daypass.yaml', 'utf8');
    copyFileSync('config/adfs-metadata.xml', join(directory, 'adfs-metadata.xml'));
    writeFileSync(
      config,
      yaml.replace('stage: prod', 'stage: "p r"').replace('maxSeconds: 1800', 'maxSeconds: 1'),
    );
    writeFileSync(world, readFileSync('local/world.yaml', 'utf8').replace('region: eu-west-1', 'region: 7'));

    const { ended, output } = run(['--config', config, '--world', world]);

    expect(await ended).toEqual([1, null]);
    const lines = output.stderr.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/daypass\.yaml:\d+ deployment\.stage/),
      expect.stringMatching(/daypass\.yaml:\d+ profiles\.ci-deploy\.duration/),
      expect.stringMatching(/world\.yaml.*region/),
    ]);
  });

  it('prints the flags when asked for help', async () => {
    const { ended, output } = run(['--help']);

    expect(await ended).toEqual([0, null]);
    expect(output).toEqual({ stdout: expect.stringContaining('--source-ip ADDRESS'), stderr: '' });
  });
});

/** What is needed beside npm may be missing where the tests run: then these are shown as skipped. */
const isThere = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

describe('the tour', () => {
  let local: Local;

  beforeAll(async () => {
    local = await startLocal({ dataDirectory: temporaryDirectory() });
  });

  afterAll(() => local.close());

  describe.each([
    ['bash', ['-c']],
    ['sh', ['-c']],
    ['zsh', ['-fc']],
  ])('in %s', (shell, args) => {
    const test = isThere('curl') && isThere(shell) ? it : it.skip;

    test('works as printed, pasted in one go', async () => {
      const { stdout, stderr } = await execute(shell, [...args, toTour(local)]);

      expect(stderr).toBe('');
      expect(stdout).toMatch(/\nASIA[A-Z2-7]{16} until \d{4}-/);
      expect(stdout).toMatch(/<Arn>arn:aws:sts::222222222222:assumed-role\/ReadOnly\//);
      expect(stdout).toMatch(/"issuances":\[\{"id":"\w{26}","state":"ISSUED"/);
      expect(stdout).toContain('"code":"access-denied"');
      expect(stdout).toMatch(/assumed-role\/TeamData\/developer@/);
      expect(stdout).toContain('"subject":"arn:aws:iam::111111111111:user/operator"');
      expect(stdout).toContain('"subject":"analyst@example.com"');
    });
  });
});

function execute(command: string, args: readonly string[]) {
  return new Promise<{ readonly stdout: string; readonly stderr: string }>((resolve) => {
    execFile(command, args, (_error, stdout, stderr) => resolve({ stdout, stderr }));
  });
}
