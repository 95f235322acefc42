import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Answer,
  call,
  callerIdentity,
  fetchToken,
  issue,
  readTrail,
  setFaults,
} from '../support/daypass-client.ts';
import { describeTable } from '../support/describe-table.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';

const role = 'arn:aws:iam::333333333333:role/daypass/DataLong';

let daypass: RunningDaypass;
let sre: string;

beforeAll(async () => {
  daypass = await startDaypass();
  sre = await fetchToken(daypass, 'sre');
});

afterEach(() => setFaults(daypass, []));
afterAll(() => daypass.stop());

const issueLong = (body: object = {}) => issue(daypass, sre, 'data-long', body);
const readRow = async (id: string) => (await call(daypass, { token: sre, path: `/v1/issuances/${id}` })).json;

const readEvents = async () =>
  (await readTrail(daypass)).filter(({ eventName }) => eventName === 'AssumeRoleWithWebIdentity');

async function get(path: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(`${daypass.broker}${path}`, { headers });
  return { status: answer.status, headers: answer.headers, json: (await answer.json()) as Answer['json'] };
}

describe('the broker as an OIDC issuer', () => {
  it('is described by its own URL, whatever Host says, for caches too', async () => {
    const { status, headers, json } = await get('/.well-known/openid-configuration', {
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    });

    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    expect(json).toMatchObject({
      issuer: daypass.broker,
      jwks_uri: `${daypass.broker}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ['RS256'],
    });
  });

  it('serves public halves alone', async () => {
    const { status, headers, json } = await get('/.well-known/jwks.json');

    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    expect(json.keys.map((key: object) => Object.keys(key).sort())).toEqual([
      ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    ]);
  });
});

describe('credentials by a web identity', () => {
  it('last twelve hours, with tags and source identity, after STS checked the signature with the served keys', async () => {
    const answer = await issueLong({ durationSeconds: 43_200, sessionTags: { Purpose: 'audit' } });

    expect(answer.status).toBe(200);
    const { IssuanceId, Credentials, SourceIdentity } = answer.json;
    expect(await callerIdentity(daypass, Credentials)).toMatch(
      new RegExp(
        `^arn:aws:sts::333333333333:assumed-role/DataLong/sre@example.com-${IssuanceId}-[\\w-]{16}$`,
      ),
    );
    expect(SourceIdentity).toBe('okta.sre@example.com');
    const seconds = (new Date(Credentials.Expiration).getTime() - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(43_100);
    expect(seconds).toBeLessThanOrEqual(43_200);
    expect(await describeTable(daypass, Credentials, 'payments-sales')).toBe('ResourceNotFoundException');
    expect(await describeTable(daypass, Credentials, 'web-sales')).toBe('AccessDeniedException');
  });

  it('are found in the record of CloudTrail of the role’s account, by request id and access key id', async () => {
    const { json } = await issueLong({ sessionTags: { Purpose: 'audit' } });

    const row = await readRow(json.IssuanceId);
    expect(row).toMatchObject({
      state: 'ISSUED',
      mechanism: 'web-identity',
      roleArns: [role],
      durationSeconds: 3600,
      sessionTags: { Team: 'payments', Purpose: 'audit' },
      accessKeyId: json.Credentials.AccessKeyId,
    });
    const [event, ...others] = (await readEvents()).filter(({ requestID }) => requestID === row.stsRequestId);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      recipientAccountId: '333333333333',
      userIdentity: { type: 'WebIdentityUser', userName: 'okta:sre@example.com' },
      requestParameters: { roleArn: role, roleSessionName: row.roleSessionName },
      responseElements: { credentials: { accessKeyId: row.accessKeyId } },
    });
  });

  it.each([
    [899, 400],
    [900, 200],
    [901, 200],
    [3601, 200],
    [43_199, 200],
    [43_201, 400],
  ])('for %i seconds are answered with %i', async (durationSeconds, status) => {
    expect((await issueLong({ durationSeconds })).status).toBe(status);
  });

  it('are explained, with the maximum that is nobody’s chain', async () => {
    const path = '/v1/profiles/data-long/explain';
    const { json } = await call(daypass, { token: sre, method: 'POST', path, body: {} });

    expect(json).toMatchObject({
      effect: 'Allow',
      mechanism: 'web-identity',
      roleArns: [role],
      duration: { seconds: 3600, maximumSeconds: 43_200, maximumSetBy: 'sts' },
      sessionTags: { Team: 'payments' },
    });
  });
});

/** The demo world, in which the role's trust policy says something else. */
async function withTrust(from: string, to: string, use: (broker: RunningDaypass) => Promise<void>) {
  const directory = mkdtempSync(join(tmpdir(), 'daypass-world-'));
  const file = join(directory, 'world.yaml');
  const text = readFileSync('local/world.yaml', 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replaceAll(from, to));
  const other = await startDaypass('--world', file);
  try {
    await use(other);
  } finally {
    await other.stop();
    rmSync(directory, { recursive: true });
  }
}

describe('a role that does not trust the token', () => {
  it.each([
    ['for its audience', '"daypass.example.com:aud": sts.amazonaws.com', '"daypass.example.com:aud": other'],
    [
      'for its subject',
      '"daypass.example.com:sub": "okta:*"',
      '"daypass.example.com:sub": "github-actions:*"',
    ],
    ['for its provider’s client ids', 'clientIds: [sts.amazonaws.com]', 'clientIds: [another]'],
    [
      'for its source identity',
      'Action: [sts:SetSourceIdentity, sts:TagSession]\n              Condition',
      'Action: [sts:TagSession]\n              Condition',
    ],
    ['for its duration', 'maxSessionDurationSeconds: 43200', 'maxSessionDurationSeconds: 3600'],
  ])('%s is 403 refused-by-sts, and the row says no more to the caller', async (_, from, to) => {
    await withTrust(from, to, async (other) => {
      const token = await fetchToken(other, 'sre');

      const answer = await issue(other, token, 'data-long', { durationSeconds: 7200 });

      expect(answer).toMatchObject({ status: 403, json: { code: 'refused-by-sts' } });
      const path = `/v1/issuances/${answer.json.issuanceId}`;
      expect((await call(other, { token, path })).json).toMatchObject({ state: 'REFUSED' });
    });
  });
});

/** The calls of STS, KMS and the audit that can fail on the way. */
const faults: readonly (readonly [string, string, string, number, string, string])[] = [
  ['sts', 'AssumeRoleWithWebIdentity', 'accessdenied', 403, 'refused-by-sts', 'REFUSED'],
  ['sts', 'AssumeRoleWithWebIdentity', 'throttle', 429, 'sts-throttled', 'FAILED'],
  ['sts', 'AssumeRoleWithWebIdentity', '500', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ['sts', 'AssumeRoleWithWebIdentity', 'reset', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ['sts', 'AssumeRoleWithWebIdentity', 'lost', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ['sts', 'AssumeRoleWithWebIdentity', 'malformed', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ['sts', 'AssumeRoleWithWebIdentity', 'empty', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ['kms', 'Sign', 'accessdenied', 503, 'token-key-unavailable', 'FAILED'],
];

describe('a web identity that fails', () => {
  it.each(faults)(
    'by %s %s %s is %i %s, and its row is %s',
    async (service, operation, kind, status, code, state) => {
      const before = (await readEvents()).length;
      await setFaults(daypass, [{ service, operation, kind, times: 1 }]);

      const answer = await issueLong();

      expect(answer).toMatchObject({ status, json: { code } });
      expect(answer.text).not.toMatch(/ASIA|SecretAccessKey|SessionToken|DataLong|eyJ/);
      const row = await readRow(answer.json.issuanceId);
      expect(row).toMatchObject({ state, mechanism: 'web-identity' });
      expect(row).not.toHaveProperty('accessKeyId');
      const minted = (await readEvents()).slice(before).filter(({ errorCode }) => errorCode === undefined);
      expect(minted).toHaveLength(kind === 'lost' ? 1 : 0);
    },
  );

  it('left no token of the broker’s own in the logs or on the disk', async () => {
    const written = `${daypass.logs()}\n${readDataDirectory(daypass)}`;
    expect(written.length).toBeGreaterThan(1000);
    expect((await readEvents()).length).toBeGreaterThan(5);

    // A compact JWS: nobody's, neither the caller's nor the broker's.
    expect(written.match(/eyJ[\w-]{10,}\.eyJ[\w-]{10,}/g)).toBeNull();
  });
});

describe('the tokens of the broker', () => {
  it('are no bearer tokens: a key that is for STS proves nobody here', async () => {
    const { json } = await get('/.well-known/jwks.json');
    const [{ kid }] = json.keys;
    const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: daypass.broker, aud: daypass.broker, sub: 'x', iat: now, exp: now + 300 };
    const token = `${segment({ alg: 'RS256', kid, typ: 'daypass+jwt' })}.${segment(claims)}.${'A'.repeat(342)}`;

    expect(await call(daypass, { token, path: '/v1/whoami' })).toMatchObject({ status: 401 });
  });
});
