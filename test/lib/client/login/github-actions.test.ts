import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createGitHubActionsProver } from '../../../../lib/client/login/github-actions.ts';
import { toGitHubActionsLogin } from '../../../../lib/client/login/machine-logins.ts';
import { aLongAnswer, longAnswerBytes } from '../../../support/a-long-answer.ts';
import { anUnsignedJwt } from '../../../support/an-openid-stub.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../support/loopback-server.ts';

let gitHub: LoopbackServer;
let urls: string[] = [];
let nowMs = 0;

beforeAll(async () => {
  gitHub = await startLoopbackServer();
});
afterAll(() => gitHub.close());
beforeEach(() => {
  nowMs = 0;
  urls = [];
  gitHub.respond((response, request) => {
    urls.push(request.url ?? '');
    response.end(JSON.stringify({ value: anUnsignedJwt({ exp: 600, count: urls.length }) }));
  });
});

const aProver = (env: object = {}, audience = 'https://daypass.example.com/?a=1&b') =>
  createGitHubActionsProver({
    audience,
    now: () => nowMs,
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${gitHub.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
      ...env,
    },
  });

describe('the token of a running job', () => {
  it('is asked for with the audience, and in the name of the job', async () => {
    const proof = await aProver().prove();

    expect(proof).toEqual({ kind: 'token', token: anUnsignedJwt({ exp: 600, count: 1 }) });
    expect(new URL(urls[0] ?? '', gitHub.url).searchParams.get('audience')).toBe(
      'https://daypass.example.com/?a=1&b',
    );
    expect(new URL(urls[0] ?? '', gitHub.url).searchParams.get('api-version')).toBe('2.0');
    expect(gitHub.requests[0]?.headers.authorization).toBe('Bearer request-token');
  });

  it('is asked for once until a minute before its end', async () => {
    const prover = aProver();
    await prover.prove();
    nowMs = 539_999;
    await prover.prove();
    expect(urls).toHaveLength(1);

    nowMs = 540_000;
    await prover.prove();
    expect(urls).toHaveLength(2);
  });

  it("has another id in each job, which doesn't hold the job's secret", () => {
    expect(aProver().id).toBe(aProver().id);
    expect(aProver().id).not.toBe(aProver({ ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-next-job' }).id);
    expect(aProver().id).not.toBe(aProver({}, 'other').id);
    expect(aProver().id).not.toContain('request-token');
  });

  it.each(['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'])(
    'needs %s, and says which permission gives it',
    (name) => {
      expect(() => aProver({ [name]: undefined })).toThrow(
        expect.objectContaining({ code: 'not-logged-in', hint: expect.stringContaining('id-token: write') }),
      );
    },
  );

  it('is asked for by https alone', () => {
    expect(() => aProver({ ACTIONS_ID_TOKEN_REQUEST_URL: 'http://token.example/' })).toThrow('no https URL');
  });

  it.each([
    [403, 'not-logged-in'],
    [500, 'unavailable'],
    [429, 'unavailable'],
  ])('that is refused with %i is %s', async (status, code) => {
    gitHub.respond((response) => response.writeHead(status).end('{}'));

    await expect(aProver().prove()).rejects.toMatchObject({ code });
  });

  it.each(['{}', 'no json', '{"value":"a b"}'])('is not %s', async (answer) => {
    gitHub.respond((response) => response.end(answer));

    await expect(aProver().prove()).rejects.toMatchObject({ code: 'not-logged-in' });
  });

  it('is asked for with nothing that an error would show', () => {
    expect(() => aProver({ ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'a-secret\n12' })).toThrow(
      expect.objectContaining({
        code: 'not-logged-in',
        message: 'ACTIONS_ID_TOKEN_REQUEST_TOKEN holds no token',
      }),
    );
  });

  it('is read no further than any token goes', async () => {
    const { respond, takenBytes } = aLongAnswer();
    gitHub.respond(respond);

    await expect(aProver().prove()).rejects.toMatchObject({ code: 'not-logged-in' });
    expect(takenBytes()).toBeLessThan(longAnswerBytes.most);
  });

  it('goes nowhere else with the secret of the job', async () => {
    const elsewhere = await startLoopbackServer();
    gitHub.respond((response) => response.writeHead(302, { location: elsewhere.url }).end());

    await expect(aProver().prove()).rejects.toMatchObject({ code: 'unavailable' });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });
});

describe('the audience', () => {
  const oidc = (name: string, issuer: string) => ({
    type: 'oidc' as const,
    name,
    issuer,
    audiences: [`aud-${name}`],
  });
  const deployment = (...issuers: ReturnType<typeof oidc>[]) => ({
    version: '1',
    region: 'eu-west-1',
    issuers,
  });
  const gitHubUrl = 'https://token.actions.githubusercontent.com';

  it.each([
    [
      'of the issuer that is GitHub',
      [oidc('okta', 'https://okta.example'), oidc('ci', gitHubUrl)],
      {},
      'aud-ci',
    ],
    ['of an enterprise of GitHub', [oidc('ci', `${gitHubUrl}/example`)], {}, 'aud-ci'],
    [
      'of the issuer of that name',
      [oidc('github-actions', 'http://127.0.0.1:1/x')],
      {},
      'aud-github-actions',
    ],
    [
      'of the issuer that is named',
      [oidc('a', gitHubUrl), oidc('b', 'https://b.example')],
      { issuer: 'b' },
      'aud-b',
    ],
    ['that is named', [oidc('okta', 'https://okta.example')], { audience: 'mine' }, 'mine'],
  ])('is that %s', (_name, issuers, asked, audience) => {
    expect(toGitHubActionsLogin(deployment(...issuers), asked)).toEqual({ kind: 'github-actions', audience });
  });

  it.each([
    ['no issuer is GitHub', [oidc('okta', `${gitHubUrl}.example.com`)], {}],
    ['the one that is named is not there', [oidc('ci', gitHubUrl)], { issuer: 'other' }],
  ])('is asked for where %s', (_name, issuers, asked) => {
    expect(() => toGitHubActionsLogin(deployment(...issuers), asked)).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('--audience') }),
    );
  });
});
