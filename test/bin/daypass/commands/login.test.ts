import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aDaypassUser, type DaypassUser, daypassScript } from '../../../support/a-daypass-user.ts';
import { anUnsignedJwt, type OpenIdStub, startOpenIdStub } from '../../../support/an-openid-stub.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../support/loopback-server.ts';
import { runProgram } from '../../../support/run-program.ts';

let issuer: OpenIdStub;
let broker: LoopbackServer;
let user: DaypassUser;
/** What the broker was shown. */
let shown: string[] = [];

const aToken = (subject: string, more: object = {}) =>
  anUnsignedJwt({ iss: issuer.url, sub: subject, iat: 0, exp: 4_000_000_000, ...more });

beforeAll(async () => {
  [issuer, broker] = await Promise.all([startOpenIdStub(), startLoopbackServer()]);
  broker.respond((response, { url, headers }) => {
    if (url === '/.well-known/daypass') return response.end(JSON.stringify(toDeployment()));
    const authorization = headers.authorization ?? '';
    shown.push(`${url} ${authorization}`);
    const { sub } = readPayload(authorization);
    if (sub === undefined || sub === 'mallory') {
      return response.writeHead(401).end('{"code":"unauthenticated","detail":"no valid token"}');
    }
    const expiresAt = '2096-10-02T07:06:40.000Z';
    return response.end(
      JSON.stringify({
        issuer: 'okta',
        subject: sub,
        claims: {},
        mfa: false,
        expiresAt,
        sourceIp: '127.0.0.1',
      }),
    );
  });
});
afterAll(() => Promise.all([issuer.close(), broker.close()]));
beforeEach(() => {
  user = aDaypassUser();
  shown = [];
  issuer.asked.length = 0;
  signedInAs('alice');
});
afterEach(() => user.remove());

const toDeployment = () => ({
  version: '1',
  region: 'eu-west-1',
  issuers: [
    {
      type: 'oidc',
      name: 'okta',
      issuer: issuer.url,
      audiences: ['daypass'],
      login: { clientId: 'cli', scopes: ['offline_access'], flows: ['authorization-code', 'device-code'] },
    },
    {
      type: 'oidc',
      name: 'github-actions',
      issuer: 'https://ci.example',
      audiences: ['https://daypass.example'],
    },
    { type: 'iam', name: 'aws' },
  ],
});

function readPayload(authorization: string): { readonly sub?: string } {
  const [, payload = ''] = authorization.replace(/^Bearer /, '').split('.');
  return payload === '' ? {} : JSON.parse(Buffer.from(payload, 'base64url').toString());
}

/** The next device code is confirmed by whoever that is. */
function signedInAs(subject: string, token = aToken(subject)): void {
  const device = {
    device_code: 'd',
    user_code: 'ABCD',
    verification_uri: issuer.url,
    expires_in: 60,
    interval: 0.1,
  };
  issuer.answers = {
    '/device': () => ({ body: device }),
    '/token': () => ({
      body: {
        access_token: token,
        token_type: 'bearer',
        expires_in: 600,
        refresh_token: `refresh-of-${subject}`,
      },
    }),
    '/revoke': () => ({ body: '' }),
  };
}

const logins = () => {
  const directory = join(user.home, '.local/share/daypass');
  return existsSync(directory)
    ? readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'))
    : [];
};
const revoked = () =>
  issuer.asked.filter(({ path }) => path === '/revoke').map(({ parameters }) => parameters.get('token'));
const login = (...args: readonly string[]) => user.run('login', '--broker', broker.url, ...args);

describe('daypass login', () => {
  it('says who, until when and what next, on standard error, and nothing secret', async () => {
    const { code, stdout, stderr } = await login();

    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain(`Logged in to ${broker.url}/ as alice of okta`);
    expect(stderr).toContain('2096-10-02 07:06:40Z');
    expect(stderr).toContain('daypass profiles');
    expect(stderr).not.toMatch(/eyJ|refresh-of/);
  });

  it('shows a code where nobody sits at a terminal, though there is a browser', async () => {
    const { code } = await user.runWith({ env: { BROWSER: '/bin/false' } }, 'login', '--broker', broker.url);

    expect(code).toBe(0);
    expect(issuer.asked.map(({ path }) => path)).toEqual(['/device', '/token']);
  });

  it('makes the broker that was named the default, until another one is', async () => {
    await login();

    expect((await user.run('whoami')).stdout).toContain('subject\talice');
    expect(JSON.parse(readFileSync(join(user.home, '.config/daypass/config.json'), 'utf8'))).toEqual({
      broker: `${broker.url}/`,
    });
  });

  it('takes the broker of the environment', async () => {
    const { code } = await user.runWith({ env: { DAYPASS_URL: broker.url } }, 'login');

    expect(code).toBe(0);
  });

  it('that the broker refuses leaves the login before it, and gives the issuer its refresh token back', async () => {
    await login();
    const before = logins();
    signedInAs('mallory');

    const { code, stderr } = await login();

    expect([code, stderr]).toEqual([
      4,
      expect.stringContaining("the broker doesn't take the issuer's access token"),
    ]);
    expect(logins()).toEqual(before);
    expect(revoked()).toEqual(['refresh-of-mallory']);
  });

  it('of somebody else gives back the refresh token of the one before', async () => {
    await login();
    signedInAs('bob');

    const { code } = await login();

    expect([code, revoked()]).toEqual([0, ['refresh-of-alice']]);
    expect(logins().join()).toContain('refresh-of-bob');
  });

  it('of the same person leaves what the new one may share with the one before', async () => {
    await login();

    await login();

    expect(revoked()).toEqual([]);
  });

  it('without a refresh token gives back that of the one before', async () => {
    await login();

    const { code } = await user.runWith(
      { input: aToken('alice') },
      ...['login', '--broker', broker.url, '--token-stdin'],
    );

    expect([code, revoked()]).toEqual([0, ['refresh-of-alice']]);
  });

  it('stays though the issuer of the one before cannot be told, and says so', async () => {
    await login();
    signedInAs('bob');
    issuer.answers = { ...issuer.answers, '/revoke': () => 'cut' };

    const { code, stderr } = await login();

    expect([code, stderr]).toEqual([0, expect.stringContaining("login before couldn't be told")]);
    expect(logins().join()).toContain('refresh-of-bob');
    expect(stderr).not.toContain('refresh-of');
  });

  it('with an access token that is none of a broker says what to configure', async () => {
    signedInAs('alice', 'opaque');

    expect(await login()).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/no JWT[\s\S]*token: id-token/),
    });
  });

  it('that cannot be kept is said before anybody signs in', async () => {
    const env = { DAYPASS_HOME: '/dev/null/daypass' };
    const { code, stderr } = await user.runWith({ env }, 'login', '--broker', broker.url);

    expect([code, stderr]).toEqual([1, expect.stringContaining('/dev/null/daypass')]);
    expect(issuer.asked).toEqual([]);
  });

  it('that can be kept no more after the sign-in is said, and gives the refresh token back', async () => {
    const home = join(user.home, 'daypass');
    const { '/token': give } = issuer.answers;
    const replaceHome = (parameters: URLSearchParams) => {
      rmSync(home, { recursive: true });
      writeFileSync(home, '');
      return give?.(parameters) ?? 'cut';
    };
    issuer.answers = { ...issuer.answers, '/token': replaceHome };

    const { code, stderr } = await user.runWith(
      { env: { DAYPASS_HOME: home } },
      ...['login', '--broker', broker.url],
    );

    expect([code, stderr]).toEqual([1, expect.stringContaining(home)]);
    expect(revoked()).toEqual(['refresh-of-alice']);
  });

  it('says which variable goes before it', async () => {
    const env = { DAYPASS_TOKEN: aToken('bob'), DAYPASS_URL: 'https://other.example.com' };
    const { code, stderr } = await user.runWith({ env }, 'login', '--broker', broker.url);

    expect(code).toBe(0);
    expect(stderr).toContain('DAYPASS_TOKEN is set');
    expect(stderr).toContain('DAYPASS_URL names another broker');
    expect(shown).toEqual([`/v1/whoami Bearer ${aToken('alice')}`]);
  });

  it.each([
    ['without a broker', [], 2, '--broker'],
    ['at a broker that would hear it in the clear', ['--broker', 'http://daypass.example.com'], 2, 'https'],
    ['at nobody', ['--broker', 'http://127.0.0.1:9'], 5, 'no broker answers'],
  ])('%s fails with what to say', async (_name, args, code, said) => {
    expect(await user.run('login', ...args)).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringContaining(said),
    });
    expect(logins()).toEqual([]);
  });

  it('refuses two ways at once', async () => {
    expect((await login('--aws-profile', 'x', '--token-stdin')).code).toBe(2);
    expect((await login('--kubernetes', '--token-file', 'x')).code).toBe(2);
  });
});

describe('logins of machines', () => {
  it('by GitHub Actions ask for the audience of the broker, anew in each process, and keep no token', async () => {
    issuer.answers = { '/actions': () => ({ body: { value: aToken('repo:example/shop') } }) };
    const env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.url}/actions?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    };

    const { code } = await user.runWith({ env }, 'login', '--broker', broker.url, '--github-actions');
    const { stdout } = await user.runWith({ env }, 'whoami', '--json');

    expect([code, JSON.parse(stdout).subject]).toEqual([0, 'repo:example/shop']);
    expect(issuer.asked.map(({ parameters }) => parameters.get('audience'))).toEqual([
      'https://daypass.example',
      'https://daypass.example',
    ]);
    expect(logins().join()).not.toMatch(/eyJ|of-the-job/);
    expect(await user.run('whoami')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('id-token: write'),
    });
  });

  it('by AWS do not ask the very command that asks: a profile whose credential_process is daypass', async () => {
    const config = join(user.home, 'aws-config');
    const self = `${process.execPath} ${new URL('../../../../bin/daypass.ts', import.meta.url).pathname} credentials x`;
    writeFileSync(config, `[profile daypass-x]\ncredential_process = ${self}\n`);
    const own = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
    const around = { AWS_CONFIG_FILE: config, AWS_PROFILE: 'daypass-x', DAYPASS_URL: broker.url };
    const first = await user.runWith({ env: own }, 'login', '--broker', broker.url, '--aws');
    // The stand-in knows nobody by a signature. What is kept otherwise is the same.
    expect(first.code).toBe(3);
    await login();
    const [file = ''] = readdirSync(join(user.home, '.local/share/daypass'));
    writeFileSync(
      join(user.home, '.local/share/daypass', file),
      JSON.stringify({ version: 1, broker: `${broker.url}/`, login: { kind: 'aws', region: 'eu-west-1' } }),
      { mode: 0o600 },
    );
    shown = [];

    const { code, stderr } = await user.runWith({ env: around }, 'whoami');

    expect([code, stderr]).toEqual([1, expect.stringContaining('credentials that it is itself asked for')]);
    expect(shown).toEqual([]);
  });

  it('by a profile of AWS that is not there do not go on to other credentials', async () => {
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${issuer.url}/container` };
    const { code, stderr } = await user.runWith(
      { env },
      'login',
      '--broker',
      broker.url,
      '--aws-profile',
      'nobody',
    );

    expect([code, stderr]).toEqual([3, expect.stringContaining('no AWS credentials of the profile nobody')]);
    expect(issuer.asked).toEqual([]);
  });
});

describe('daypass logout', () => {
  it('removes the login and tells the issuer', async () => {
    await login();

    const { code, stdout } = await user.run('logout');

    expect([code, stdout, logins(), revoked()]).toEqual([0, '', [], ['refresh-of-alice']]);
    expect(await user.run('logout')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('There was no login'),
    });
  });

  it('removes the login though the issuer cannot be told, and says so', async () => {
    await login();
    issuer.answers = {};

    const { code, stderr } = await user.run('logout');

    expect([code, logins()]).toEqual([0, []]);
    expect(stderr).toContain("couldn't be told");
  });

  it('needs no room on the disk', async () => {
    await login();
    const full = ['-c', 'ulimit -f 0; exec "$0" "$@"', process.execPath, daypassScript, 'logout'];

    const { code, stderr } = await runProgram('/bin/sh', full, { env: user.env });

    expect([code, stderr, logins(), revoked()]).toEqual([0, expect.any(String), [], ['refresh-of-alice']]);
  });

  it('removes what cannot be read, and with --all whatever there is', async () => {
    await login();
    const directory = join(user.home, '.local/share/daypass');
    writeFileSync(join(directory, `${'0'.repeat(32)}.json`), 'damaged');
    const cached = join(user.home, '.cache/daypass/credentials');

    const { code } = await user.run('logout', '--all');

    expect([code, logins(), revoked()]).toEqual([0, [], ['refresh-of-alice']]);
    expect(existsSync(cached) ? readdirSync(cached) : []).toEqual([]);
  });
});

describe('daypass whoami', () => {
  it('prints lines that cut takes, and JSON', async () => {
    await login();

    expect((await user.run('whoami')).stdout).toBe(
      `broker\t${broker.url}/\nissuer\tokta\nsubject\talice\nmfa\tno\nuntil\t2096-10-02 07:06:40Z\naddress\t127.0.0.1\n`,
    );
    expect(JSON.parse((await user.run('whoami', '--json')).stdout)).toMatchObject({ subject: 'alice' });
  });
});
