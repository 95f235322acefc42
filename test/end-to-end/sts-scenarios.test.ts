import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Credentials } from '../../local/create-tables.ts';
import { presignSessionToken } from '../support/a-presigned-url.ts';
import { assumeRole, mfaCode, userCredentials } from '../support/aws-identities.ts';
import {
  type Answer,
  call,
  callerIdentity,
  fetchToken,
  issue,
  readTrail,
} from '../support/daypass-client.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';
import {
  fetchBrokerToken,
  fetchResponse,
  fetchResponseForAws,
  postResponse,
} from '../support/saml-client.ts';
import { signedCall } from '../support/signed-request.ts';

/*
 * What AWS's documentation has temporary credentials for, each by the demo as a user meets it: the credentials are
 * used, and whoever is not meant is refused. The README's table of scenarios has a row for each.
 */

let daypass: RunningDaypass;
let sre: string;
let developer: string;

beforeAll(async () => {
  daypass = await startDaypass();
  [sre, developer] = await Promise.all([fetchToken(daypass, 'sre'), fetchToken(daypass, 'developer')]);
});

afterAll(() => daypass.stop());

const issueSigned = (credentials: Credentials, profile: string): Promise<Answer> =>
  signedCall(daypass.broker, {
    credentials,
    method: 'POST',
    path: `/iam/v1/profiles/${profile}/credentials`,
  });

const denied = { status: 403, json: { code: 'access-denied' } };

/** Whose credentials these are, by the embedded STS. */
async function holderOf({ status, json, text }: Answer): Promise<string | undefined> {
  if (status !== 200) throw new Error(`no credentials: ${status} ${text}`);
  return callerIdentity(daypass, json.Credentials);
}

const readRow = async ({ json }: Answer) =>
  (await call(daypass, { token: sre, path: `/v1/issuances/${json.IssuanceId}` })).json;

describe('scenarios of AWS STS', () => {
  it('access across accounts', async () => {
    const answer = await issue(daypass, sre, 'prod-readonly');

    expect(await holderOf(answer)).toMatch(/^arn:aws:sts::222222222222:assumed-role\/ReadOnly\/sre@/);
    expect(await issue(daypass, developer, 'prod-readonly')).toMatchObject(denied);
  });

  it('people of IAM Identity Center', async () => {
    const enter = (permissionSet: string) =>
      assumeRole(daypass, {
        as: userCredentials('222222222222/identity-center'),
        roleArn: `arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_${permissionSet}`,
        sessionName: 'jane@example.com',
      });
    const administrator = await enter('PlatformAdmin_0123456789abcdef');

    const answer = await issueSigned(administrator, 'prod-operations');

    expect(await holderOf(answer)).toMatch(/:assumed-role\/ReadOnly\//);
    const runner = await assumeRole(daypass, {
      as: userCredentials('222222222222/developer'),
      roleArn: 'arn:aws:iam::222222222222:role/ci/Runner',
      sessionName: 'jane@example.com',
    });
    expect(await issueSigned(runner, 'prod-operations')).toMatchObject(denied);
  });

  it('federation by OpenID Connect', async () => {
    const answer = await issue(daypass, developer, 'team-data');

    expect(await holderOf(answer)).toMatch(
      /^arn:aws:sts::333333333333:assumed-role\/TeamData\/developer@example\.co-/,
    );
    expect(await issue(daypass, await fetchToken(daypass, 'acme', 'acme'), 'team-data')).toMatchObject(
      denied,
    );
  });

  it('federation by SAML 2.0', async () => {
    const { json } = await postResponse(daypass, { response: await fetchResponse(daypass) });

    const answer = await issue(daypass, json.token, 'team-data');

    expect(await holderOf(answer)).toMatch(/:assumed-role\/TeamData\/analyst@example\.com-/);
    expect(await issue(daypass, json.token, 'prod-readonly')).toMatchObject(denied);
  });

  it('a workload that has a role', async () => {
    const runner = await assumeRole(daypass, {
      as: userCredentials('222222222222/developer'),
      roleArn: 'arn:aws:iam::222222222222:role/ci/Runner',
      sessionName: 'build-4711',
    });

    const answer = await issueSigned(runner, 'ci-deploy');

    expect(await holderOf(answer)).toMatch(/:assumed-role\/Deploy\//);
    expect(await readRow(answer)).toMatchObject({
      principal: { subject: 'arn:aws:iam::222222222222:role/Runner', sessionName: 'build-4711' },
    });
    expect(await issueSigned(runner, 'prod-operations')).toMatchObject(denied);
  });

  it('a pipeline without long-term keys', async () => {
    const answer = await issue(daypass, await fetchToken(daypass, 'ci', 'github-actions'), 'ci-deploy');

    expect(await holderOf(answer)).toMatch(/:assumed-role\/Deploy\//);
    expect(await issue(daypass, sre, 'ci-deploy')).toMatchObject(denied);
  });

  it('what needs multi-factor authentication', async () => {
    const whoami = async (token: string) => (await call(daypass, { token, path: '/v1/whoami' })).json.mfa;

    expect([await whoami(sre), await whoami(developer)]).toEqual([true, false]);
    expect((await issue(daypass, sre, 'data-via-production')).status).toBe(200);
    expect(await issue(daypass, developer, 'data-via-production')).toMatchObject(denied);
  });

  it('role chaining', async () => {
    const answer = await issue(daypass, sre, 'data-via-production', { durationSeconds: 3600 });

    expect(await holderOf(answer)).toMatch(/^arn:aws:sts::333333333333:assumed-role\/Reader\/sre@/);
    expect((await readRow(answer)).hops).toMatchObject([
      { roleArn: 'arn:aws:iam::222222222222:role/daypass/WarehouseGateway' },
    ]);
    expect(await issue(daypass, sre, 'data-via-production', { durationSeconds: 3601 })).toMatchObject({
      status: 400,
      json: { code: 'duration-out-of-range' },
    });
  });

  it('a third party, with an ExternalId', async () => {
    const answer = await issue(daypass, await fetchToken(daypass, 'acme', 'acme'), 'acme-reports');

    expect(await holderOf(answer)).toMatch(/^arn:aws:sts::444444444444:assumed-role\/DaypassReports\//);
    const { stsRequestId } = await readRow(answer);
    const records = (await readTrail(daypass)).filter(({ requestID }) => requestID === stsRequestId);
    expect(records.map(({ requestParameters }) => requestParameters.externalId)).toContain(
      'daypass-demo-7f3a9c52e1b84d60',
    );
    expect(await issue(daypass, sre, 'acme-reports')).toMatchObject(denied);
  });

  it('sessions longer than role chaining lets them be', async () => {
    const answer = await issue(daypass, sre, 'data-long', { durationSeconds: 43_200 });

    expect(await holderOf(answer)).toMatch(/^arn:aws:sts::333333333333:assumed-role\/DataLong\//);
    const hours = (Date.parse(answer.json.Credentials.Expiration) - Date.now()) / 3_600_000;
    expect(Math.round(hours)).toBe(12);
  });

  it('a link into the console', async () => {
    const path = '/v1/profiles/prod-readonly/console';
    const answer = await call(daypass, { token: sre, method: 'POST', path });

    const page = await fetch(answer.json.SigninUrl);
    expect(await page.text()).toContain('assumed-role/ReadOnly/sre@example.com');
    expect(await call(daypass, { token: developer, method: 'POST', path })).toMatchObject(denied);
  });

  it('a custom identity broker’s federated users', async () => {
    const answer = await issue(daypass, sre, 'federated-reports', { durationSeconds: 43_200 });

    expect(await holderOf(answer)).toMatch(
      new RegExp(`^arn:aws:sts::111111111111:federated-user/${answer.json.IssuanceId}-[\\w-]{5}$`),
    );
    expect(await issue(daypass, developer, 'federated-reports')).toMatchObject(denied);
  });

  it('an assertion for AWS itself', async () => {
    const token = await fetchBrokerToken(daypass);
    const samlAssertion = await fetchResponseForAws(daypass);

    const answer = await issue(daypass, token, 'saml-reports', { samlAssertion });

    expect(await holderOf(answer)).toMatch(/^arn:aws:sts::222222222222:assumed-role\/Reader\//);
    expect(await readRow(answer)).toMatchObject({ mechanism: 'saml', enforcement: 'recorded' });
    const anothers = await fetchResponseForAws(daypass, 'accountant');
    expect(await issue(daypass, token, 'saml-reports', { samlAssertion: anothers })).toMatchObject(denied);
  });

  it('a token for AWS itself', async () => {
    const answer = await issue(daypass, await fetchToken(daypass, 'ci', 'github-actions'), 'ci-direct');

    expect(await holderOf(answer)).toMatch(/^arn:aws:sts::222222222222:assumed-role\/Publisher\//);
    expect(await readRow(answer)).toMatchObject({ mechanism: 'web-identity', enforcement: 'recorded' });
    expect(await issue(daypass, sre, 'ci-direct')).toMatchObject(denied);
  });

  it('MFA for a user with long-term keys', async () => {
    const credentials = userCredentials('222222222222/developer');
    const { serialNumber, tokenCode } = mfaCode('222222222222/developer');
    const parameters = { SerialNumber: serialNumber, TokenCode: tokenCode, DurationSeconds: '3600' };
    const presignedUrl = await presignSessionToken(daypass.aws, { credentials, parameters });
    const relay = (as: Credentials) =>
      signedCall(daypass.broker, {
        ...{ credentials: as, method: 'POST', path: '/iam/v1/session-tokens' },
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ presignedUrl }),
      });

    const stolen = await relay(userCredentials('111111111111/operator'));
    const answer = await relay(credentials);

    expect(stolen).toMatchObject(denied);
    expect(await holderOf(answer)).toBe('arn:aws:iam::222222222222:user/developer');
    expect(await readRow(answer)).toMatchObject({ mechanism: 'session-token', enforcement: 'recorded' });
  });

  it('root tasks in a member account', async () => {
    const answer = await issue(daypass, sre, 'root-audit', { reason: 'yearly audit' });

    expect(await holderOf(answer)).toBe('arn:aws:iam::333333333333:root');
    expect(await issue(daypass, developer, 'root-audit', { reason: 'curious' })).toMatchObject(denied);
  });

  it('being known outside of AWS', async () => {
    const path = '/v1/profiles/partner-token/web-identity-token';
    const body = { audience: 'https://api.partner.example' };

    const { json } = await call(daypass, { token: sre, method: 'POST', path, body });

    expect(decodeJwt(json.WebIdentityToken)).toMatchObject({
      aud: body.audience,
      sub: 'arn:aws:iam::333333333333:role/daypass/PartnerToken',
    });
    expect(await call(daypass, { token: developer, method: 'POST', path, body })).toMatchObject(denied);
  });

  it('what a refusal was about', async () => {
    const principal = 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer';
    const refused = { principal, action: 'ec2:StopInstances', resource: '*' };
    const made = await fetch(`${daypass.aws}/_local/authorization-messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(refused),
    });
    const path = '/v1/authorization-messages/decode';
    const body = (await made.json()) as object;

    const { json } = await call(daypass, { token: sre, method: 'POST', path, body });

    expect(json.DecodedMessage).toMatchObject({ allowed: false });
    expect(await call(daypass, { token: developer, method: 'POST', path, body })).toMatchObject(denied);
  });

  it('whose key is this', async () => {
    const { json } = await issue(daypass, developer, 'team-data', { reason: 'incident 42' });
    const path = `/v1/issuances?accessKeyId=${json.Credentials.AccessKeyId}`;

    const found = await call(daypass, { token: sre, path });

    expect(found.json.issuances).toMatchObject([
      { id: json.IssuanceId, reason: 'incident 42', principal: { subject: 'developer@example.com' } },
    ]);
  });
});

describe('the table of scenarios in the README', () => {
  it('has a row for each', () => {
    const root = new URL('../../', import.meta.url);
    const readme = readFileSync(new URL('README.md', root), 'utf8');
    const section = /### Scenarios of AWS STS\n(.*?)\n###/s.exec(readme)?.[1] ?? '';
    const rows = [...section.matchAll(/^\| \*\*(.+?)\*\* \|/gm)].map(([, name]) => name);
    const tests = [...readFileSync(new URL(import.meta.url), 'utf8').matchAll(/^ {2}it\('(.+?)', async/gm)];

    expect(rows).toEqual(tests.map(([, name]) => name));
  });
});
