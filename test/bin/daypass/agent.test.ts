import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fromHttp } from '@aws-sdk/credential-provider-http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aDaypassUser, type DaypassUser, daypassScript } from '../../support/a-daypass-user.ts';
import { call, fetchToken } from '../../support/daypass-client.ts';
import { runProgram } from '../../support/run-program.ts';
import { node, type RunningDaypass, startDaypass } from '../../support/running-daypass.ts';

let daypass: RunningDaypass;
let token: string;
let user: DaypassUser;
let agent: Agent;

/** `daypass agent` in a terminal of its own. */
interface Agent {
  readonly process: ChildProcess;
  /** What it printed first, which is JSON. */
  readonly served: { readonly url: string; readonly port: number; readonly tokenFile: string };
  readonly errors: () => string;
}

beforeAll(async () => {
  daypass = await startDaypass();
  token = await fetchToken(daypass, 'sre');
  user = aDaypassUser({ DAYPASS_URL: daypass.broker, DAYPASS_TOKEN_FILE: 'token' });
  writeToken(token);
  agent = await startAgent();
});

afterAll(async () => {
  if (agent.process.exitCode === null) agent.process.kill('SIGKILL');
  user.remove();
  await daypass.stop();
});

const toTokenFile = () => join(user.home, 'token');
const writeToken = (text: string) => writeFileSync(toTokenFile(), text, { mode: 0o600 });

async function startAgent(...args: readonly string[]): Promise<Agent> {
  const process = spawn(node, [daypassScript, 'agent', '--json', '--port', '0', ...args], {
    env: { PATH: '/usr/bin:/bin', ...user.env },
    cwd: user.home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  process.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [line] = await once(createInterface({ input: process.stdout }), 'line');
  return { process, served: JSON.parse(line), errors: () => errors };
}

/** As an SDK does, with nothing but the two variables. @param timeout milliseconds, and those before it tries again */
const provide = (profile: string, timeout = 30_000) =>
  fromHttp({
    awsContainerCredentialsFullUri: `${agent.served.url}/profiles/${profile}/container-credentials`,
    awsContainerAuthorizationTokenFile: agent.served.tokenFile,
    timeout,
  })();

async function countRows(profile: string, state: string): Promise<number> {
  const path = `/v1/issuances?profile=${profile}&state=${state}`;
  const { status, text, json } = await call(daypass, { token, path });
  if (status !== 200) throw new Error(text);
  return json.issuances.length;
}

describe('daypass agent', () => {
  it('makes one issuance of each profile for a hundred SDKs that ask at once', async () => {
    const profiles = ['prod-readonly', 'team-data'];

    const all = await Promise.all(
      Array.from({ length: 100 }, (_, index) => provide(profiles[index % 2] ?? '')),
    );

    expect(new Set(all.map(({ accessKeyId }) => accessKeyId)).size).toBe(2);
    expect(await countRows('prod-readonly', 'ISSUED')).toBe(1);
    expect(await countRows('team-data', 'ISSUED')).toBe(1);
  });

  it('makes one row of a refusal that an SDK tries four times, and says why', async () => {
    const refused = provide('ci-deploy', 10);

    await expect(refused).rejects.toMatchObject({
      Code: 'access-denied',
      Message: expect.stringContaining('no profile ci-deploy that you may use'),
    });
    expect(await countRows('ci-deploy', 'DENIED')).toBe(1);
  });

  it('gives other terminals their variables', async () => {
    const { code, stdout } = await runProgram(
      '/bin/sh',
      [
        '-c',
        `eval "$(${node} ${daypassScript} agent --print-env prod-readonly)" &&
          printf '%s\\n%s' "$AWS_CONTAINER_CREDENTIALS_FULL_URI" "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"`,
      ],
      { env: user.env, cwd: user.home },
    );

    expect(code).toBe(0);
    expect(stdout).toBe(
      `${agent.served.url}/profiles/prod-readonly/container-credentials\n${agent.served.tokenFile}`,
    );
  });

  it('gives SDKs that know no file the token itself, and says what they look at before', async () => {
    const { stdout, stderr } = await user.runWith(
      { env: { AWS_PROFILE: 'mine' } },
      ...['agent', '--print-env', 'prod-readonly', '--inline-token', '--json'],
    );

    expect(stderr).toContain('SDKs look at AWS_PROFILE first');
    expect(JSON.parse(stdout)).toEqual({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${agent.served.url}/profiles/prod-readonly/container-credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: readFileSync(agent.served.tokenFile, 'utf8'),
    });
  });

  it('keeps its token out of the process list and of what it says', () => {
    const secret = readFileSync(agent.served.tokenFile, 'utf8');
    const said = readFileSync(`/proc/${agent.process.pid}/cmdline`, 'utf8') + agent.errors();

    expect(secret).toHaveLength(43);
    expect(said).not.toContain(secret);
    expect(said).not.toContain(token);
    expect(JSON.stringify(agent.served)).not.toContain(secret);
    expect(statSync(agent.served.tokenFile).mode & 0o777).toBe(0o600);
  });

  it('says that another one has the port', async () => {
    const { code, stderr } = await user.run('agent', '--port', String(agent.served.port));

    expect(code).toBe(1);
    expect(stderr).toContain(`port ${agent.served.port} of 127.0.0.1 is taken`);
    expect(await provide('prod-readonly')).toBeDefined();
  });

  it('says where else the token can be put, where a home is not writable', async () => {
    const { code, stdout, stderr } = await user.runWith(
      { env: { DAYPASS_HOME: '/dev/null/home' } },
      ...['agent', '--port', '0'],
    );

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('--token-file <path> puts the token elsewhere');
  });

  it('goes on after another login, without a restart', async () => {
    writeToken('expired');
    await expect(provide('prod-readonly', 10)).rejects.toMatchObject({
      Message: expect.stringContaining('check who writes it'),
    });

    writeToken(await fetchToken(daypass, 'developer'));
    await expect(provide('prod-readonly', 10)).rejects.toMatchObject({ Code: 'access-denied' });
    writeToken(await fetchToken(daypass, 'sre'));

    expect(await provide('prod-readonly')).toBeDefined();
  });

  it('serves what it has while the broker is away, and says 503 for the rest', async () => {
    const before = await provide('prod-readonly');
    await daypass.stop();

    const secret = readFileSync(agent.served.tokenFile, 'utf8');
    const answer = await fetch(`${agent.served.url}/profiles/team-data/container-credentials`, {
      headers: { authorization: secret },
    });

    expect((await provide('prod-readonly')).accessKeyId).toBe(before.accessKeyId);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await answer.json()).toMatchObject({ Code: 'unavailable' });
  });

  it('ends with 0 when it is told to, and leaves nothing', async () => {
    const { tokenFile } = agent.served;
    agent.process.kill('SIGTERM');
    const [code] = await once(agent.process, 'exit');

    expect(code).toBe(0);
    expect(readdirSync(join(tokenFile, '..'))).toEqual([]);
    const { code: notFound, stderr } = await user.run('agent', '--print-env', 'prod-readonly');
    expect(notFound).toBe(5);
    expect(stderr).toContain('start one in another terminal: daypass agent');
  });
});
