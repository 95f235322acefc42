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

/** The identity provider's side of the command, with what it was asked. */
async function start(tokenStatus = 200): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const { authorization = '' } = request.headers;
    asked.push(`${request.method} ${request.url} ${authorization}`.trim());
    const tokenEndpoint = `http://${request.headers.host}/okta/token`;
    const isToken = request.url === '/okta/token';
    response.statusCode = isToken ? tokenStatus : 200;
    response.end(JSON.stringify(isToken ? { access_token: 'a.b.c' } : { sre: { tokenEndpoint }, ci: {} }));
  });
  idp = await listen(server, 0);
  return { url: idp.url, asked };
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

  it.each([
    ['the caller is unknown', ['root'], /there is no demo caller root; allowed: sre, ci\n$/],
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

  it('is an error when the token is refused', async () => {
    const { url } = await start(500);

    expect(await run('sre', '--idp', url)).toMatchObject({ code: 1, stdout: '', stderr: /status 500/ });
  });

  it.each([
    ['no caller is named', []],
    ['two callers are named', ['sre', 'ci']],
    ['a flag is unknown', ['sre', '--admin']],
    ['the address is none', ['sre', '--idp', '127.0.0.1:9000']],
    ['the address is missing', ['sre', '--idp']],
  ])('says in one line how it is used when %s', async (_, args) => {
    const { code, stdout, stderr } = await run(...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+(--idp|allowed)[^\n]+\n$/);
  });
});
