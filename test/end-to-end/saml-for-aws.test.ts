import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call, callerIdentity, fetchToken, issue, readTrail, setFaults } from '../support/daypass-client.ts';
import { describeTable } from '../support/describe-table.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';
import {
  editResponse,
  fetchBrokerToken,
  fetchResponse,
  fetchResponseForAws,
  postResponse,
} from '../support/saml-client.ts';
import { wrap3, wrap4, wrap5, wrap6, wrap7, wrap8 } from '../support/saml-wrapping.ts';

const role = 'arn:aws:iam::222222222222:role/reports/Reader';

let daypass: RunningDaypass;
let analyst: string;

beforeAll(async () => {
  daypass = await startDaypass();
  analyst = await fetchBrokerToken(daypass);
});

afterEach(() => setFaults(daypass, []));
afterAll(() => daypass.stop());

const issueReports = (samlAssertion: unknown, body: object = {}, token = analyst) =>
  issue(daypass, token, 'saml-reports', { samlAssertion, ...body });

const readRow = async (id: string) =>
  (await call(daypass, { token: analyst, path: `/v1/issuances/${id}` })).json;

const readEvents = async () =>
  (await readTrail(daypass)).filter(({ eventName }) => eventName === 'AssumeRoleWithSAML');

const countRows = async () =>
  (await call(daypass, { token: analyst, path: '/v1/issuances?limit=100' })).json.issuances.length;

const invalid = { status: 400, json: { code: 'invalid-saml-assertion' } };

describe("credentials by the caller's own assertion", () => {
  it('are those of the role, with the name and the tags that the assertion says', async () => {
    const answer = await issueReports(await fetchResponseForAws(daypass), { durationSeconds: 7200 });

    expect(answer.status).toBe(200);
    const { Credentials, AssumedRoleUser } = answer.json;
    const session = 'arn:aws:sts::222222222222:assumed-role/Reader/analyst@example.com';
    expect(AssumedRoleUser.Arn).toBe(session);
    expect(await callerIdentity(daypass, Credentials)).toBe(session);
    expect(await describeTable(daypass, Credentials, 'payments-reports')).toBe('ResourceNotFoundException');
    expect(await describeTable(daypass, Credentials, 'accounting-reports')).toBe('AccessDeniedException');
    const seconds = (new Date(Credentials.Expiration).getTime() - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(7100);
    expect(seconds).toBeLessThanOrEqual(7200);
  });

  it('are recorded, not enforced, and found in CloudTrail by request id and access key id', async () => {
    const { json } = await issueReports(await fetchResponseForAws(daypass));

    const row = await readRow(json.IssuanceId);
    expect(row).toMatchObject({
      state: 'ISSUED',
      mechanism: 'saml',
      enforcement: 'recorded',
      roleArns: [role],
      durationSeconds: 3600,
      sessionTags: {},
      accessKeyId: json.Credentials.AccessKeyId,
    });
    expect(row).not.toHaveProperty('sourceIdentity');
    const [event, ...others] = (await readEvents()).filter(({ requestID }) => requestID === row.stsRequestId);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      recipientAccountId: '222222222222',
      userIdentity: { type: 'SAMLUser', userName: 'analyst@example.com' },
      responseElements: { credentials: { accessKeyId: row.accessKeyId } },
    });
    // The signed assertion's: a lost answer leaves nothing else to find the event by.
    expect(row.roleSessionName).toBe(event.responseElements.assumedRoleUser.arn.split('/').at(-1));
  });

  it('sign in to the console', async () => {
    const samlAssertion = await fetchResponseForAws(daypass);

    const path = '/v1/profiles/saml-reports/console';
    const answer = await call(daypass, { token: analyst, method: 'POST', path, body: { samlAssertion } });

    expect(answer).toMatchObject({
      status: 200,
      json: { SigninUrl: expect.stringContaining('SigninToken=') },
    });
    expect(await readRow(answer.json.IssuanceId)).toMatchObject({ mechanism: 'saml', purpose: 'console' });
  });

  it('are listed and explained without an assertion', async () => {
    const { json } = await call(daypass, { token: analyst, path: '/v1/profiles' });
    const path = '/v1/profiles/saml-reports/explain';
    const explained = await call(daypass, { token: analyst, method: 'POST', path, body: {} });

    expect(json.profiles).toContainEqual(
      expect.objectContaining({
        name: 'saml-reports',
        enforcement: 'recorded',
        acceptedSessionPolicy: 'none',
      }),
    );
    expect(explained.json).toMatchObject({ effect: 'Allow', mechanism: 'saml', enforcement: 'recorded' });
  });
});

describe('an assertion that is not the caller’s own', () => {
  it.each([['of another person', () => fetchResponseForAws(daypass, 'accountant')]])(
    '%s is denied, with a row, and STS hears nothing of it',
    async (_, toAssertion) => {
      const before = (await readEvents()).length;

      const answer = await issueReports(await toAssertion());

      expect(answer).toMatchObject({ status: 403, json: { code: 'access-denied' } });
      const row = await readRow(answer.json.issuanceId);
      expect(row).toMatchObject({ state: 'DENIED', principal: { subject: 'analyst@example.com' } });
      expect(JSON.stringify(row)).not.toContain('accountant');
      expect(await readEvents()).toHaveLength(before);
    },
  );

  it('is not looked at when the profile denies the caller: a good one of its own makes no difference', async () => {
    const accountant = await fetchBrokerToken(daypass, 'accountant');
    const okta = await fetchToken(daypass, 'sre');
    const own = await fetchResponseForAws(daypass, 'accountant');

    const answers = await Promise.all([
      issueReports(own, {}, accountant),
      issueReports('!', {}, accountant),
      issueReports(await fetchResponseForAws(daypass), {}, okta),
    ]);

    expect(answers).toMatchObject([
      { status: 403, json: { code: 'access-denied' } },
      { status: 400, json: { code: 'invalid-request' } },
      { status: 403, json: { code: 'access-denied' } },
    ]);
  });
});

const edits: readonly (readonly [string, (xml: string) => string])[] = [
  ['another subject', (xml) => xml.replace('analyst@', 'accountant@')],
  ['a comment in the subject', (xml) => xml.replace('analyst@', 'analyst@<!-- -->')],
  ['another role', (xml) => xml.replace('role/reports/Reader', 'role/daypass/Deploy')],
  ['a longer validity', (xml) => xml.replaceAll(/NotOnOrAfter="\d{4}/g, 'NotOnOrAfter="2099')],
  ['another tag', (xml) => xml.replace('>payments<', '>accounting<')],
  ['no signature', (xml) => xml.replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, '')],
  ['a second assertion', (xml) => xml.replace(/(<saml:Assertion[\s\S]*<\/saml:Assertion>)/, '$1$1')],
  ['a DOCTYPE', (xml) => `<!DOCTYPE Response>${xml}`],
  ['a failed status', (xml) => xml.replace('status:Success', 'status:Responder')],
  ['another destination', (xml) => xml.replace(/Destination="[^"]*"/, 'Destination="https://evil.example"')],
  ['another issuer', (xml) => xml.replaceAll('/adfs/metadata<', '/other/metadata<')],
  ['a wrapped signature (3)', wrap3],
  ['a wrapped signature (4)', wrap4],
  ['a wrapped signature (5)', wrap5],
  ['a wrapped signature (6)', wrap6],
  ['a wrapped signature (7)', wrap7],
  ['a wrapped signature (8)', wrap8],
];

describe('an assertion that STS would not take', () => {
  it.each(edits)('with %s is 400, without a row and without an STS call', async (_, edit) => {
    const [rows, events] = [await countRows(), (await readEvents()).length];

    const answer = await issueReports(editResponse(await fetchResponseForAws(daypass), edit));

    expect(answer).toMatchObject(invalid);
    expect(answer.json.detail).toContain('https://signin.aws.amazon.com/saml');
    expect([await countRows(), (await readEvents()).length]).toEqual([rows, events]);
  });

  it('made for Daypass itself is refused, and one for AWS is no sign-in to Daypass', async () => {
    const forDaypass = await fetchResponse(daypass);
    const forAws = await fetchResponseForAws(daypass);

    expect(await issueReports(forDaypass)).toMatchObject(invalid);
    expect(await postResponse(daypass, { response: forAws })).toMatchObject({
      status: 401,
      json: { code: 'saml-response-refused' },
    });
    // Neither of them was used up, or was bad by itself.
    expect(await issueReports(forAws)).toMatchObject({ status: 200 });
    expect(await postResponse(daypass, { response: forDaypass })).toMatchObject({ status: 200 });
  });

  it.each([
    ['nothing', undefined, invalid],
    ['no base64', '%%%%', invalid],
    ['no XML', Buffer.from('hello').toString('base64'), invalid],
    ['too short', 'abc', { status: 400, json: { code: 'invalid-request' } }],
    ['no text', { length: 4 }, { status: 400, json: { code: 'invalid-request' } }],
    ['of 100 000 characters', 'A'.repeat(100_000), invalid],
    ['of 100 001 characters', 'A'.repeat(100_001), { status: 400, json: { code: 'invalid-request' } }],
    ['of a million characters', 'A'.repeat(1_000_000), { status: 413, json: { code: 'request-too-large' } }],
  ])('that is %s is refused', async (_, samlAssertion, refused) => {
    const answer = await issueReports(samlAssertion);

    expect(answer).toMatchObject(refused);
    expect(answer.text).not.toContain('AAAA');
  });

  it('says where to get one when there is none, by whatever route', async () => {
    const path = '/v1/profiles/saml-reports/container-credentials';

    const answer = await call(daypass, { token: analyst, path });

    expect(answer).toMatchObject(invalid);
    expect(answer.json.Message).toContain('/v1/profiles/saml-reports/credentials');
  });

  it('is taken where it belongs alone', async () => {
    const samlAssertion = await fetchResponseForAws(daypass);

    const elsewhere = await issue(daypass, analyst, 'team-data', { samlAssertion });
    const path = '/v1/profiles/saml-reports/explain';
    const explained = await call(daypass, { token: analyst, method: 'POST', path, body: { samlAssertion } });
    const beside = await issueReports(samlAssertion, { sessionTags: { Team: 'web' } });
    const policy = { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } };

    expect(elsewhere).toMatchObject(invalid);
    expect(explained).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
    expect(beside).toMatchObject({ status: 400, json: { code: 'session-tag-not-accepted' } });
    expect(await issueReports(samlAssertion, { sessionPolicy: policy })).toMatchObject({
      status: 400,
      json: { code: 'session-policy-not-accepted' },
    });
    expect(await issueReports(samlAssertion, { reason: 'x'.repeat(20_000) })).toMatchObject({ status: 413 });
  });
});

describe('STS’s answer', () => {
  it.each([
    ['accessdenied', 403, 'refused-by-sts', 'REFUSED'],
    ['throttle', 429, 'sts-throttled', 'FAILED'],
    ['500', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['lost', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['malformed', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ])('of the kind %s is %i %s, and the row is %s', async (kind, status, code, state) => {
    await setFaults(daypass, [{ service: 'sts', operation: 'AssumeRoleWithSAML', kind, times: 1 }]);

    const answer = await issueReports(await fetchResponseForAws(daypass));

    expect(answer).toMatchObject({ status, json: { code } });
    expect(await readRow(answer.json.issuanceId)).toMatchObject({ state, mechanism: 'saml' });
  });
});

describe('what is written', () => {
  it('holds no assertion, in no part of it', async () => {
    const assertions = [await fetchResponseForAws(daypass), await fetchResponseForAws(daypass, 'accountant')];
    for (const assertion of assertions) await issueReports(assertion);

    const written = `${daypass.logs()}\n${readDataDirectory(daypass)}`;

    expect(written).toContain('/v1/profiles/{profile}/credentials');
    for (const assertion of assertions) {
      const xml = Buffer.from(assertion, 'base64').toString();
      for (let at = 0; at + 40 < assertion.length; at += 40)
        expect(written.includes(assertion.slice(at, at + 40))).toBe(false);
      expect(written).not.toContain(/<ds:SignatureValue>([^<]{40})/.exec(xml)?.[1]);
    }
  });
});
