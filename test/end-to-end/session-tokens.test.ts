import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { sessionTokenAnswer } from '../../lambda/http/sts-schemas.ts';
import { toTotpCode, toTotpStep } from '../../local/aws/totp.ts';
import type { Credentials } from '../../local/create-tables.ts';
import { type Presigning, presignSessionToken } from '../support/a-presigned-url.ts';
import { userCredentials, worldFile } from '../support/aws-identities.ts';
import {
  type Answer,
  call,
  callerIdentity,
  fetchToken,
  readTrail,
  setFaults,
} from '../support/daypass-client.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';
import { signedCall } from '../support/signed-request.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document that the tests add to
type Json = any;

/** A user of the world whose device's codes no other test uses up. */
interface TestUser {
  readonly credentials: Credentials;
  readonly arn: string;
  readonly serialNumber: string;
  readonly tokenCode: string;
}

let daypass: RunningDaypass;
let directory: string;
let sre: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-session-tokens-'));
  daypass = await startDaypass('--world', writeWorld());
  sre = await fetchToken(daypass, 'sre');
});

afterEach(() => setFaults(daypass, []));

afterAll(async () => {
  await daypass.stop();
  rmSync(directory, { recursive: true, force: true });
});

const accountId = '222222222222';
/** One for each letter of base32. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const testUsers = letters.length;
const toKeyId = (index: number) => `AKIATESTUSER${String(index).padStart(8, '0')}`;
const toSerialNumber = (index: number) => `arn:aws:iam::${accountId}:mfa/test-${index}`;
const toDeviceSecret = (index: number) => `DEVICEOFTESTUSER${letters.charAt(index).repeat(16)}`;
const secretAccessKey = 't/est'.repeat(8);

/** The demo's, with users of one kind beside `developer`. */
function writeWorld(): string {
  const document: Json = parse(readFileSync(worldFile, 'utf8'));
  const { users } = document.accounts[accountId];
  for (let index = 0; index < testUsers; index += 1) {
    users[`test-${index}`] = {
      ...{ accessKeyId: toKeyId(index), secretAccessKey },
      mfaDevices: [{ serialNumber: toSerialNumber(index), secret: toDeviceSecret(index) }],
      policies: users.developer.policies,
    };
  }
  const file = join(directory, 'world.yaml');
  writeFileSync(file, stringify(document, { aliasDuplicateObjects: false }));
  return file;
}

let used = 0;

function aUser(): TestUser {
  const index = used++;
  if (index >= testUsers) throw new RangeError('no test user is left');
  return {
    credentials: { accessKeyId: toKeyId(index), secretAccessKey },
    arn: `arn:aws:iam::${accountId}:user/test-${index}`,
    serialNumber: toSerialNumber(index),
    tokenCode: toTotpCode(toDeviceSecret(index), toTotpStep(Date.now())),
  };
}

const presign = (
  { credentials, serialNumber, tokenCode }: TestUser,
  { parameters, ...more }: Partial<Presigning> = {},
): Promise<string> =>
  presignSessionToken(daypass.aws, {
    credentials,
    parameters: { SerialNumber: serialNumber, TokenCode: tokenCode, ...parameters },
    ...more,
  });

const relay = (
  credentials: Credentials,
  body: object,
  { query }: { readonly query?: Record<string, string> } = {},
) =>
  signedCall(daypass.broker, {
    ...{ credentials, method: 'POST', path: '/iam/v1/session-tokens', body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json' },
    ...(query === undefined ? {} : { query }),
  });

const readRow = async (id: string) => (await call(daypass, { token: sre, path: `/v1/issuances/${id}` })).json;

const readSessionTokens = async () =>
  (await readTrail(daypass)).filter(({ eventName }) => eventName === 'GetSessionToken');

/** What was answered, and how often STS was asked meanwhile. */
async function counting(asking: () => Promise<Answer>): Promise<readonly [Answer, number]> {
  const before = (await readSessionTokens()).length;
  const answer = await asking();
  return [answer, (await readSessionTokens()).length - before];
}

describe('a session token', () => {
  it('is the session of the user who presigned, with MFA, and works', async () => {
    const user = aUser();
    const presignedUrl = await presign(user);

    const [{ status, headers, json }, calls] = await counting(() =>
      relay(user.credentials, { presignedUrl }),
    );

    expect([status, calls]).toEqual([200, 1]);
    expect(headers.get('cache-control')).toBe('no-store');
    // What OpenAPI says of it, in which a member too many is an error.
    expect(sessionTokenAnswer.safeParse(json).error).toBeUndefined();
    expect(await callerIdentity(daypass, json.Credentials)).toBe(user.arn);
    const records = await readSessionTokens();
    expect(records.at(-1)).toMatchObject({
      userIdentity: { arn: user.arn, accessKeyId: user.credentials.accessKeyId },
      requestParameters: { serialNumber: user.serialNumber },
    });
  });

  it('is written down as recorded and not enforced, joined with CloudTrail', async () => {
    const user = aUser();
    const presignedUrl = await presign(user, { parameters: { DurationSeconds: '3600' } });

    const { json } = await relay(user.credentials, { presignedUrl, reason: 'incident 42' });

    const row = await readRow(json.IssuanceId);
    expect(row).toMatchObject({
      ...{ state: 'ISSUED', purpose: 'session-token', mechanism: 'session-token', enforcement: 'recorded' },
      principal: { issuer: 'aws', subject: user.arn },
      ...{ requestedDurationSeconds: 3600, durationSeconds: 3600, reason: 'incident 42' },
      ...{ roleArns: [], sessionTags: {}, statement: 'ProductionUsers' },
      accessKeyId: json.Credentials.AccessKeyId,
    });
    for (const absent of ['profile', 'roleSessionName', 'sourceIdentity', 'hops'])
      expect(row).not.toHaveProperty(absent);
    expect(Date.parse(row.expiration)).toBe(Date.parse(json.Credentials.Expiration));
    expect(Date.parse(row.expiration) - Date.parse(row.createdAt)).toBeLessThanOrEqual(3_601_000);
    const [record] = (await readSessionTokens()).slice(-1);
    expect(record.requestID).toBe(row.stsRequestId);
    const found = await call(daypass, { token: sre, path: `/v1/issuances?accessKeyId=${row.accessKeyId}` });
    expect(found.json.issuances).toEqual([row]);
  });

  it('is for twelve hours where the request names no duration', async () => {
    const user = aUser();

    const { json } = await relay(user.credentials, { presignedUrl: await presign(user) });

    const row = await readRow(json.IssuanceId);
    expect(row.durationSeconds).toBe(43_200);
    expect(row).not.toHaveProperty('requestedDurationSeconds');
    expect(Date.parse(row.expiration) - Date.parse(row.createdAt)).toBeGreaterThan(43_100_000);
  });

  it('comes in every format, for a credentials file as a section of its own', async () => {
    const [first, second] = [aUser(), aUser()];

    const ini = await relay(
      first.credentials,
      { presignedUrl: await presign(first) },
      { query: { format: 'ini' } },
    );
    const process = await relay(
      second.credentials,
      { presignedUrl: await presign(second) },
      { query: { format: 'process' } },
    );

    expect(ini.text).toMatch(/^\[daypass-session\]\naws_access_key_id = ASIA\w+\n/);
    expect(ini.headers.get('daypass-issuance-id')).toMatch(/^\w{26}$/);
    expect(process.json).toMatchObject({ Version: 1, AccessKeyId: expect.stringMatching(/^ASIA/) });
  });

  it('leaves nothing of the request and of the secrets behind', async () => {
    const user = aUser();
    const presignedUrl = await presign(user);
    const signature = new URL(presignedUrl).searchParams.get('X-Amz-Signature') ?? '';

    const given = await relay(user.credentials, { presignedUrl });
    const refused = await relay(user.credentials, { presignedUrl });

    const { SecretAccessKey, SessionToken } = given.json.Credentials;
    expect([given.status, refused.status, signature.length]).toEqual([200, 403, 64]);
    const rows = await Promise.all([given.json.IssuanceId, refused.json.issuanceId].map(readRow));
    for (const text of [daypass.logs(), JSON.stringify(rows), refused.text, readDataDirectory(daypass)]) {
      for (const secret of [signature, SecretAccessKey]) expect(text).not.toContain(secret);
    }
    for (const text of [daypass.logs(), JSON.stringify(rows)]) {
      for (const secret of [SessionToken, presignedUrl, 'X-Amz-Credential'])
        expect(text).not.toContain(secret);
    }
  });
});

describe('no session token', () => {
  it('is given for a code a second time', async () => {
    const user = aUser();
    const once = await relay(user.credentials, { presignedUrl: await presign(user) });

    const [twice, calls] = await counting(async () =>
      relay(user.credentials, { presignedUrl: await presign(user) }),
    );

    expect([once.status, twice.status, twice.json.code, calls]).toEqual([200, 403, 'refused-by-sts', 1]);
    expect(twice.text).not.toContain('ASIA');
    expect(await readRow(twice.json.issuanceId)).toMatchObject({
      ...{ state: 'REFUSED', errorCode: 'AccessDenied', mechanism: 'session-token' },
      detail: expect.stringContaining('MultiFactorAuthentication failed'),
    });
  });

  it('is given for a wrong code, which does not use up the right one', async () => {
    const user = aUser();
    const wrong = String((Number(user.tokenCode) + 500_000) % 1_000_000).padStart(6, '0');

    const refused = await relay(user.credentials, {
      presignedUrl: await presign(user, { parameters: { TokenCode: wrong } }),
    });
    const given = await relay(user.credentials, { presignedUrl: await presign(user) });

    expect([refused.status, refused.json.code, given.status]).toEqual([403, 'refused-by-sts', 200]);
    expect(refused.json.Message).toContain('a code that is wrong or was used');
    expect(await readRow(refused.json.issuanceId)).toMatchObject({ state: 'REFUSED' });
  });

  it('is given for the device of somebody else', async () => {
    const [user, other] = [aUser(), aUser()];
    const parameters = { SerialNumber: other.serialNumber, TokenCode: other.tokenCode };

    const { status, json } = await relay(user.credentials, {
      presignedUrl: await presign(user, { parameters }),
    });

    expect([status, json.code]).toEqual([403, 'refused-by-sts']);
  });

  it('is given to whoever brings the presigned request of another, which stays good for that one', async () => {
    const [owner, thief] = [aUser(), aUser()];
    const presignedUrl = await presign(owner);

    const [stolen, calls] = await counting(() => relay(thief.credentials, { presignedUrl }));
    const own = await relay(owner.credentials, { presignedUrl });

    expect([stolen.status, stolen.json.code, calls, own.status]).toEqual([403, 'access-denied', 0, 200]);
    expect(await readRow(stolen.json.issuanceId)).toMatchObject({
      ...{ state: 'DENIED', purpose: 'session-token', principal: { subject: thief.arn } },
      detail: `the presigned request is of key ${owner.credentials.accessKeyId}, and this call is signed with ${thief.credentials.accessKeyId}`,
    });
  });

  it('is given to a session, be it of the very user', async () => {
    const user = aUser();
    const { json } = await relay(user.credentials, { presignedUrl: await presign(user) });
    const { AccessKeyId, SecretAccessKey, SessionToken } = json.Credentials;
    const session = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };

    const ofTheKey = await relay(session, { presignedUrl: await presign(user) });
    const itself = { ...user, credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } };
    const ofItself = await relay(session, { presignedUrl: await presign(itself) });
    const withToken = await relay(session, {
      presignedUrl: await presign({ ...user, credentials: session }),
    });

    expect([ofTheKey.status, ofTheKey.json.code]).toEqual([403, 'access-denied']);
    expect([ofItself.status, ofItself.json.code]).toEqual([403, 'access-denied']);
    expect([withToken.status, withToken.json.code]).toEqual([400, 'invalid-request']);
    expect((await readRow(ofItself.json.issuanceId)).detail).toBe(
      `${AccessKeyId} is not a long-term key of an IAM user`,
    );
  });

  it('is given to users whom the section does not trust: a DENIED row, and STS is not asked', async () => {
    const credentials = userCredentials('111111111111/operator');
    const presignedUrl = await presign({ ...aUser(), credentials });

    const [{ status, json }, calls] = await counting(() => relay(credentials, { presignedUrl }));

    expect([status, json.code, calls]).toEqual([403, 'access-denied', 0]);
    expect(json).toMatchObject({ owner: 'platform-team@example.com' });
    expect(json.Message).toContain('section sessionTokens');
    expect(await readRow(json.issuanceId)).toMatchObject({ state: 'DENIED', purpose: 'session-token' });
  });

  it('is given for a request that was changed after it was signed', async () => {
    const user = aUser();
    const presignedUrl = await presign(user, { parameters: { DurationSeconds: '900' } });

    const { status, json } = await relay(user.credentials, {
      presignedUrl: presignedUrl.replace('DurationSeconds=900', 'DurationSeconds=43200'),
    });

    expect([status, json.code]).toEqual([403, 'refused-by-sts']);
    expect(await readRow(json.issuanceId)).toMatchObject({
      ...{ state: 'REFUSED', errorCode: 'SignatureDoesNotMatch', durationSeconds: 43_200 },
    });
  });

  it('is given for longer than the section has', async () => {
    const user = aUser();
    const presignedUrl = await presign(user, { parameters: { DurationSeconds: '43201' } });

    const [{ status, json }, calls] = await counting(() => relay(user.credentials, { presignedUrl }));

    expect([status, json.code, calls]).toEqual([400, 'duration-out-of-range', 0]);
    expect(json.Message).toContain('900–43200');
  });

  it.each([
    ['POST', { method: 'POST' }],
    ['another header', { headers: { 'x-amz-evil': 'yes' } }],
    ['another action', { parameters: { Action: 'AssumeRole' } }],
    ['another region', { region: 'us-east-1' }],
    ['no device', { parameters: { SerialNumber: undefined } }],
    ['a time long gone', { signedAt: new Date(Date.now() - 3_600_000) }],
  ] as const)('is given for a request signed with %s: %j', async (what, presigning) => {
    const user = aUser();
    const presignedUrl = await presign(user, presigning);

    const [{ status, json }, calls] = await counting(() => relay(user.credentials, { presignedUrl }));

    // Of the method nothing is in the URL: STS finds the signature wrong.
    expect([status, json.code, calls]).toEqual(
      what === 'POST' ? [403, 'refused-by-sts', 0] : [400, 'invalid-request', 0],
    );
  });

  it('is given under /v1, nor without a signature', async () => {
    const body = { presignedUrl: await presign(aUser()) };

    const byToken = await call(daypass, { token: sre, method: 'POST', path: '/v1/session-tokens', body });
    const unsigned = await call(daypass, {
      token: sre,
      method: 'POST',
      path: '/iam/v1/session-tokens',
      body,
    });

    expect([byToken.status, unsigned.status]).toEqual([403, 403]);
  });

  it.each([
    ['500', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['reset', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['malformed', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['lost', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['throttle', 429, 'sts-throttled', 'FAILED'],
    ['accessdenied', 403, 'refused-by-sts', 'REFUSED'],
  ])('is released when STS answers with %s: %i', async (kind, expected, code, state) => {
    const user = aUser();
    await setFaults(daypass, [{ service: 'sts', operation: 'GetSessionToken', kind }]);

    const { status, json, text } = await relay(user.credentials, { presignedUrl: await presign(user) });

    expect([status, json.code]).toEqual([expected, code]);
    expect(text).not.toContain('ASIA');
    expect(await readRow(json.issuanceId)).toMatchObject({ state, mechanism: 'session-token' });
  });
});
