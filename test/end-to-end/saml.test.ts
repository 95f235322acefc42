import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { aBrowser, type Page, signIn } from '../support/a-browser.ts';
import { call, issue, readAssumeRoles } from '../support/daypass-client.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';
import { editResponse, fetchResponse, logIn, postResponse } from '../support/saml-client.ts';

let daypass: RunningDaypass;

beforeAll(async () => {
  daypass = await startDaypass();
});

afterAll(() => daypass.stop());

async function fetchBrokerToken(): Promise<string> {
  const { status, text, json } = await postResponse(daypass, { response: await fetchResponse(daypass) });
  if (status !== 200) throw new Error(`no token: ${status} ${text}`);
  return json.token;
}

const refused = { status: 401, json: { code: 'saml-response-refused' } };

describe('signing in by SAML', () => {
  it('leads from the login to credentials, as a browser goes', async () => {
    const login = await logIn(daypass);
    expect(login.status).toBe(302);
    expect(login.location).toMatch(new RegExp(`^${daypass.identityProvider}/adfs/sso\\?`));
    expect(login.action).toBe(`${daypass.broker}/v1/saml/acs`);

    const { SAMLResponse: response = '' } = login.fields;
    const answer = await postResponse(daypass, { response, cookie: login.cookie });

    expect(answer).toMatchObject({
      status: 200,
      json: { tokenType: 'Bearer', issuer: 'adfs', subject: 'analyst@example.com' },
    });
    const { token } = answer.json;
    const whoami = await call(daypass, { token, path: '/v1/whoami' });
    expect(whoami.json).toMatchObject({
      issuer: 'adfs',
      subject: 'analyst@example.com',
      claims: { groups: ['analysts'], team: 'payments' },
      mfa: true,
      authTime: expect.any(String),
    });
    const profiles = await call(daypass, { token, path: '/v1/profiles' });
    expect(profiles.json.profiles.map(({ name }: { name: string }) => name)).toEqual([
      'team-data',
      'saml-reports',
    ]);
    const issued = await issue(daypass, token, 'team-data', {});
    expect(issued).toMatchObject({ status: 200, json: { Credentials: { AccessKeyId: expect.any(String) } } });
    const row = await call(daypass, { token, path: `/v1/issuances/${issued.json.IssuanceId}` });
    expect(row.json).toMatchObject({
      state: 'ISSUED',
      principal: { issuer: 'adfs', subject: 'analyst@example.com' },
    });
  });

  it('binds the answer to the browser by a cookie that no script and no other host sees', async () => {
    const { setCookie } = await logIn(daypass);

    const attributes = setCookie.split(/; */);
    expect(attributes[0]).toMatch(/^__Host-daypass-saml=[\w.-]+$/);
    expect(attributes.slice(1)).toEqual(
      expect.arrayContaining(['HttpOnly', 'Secure', 'SameSite=None', 'Path=/', 'Max-Age=600']),
    );
  });

  it("takes a response that began at the identity provider's side", async () => {
    const answer = await postResponse(daypass, { response: await fetchResponse(daypass) });

    expect(answer).toMatchObject({ status: 200, json: { subject: 'analyst@example.com' } });
  });

  it('refuses profiles that the caller may not have, without an STS call', async () => {
    const token = await fetchBrokerToken();
    const before = await readAssumeRoles(daypass);

    const answer = await issue(daypass, token, 'prod-readonly', {});

    expect(answer).toMatchObject({ status: 403, json: { code: 'access-denied' } });
    expect(await readAssumeRoles(daypass)).toHaveLength(before.length);
  });

  it('describes the broker as the identity provider wants it', async () => {
    const answer = await fetch(`${daypass.broker}/v1/saml/metadata`);

    const xml = await answer.text();
    expect(answer.headers.get('content-type')).toContain('application/samlmetadata+xml');
    expect(xml).toContain(`entityID="${daypass.broker}/v1/saml/metadata"`);
    expect(xml).toContain(`Location="${daypass.broker}/v1/saml/acs"`);
  });
});

describe('signing in for a terminal', () => {
  const state = 'terminal-state_0123456789';

  /** What a terminal is posted while the visit lasts. */
  async function listen(visit: (loginUrl: string) => Promise<unknown>): Promise<readonly string[]> {
    const posted: string[] = [];
    const terminal = createServer(async (request, response) => {
      posted.push(`${request.method} ${request.url} ${await text(request)}`);
      response.end('<p>Back to the terminal</p>');
    }).listen(0, '127.0.0.1');
    await once(terminal, 'listening');
    const { port } = terminal.address() as AddressInfo;
    await visit(
      `${daypass.broker}/v1/saml/login?${new URLSearchParams({ issuer: 'adfs', port: `${port}`, state })}`,
    );
    terminal.close();
    return posted;
  }

  it('hands the token to its port with its state, by a click and in no address', async () => {
    const posted = await listen((url) => signIn(url, 'analyst'));

    expect(posted).toHaveLength(1);
    const [, form = ''] = /^POST \/callback (.*)$/.exec(posted[0] ?? '') ?? [];
    const fields = Object.fromEntries(new URLSearchParams(form));
    expect(fields).toEqual({ token: expect.any(String), state });
    const whoami = await call(daypass, { token: fields['token'] ?? '', path: '/v1/whoami' });
    expect(whoami.json).toMatchObject({ issuer: 'adfs', subject: 'analyst@example.com' });
  });

  it('hands nothing over that began elsewhere, though the browser has one under way', async () => {
    const pages: Page[] = [];
    const posted = await listen(async (url) => {
      const browser = aBrowser();
      await browser.open(url);
      const tile = { SAMLResponse: await fetchResponse(daypass, { caller: 'accountant' }) };
      const html = `<form method="post" action="${daypass.broker}/v1/saml/acs"></form>`;
      pages.push(await browser.submit({ url, status: 200, html }, tile));
    });

    expect(pages[0]).toMatchObject({ status: 200, html: expect.stringContaining('accountant@example.com') });
    expect(pages[0]?.html).not.toMatch(/<form|127\.0\.0\.1:(?!\d+\/v1)|terminal/);
    expect(posted).toEqual([]);
  });

  it("hands nobody's answer to the terminal of another browser", async () => {
    const pages: Page[] = [];
    const posted = await listen(async (url) => {
      const stranger = aBrowser();
      await stranger.open(url);
      const { fields } = await logIn(daypass);
      const html = `<form method="post" action="${daypass.broker}/v1/saml/acs"></form>`;
      pages.push(await stranger.submit({ url, status: 200, html }, fields));
    });

    expect(pages[0]).toMatchObject({ status: 401 });
    expect(posted).toEqual([]);
  });
});

describe('a SAML response', () => {
  it('is good for one token', async () => {
    const response = await fetchResponse(daypass);

    const first = await postResponse(daypass, { response });
    const second = await postResponse(daypass, { response });

    expect(first.status).toBe(200);
    expect(second).toMatchObject(refused);
    expect(second.text).not.toContain(first.json.token);
  });

  it('is good for one of several posts at the same time', async () => {
    const response = await fetchResponse(daypass);

    const answers = await Promise.all(Array.from({ length: 4 }, () => postResponse(daypass, { response })));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
  });

  it('is not used up when it is refused', async () => {
    const response = await fetchResponse(daypass);
    const edited = editResponse(response, (xml) => xml.replace('analyst@', 'sre@'));

    expect(await postResponse(daypass, { response: edited })).toMatchObject(refused);
    expect(await postResponse(daypass, { response })).toMatchObject({ status: 200 });
  });

  it.each<readonly [string, (xml: string) => string]>([
    ['another subject', (xml) => xml.replace('analyst@example.com', 'sre@example.com')],
    ['a comment in the subject', (xml) => xml.replace('analyst@', 'analyst@<!-- -->')],
    ['another group', (xml) => xml.replace('>analysts<', '>sre<')],
    ['a longer validity', (xml) => xml.replaceAll(/NotOnOrAfter="\d{4}/g, 'NotOnOrAfter="2099')],
    [
      'another destination',
      (xml) => xml.replace(/Destination="[^"]*"/, 'Destination="http://127.0.0.1:1/v1/saml/acs"'),
    ],
    ['another issuer', (xml) => xml.replaceAll('/adfs/metadata<', '/okta/metadata<')],
    ['no signature', (xml) => xml.replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, '')],
    ['a second assertion', (xml) => xml.replace(/(<saml:Assertion[\s\S]*<\/saml:Assertion>)/, '$1$1')],
    ['a DOCTYPE', (xml) => `<!DOCTYPE Response>${xml}`],
    ['a failed status', (xml) => xml.replace('status:Success', 'status:Responder')],
  ])('is refused with %s', async (_name, edit) => {
    const response = editResponse(await fetchResponse(daypass), edit);

    expect(await postResponse(daypass, { response })).toMatchObject(refused);
  });

  it('is refused when it is for another broker', async () => {
    const other = new URL(daypass.broker);
    other.port = String(Number(other.port) - 1);

    const response = await fetchResponse(daypass, { url: other.origin });

    expect(await postResponse(daypass, { response })).toMatchObject(refused);
  });

  it('is refused in another browser than the one that asked for it', async () => {
    const mine = await logIn(daypass);
    const theirs = await logIn(daypass);
    const { SAMLResponse: response = '' } = mine.fields;

    const unasked = editResponse(response, (xml) => xml.replace(/ InResponseTo="[^"]*"/, ''));

    expect(await postResponse(daypass, { response })).toMatchObject(refused);
    expect(await postResponse(daypass, { response, cookie: theirs.cookie })).toMatchObject(refused);
    expect(await postResponse(daypass, { response: unasked })).toMatchObject(refused);
    expect(await postResponse(daypass, { response, cookie: mine.cookie })).toMatchObject({ status: 200 });
  });

  it.each([
    ['no base64', '%%%'],
    ['no XML', Buffer.from('hello').toString('base64')],
    ['another document', Buffer.from('<html/>').toString('base64')],
  ])('is refused when it is %s', async (_name, response) => {
    const answer = await postResponse(daypass, { response });

    expect(answer).toMatchObject(refused);
    expect(answer.json).not.toHaveProperty('token');
  });
});

describe("the broker's own token", () => {
  it('says what it is, for whom, and for fifteen minutes at most', async () => {
    const token = await fetchBrokerToken();

    const { iss, aud, iat = 0, exp = 0 } = decodeJwt(token);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'daypass+jwt' });
    expect({ iss, aud }).toEqual({ iss: daypass.broker, aud: daypass.broker });
    expect(exp - iat).toBeGreaterThan(0);
    expect(exp - iat).toBeLessThanOrEqual(900);
  });

  it.each<readonly [string, (claims: Record<string, unknown>) => object]>([
    ['another subject', (claims) => ({ ...claims, sub: 'sre@example.com' })],
    [
      'another principal',
      (claims) => ({ ...claims, principal: { ...Object(claims['principal']), issuer: 'okta' } }),
    ],
    ['a longer life', (claims) => ({ ...claims, exp: Number(claims['exp']) + 1 })],
  ])('proves nobody when it is edited to have %s', async (_name, edit) => {
    const [header = '', payload = '', signature = ''] = (await fetchBrokerToken()).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const edited = Buffer.from(JSON.stringify(edit(claims))).toString('base64url');

    expect(
      (await call(daypass, { token: `${header}.${payload}.${signature}`, path: '/v1/whoami' })).status,
    ).toBe(200);
    const answer = await call(daypass, { token: `${header}.${edited}.${signature}`, path: '/v1/whoami' });

    expect(answer).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
  });

  it('stands in the body of one answer, which no cache keeps, and in no address', async () => {
    const { location, action, cookie, fields } = await logIn(daypass);

    const answer = await postResponse(daypass, { response: fields['SAMLResponse'] ?? '', cookie });

    const { token } = answer.json;
    expect(token).toMatch(/^eyJ/);
    expect(Object.keys(fields)).toEqual(['SAMLResponse']);
    expect(`${location} ${action}`).not.toContain('eyJ');
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect([...answer.headers].filter(([, value]) => value.includes(token))).toEqual([]);
    expect(answer.headers.get('location')).toBeNull();
  });

  it('is shown to a browser as text, behind no link', async () => {
    const answer = await postResponse(daypass, {
      response: await fetchResponse(daypass),
      accept: 'text/html,application/xhtml+xml',
    });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/html');
    const [token = ''] = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(answer.text) ?? [];
    expect((await call(daypass, { token, path: '/v1/whoami' })).status).toBe(200);
    expect(answer.text).not.toMatch(/(?:href|src|action)="[^"]*eyJ/);
    expect(answer.text).not.toContain('<script');
  });
});

describe('what is written', () => {
  it('holds neither responses nor tokens', async () => {
    const response = await fetchResponse(daypass);
    const { json } = await postResponse(daypass, { response });
    await call(daypass, { token: json.token, path: '/v1/whoami' });
    await postResponse(daypass, { response });

    const written = `${daypass.logs()}\n${readDataDirectory(daypass)}`;

    expect(written).toContain('saml-response-refused');
    expect(written).not.toContain(json.token);
    expect(written).not.toContain(response.slice(0, 200));
    const [, assertionId = ''] =
      /<saml:Assertion[^>]* ID="([^"]*)"/.exec(Buffer.from(response, 'base64').toString()) ?? [];
    expect(assertionId).not.toBe('');
    expect(written).not.toContain(assertionId);
  });
});
