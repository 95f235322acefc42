import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Listening, listen } from '../../local/listen.ts';

/** A free port on which nobody listens, as good as certainly. */
const nobody = 'http://127.0.0.1:1';

let idp: Listening | undefined;

afterEach(async () => {
  await idp?.close(0);
  idp = undefined;
});

/** The other side of the command, identity provider and broker in one, with what it was asked. */
async function start(tokenStatus = 200): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server: Server = createServer(async (request, response) => {
    const { authorization = '', host } = request.headers;
    const body = Buffer.concat(await request.toArray()).toString();
    const parts = [
      request.method,
      request.url,
      authorization,
      body.replace('grant_type=client_credentials', ''),
    ];
    asked.push(parts.filter((part) => part !== '').join(' '));
    const [path = ''] = (request.url ?? '').split('?');
    response.statusCode = path === '/_local/callers' || path === '/adfs/response' ? 200 : tokenStatus;
    response.end(toAnswer(path, `http://${host}`));
  });
  idp = await listen(server, 0);
  return { url: idp.url, asked };
}

function toAnswer(path: string, url: string): string {
  switch (path) {
    case '/okta/token':
      return JSON.stringify({ access_token: 'a.b.c' });
    case '/adfs/response':
      return 'PHNhbWw+';
    case '/v1/saml/acs':
      return JSON.stringify({ token: 'd.e.f' });
    default:
      return JSON.stringify({
        sre: { issuer: 'okta', tokenEndpoint: `${url}/okta/token` },
        analyst: { issuer: 'adfs', responseEndpoint: `${url}/adfs/response` },
        operator: { issuer: 'aws', awsUser: 'arn:aws:iam::111111111111:user/operator' },
      });
  }
}

function run(...args: readonly string[]) {
  return new Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>(
    (resolve) => {
      execFile(process.execPath, ['local/token.ts', ...args], (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    },
  );
}

describe('npm run token', () => {
  it('prints the token alone when the caller is known', async () => {
    const { url, asked } = await start();

    const result = await run('sre', '--idp', `${url}/`);

    expect(result).toEqual({ code: 0, stdout: 'a.b.c\n', stderr: '' });
    expect(asked).toEqual([
      'GET /_local/callers',
      `POST /okta/token Basic ${Buffer.from('sre:demo-secret').toString('base64')}`,
    ]);
  });

  it("prints the broker's token alone when the caller signs in by SAML", async () => {
    const { url, asked } = await start();

    const result = await run('analyst', '--idp', url, '--broker', `${url}/`);

    expect(result).toEqual({ code: 0, stdout: 'd.e.f\n', stderr: '' });
    expect(asked).toEqual([
      'GET /_local/callers',
      `GET /adfs/response?caller=analyst&url=${encodeURIComponent(url)}`,
      'POST /v1/saml/acs SAMLResponse=PHNhbWw%2B',
    ]);
  });

  it('says how an AWS user signs, and asks for no token', async () => {
    const { url, asked } = await start();

    const result = await run('operator', '--idp', url);

    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(
      /^arn:aws:iam::111111111111:user\/operator needs no token: .*local\/world\.yaml.*--aws-sigv4.*\/iam\/v1\/whoami\n$/,
    );
    expect(asked).toHaveLength(1);
  });

  it('names the broker and its flag when nobody answers there', async () => {
    const { url } = await start();

    const result = await run('analyst', '--idp', url, '--broker', nobody);

    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/^no local broker answers at http:\/\/127.0.0.1:1 .*--broker URL\n$/);
  });

  it.each([
    ['the caller is unknown', ['root'], /there is no demo caller root; allowed: sre, analyst, operator\n$/],
    ['the name is one of every object', ['constructor'], /no demo caller constructor/],
  ])('says who is allowed when %s', async (_, args, message) => {
    const { url } = await start();

    const result = await run(...args, '--idp', url);

    expect(result).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
  });

  it('names the address and the flag when nobody answers there', async () => {
    const result = await run('sre', '--idp', nobody);

    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(
      /^no local identity provider answers at http:\/\/127.0.0.1:1 .*--idp URL\n$/,
    );
  });

  it.each(['sre', 'analyst'])('is an error when the token of %s is refused', async (caller) => {
    const { url } = await start(500);

    const result = await run(caller, '--idp', url, '--broker', url);

    expect(result).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('status 500') });
  });

  it.each([
    ['no caller is named', []],
    ['two callers are named', ['sre', 'ci']],
    ['a flag is unknown', ['sre', '--admin']],
    ['the address is none', ['sre', '--idp', '127.0.0.1:9000']],
    ['the address is missing', ['sre', '--idp']],
    ['the address of the broker is none', ['analyst', '--broker', '127.0.0.1:8080']],
  ])('says in one line how it is used when %s', async (_, args) => {
    const { code, stdout, stderr } = await run(...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+(--idp|--broker|allowed)[^\n]+\n$/);
  });
});
