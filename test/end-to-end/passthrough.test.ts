import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call, callerIdentity, fetchToken, issue, readTrail, setFaults } from '../support/daypass-client.ts';
import { describeTable } from '../support/describe-table.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';
import { fetchBrokerToken } from '../support/saml-client.ts';

const role = 'arn:aws:iam::222222222222:role/ci/Publisher';
const subject = 'repo:example/shop:ref:refs/heads/main';

let daypass: RunningDaypass;
let ci: string;

beforeAll(async () => {
  daypass = await startDaypass();
  ci = await fetchToken(daypass, 'ci', 'github-actions');
});

afterEach(() => setFaults(daypass, []));
afterAll(() => daypass.stop());

const issueDirect = (body: object = {}, token = ci) => issue(daypass, token, 'ci-direct', body);

const readRow = async (id: string) => (await call(daypass, { token: ci, path: `/v1/issuances/${id}` })).json;

const readEvents = async () =>
  (await readTrail(daypass)).filter(({ eventName }) => eventName === 'AssumeRoleWithWebIdentity');

describe("credentials by the caller's own token", () => {
  it('are those of the role, with a name that holds the issuance', async () => {
    const { status, json } = await issueDirect();

    expect(status).toBe(200);
    const session = await callerIdentity(daypass, json.Credentials);
    expect(session).toMatch(
      new RegExp(`^arn:aws:sts::222222222222:assumed-role/Publisher/[\\w+=,.@-]+-${json.IssuanceId}-`),
    );
    expect(await describeTable(daypass, json.Credentials, 'releases')).toBe('ResourceNotFoundException');
    expect(await describeTable(daypass, json.Credentials, 'payments')).toBe('AccessDeniedException');
    expect(json).not.toHaveProperty('SourceIdentity');
  });

  it('are recorded, not enforced: STS saw the subject of the token itself', async () => {
    const { json } = await issueDirect({ durationSeconds: 901 });

    const row = await readRow(json.IssuanceId);
    expect(row).toMatchObject({
      state: 'ISSUED',
      mechanism: 'web-identity',
      enforcement: 'recorded',
      roleArns: [role],
      durationSeconds: 901,
      sessionTags: {},
      roleSessionName: expect.stringContaining(json.IssuanceId),
      accessKeyId: json.Credentials.AccessKeyId,
    });
    expect(row).not.toHaveProperty('sourceIdentity');
    const [event, ...others] = (await readEvents()).filter(({ requestID }) => requestID === row.stsRequestId);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      recipientAccountId: '222222222222',
      userIdentity: { type: 'WebIdentityUser', userName: subject },
      requestParameters: { roleSessionName: row.roleSessionName },
      responseElements: { credentials: { accessKeyId: row.accessKeyId } },
    });
  });

  it.each([[`Bearer `], ['bearer '], ['']])(
    'are container credentials, for a token after "%s"',
    async (scheme) => {
      const answer = await fetch(`${daypass.broker}/v1/profiles/ci-direct/container-credentials`, {
        headers: { authorization: `${scheme}${ci}` },
      });

      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ AccessKeyId: expect.stringMatching(/^ASIA/) });
    },
  );

  it('are explained as what they are', async () => {
    const path = '/v1/profiles/ci-direct/explain';
    const { json } = await call(daypass, { token: ci, method: 'POST', path, body: {} });

    expect(json).toMatchObject({ effect: 'Allow', enforcement: 'recorded', sessionTags: {} });
    expect(json).not.toHaveProperty('sourceIdentity');
  });
});

describe('what a caller may not add', () => {
  it.each([
    [{ sessionTags: { Team: 'web' } }, 'session-tag-not-accepted'],
    [
      {
        sessionPolicy: {
          Version: '2012-10-17',
          Statement: { Effect: 'Deny', Action: 's3:*', Resource: '*' },
        },
      },
      'session-policy-not-accepted',
    ],
    [{ samlAssertion: 'AAAA' }, 'invalid-saml-assertion'],
    [{ bearerToken: 'eyJ' }, 'invalid-request'],
    [{ durationSeconds: 899 }, 'duration-out-of-range'],
    [{ durationSeconds: 3601 }, 'duration-out-of-range'],
  ])('%j is 400 %s', async (body, code) => {
    expect(await issueDirect(body)).toMatchObject({ status: 400, json: { code } });
  });
});

describe('the tokens of others', () => {
  it('reach STS from nobody whom the profile does not allow', async () => {
    const before = (await readEvents()).length;

    const answers = await Promise.all([
      issueDirect({}, await fetchToken(daypass, 'sre')),
      issueDirect({}, await fetchBrokerToken(daypass)),
      issueDirect({}, await fetchToken(daypass, 'partner', 'partner')),
      issueDirect({}, await fetchToken(daypass, 'acme', 'acme')),
    ]);

    for (const answer of answers)
      expect(answer).toMatchObject({ status: 403, json: { code: 'access-denied' } });
    expect(await readEvents()).toHaveLength(before);
  });

  it('are no other’s when a header names two', async () => {
    const { status } = await fetch(`${daypass.broker}/v1/profiles/ci-direct/container-credentials`, {
      headers: { authorization: `Bearer ${ci}, Bearer ${await fetchToken(daypass, 'acme', 'acme')}` },
    });

    expect(status).toBe(401);
  });
});

describe('STS’s answer', () => {
  it.each([
    ['accessdenied', 403, 'refused-by-sts', 'REFUSED'],
    ['throttle', 429, 'sts-throttled', 'FAILED'],
    ['lost', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ])('of the kind %s is %i %s, and the row is %s', async (kind, status, code, state) => {
    await setFaults(daypass, [{ service: 'sts', operation: 'AssumeRoleWithWebIdentity', kind, times: 1 }]);

    const answer = await issueDirect();

    expect(answer).toMatchObject({ status, json: { code } });
    expect(await readRow(answer.json.issuanceId)).toMatchObject({ state, enforcement: 'recorded' });
  });
});

describe('what is written', () => {
  it('holds no token, in no part of it', async () => {
    await issueDirect();

    const written = `${daypass.logs()}\n${readDataDirectory(daypass)}`;

    expect(written).toContain('/v1/profiles/{profile}/credentials');
    for (const part of ci.split('.')) expect(written).not.toContain(part.slice(0, 60));
    expect(written.match(/eyJ[\w-]{10,}\.eyJ[\w-]{10,}/g)).toBeNull();
  });
});
