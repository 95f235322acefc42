import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { webIdentityTokenAnswer } from '../../lambda/http/web-identity-token-schemas.ts';
import { userCredentials } from '../support/aws-identities.ts';
import { type Answer, call, fetchToken, readTrail, setFaults } from '../support/daypass-client.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';
import { signedCall } from '../support/signed-request.ts';
import { writeTokenDemo } from '../support/token-profiles.ts';

const partnerToken = 'arn:aws:iam::333333333333:role/daypass/PartnerToken';
const audience = 'https://api.partner.example';

let directory: string;
let daypass: RunningDaypass;
let sre: string;
let developer: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-tokens-'));
  daypass = await startDaypass(...writeTokenDemo(directory));
  sre = await fetchToken(daypass, 'sre');
  developer = await fetchToken(daypass, 'developer');
});

afterEach(() => setFaults(daypass, []));

afterAll(async () => {
  await daypass.stop();
  rmSync(directory, { recursive: true, force: true });
});

const issueToken = (body: object = {}, profile = 'partner-token', token = sre) =>
  call(daypass, {
    ...{ token, method: 'POST', path: `/v1/profiles/${profile}/web-identity-token` },
    body: { audience, ...body },
  });

const readRow = async (id: string) => (await call(daypass, { token: sre, path: `/v1/issuances/${id}` })).json;

/** As the partner does it: by the keys that the account's issuer serves. */
async function verify(token: string, algorithm = 'RS256', accountId = '333333333333'): Promise<JWTPayload> {
  const issuer = `${daypass.aws}/_local/web-identity/${accountId}`;
  const discovery = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as {
    jwks_uri: string;
  };
  const keys = createRemoteJWKSet(new URL(discovery.jwks_uri));
  const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: [algorithm] });
  return payload;
}

async function callsOf(issueOne: () => Promise<Answer>): Promise<readonly [Answer, readonly string[]]> {
  const before = (await readTrail(daypass)).length;
  const answer = await issueOne();
  const events = (await readTrail(daypass)).slice(before);
  return [answer, [...new Set(events.map(({ eventName }) => eventName))]];
}

describe('a web identity token', () => {
  it("is one that AWS signed for the profile's role, with principal and issuance in it", async () => {
    const { status, json, headers } = await issueToken();

    expect(status).toBe(200);
    expect(webIdentityTokenAnswer.safeParse(json).error).toBeUndefined();
    const claims = await verify(json.WebIdentityToken);
    expect(claims).toMatchObject({
      sub: partnerToken,
      aud: audience,
      'https://sts.amazonaws.com/': {
        aws_account: '333333333333',
        principal_id: partnerToken,
        source_identity: 'okta.sre@example.com',
        principal_tags: { Team: 'payments' },
        request_tags: {
          'daypass:Principal': 'okta.sre@example.com',
          'daypass:IssuanceId': json.IssuanceId,
        },
      },
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(300);
    expect(new Date(json.Expiration).getTime()).toBe((claims.exp ?? 0) * 1000);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('daypass-issuance-id')).toBe(json.IssuanceId);
  });

  it('has a row that leads to both calls in CloudTrail', async () => {
    const { json } = await issueToken({ durationSeconds: 600, reason: 'nightly upload' });

    const row = await readRow(json.IssuanceId);
    expect(row).toMatchObject({
      state: 'ISSUED',
      purpose: 'web-identity-token',
      mechanism: 'assume-role',
      profile: 'partner-token',
      roleArns: [partnerToken],
      audiences: [audience],
      requestedDurationSeconds: 600,
      durationSeconds: 600,
      reason: 'nightly upload',
      sessionTags: { Team: 'payments' },
      hops: [{ roleArn: partnerToken }],
      sourceIdentity: 'okta.sre@example.com',
    });
    expect(row.accessKeyId).toBeUndefined();
    expect(new Date(row.expiration).getTime()).toBe(new Date(json.Expiration).getTime());
    const [hop] = row.hops;
    const trail = await readTrail(daypass);
    const [token] = trail.filter(({ requestID }) => requestID === row.stsRequestId);
    expect(token).toMatchObject({
      eventName: 'GetWebIdentityToken',
      userIdentity: {
        accessKeyId: hop.accessKeyId,
        sessionContext: { sessionIssuer: { arn: partnerToken } },
      },
      requestParameters: { audience: [audience], durationSeconds: 600, signingAlgorithm: 'RS256' },
      responseElements: null,
    });
    const [role] = trail.filter(({ requestID }) => requestID === hop.stsRequestId);
    expect(role).toMatchObject({
      eventName: 'AssumeRole',
      requestParameters: {
        roleArn: partnerToken,
        roleSessionName: row.roleSessionName,
        durationSeconds: 900,
      },
    });
    expect(row.roleSessionName).toContain(json.IssuanceId);
  });

  it('is of the end of a chain, whose first session has the tags and the source identity', async () => {
    const { status, json } = await issueToken({}, 'token-by-way');

    expect(status).toBe(200);
    expect(await verify(json.WebIdentityToken)).toMatchObject({
      sub: 'arn:aws:iam::333333333333:role/daypass/ChainedToken',
      'https://sts.amazonaws.com/': {
        source_identity: 'okta.sre@example.com',
        principal_tags: { Team: 'payments' },
      },
    });
    const { hops } = await readRow(json.IssuanceId);
    expect(hops).toMatchObject([
      { roleArn: 'arn:aws:iam::222222222222:role/daypass/TokenGateway' },
      { roleArn: 'arn:aws:iam::333333333333:role/daypass/ChainedToken' },
    ]);
  });

  it('is signed by the algorithm of the profile', async () => {
    const { json } = await issueToken({}, 'token-es384');

    expect(await verify(json.WebIdentityToken, 'ES384')).toMatchObject({ aud: audience });
  });

  it.each([
    [59, 400],
    [60, 200],
    [900, 200],
    [3539, 200],
    [3540, 200],
    [3541, 400],
  ])('of %i seconds is a %i', async (durationSeconds, status) => {
    const answer = await issueToken({ durationSeconds });

    expect(answer.status).toBe(status);
    if (status === 400) {
      expect(answer.json.code).toBe('duration-out-of-range');
      expect(answer.json.detail).toContain('60–3540');
      return;
    }
    const { exp = 0, iat = 0 } = await verify(answer.json.WebIdentityToken);
    expect(exp - iat).toBe(durationSeconds);
  });

  it('is for the default maximum at most where the profile names none', async () => {
    expect((await issueToken({ durationSeconds: 900 }, 'token-es384')).status).toBe(200);
    expect((await issueToken({ durationSeconds: 901 }, 'token-es384')).json.code).toBe(
      'duration-out-of-range',
    );
  });

  it('is given to a caller that signs, and names it', async () => {
    const path = '/iam/v1/profiles/token-signed/web-identity-token';
    const credentials = userCredentials('222222222222/developer');
    const { status, json } = await signedCall(daypass.broker, {
      ...{ credentials, method: 'POST', path },
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ audience }),
    });

    expect(status).toBe(200);
    expect(await verify(json.WebIdentityToken)).toMatchObject({
      'https://sts.amazonaws.com/': {
        request_tags: { 'daypass:Principal': 'aws.arn:aws:iam::222222222222:user/developer' },
      },
    });
  });

  it('is shown in the list of profiles', async () => {
    const { json } = await call(daypass, { token: sre, path: '/v1/profiles' });

    const shown = Object.fromEntries(
      json.profiles.map(({ name, webIdentityToken }: Answer['json']) => [name, webIdentityToken]),
    );
    expect(shown['partner-token']).toEqual({
      audiences: [audience, 'https://files.partner.example'],
      duration: { defaultSeconds: 300, maxSeconds: 3540 },
    });
    expect(shown['prod-readonly']).toBeUndefined();
  });
});

describe('no web identity token', () => {
  it.each([
    [
      'an audience that the profile does not list',
      { audience: 'https://other.example' },
      'partner-token',
      'audience-not-offered',
    ],
    [
      'an audience in other letters',
      { audience: audience.toUpperCase() },
      'partner-token',
      'audience-not-offered',
    ],
    ['a list of audiences', { audience: [audience] }, 'partner-token', 'invalid-request'],
    ['no audience', { audience: undefined }, 'partner-token', 'invalid-request'],
    ['session tags', { sessionTags: { Team: 'web' } }, 'partner-token', 'invalid-request'],
    ['a profile without tokens', {}, 'prod-readonly', 'web-identity-token-not-offered'],
    ['a profile of another mechanism', {}, 'data-long', 'web-identity-token-not-offered'],
    ['a missing reason', {}, 'token-reasoned', 'reason-required'],
  ])('is given for %s, and AWS is not asked', async (_, body, profile, code) => {
    const [{ status, json }, calls] = await callsOf(() => issueToken(body, profile));

    expect([status, json.code, calls]).toEqual([400, code, []]);
  });

  it.each(['credentials', 'console'])(
    'leaves by way of the %s, whose session could ask for any',
    async (route) => {
      const path = `/v1/profiles/partner-token/${route}`;
      const [{ status, json }, calls] = await callsOf(() =>
        call(daypass, { token: sre, method: 'POST', path }),
      );

      expect([status, json.code, calls]).toEqual([400, 'credentials-not-offered', []]);
    },
  );

  it('says which audiences there are', async () => {
    const { json } = await issueToken({ audience: 'https://other.example' });

    expect(json.detail).toContain('https://api.partner.example, https://files.partner.example');
  });

  it.each(['partner-token', 'no-such-profile'])('of %s is given to who may not have it', async (profile) => {
    const { status, json } = await issueToken({}, profile, developer);

    expect([status, json.code]).toEqual([403, 'access-denied']);
    expect(json.detail).toContain(`no profile ${profile} that you may use`);
    expect(await readRow(json.issuanceId)).toMatchObject({ state: 'DENIED', purpose: 'web-identity-token' });
  });

  it('is signed in an account that has not enabled it: the answer says what its operator does', async () => {
    const { status, json } = await issueToken({}, 'token-disabled');

    expect([status, json.code]).toEqual([403, 'outbound-federation-disabled']);
    expect(json.detail).toContain('aws iam enable-outbound-web-identity-federation');
    const row = await readRow(json.issuanceId);
    expect(row).toMatchObject({
      state: 'REFUSED',
      errorCode: expect.stringMatching(/^OutboundWebIdentityFederationDisabled/),
      hops: [{ roleArn: 'arn:aws:iam::222222222222:role/daypass/PartnerToken' }],
    });
  });

  it('is given to a role that may not ask for one', async () => {
    const { status, json } = await issueToken({}, 'token-powerless');

    expect([status, json.code]).toEqual([403, 'refused-by-sts']);
    expect(await readRow(json.issuanceId)).toMatchObject({
      state: 'REFUSED',
      detail: expect.stringMatching(/^GetWebIdentityToken: /),
    });
  });

  it.each([
    ['AssumeRole', 'accessdenied', 403, 'refused-by-sts', 'REFUSED', undefined],
    ['AssumeRole', 'lost', 503, 'sts-outcome-unknown', 'UNKNOWN', undefined],
    ['GetWebIdentityToken', 'accessdenied', 403, 'refused-by-sts', 'REFUSED', [expect.anything()]],
    ['GetWebIdentityToken', 'throttle', 429, 'sts-throttled', 'FAILED', [expect.anything()]],
    ['GetWebIdentityToken', 'lost', 503, 'sts-outcome-unknown', 'UNKNOWN', [expect.anything()]],
    ['GetWebIdentityToken', 'malformed', 503, 'sts-outcome-unknown', 'UNKNOWN', [expect.anything()]],
    ['GetWebIdentityToken', 'empty', 503, 'sts-outcome-unknown', 'UNKNOWN', [expect.anything()]],
  ])('leaves when %s meets %s', async (operation, kind, status, code, state, hops) => {
    await setFaults(daypass, [{ service: 'sts', operation, kind, times: 1 }]);

    const answer = await issueToken();

    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.text).not.toMatch(/eyJ|ASIA/);
    const row = await readRow(answer.json.issuanceId);
    expect(row.state).toBe(state);
    expect(row.hops).toEqual(hops);
    expect(JSON.stringify(row)).not.toContain('eyJ');
  });
});

describe('what is kept of a token', () => {
  it('is its row alone: the token is in no table, log or trail', async () => {
    const { json } = await issueToken();

    const kept = `${readDataDirectory(daypass)}\n${daypass.logs()}\n${JSON.stringify(await readTrail(daypass))}`;
    const [, , signature = ''] = json.WebIdentityToken.split('.');
    expect(kept).toContain(json.IssuanceId);
    expect(signature.length).toBeGreaterThan(100);
    expect(kept).not.toContain(signature);
  });
});
