import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, callerIdentity, fetchToken, issue, readAssumeRoles } from '../support/daypass-client.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;
let sre: string;
let developer: string;

beforeAll(async () => {
  daypass = await startDaypass();
  sre = await fetchToken(daypass, 'sre');
  developer = await fetchToken(daypass, 'developer');
});

afterAll(() => daypass.stop());

/** The first event of an issuance: it comes a moment after the answer. */
async function hearOf(issuanceId: string): Promise<unknown> {
  for (;;) {
    const answer = await fetch(`${daypass.aws}/_local/events`);
    const { Events } = (await answer.json()) as {
      readonly Events: readonly { readonly detail: { readonly issuanceId?: string } }[];
    };
    const event = Events.find(({ detail }) => detail.issuanceId === issuanceId);
    if (event !== undefined) return event;
    await pause(20);
  }
}

describe('an allowed request', () => {
  it('gives credentials that the embedded AWS recognises by the issuance', async () => {
    const answer = await issue(daypass, sre, 'prod-readonly', {});

    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { IssuanceId, Credentials, SourceIdentity } = answer.json;
    const arn = await callerIdentity(daypass, Credentials);
    expect(arn).toMatch(
      new RegExp(
        `^arn:aws:sts::222222222222:assumed-role/ReadOnly/sre@example.com-${IssuanceId}-[\\w-]{16}$`,
      ),
    );
    expect(SourceIdentity).toBe('okta.sre@example.com');
  });

  it('is found in the audit by its access key id, and in CloudTrail by its request id', async () => {
    const { json } = await issue(daypass, sre, 'prod-readonly', {
      durationSeconds: 1800,
      reason: 'looking at invoices',
    });

    const found = await call(daypass, {
      token: sre,
      path: `/v1/issuances?accessKeyId=${json.Credentials.AccessKeyId}`,
    });

    expect(found.json.issuances).toHaveLength(1);
    const [row] = found.json.issuances;
    expect(row).toMatchObject({
      id: json.IssuanceId,
      state: 'ISSUED',
      profile: 'prod-readonly',
      principal: { issuer: 'okta', subject: 'sre@example.com' },
      roleArns: ['arn:aws:iam::222222222222:role/daypass/ReadOnly'],
      requestedDurationSeconds: 1800,
      durationSeconds: 1800,
      reason: 'looking at invoices',
      sessionTags: { Team: 'payments' },
      statement: 'SiteReliabilityEngineers',
      sourceIp: '127.0.0.1',
    });
    const [event] = (await readAssumeRoles(daypass)).filter(
      ({ requestID }) => requestID === row.stsRequestId,
    );
    expect(event).toMatchObject({
      responseElements: { credentials: { accessKeyId: row.accessKeyId } },
      requestParameters: {
        roleSessionName: row.roleSessionName,
        sourceIdentity: 'okta.sre@example.com',
        durationSeconds: 1800,
      },
    });
  });

  it('is told to EventBridge, without a secret', async () => {
    const { json } = await issue(daypass, sre, 'prod-readonly', {});

    const event = await hearOf(json.IssuanceId);

    expect(event).toMatchObject({
      ...{ source: 'daypass', 'detail-type': 'Daypass Issuance' },
      detail: { id: `${json.IssuanceId}/ISSUED`, accessKeyId: json.Credentials.AccessKeyId },
    });
    expect(JSON.stringify(event)).not.toContain(json.Credentials.SessionToken);
    expect(JSON.stringify(event)).not.toContain(json.Credentials.SecretAccessKey);
  });

  it("fills the caller's own claims into session policy and tags", async () => {
    const { json } = await issue(daypass, developer, 'team-data', {
      sessionTags: { Purpose: 'nightly report' },
    });

    const { json: row } = await call(daypass, { token: developer, path: `/v1/issuances/${json.IssuanceId}` });
    expect(row).toMatchObject({ state: 'ISSUED', sessionTags: { Team: 'web', Purpose: 'nightly report' } });
    expect(row.sessionPolicySha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('passes the ExternalId that the third party wants', async () => {
    const acme = await fetchToken(daypass, 'acme', 'acme');

    const answer = await issue(daypass, acme, 'acme-reports');

    expect(answer.status).toBe(200);
    expect(await callerIdentity(daypass, answer.json.Credentials)).toContain(
      '444444444444:assumed-role/DaypassReports/',
    );
  });

  it('gives a workload its profile under a hashed source identity where the subject does not fit STS', async () => {
    const ci = await fetchToken(daypass, 'ci', 'github-actions');

    const answer = await issue(daypass, ci, 'ci-deploy');

    expect(answer.status).toBe(200);
    expect(answer.json.SourceIdentity).toMatch(/^github-actions=repo-example-shop[\w+=,.@-]*\.[A-Z2-7]{26}$/);
    expect(answer.json.SourceIdentity.length).toBeLessThanOrEqual(64);
  });

  it('lists the profiles that the caller may use, and says who it is', async () => {
    const profiles = await call(daypass, { token: developer, path: '/v1/profiles' });
    const whoami = await call(daypass, { token: developer, path: '/v1/whoami' });

    expect(profiles.json.profiles.map(({ name }: { name: string }) => name)).toEqual(['team-data']);
    expect(whoami.json).toMatchObject({ issuer: 'okta', subject: 'developer@example.com', mfa: false });
  });
});

describe('a denied request', () => {
  it('is 403, a DENIED row, and no STS call', async () => {
    const before = await readAssumeRoles(daypass);

    const answer = await issue(daypass, developer, 'prod-readonly', {});

    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ code: 'access-denied', owner: 'platform-team@example.com' });
    const { json: row } = await call(daypass, {
      token: sre,
      path: `/v1/issuances/${answer.json.issuanceId}`,
    });
    expect(row).toMatchObject({
      state: 'DENIED',
      detail: 'no statement of the profile allows this principal',
    });
    expect(await readAssumeRoles(daypass)).toHaveLength(before.length);
  });

  it('reads the same for a profile that does not exist', async () => {
    const forbidden = await issue(daypass, developer, 'prod-readonly', {});
    const unknown = await issue(daypass, developer, 'prod-nothing1', {});

    const blank = ({ json }: typeof unknown) =>
      JSON.stringify({ ...json, issuanceId: '', instance: '' }).replaceAll(/prod-(readonly|nothing1)/g, 'x');
    expect(blank(unknown)).toBe(blank(forbidden));
    const { json: row } = await call(daypass, {
      token: developer,
      path: `/v1/issuances/${unknown.json.issuanceId}`,
    });
    expect(row).not.toHaveProperty('detail');
  });

  it.each([
    ['a duration above the maximum', { durationSeconds: 3601 }, 'duration-out-of-range'],
    ['a duration below what STS takes', { durationSeconds: 899 }, 'duration-out-of-range'],
    [
      'a tag that the profile does not accept',
      { sessionTags: { Team: 'other' } },
      'session-tag-not-accepted',
    ],
    ['an unknown field', { sessionPolicy: {} }, 'invalid-request'],
    ['an ExternalId of its own', { externalId: 'mine' }, 'invalid-request'],
  ])('is 400 without a row for %s', async (_name, body, code) => {
    const before = await readAssumeRoles(daypass);

    const answer = await issue(daypass, sre, 'prod-readonly', body);

    expect(answer).toMatchObject({ status: 400, json: { code } });
    expect(answer.json).not.toHaveProperty('issuanceId');
    expect(await readAssumeRoles(daypass)).toHaveLength(before.length);
  });

  it('is refused by its address where the profile has a range', async () => {
    const elsewhere = await startDaypass('--source-ip', '198.51.100.7');
    try {
      const token = await fetchToken(elsewhere, 'sre');

      const answer = await issue(elsewhere, token, 'prod-readonly', {});

      expect(answer).toMatchObject({ status: 403, json: { code: 'access-denied' } });
    } finally {
      await elsewhere.stop();
    }
  });
});

describe('the audit', () => {
  it("shows a caller its own issuances only, and another's as none", async () => {
    const { json: foreign } = await issue(daypass, sre, 'prod-readonly', {});
    await issue(daypass, developer, 'team-data', {});

    const list = await call(daypass, { token: developer, path: '/v1/issuances?limit=100' });
    const other = await call(daypass, { token: developer, path: `/v1/issuances/${foreign.IssuanceId}` });
    const none = await call(daypass, { token: developer, path: '/v1/issuances/01ARZ3NDEKTSV4RRFFQ69G5FAV' });

    expect(list.json.scope).toBe('own');
    const subjects = list.json.issuances.map(
      ({ principal }: { principal: { subject: string } }) => principal.subject,
    );
    expect(new Set(subjects)).toEqual(new Set(['developer@example.com']));
    expect(other.status).toBe(404);
    expect({ ...other.json, instance: '' }).toEqual({ ...none.json, instance: '' });
  });

  it('pages newest first until all are seen once', async () => {
    for (let count = 0; count < 5; count += 1) await issue(daypass, developer, 'prod-readonly', {});
    const path = '/v1/issuances?principal=okta.developer@example.com&state=DENIED&limit=2';
    const ids: string[] = [];
    let cursor: string | undefined;

    do {
      const page = await call(daypass, {
        token: sre,
        path: cursor === undefined ? path : `${path}&cursor=${cursor}`,
      });
      expect(page.status).toBe(200);
      ids.push(...page.json.issuances.map(({ id }: { id: string }) => id));
      cursor = page.json.nextCursor;
    } while (cursor !== undefined);

    expect(ids.length).toBeGreaterThanOrEqual(5);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
  });

  it('refuses a cursor of another query', async () => {
    const first = await call(daypass, { token: sre, path: '/v1/issuances?state=DENIED&limit=1' });

    const forged = await call(daypass, {
      token: sre,
      path: `/v1/issuances?state=ISSUED&limit=1&cursor=${first.json.nextCursor}`,
    });

    expect(first.json.nextCursor).toEqual(expect.any(String));
    expect(forged).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
  });
});
