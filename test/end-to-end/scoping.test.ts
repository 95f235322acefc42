import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256 } from '../../lambda/core/sha256.ts';
import { type Answer, call, fetchToken, issue, readAssumeRoles } from '../support/daypass-client.ts';
import { describeTable } from '../support/describe-table.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';
import { writeScopedDemo } from '../support/scoped-profiles.ts';

let directory: string;
let daypass: RunningDaypass;
let sre: string;
let developer: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-scoping-'));
  daypass = await startDaypass(...writeScopedDemo(directory));
  sre = await fetchToken(daypass, 'sre');
  developer = await fetchToken(daypass, 'developer');
});

afterAll(async () => {
  await daypass.stop();
  rmSync(directory, { recursive: true, force: true });
});

const table = (name: string) => `arn:aws:dynamodb:eu-west-1:222222222222:table/${name}`;
const onTable = (Effect: 'Allow' | 'Deny', name: string) => ({
  Effect,
  Action: ['dynamodb:*', 'iam:*'],
  Resource: table(name),
});
const aPolicy = (...Statement: readonly unknown[]) => ({ Version: '2012-10-17', Statement });

/** What these credentials may describe, of two tables that there are not: the answer is that, or a refusal. */
const reach = async ({ Credentials }: Answer['json']): Promise<readonly string[]> =>
  Promise.all(['orders', 'invoices'].map((table) => describeTable(daypass, Credentials, table)));

const [reached, denied] = ['ResourceNotFoundException', 'AccessDeniedException'];

const explain = (token: string, profile: string, body: unknown = {}) =>
  call(daypass, { token, method: 'POST', path: `/v1/profiles/${profile}/explain`, body });

describe('a session policy of the caller', () => {
  it.each([
    ['accepting', undefined, [reached, reached]],
    ['accepting', aPolicy(onTable('Allow', 'orders')), [reached, denied]],
    ['accepting', aPolicy(onTable('Deny', 'orders')), [denied, denied]],
    ['bounded', undefined, [reached, reached]],
    ['bounded', aPolicy(onTable('Deny', 'orders')), [denied, reached]],
    ['bounded', aPolicy({ Sid: 'Tables', ...onTable('Deny', 'orders') }), [denied, reached]],
    ['managed', aPolicy(onTable('Deny', 'invoices')), [reached, denied]],
  ])('narrows %s: %j', async (profile, sessionPolicy, expected) => {
    const { status, json } = await issue(daypass, sre, profile, sessionPolicy && { sessionPolicy });

    expect(status).toBe(200);
    expect(await reach(json)).toEqual(expected);
  });

  it.each([
    ['bounded', aPolicy(onTable('Allow', 'orders'))],
    ['managed', aPolicy(onTable('Deny', 'orders'), onTable('Allow', 'orders'))],
    ['prod-readonly', aPolicy(onTable('Deny', 'orders'))],
  ])('is refused by %s before STS is asked: %j', async (profile, sessionPolicy) => {
    const before = (await readAssumeRoles(daypass)).length;

    const { status, json } = await issue(daypass, sre, profile, { sessionPolicy });

    expect({ status, code: json.code }).toEqual({ status: 400, code: 'session-policy-not-accepted' });
    expect((await readAssumeRoles(daypass)).length).toBe(before);
  });

  it('fits with eight statements of every element into what a body may hold', async () => {
    const statements = Array.from({ length: 8 }, (_, index) => ({
      Sid: `Deny${index}`,
      ...onTable('Deny', `t${index}`),
      Condition: { StringNotLike: { 'aws:PrincipalTag/Team': ['a', '${aws:username}'] } },
    }));

    expect((await explain(sre, 'accepting', { sessionPolicy: aPolicy(...statements) })).status).toBe(200);
  });

  it('is announced by the profiles', async () => {
    const { json } = await call(daypass, { token: sre, path: '/v1/profiles' });
    const accepted = Object.fromEntries(
      json.profiles.map((profile: Answer['json']) => [profile.name, profile.acceptedSessionPolicy]),
    );

    expect(accepted).toMatchObject({
      'prod-readonly': 'none',
      accepting: 'any',
      bounded: 'deny',
      managed: 'deny',
    });
  });
});

describe('explain', () => {
  it('says what issuing then sends, writes down and gives', async () => {
    const body = { durationSeconds: 1200, sessionPolicy: aPolicy(onTable('Deny', 'orders')) };

    const { json: explained } = await explain(sre, 'bounded', body);
    const { json: issued } = await issue(daypass, sre, 'bounded', body);

    const { json: row } = await call(daypass, { token: sre, path: `/v1/issuances/${issued.IssuanceId}` });
    const policy = JSON.stringify(explained.sessionPolicy);
    expect(explained).toMatchObject({
      effect: 'Allow',
      statement: row.statement,
      roleArns: row.roleArns,
      sessionTags: row.sessionTags,
      transitiveTagKeys: row.transitiveTagKeys,
      sourceIdentity: row.sourceIdentity,
      duration: { seconds: row.durationSeconds, setBy: 'request' },
      policySize: { characters: policy.length, estimatedPackedPercent: issued.PackedPolicySize },
    });
    expect(sha256(policy).toString('hex')).toBe(row.sessionPolicySha256);
    const event = (await readAssumeRoles(daypass)).find(({ requestID }) => requestID === row.stsRequestId);
    expect(event.requestParameters.policy).toBe(policy);
  });

  it('asks STS for nothing and writes no row, allowed or denied', async () => {
    const count = async () => [
      (await readAssumeRoles(daypass)).length,
      (await call(daypass, { token: sre, path: '/v1/issuances?limit=100' })).json.issuances.length,
    ];
    const before = await count();

    const answers = [await explain(sre, 'accepting'), await explain(developer, 'prod-readonly')];

    expect(answers.map(({ status, json }) => [status, json.effect])).toEqual([
      [200, 'Allow'],
      [200, 'Deny'],
    ]);
    expect(await count()).toEqual(before);
  });

  it('tells the nearest miss to whom the audit trusts, and to others nothing of the profile', async () => {
    const { json: auditors } = await explain(sre, 'ci-deploy');
    const { json: others } = await explain(developer, 'ci-deploy');
    const { json: unknown } = await explain(developer, 'nowhere');

    expect(auditors).toMatchObject({
      effect: 'Deny',
      detail: 'no statement of the profile allows this principal',
      nearestMiss: { statement: 'BuildMachines', failed: ['Principal', 'ArnEquals aws:PrincipalArn'] },
    });
    expect(JSON.stringify(others).replaceAll('ci-deploy', 'nowhere')).toBe(JSON.stringify(unknown));
    expect(others).not.toHaveProperty('detail');
  });
});
