import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetFederationTokenCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultKind } from '../../../../local/faults.ts';
import {
  admin,
  aWorld,
  away,
  home,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';

const everything = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
const trust = policy({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${home}:root`, Service: 'lambda.amazonaws.com' },
  Action: 'sts:AssumeRole',
});
const first = `arn:aws:iam::${home}:role/First`;
const second = `arn:aws:iam::${away}:role/path/Second`;
const accountAway = { name: 'data <b>', roles: { 'path/Second': { trust } } };
const world = aWorld({
  [home]: { roles: { First: { trust, policies: [everything] } } },
  [away]: accountAway,
});

const minute = 60_000;
let nowMs: number;
let aws: TestAws;
beforeEach(async () => {
  nowMs = Math.floor(Date.now() / 1000) * 1000;
  aws = await startTestAws(world, { now: () => nowMs });
});
afterEach(() => aws.stop());

const assumed = () => aws.assume({ RoleArn: second, RoleSessionName: 'sre@example.com' });
const chained = async () =>
  aws.assume(
    { RoleArn: second, RoleSessionName: 'chained' },
    await aws.assume({ RoleArn: first, RoleSessionName: 'one' }),
  );
const toCredentials = ({ AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = {}) => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: SessionToken,
});
async function federated() {
  const Policy = JSON.stringify(everything);
  const { Credentials } = await aws.sts().send(new GetFederationTokenCommand({ Name: 'alice', Policy }));
  return toCredentials(Credentials);
}
async function userSession() {
  const { Credentials } = await aws.sts().send(new GetSessionTokenCommand({}));
  return toCredentials(Credentials);
}

type Fields = Readonly<Record<string, string>>;

const toSession = ({ accessKeyId, secretAccessKey, sessionToken }: TestCredentials) =>
  JSON.stringify({ sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken });
const federation = (fields: Fields, init: RequestInit = {}) =>
  fetch(`${aws.url}/federation?${new URLSearchParams(fields)}`, init);
const getToken = (credentials: TestCredentials, fields: Fields = {}) =>
  federation({ Action: 'getSigninToken', Session: toSession(credentials), ...fields });
async function tokenOf(credentials: TestCredentials, fields: Fields = {}): Promise<string> {
  const answer = await getToken(credentials, fields);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { SigninToken: string }).SigninToken;
}
const Destination = 'https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1';
const login = (SigninToken: string, fields: Fields = {}) =>
  federation({ Action: 'login', Destination, Issuer: 'https://daypass.example.com', SigninToken, ...fields });
const iso = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

describe('a sign-in link', () => {
  it('shows whom it signs in, and until when', async () => {
    const answer = await login(await tokenOf(await assumed()));
    const page = await answer.text();

    expect(answer.status).toBe(200);
    expect(page).toContain(`<dd>${away} (data &#60;b&#62;)</dd>`);
    expect(page).toContain(`<dd>arn:aws:sts::${away}:assumed-role/Second/sre@example.com</dd>`);
    expect(page).toContain(`<dd>${iso(nowMs + 60 * minute)}</dd>`);
    expect(page).toContain('eu-west-1.console.aws.amazon.com');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
  });

  it('lasts as long as was asked for, from the login on', async () => {
    const token = await tokenOf(await assumed(), { SessionDuration: '43200' });
    nowMs += 10 * minute;

    expect(await (await login(token)).text()).toContain(`<dd>${iso(nowMs + 12 * 60 * minute)}</dd>`);
  });

  it('of a federated user and of a chained role ends with the credentials', async () => {
    const pages = [federated, chained].map(async (get) => (await login(await tokenOf(await get()))).text());

    expect(await pages[0]).toContain(`<dd>arn:aws:sts::${home}:federated-user/alice</dd>`);
    expect(await pages[0]).toContain(`<dd>${iso(nowMs + 12 * 60 * minute)}</dd>`);
    expect(await pages[1]).toContain(`<dd>${iso(nowMs + 60 * minute)}</dd>`);
  });

  it('is good for 15 minutes, more than once, and no longer', async () => {
    const token = await tokenOf(await assumed());
    nowMs += 15 * minute - 1;
    const early = [(await login(token)).status, (await login(token)).status];
    nowMs += 1;

    expect([...early, (await login(token)).status]).toEqual([200, 200, 400]);
  });

  it('is no longer good than its credentials', async () => {
    const credentials = await aws.assume({ RoleArn: second, RoleSessionName: 'short', DurationSeconds: 900 });
    nowMs += 10 * minute;
    const token = await tokenOf(credentials);
    nowMs += 5 * minute - 1;
    const before = (await login(token)).status;
    nowMs += 1;

    expect([before, (await login(token)).status]).toEqual([200, 400]);
  });

  it('ends when its credentials are declared expired', async () => {
    const credentials = await assumed();
    const token = await tokenOf(credentials);
    await fetch(`${aws.url}/_local/credentials/${credentials.accessKeyId}/expire`, { method: 'POST' });

    expect((await login(token)).status).toBe(400);
    expect((await getToken(credentials)).status).toBe(400);
  });

  it('is good after a restart, and nowhere else', async () => {
    const token = await tokenOf(await assumed());
    const other = await startTestAws(world, { now: () => nowMs });
    const elsewhere = await fetch(
      `${other.url}/federation?${new URLSearchParams({ Action: 'login', Destination, SigninToken: token })}`,
    );
    await other.stop();
    aws = await aws.restart();

    expect([elsewhere.status, (await login(token)).status]).toEqual([400, 200]);
  });

  it('holds nothing of the credentials that can be read', async () => {
    const credentials = await assumed();
    const token = await tokenOf(credentials);
    const page = await (await login(token)).text();
    const files = readdirSync(aws.dataDirectory, { withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = [token, atob(token.replaceAll('-', '+').replaceAll('_', '/')), page];
    texts.push(...files.map(({ name }) => readFileSync(join(aws.dataDirectory, name), 'latin1')));

    expect(texts.filter((text) => text.includes(credentials.secretAccessKey))).toEqual([]);
    expect(texts.filter((text) => text.includes(credentials.sessionToken ?? ''))).toEqual([]);
  });
});

describe('getSigninToken', () => {
  it('takes a form by POST', async () => {
    const body = new URLSearchParams({
      Action: 'getSigninToken',
      Session: toSession(await assumed()),
      SessionDuration: '900',
    });
    const answer = await fetch(`${aws.url}/federation`, { method: 'POST', body });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({ SigninToken: expect.any(String) });
  });

  it.each(['900', '43200'])('takes a duration of %s seconds', async (SessionDuration) => {
    expect((await getToken(await assumed(), { SessionDuration })).status).toBe(200);
  });

  it.each(['899', '43201', '0900.0', '-900', '9e2', '1 hour', '', '00000900'])(
    'refuses a duration of %j',
    async (SessionDuration) => {
      expect((await getToken(await assumed(), { SessionDuration })).status).toBe(400);
    },
  );

  it.each([
    ['a federated user', federated],
    ['a chained role', chained],
  ])('takes credentials of %s, but no duration', async (_whose, get) => {
    const credentials = await get();
    const refused = await getToken(credentials, { SessionDuration: '900' });

    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('SessionDuration must not be sent');
    expect((await getToken(credentials)).status).toBe(200);
  });

  it('refuses a role that was assumed with a session of GetSessionToken a duration', async () => {
    const credentials = await aws.assume(
      { RoleArn: second, RoleSessionName: 'session' },
      await userSession(),
    );

    expect((await getToken(credentials, { SessionDuration: '900' })).status).toBe(400);
  });

  it.each([
    ['of GetSessionToken', userSession],
    ['that are long-term', () => admin],
    [
      'that are long-term, with a token',
      async () => ({ ...admin, sessionToken: (await assumed()).sessionToken ?? '' }),
    ],
    ['with another secret', async () => ({ ...(await assumed()), secretAccessKey: 'x'.repeat(40) })],
    ['with a shorter secret', async () => ({ ...(await assumed()), secretAccessKey: 'x' })],
    ['with no secret', async () => ({ ...(await assumed()), secretAccessKey: '' })],
    [
      'with another token',
      async () => ({ ...(await assumed()), sessionToken: (await chained()).sessionToken ?? '' }),
    ],
    [
      'with a cut token',
      async () => ({ ...(await assumed()), sessionToken: (await assumed()).sessionToken?.slice(4) ?? '' }),
    ],
    [
      'that have expired',
      async () => {
        const credentials = await assumed();
        nowMs += 60 * minute;
        return credentials;
      },
    ],
  ])('refuses credentials %s', async (_which, get) => {
    const answer = await getToken(await get());

    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('SigninToken');
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"sessionId":"a"}',
    '{"sessionId":1,"sessionKey":"b","sessionToken":"c"}',
  ])('refuses the session %j', async (Session) => {
    expect((await federation({ Action: 'getSigninToken', Session })).status).toBe(400);
  });

  it('refuses a parameter that is there twice', async () => {
    const Session = encodeURIComponent(toSession(await assumed()));
    const url = `${aws.url}/federation?Action=getSigninToken&Session=${Session}&SessionDuration=900&SessionDuration=43200`;

    expect((await fetch(url)).status).toBe(400);
  });

  it.each(['PUT', 'DELETE'])('refuses %s', async (method) => {
    const Session = toSession(await assumed());

    expect((await federation({ Action: 'getSigninToken', Session }, { method })).status).toBe(400);
  });
});

describe('login', () => {
  it.each([
    'https://console.aws.amazon.com/',
    'https://console.aws.amazon.com',
    'https://s3.console.aws.amazon.com/s3/buckets',
    'https://us-east-1.console.aws.amazon.com/ec2/home#Instances:',
    'https://console.amazonaws-us-gov.com/',
    'https://console.amazonaws.cn/',
  ])('takes %s', async (to) => {
    expect((await login(await tokenOf(await assumed()), { Destination: to })).status).toBe(200);
  });

  it.each([
    '',
    'console.aws.amazon.com',
    'http://console.aws.amazon.com/',
    'https://console.aws.amazon.com.example.com/',
    'https://example.com/console.aws.amazon.com',
    'https://evilconsole.aws.amazon.com/',
    'https://console.aws.amazon.com@example.com/',
    'https://user@console.aws.amazon.com/',
    'https://console.aws.amazon.com:8443/',
    'https://example.com#.console.aws.amazon.com',
    'https://example.com\\.console.aws.amazon.com',
    'javascript:alert(1)//console.aws.amazon.com',
    '//console.aws.amazon.com/',
  ])('refuses the destination %j', async (to) => {
    const answer = await login(await tokenOf(await assumed()), { Destination: to });

    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('assumed-role');
  });

  it.each(['', 'x', 'AAAA'.repeat(30)])('refuses the token %j', async (token) => {
    expect((await login(token)).status).toBe(400);
  });

  it('refuses a session token in place of its own', async () => {
    expect((await login((await assumed()).sessionToken ?? '')).status).toBe(400);
  });

  it('refuses a token of which a character was changed', async () => {
    const token = await tokenOf(await assumed());
    const changed = `${token.slice(0, 40)}${token[40] === 'A' ? 'B' : 'A'}${token.slice(41)}`;

    expect((await login(changed)).status).toBe(400);
  });

  it('shows what it was sent as text', async () => {
    const Issuer = 'https://example.com/?<script>alert(1)</script>';
    const page = await (
      await login(await tokenOf(await assumed()), { Issuer, Destination: `${Destination}&a=<b>"'` })
    ).text();

    expect(page).not.toMatch(/<(script|b)>/);
  });

  it('refuses an issuer that is no web address', async () => {
    expect((await login(await tokenOf(await assumed()), { Issuer: 'javascript:alert(1)' })).status).toBe(400);
  });
});

describe('the endpoint', () => {
  it.each([{}, { Action: 'logout' }, { Action: 'constructor' }, { Action: 'GetSigninToken' }])(
    'refuses %j',
    async (fields) => {
      expect((await federation(fields as Fields)).status).toBe(400);
    },
  );

  it.each<readonly [FaultKind, number]>([
    ['throttle', 429],
    ['500', 500],
    ['accessdenied', 403],
  ])('meets the fault %s', async (kind, status) => {
    aws.faults.replace([{ service: 'signin', operation: 'getSigninToken', kind }]);

    expect((await getToken(await assumed())).status).toBe(status);
  });

  it('meets a broken answer', async () => {
    aws.faults.replace([{ service: 'signin', kind: 'malformed' }]);

    await expect((await getToken(await assumed())).json()).rejects.toThrow('JSON');
  });
});
