import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  revocationAnswer,
  revocationsAnswer,
  suspensionAnswer,
  suspensionsAnswer,
} from '../../lambda/http/control-schemas.ts';
import { userCredentials } from '../support/aws-identities.ts';
import { attemptsPerMinute, tablesRoleArn, writeControlledDemo } from '../support/controlled-demo.ts';
import {
  type Answer,
  call,
  fetchToken,
  issue,
  readAssumeRoles,
  setFaults,
} from '../support/daypass-client.ts';
import { describeTable } from '../support/describe-table.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';
import { signedCall } from '../support/signed-request.ts';

let directory: string;
let daypass: RunningDaypass;
let sre: string;
let developer: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-controls-'));
  daypass = await startDaypass(...writeControlledDemo(directory));
  sre = await fetchToken(daypass, 'sre');
  developer = await fetchToken(daypass, 'developer');
}, 30_000);

afterAll(async () => {
  await daypass.stop();
  rmSync(directory, { recursive: true, force: true });
});

afterEach(() => setFaults(daypass, []));

/** Strict schemas: a member too many or of another type is an error, of whatever succeeds. */
async function post(token: string, path: string, body: unknown): Promise<Answer> {
  const answer = await call(daypass, { token, method: 'POST', path, body });
  if (answer.status !== 200 || path.startsWith('/v1/profiles/')) return answer;
  const schema = path.startsWith('/v1/suspensions') ? suspensionAnswer : revocationAnswer;
  expect(schema.safeParse(answer.json).error).toBeUndefined();
  return answer;
}
const suspend = (body: object, token = sre) =>
  post(token, '/v1/suspensions', { reason: 'a key has leaked', ...body });
const lift = ({ json }: Answer, token = sre) =>
  post(token, `/v1/suspensions/${json.id}/lift`, { reason: 'it was rotated' });
const rows = async (query: string): Promise<readonly Answer['json'][]> =>
  (await call(daypass, { token: sre, path: `/v1/issuances?${query}&limit=100` })).json.issuances;

/** By a user of AWS, whom the section trusts too. */
const liftAsOnCall = ({ json }: Answer) =>
  signedCall(daypass.broker, {
    path: `/iam/v1/suspensions/${json.id}/lift`,
    headers: { 'content-type': 'application/json' },
    credentials: userCredentials('222222222222/developer'),
    method: 'POST',
    body: JSON.stringify({ reason: 'it was rotated' }),
  });

/** Sessions have their beginning in whole seconds: whatever was issued so far began before this one. */
/** From when on the first policy of the role lets sessions be. */
const toEnd = ({ json }: Answer): string => {
  const ofRole = json.policies.find(({ attachTo }: Answer['json']) => attachTo.arn === tablesRoleArn);
  return ofRole.policy.Statement[0].Condition.DateLessThan['aws:TokenIssueTime'];
};
const nextSecond = () => new Date((Math.floor(Date.now() / 1000) + 1) * 1000).toISOString();

async function until(instant: string): Promise<void> {
  while (Date.now() < Date.parse(instant)) await setImmediate();
}

const developerItself = { principal: { issuer: 'okta', subject: 'developer@example.com' } };

describe('a suspended', () => {
  it.each([
    ['everything', { everything: true }, 'suspended'],
    ['principal', developerItself, 'suspended'],
    ['profile', { profile: 'team-data' }, 'access-denied'],
    ['issuer', { issuer: 'okta' }, 'access-denied'],
  ])('%s is issued nothing from the next request on, until it is lifted', async (kind, target, code) => {
    expect((await issue(daypass, developer, 'team-data')).status).toBe(200);
    const askedBefore = (await readAssumeRoles(daypass)).length;

    const suspended = await suspend(target);
    const denied = await issue(daypass, developer, 'team-data');

    expect(suspended.status).toBe(200);
    expect({ status: denied.status, code: denied.json.code }).toEqual({ status: 403, code });
    expect(denied.text).not.toContain('leaked');
    expect(denied.json.owner).toBe('platform-team@example.com');
    expect((await readAssumeRoles(daypass)).length).toBe(askedBefore);
    // Whoever suspended the issuer that it has itself cannot lift that.
    const lifted = kind === 'issuer' ? await liftAsOnCall(suspended) : await lift(suspended);
    expect(lifted.json).toMatchObject({ state: 'LIFTED', version: 2, reason: 'it was rotated' });
    const row = (await call(daypass, { token: sre, path: `/v1/issuances/${denied.json.issuanceId}` })).json;
    expect(row).toMatchObject({ state: 'DENIED', detail: expect.stringContaining('a key has leaked') });
    expect((await issue(daypass, developer, 'team-data')).status).toBe(200);
  });

  it('profile reads as one that is forbidden, but for its id', async () => {
    const suspended = await suspend({ profile: 'team-data' });
    const denied = await issue(daypass, developer, 'team-data');
    const forbidden = await issue(daypass, developer, 'prod-readonly');
    await lift(suspended);

    const comparable = ({ json }: Answer) => {
      const { instance: _, issuanceId: __, ...rest } = json;
      return JSON.stringify(rest).replaceAll(/team-data|prod-readonly/g, '<profile>');
    };
    expect(comparable(denied)).toBe(comparable(forbidden));
  });

  it('principal leaves others alone, those of a similar name as well', async () => {
    const suspended = await suspend({ principal: { issuer: 'okta', subject: 'developer@example.co' } });

    expect((await issue(daypass, developer, 'team-data')).status).toBe(200);
    await lift(suspended);
  });

  it('operator neither suspends nor lifts any more, nor manages third parties', async () => {
    const own = await suspend({ principal: { issuer: 'okta', subject: 'sre@example.com' } });

    const tries = [
      await lift(own),
      await suspend({ everything: true }),
      await post(sre, '/v1/revocations', {
        roleArn: tablesRoleArn,
        before: new Date().toISOString(),
        reason: 'r',
      }),
      await call(daypass, { token: sre, path: '/v1/integrations' }),
    ];
    const lifted = await liftAsOnCall(own);

    expect(own.json.note).toContain('this is you');
    expect(tries.map(({ status, json }) => [status, json.code])).toEqual(tries.map(() => [403, 'suspended']));
    expect(lifted.status).toBe(200);
    const denials = await rows('principal=okta.sre@example.com&state=DENIED');
    expect(denials.map(({ purpose }) => purpose)).toEqual(['integration', 'control', 'control', 'control']);
  });

  it.each(['BatchGetItem', 'CountAttempt'])(
    'or not: while %s fails nothing is issued, and STS is not asked',
    async (operation) => {
      const askedBefore = (await readAssumeRoles(daypass)).length;
      await setFaults(daypass, [{ service: 'dynamodb', operation, kind: '500', times: 9 }]);

      const refused = await issue(daypass, developer, 'team-data');

      expect({ status: refused.status, code: refused.json.code }).toEqual({
        status: 503,
        code: 'controls-unavailable',
      });
      expect((await readAssumeRoles(daypass)).length).toBe(askedBefore);
    },
  );
});

describe('POST /v1/suspensions', () => {
  it('is 403 with a row to whom the section does not trust', async () => {
    const denied = await suspend({ everything: true }, developer);

    expect(denied.json).toMatchObject({ status: 403, code: 'access-denied' });
    expect((await issue(daypass, developer, 'team-data')).status).toBe(200);
    const [row] = await rows('principal=okta.developer@example.com&state=DENIED');
    expect(row).toMatchObject({ id: denied.json.issuanceId, purpose: 'control', reason: 'a key has leaked' });
  });

  it.each([
    [{}, 'exactly one of'],
    [{ everything: true, profile: 'team-data' }, 'exactly one of'],
    [{ everything: false }, 'body.everything'],
    [{ profile: 'team-date' }, "one of the configuration's"],
    [{ principal: { issuer: 'okta' } }, 'body.principal.subject'],
    [{ integration: 'self' }, 'a name of an integration'],
    [{ integration: 'partner', profile: 'team-data' }, 'exactly one of'],
    [{ everything: true, reason: '' }, 'body.reason'],
    [{ everything: true, reason: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }, 'body.reason'],
  ])('is 400 for %j', async (body, words) => {
    const refused = await suspend(body);

    expect(refused.status).toBe(400);
    expect(refused.text).toContain(words);
  });

  it('keeps who changed what and why, and lists what is suspended', async () => {
    const first = await suspend({ profile: 'ci-deploy', reason: 'one' });
    const second = await suspend({ profile: 'ci-deploy', reason: 'two' });
    const listed = await call(daypass, { token: sre, path: '/v1/suspensions' });
    expect(suspensionsAnswer.safeParse(listed.json).error).toBeUndefined();
    const stale = await fetch(`${daypass.broker}/v1/suspensions/${first.json.id}/lift`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sre}`, 'content-type': 'application/json', 'if-match': '"1"' },
      body: '{"reason":"an old page"}',
    });
    const lifted = await lift(second);
    const after = await call(daypass, { token: sre, path: '/v1/suspensions' });
    const all = await call(daypass, { token: sre, path: '/v1/suspensions?includeLifted=true' });

    expect(second.headers.get('etag')).toBe('"2"');
    expect(second.json).toMatchObject({
      ...{ id: 'profile.ci-deploy', state: 'SUSPENDED', reason: 'two', version: 2 },
      by: { issuer: 'okta', subject: 'sre@example.com' },
      history: [{ state: 'SUSPENDED', reason: 'one' }],
    });
    expect(listed.json.suspensions.map(({ id }: Answer['json']) => id)).toEqual(['profile.ci-deploy']);
    expect(stale.status).toBe(412);
    expect(lifted.json.history.map(({ reason }: Answer['json']) => reason)).toEqual(['two', 'one']);
    expect(after.json.suspensions).toEqual([]);
    expect(all.json.suspensions).toContainEqual(
      expect.objectContaining({ id: 'profile.ci-deploy', state: 'LIFTED' }),
    );
  });

  it('of an id that never was is 404 where it is lifted', async () => {
    const missing = await post(sre, '/v1/suspensions/profile.none/lift', { reason: 'r' });

    expect(missing.json).toMatchObject({ status: 404, code: 'suspension-not-found' });
  });
});

describe('a revocation', () => {
  const [reached, denied] = ['ResourceNotFoundException', 'AccessDeniedException'];
  const reach = ({ json }: Answer) => describeTable(daypass, json.Credentials, 'orders');
  const revoke = (issued: Answer, token = sre) =>
    post(token, `/v1/issuances/${issued.json.IssuanceId}/revocation`, { reason: 'a key has leaked' });

  it('ends that very session, and no other of its role', async () => {
    const [leaked, other] = [
      await issue(daypass, developer, 'tables'),
      await issue(daypass, developer, 'tables'),
    ];
    expect([await reach(leaked), await reach(other)]).toEqual([reached, reached]);

    const revoked = await revoke(leaked);

    expect(revoked.json.policies).toEqual([
      expect.objectContaining({
        state: 'APPLIED',
        attachTo: { type: 'role', arn: tablesRoleArn, accountId: '111111111111' },
        policyName: `daypass-revoked-${leaked.json.IssuanceId}`,
        removableAt: new Date(leaked.json.Credentials.Expiration).toISOString(),
      }),
    ]);
    expect([await reach(leaked), await reach(other)]).toEqual([denied, reached]);
    expect(await reach(await issue(daypass, developer, 'tables'))).toBe(reached);
    const { json } = await call(daypass, { token: sre, path: '/v1/revocations' });
    expect(revocationsAnswer.safeParse(json).error).toBeUndefined();
    expect(json.revocations).toContainEqual(
      expect.objectContaining({ issuanceId: leaked.json.IssuanceId, reason: 'a key has leaked', version: 2 }),
    );
  });

  it('of a principal ends all of its sessions before an instant, by source identity and by name', async () => {
    const others = [await issue(daypass, sre, 'tables'), await issue(daypass, sre, 'tables-unnamed')];
    const leaked = [
      await issue(daypass, developer, 'tables'),
      await issue(daypass, developer, 'tables-unnamed'),
    ];
    const before = nextSecond();

    const revoked = await post(sre, '/v1/revocations', {
      ...developerItself,
      before,
      reason: 'laptop stolen',
    });

    expect(
      revoked.json.policies.map(({ state, attachTo }: Answer['json']) => [state, attachTo.arn]),
    ).toContainEqual(['APPLIED', tablesRoleArn]);
    expect(await Promise.all(leaked.map(reach))).toEqual([denied, denied]);
    expect(await Promise.all(others.map(reach))).toEqual([reached, reached]);
    await until(toEnd(revoked));
    expect(await reach(await issue(daypass, developer, 'tables'))).toBe(reached);
  });

  it('of a role ends all of its sessions before an instant', async () => {
    const leaked = await issue(daypass, sre, 'tables');
    // What began a little later ends too: clocks differ.
    const before = new Date(Date.now() - 4000).toISOString();

    const revoked = await post(sre, '/v1/revocations', {
      roleArn: tablesRoleArn,
      before,
      reason: 'break-in',
    });

    expect(revoked.json.policies[0]).toMatchObject({ state: 'APPLIED' });
    expect(await reach(leaked)).toBe(denied);
    await until(toEnd(revoked));
    expect(await reach(await issue(daypass, sre, 'tables'))).toBe(reached);
  });

  it('of a role elsewhere is printed, with the command that applies it', async () => {
    const issued = await issue(daypass, sre, 'prod-readonly');

    const { json } = await revoke(issued);

    const [policy] = json.policies;
    expect(policy).toMatchObject({
      state: 'PRINTED',
      attachTo: {
        type: 'role',
        accountId: '222222222222',
        arn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
      },
      policy: {
        Version: '2012-10-17',
        Statement: [
          {
            ...{ Effect: 'Deny', Action: '*', Resource: '*' },
            Condition: { StringLike: { 'aws:userid': [expect.stringMatching(/^\*:sre@example\.com-/)] } },
          },
        ],
      },
    });
    expect(policy.apply).toContain("aws iam put-role-policy --role-name 'ReadOnly'");
    expect(policy.apply).toContain(issued.json.IssuanceId);
    expect(json.cannotEnd.join()).toContain('role chaining');
  });

  it('never touches a role of the broker’s own', async () => {
    const roleArn = 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer';
    const before = new Date().toISOString();

    const { json } = await post(sre, '/v1/revocations', { roleArn, before, reason: 'r' });

    expect(json.policies[0].state).toBe('PRINTED');
    expect((await issue(daypass, sre, 'tables')).status).toBe(200);
  });

  it('is 403 with a row to whom the section does not trust, also of an own issuance', async () => {
    const issued = await issue(daypass, developer, 'tables');

    const refused = await revoke(issued, developer);

    expect(refused.json).toMatchObject({ status: 403, code: 'access-denied' });
    expect(await reach(issued)).toBe(reached);
  });

  it('of what gave nothing is 409, and of what there is not 404', async () => {
    const forbidden = await issue(daypass, developer, 'prod-readonly');

    const conflict = await post(sre, `/v1/issuances/${forbidden.json.issuanceId}/revocation`, {
      reason: 'r',
    });
    const missing = await post(sre, '/v1/issuances/01KDVDPJ0000000000000000A0/revocation', { reason: 'r' });

    expect(conflict.json).toMatchObject({ status: 409, code: 'not-revocable' });
    expect(missing.json).toMatchObject({ status: 404, code: 'issuance-not-found' });
  });

  it.each([
    [{ before: '2099-01-01T00:00:00Z', roleArn: tablesRoleArn }, 'not in the future'],
    [{ before: 'yesterday', roleArn: tablesRoleArn }, 'body.before'],
    [{ before: '2026-01-01T00:00:00Z' }, 'exactly one of'],
    [{ before: '2026-01-01T00:00:00Z', roleArn: 'arn:aws:iam::111111111111:role/*' }, 'body.roleArn'],
    [{ before: '2026-01-01T00:00:00Z', roleArn: "arn:aws:iam::111111111111:role/a'b" }, 'body.roleArn'],
  ])('is 400 for %j', async (body, words) => {
    const refused = await post(sre, '/v1/revocations', { reason: 'r', ...body });

    expect(refused.status).toBe(400);
    expect(refused.text).toContain(words);
  });

  it('has no secret in what it leaves', async () => {
    const issued = await issue(daypass, developer, 'tables');
    const { text } = await revoke(issued);

    expect(text).not.toContain(issued.json.Credentials.SecretAccessKey);
    expect(daypass.logs()).not.toContain(issued.json.Credentials.SecretAccessKey);
  });
});

// Last: it uses the developer's minute up.
describe('a quota', () => {
  it('ends a loop of refused requests with 429 and no row, and leaves others alone', async () => {
    const before = (await rows('principal=okta.developer@example.com&state=DENIED')).length;
    const statuses: number[] = [];
    let last: Answer | undefined;
    // More than two minutes' worth, so that no change of the minute hides it.
    for (let index = 0; index <= 2 * attemptsPerMinute; index += 1) {
      const answer = await issue(daypass, developer, 'prod-readonly');
      statuses.push(answer.status);
      if (answer.status === 429) last = answer;
    }

    const refused = statuses.filter((status) => status === 403).length;
    const after = (await rows('principal=okta.developer@example.com&state=DENIED')).length;
    const wait = Number(last?.headers.get('retry-after'));
    expect(new Set(statuses)).toEqual(new Set([403, 429]));
    expect(refused).toBeLessThanOrEqual(2 * attemptsPerMinute);
    expect(after - before).toBe(refused);
    expect(last?.json).toMatchObject({ code: 'too-many-attempts', Code: 'too-many-attempts' });
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
    expect((await call(daypass, { token: developer, path: '/v1/profiles' })).status).toBe(200);
    expect((await post(developer, '/v1/profiles/team-data/explain', {})).status).toBe(200);
    expect((await issue(daypass, sre, 'tables')).status).toBe(200);
  });
});
