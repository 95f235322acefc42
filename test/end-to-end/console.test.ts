import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, call, fetchToken, readAssumeRoles, setFaults } from '../support/daypass-client.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;
let sre: string;
let developer: string;

beforeAll(async () => {
  daypass = await startDaypass();
  sre = await fetchToken(daypass, 'sre');
  developer = await fetchToken(daypass, 'developer');
});

afterEach(() => setFaults(daypass, []));
afterAll(() => daypass.stop());

const open = (token: string, profile: string, body?: unknown): Promise<Answer> =>
  call(daypass, { token, method: 'POST', path: `/v1/profiles/${profile}/console`, body });

const readRow = async (id: string) => (await call(daypass, { token: sre, path: `/v1/issuances/${id}` })).json;

/** What somebody who opens the link gets to see. */
async function follow(signinUrl: string): Promise<{ status: number; page: string }> {
  const answer = await fetch(signinUrl);
  return { status: answer.status, page: await answer.text() };
}

async function sessionsOf(opening: () => Promise<Answer>): Promise<readonly [Answer, number]> {
  const before = await readAssumeRoles(daypass);
  const answer = await opening();
  return [answer, (await readAssumeRoles(daypass)).length - before.length];
}

describe('a console link', () => {
  it('opens the page of the session that was issued, at its destination', async () => {
    const destination = 'https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1#reports';

    const [{ status, headers, json }, sessions] = await sessionsOf(() =>
      open(sre, 'prod-readonly', { destination, reason: 'incident 42' }),
    );
    const { status: pageStatus, page } = await follow(json.SigninUrl);

    expect([status, pageStatus, sessions]).toEqual([200, 200, 1]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(page).toContain('222222222222 (production)');
    expect(page).toContain(
      `arn:aws:sts::222222222222:assumed-role/ReadOnly/sre@example.com-${json.IssuanceId}-`,
    );
    expect(page).toContain(destination);
    expect(page).toContain(daypass.broker);
    expect(page).toContain(json.SessionExpiresAt);
  });

  it('is an issuance like any other, found by its access key id, and says that it was for the console', async () => {
    const { json } = await open(sre, 'prod-readonly', { durationSeconds: 1800 });

    const row = await readRow(json.IssuanceId);
    const found = await call(daypass, {
      token: sre,
      path: `/v1/issuances?accessKeyId=${row.accessKeyId}`,
    });
    expect(row).toMatchObject({
      state: 'ISSUED',
      purpose: 'console',
      profile: 'prod-readonly',
      durationSeconds: 1800,
      sessionTags: { Team: 'payments' },
    });
    expect(found.json.issuances).toEqual([row]);
    expect(Date.parse(json.SessionExpiresAt)).toBe(Date.parse(row.expiration));
    expect(Date.parse(json.ExpiresAt)).toBeLessThan(Date.parse(json.SessionExpiresAt));
  });

  it('opens nothing once it was changed', async () => {
    const { json } = await open(sre, 'prod-readonly');
    const url = new URL(json.SigninUrl);
    url.searchParams.set('SigninToken', `x${url.searchParams.get('SigninToken')?.slice(1)}`);

    expect((await follow(url.href)).status).toBe(400);
    expect((await follow(json.SigninUrl)).status).toBe(200);
  });

  it('is written down nowhere: neither in a log nor on disk, nor is anything of it in a header', async () => {
    const { json, headers } = await open(sre, 'prod-readonly');

    const token = new URL(json.SigninUrl).searchParams.get('SigninToken') ?? '';
    expect(token).toMatch(/^\S{40,}$/);
    expect(daypass.logs()).toContain('/console');
    for (const text of [daypass.logs(), readDataDirectory(daypass), JSON.stringify([...headers])]) {
      expect(text).not.toContain(token);
    }
  });
});

describe('no console link', () => {
  it('is for who may not have the profile: a DENIED row, and no session', async () => {
    const [{ status, json, text }, sessions] = await sessionsOf(() => open(developer, 'prod-readonly'));

    expect([status, json.code, sessions]).toEqual([403, 'access-denied', 0]);
    expect(text).not.toContain('SigninUrl');
    expect(await readRow(json.issuanceId)).toMatchObject({ state: 'DENIED', purpose: 'console' });
  });

  it('is of a profile that gives none, whose credentials can be had', async () => {
    const [{ status, json }, sessions] = await sessionsOf(() => open(developer, 'team-data'));

    expect([status, json.code, sessions]).toEqual([400, 'console-not-offered', 0]);
    expect(json).toMatchObject({ owner: 'data-platform@example.com' });
  });

  it.each([
    'https://evil.example/',
    'https://console.aws.amazon.com.evil.example/',
    'https://console.aws.amazon.com@evil.example/',
    'http://console.aws.amazon.com/',
    'https://console。aws.amazon.com/',
    'https://console.amazonaws.cn/',
  ])('leads to %s, and nothing is issued', async (destination) => {
    const [{ status, json }, sessions] = await sessionsOf(() => open(sre, 'prod-readonly', { destination }));

    expect([status, json.code, sessions]).toEqual([400, 'invalid-request', 0]);
    expect(json.errors).toMatchObject([{ path: 'body.destination' }]);
  });

  it.each(['500', 'reset', 'timeout', 'malformed', 'empty', 'throttle', 'accessdenied', 'lost'])(
    'is given when the federation endpoint answers with %s; the one session is held by nobody',
    async (kind) => {
      await setFaults(daypass, [{ service: 'signin', kind }]);

      const [{ status, headers, json, text }, sessions] = await sessionsOf(() => open(sre, 'prod-readonly'));

      expect([status, json.code, sessions]).toEqual([503, 'console-unavailable', 1]);
      expect(headers.get('retry-after')).toBe('5');
      expect(text).not.toMatch(/ASIA|SigninToken|SigninUrl/);
      expect(await readRow(json.issuanceId)).toMatchObject({ state: 'ISSUED', purpose: 'console' });
    },
  );
});
