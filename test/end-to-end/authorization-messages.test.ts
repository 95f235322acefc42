import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { authorizationMessageAnswer } from '../../lambda/http/sts-schemas.ts';
import { userCredentials } from '../support/aws-identities.ts';
import { type Answer, call, fetchToken, readTrail, setFaults } from '../support/daypass-client.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';
import { signedCall } from '../support/signed-request.ts';

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

const issuerRole = 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer';
const canary = 'i-0canary0instance0';

/** What EC2 says to whoever may not stop an instance. */
async function refusalOf(principal: string): Promise<string> {
  const answer = await fetch(`${daypass.aws}/_local/authorization-messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ principal, action: 'ec2:StopInstances' },
      resource: `arn:aws:ec2:eu-west-1:111111111111:instance/${canary}`,
    }),
  });
  const { encodedMessage } = (await answer.json()) as { encodedMessage?: string };
  if (encodedMessage === undefined) throw new Error(`no message: ${answer.status}`);
  return encodedMessage;
}

const path = '/v1/authorization-messages/decode';
const decode = (token: string, body: unknown): Promise<Answer> =>
  call(daypass, { token, method: 'POST', path, body });
const readRow = async (id: string) => (await call(daypass, { token: sre, path: `/v1/issuances/${id}` })).json;
const readDecodings = async () =>
  (await readTrail(daypass)).filter(({ eventName }) => eventName === 'DecodeAuthorizationMessage');

describe('an authorization message', () => {
  it('is decoded for whom the section trusts, once, by the function’s own role', async () => {
    const encodedMessage = await refusalOf(issuerRole);
    const before = (await readDecodings()).length;

    const { status, headers, json } = await decode(sre, { encodedMessage, reason: 'incident 42' });

    const records = await readDecodings();
    expect([status, records.length - before]).toEqual([200, 1]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('daypass-issuance-id')).toBe(json.IssuanceId);
    expect(authorizationMessageAnswer.safeParse(json).error).toBeUndefined();
    expect(json).toEqual({
      IssuanceId: expect.any(String),
      DecodedMessage: expect.objectContaining({
        allowed: false,
        context: expect.objectContaining({ action: 'ec2:StopInstances' }),
      }),
    });
    expect(records.at(-1).userIdentity.arn).toContain('daypass-prod-eu-west-1-issuer');
    const row = await readRow(json.IssuanceId);
    expect(row).toMatchObject({
      ...{ state: 'ISSUED', purpose: 'authorization-message', reason: 'incident 42' },
      ...{ principal: { issuer: 'okta', subject: 'sre@example.com' }, statement: 'SiteReliabilityEngineers' },
      stsRequestId: records.at(-1).requestID,
    });
    for (const absent of [
      'profile',
      'mechanism',
      'durationSeconds',
      'accessKeyId',
      'expiration',
      'enforcement',
    ])
      expect(row).not.toHaveProperty(absent);
  });

  it('is in no row and no log, neither as it came nor as it was read', async () => {
    const encodedMessage = await refusalOf(issuerRole);

    const { status, json } = await decode(sre, { encodedMessage });
    const broken = await decode(sre, { encodedMessage: `${encodedMessage}x` });

    const rows = await Promise.all([json.IssuanceId, broken.json.issuanceId].map(readRow));
    expect([status, broken.status]).toEqual([200, 400]);
    for (const text of [daypass.logs(), JSON.stringify(rows), broken.text]) {
      expect(text).not.toContain(encodedMessage.slice(0, 24));
      expect(text).not.toContain(canary);
    }
    expect(readDataDirectory(daypass)).not.toContain(canary);
    expect(readDataDirectory(daypass)).not.toContain(encodedMessage.slice(0, 24));
  });

  it.each([
    ['no message', () => 'nonsense'],
    ['a message that was cut short', (message: string) => message.slice(0, -4)],
    ['the longest text that STS takes', () => 'x'.repeat(10_240)],
  ])('is not decoded when it is %s: a 400 of its own, and a row', async (_what, change) => {
    const encodedMessage = change(await refusalOf(issuerRole));

    const { status, json } = await decode(sre, { encodedMessage });

    expect([status, json.code]).toEqual([400, 'invalid-authorization-message']);
    expect(json.Message).toContain("the broker's own account");
    expect(await readRow(json.issuanceId)).toMatchObject({
      ...{ state: 'REFUSED', errorCode: 'InvalidAuthorizationMessageException' },
    });
  });

  it.each([
    ['a line break', '\n'],
    ['a space', ' '],
    ['half a character', '\ud83d'],
  ])('is not asked for with %s in it, and the next one is decoded', async (_what, inserted) => {
    const encodedMessage = await refusalOf(issuerRole);
    const broken = `${encodedMessage.slice(0, 40)}${inserted}${encodedMessage.slice(40)}`;

    expect(await decode(sre, { encodedMessage: broken })).toMatchObject({
      status: 400,
      json: { code: 'invalid-request' },
    });
    expect((await decode(sre, { encodedMessage })).status).toBe(200);
  });

  it('is not decoded when it is of another account', async () => {
    const encodedMessage = await refusalOf('arn:aws:iam::222222222222:user/developer');

    const { status, json } = await decode(sre, { encodedMessage });

    expect([status, json.code]).toEqual([400, 'invalid-authorization-message']);
  });

  it.each([
    ['no body', undefined],
    ['none', {}],
    ['an empty one', { encodedMessage: '' }],
    ['10 241 characters', { encodedMessage: 'x'.repeat(10_241) }],
    ['a list', { encodedMessage: ['x'] }],
    ['another key', { encodedMessage: 'x', region: 'us-east-1' }],
  ])('is refused before anybody is asked: %s', async (_what, body) => {
    const before = (await readDecodings()).length;

    const { status, json } = await decode(sre, body);

    expect([status, json.code]).toEqual([400, 'invalid-request']);
    expect((await readDecodings()).length).toBe(before);
  });

  it('is nobody else’s: a DENIED row, and STS is not asked', async () => {
    const encodedMessage = await refusalOf(issuerRole);
    const before = (await readDecodings()).length;

    const { status, json, text } = await decode(developer, { encodedMessage });

    expect([status, json.code]).toEqual([403, 'access-denied']);
    expect(json.Message).toContain('section authorizationMessages');
    expect(text).not.toContain(canary);
    expect((await readDecodings()).length).toBe(before);
    expect(await readRow(json.issuanceId)).toMatchObject({
      ...{ state: 'DENIED', purpose: 'authorization-message' },
      principal: { subject: 'developer@example.com' },
    });
  });

  it('is asked for under /iam as well, where nobody of the example is trusted', async () => {
    const answer = await signedCall(daypass.broker, {
      credentials: userCredentials('222222222222/developer'),
      ...{ method: 'POST', path: `/iam${path}`, headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ encodedMessage: await refusalOf(issuerRole) }),
    });

    expect([answer.status, answer.json.code]).toEqual([403, 'access-denied']);
  });

  it.each([
    ['500', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['reset', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['malformed', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['throttle', 429, 'sts-throttled', 'FAILED'],
    ['accessdenied', 403, 'refused-by-sts', 'REFUSED'],
  ])('is not shown when STS answers with %s: %i', async (kind, expected, code, state) => {
    const encodedMessage = await refusalOf(issuerRole);
    await setFaults(daypass, [{ service: 'sts', operation: 'DecodeAuthorizationMessage', kind }]);

    const { status, json, text } = await decode(sre, { encodedMessage });

    expect([status, json.code]).toEqual([expected, code]);
    expect(text).not.toContain(canary);
    expect(await readRow(json.issuanceId)).toMatchObject({ state });
  });
});
