import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, callerIdentity, fetchToken, readTrail, setFaults } from '../support/daypass-client.ts';
import { aManager, callIntegrations, runKitCommands, setTrust } from '../support/integration-client.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;
let sre: string;
let manager: ReturnType<typeof aManager>;

beforeAll(async () => {
  daypass = await startDaypass();
  sre = await fetchToken(daypass, 'sre');
  manager = aManager(daypass, sre);
});

afterAll(() => daypass.stop());

const globex = (name: string) => `arn:aws:iam::777777777777:role/partners/Daypass${name}`;
const initech = (name: string) => `arn:aws:iam::666666666666:role/Daypass${name}`;
const issue = (name: string, body: unknown = {}, token = sre) =>
  callIntegrations(daypass, { token, method: 'POST', path: `/${name}/credentials`, body });

/** What STS was asked for by the role that issues for integrations. Of refused ones CloudTrail shows no parameters. */
async function readAsked() {
  const records = await readTrail(daypass);
  return records.filter(
    ({ eventName, userIdentity, recipientAccountId }) =>
      eventName === 'AssumeRole' &&
      recipientAccountId === '111111111111' &&
      String(userIdentity.arn).includes('-integration-issuer/'),
  );
}

/** The sessions that it was given. */
const readGiven = async () =>
  (await readAsked()).flatMap(({ requestParameters }) =>
    requestParameters === null ? [] : [requestParameters],
  );

/** Created, with its role made by the kit, and verified. */
async function onboard(name: string, roleArn: string, changes = {}) {
  const created = await manager.create({ name, roleArn, ...changes });
  if (created.status !== 201) throw new Error(`not created: ${created.status} ${created.text}`);
  const applied = await runKitCommands(daypass, roleArn, await manager.kit(name, 'cli'));
  if (applied !== '200') throw new Error(applied);
  const verified = await manager.verify(name);
  if (verified.state !== 'VERIFIED') throw new Error(JSON.stringify(verified.json));
  return created.json.externalIds.current as string;
}

describe('an integration, by its kit alone', () => {
  let externalId: string;

  it('is created with an ExternalId of its own, and gives nothing yet', async () => {
    const created = await manager.create();

    expect([created.status, created.json.state]).toEqual([201, 'CREATED']);
    externalId = created.json.externalIds.current;
    expect(externalId).toMatch(/^daypass-[0-9a-f]{32}$/);
    expect(await issue('globex')).toMatchObject({ status: 403, json: { code: 'integration-not-verified' } });
    expect(await readAsked()).toEqual([]);
  });

  it('is not verified by a role that has another id', async () => {
    expect(await manager.verify('globex')).toMatchObject({
      state: 'FAILED',
      result: 'FAILED',
      findings: ['role-does-not-trust-the-broker'],
    });
  });

  it('is verified once the partner’s engineer has run the kit’s commands', async () => {
    const script = await manager.kit('globex', 'cli');
    expect(script).toContain(externalId);
    expect(await runKitCommands(daypass, globex('DoesItRight'), script)).toBe('200');

    expect(await manager.verify('globex')).toMatchObject({
      state: 'VERIFIED',
      result: 'PASSED',
      findings: [],
    });
  });

  it('gives credentials that work, and a row that names it', async () => {
    const { status, json } = await issue('globex');

    expect(status).toBe(200);
    expect(await callerIdentity(daypass, json.Credentials)).toMatch(
      /^arn:aws:sts::777777777777:assumed-role\/DaypassDoesItRight\/sre@example\.com-/,
    );
    const row = await call(daypass, { token: sre, path: `/v1/issuances/${json.IssuanceId}` });
    expect(row.json).toMatchObject({
      integration: 'globex',
      state: 'ISSUED',
      roleArns: [globex('DoesItRight')],
    });
    expect(row.json.profile).toBeUndefined();
  });

  it('gives them in the shape that SDKs read by themselves, and a link to the console', async () => {
    const container = await callIntegrations(daypass, { token: sre, path: '/globex/container-credentials' });
    const link = await callIntegrations(daypass, {
      token: sre,
      method: 'POST',
      path: '/globex/console',
      body: {},
    });

    expect(container).toMatchObject({ status: 200, json: { Token: expect.any(String) } });
    expect(link).toMatchObject({ status: 200, json: { SigninUrl: expect.stringContaining('SigninToken=') } });
  });

  it('shows the raw token of a file to container-credentials', async () => {
    const answer = await fetch(`${daypass.broker}/v1/integrations/globex/container-credentials`, {
      headers: { authorization: sre },
    });

    expect(answer.status).toBe(200);
  });

  it('is refused to those whom it does not trust, like one that is not there', async () => {
    const developer = await fetchToken(daypass, 'developer');
    const answers = [await issue('globex', {}, developer), await issue('nothing', {}, developer)];

    const read = answers.map(({ status, json }) => [
      status,
      json.code,
      String(json.detail).replace(/globex|nothing/g, 'x'),
    ]);
    expect(read[0]).toEqual(read[1]);
    expect(read[0]?.slice(0, 2)).toEqual([403, 'access-denied']);
    expect(answers.map(({ text }) => text).join()).not.toContain(externalId);
  });

  it('has its probes in the audit, as probes of it', async () => {
    const { json } = await manager.read('globex');
    const ids: readonly string[] = json.verification.issuanceIds;

    const rows = await Promise.all(
      ids.map((id) => call(daypass, { token: sre, path: `/v1/issuances/${id}` })),
    );

    expect(rows.length).toBeGreaterThanOrEqual(10);
    for (const row of rows)
      expect(row).toMatchObject({ status: 200, json: { purpose: 'probe', integration: 'globex' } });
  });

  it('leaves its ExternalId in no log', () => {
    expect(daypass.logs()).not.toContain(externalId);
  });
});

describe('a partner’s role that does it wrong', () => {
  const withId = (id: string) => ({ StringEquals: { 'sts:ExternalId': id } });
  const functions = ['integration-issuer', 'prober'].map(
    (name) => `arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-${name}`,
  );
  const named = { ArnEquals: { 'aws:PrincipalArn': functions } };
  const account = { AWS: 'arn:aws:iam::111111111111:root' };
  const may = (Action: string, changes = {}) => ({ Effect: 'Allow', Principal: account, Action, ...changes });
  const source = may('sts:SetSourceIdentity');
  const tags = may('sts:TagSession');

  it.each<[string, string, string, (id: string) => readonly unknown[], readonly string[]]>([
    [
      'forgets the ExternalId',
      'no-id',
      globex('ForgetsExternalId'),
      () => [may('sts:AssumeRole', { Condition: named }), source, tags],
      ['external-id-not-enforced'],
    ],
    [
      'trusts everybody who has the id',
      'everybody',
      globex('TrustsEverybody'),
      (id) => [may('sts:AssumeRole', { Principal: '*', Condition: withId(id) }), source, tags],
      ['wildcard-principal'],
    ],
    [
      'compares the id where there is one',
      'if-exists',
      globex('IfExists'),
      (id) => [
        may('sts:AssumeRole', { Condition: { StringEqualsIfExists: { 'sts:ExternalId': id }, ...named } }),
        ...[source, tags],
      ],
      ['external-id-not-enforced'],
    ],
    [
      'forgets TagSession',
      'no-tags',
      initech('ForgetsTagSession'),
      (id) => [may('sts:AssumeRole', { Condition: { ...withId(id), ...named } }), source],
      ['session-tags-not-allowed'],
    ],
    [
      'forgets SetSourceIdentity',
      'no-source',
      initech('ForgetsSourceIdentity'),
      (id) => [may('sts:AssumeRole', { Condition: { ...withId(id), ...named } }), tags],
      ['source-identity-not-allowed'],
    ],
  ])('fails where it %s, and gives nothing', async (_what, name, roleArn, toStatements, findings) => {
    const { json } = await manager.create({ name, roleArn });
    const document = { Version: '2012-10-17', Statement: toStatements(json.externalIds.current) };
    expect(await setTrust(daypass, roleArn, JSON.stringify(document))).toBe('200');

    expect(await manager.verify(name)).toMatchObject({ state: 'FAILED', result: 'FAILED', findings });
    expect(await issue(name)).toMatchObject({ status: 403, json: { code: 'integration-not-verified' } });
  });

  it('fails where it is not there', async () => {
    await manager.create({ name: 'nobody', roleArn: initech('Nobody') });

    expect(await manager.verify('nobody')).toMatchObject({
      state: 'FAILED',
      findings: ['role-does-not-trust-the-broker'],
    });
  });
});

describe('a rotation', () => {
  const role = initech('Short');

  it('refuses nobody meanwhile, and ends with the old id refused', async () => {
    const first = await onboard('rotating', role);
    expect((await issue('rotating')).status).toBe(200);

    const rotated = await manager.change('rotating', 'rotate', {});
    const next: string = rotated.json.externalIds.next;
    expect(rotated.json.externalIds.current).toBe(first);
    expect(next).not.toBe(first);
    expect((await issue('rotating')).status).toBe(200);

    expect(await manager.verify('rotating')).toMatchObject({
      ...{ result: 'FAILED', state: 'VERIFIED', findings: ['next-external-id-refused'] },
    });
    expect((await issue('rotating')).status).toBe(200);

    expect(await runKitCommands(daypass, role, await manager.kit('rotating', 'cli'))).toBe('200');
    expect((await issue('rotating')).status).toBe(200);

    const proven = await manager.verify('rotating');
    expect(proven).toMatchObject({ result: 'PASSED', state: 'VERIFIED' });
    expect(proven.json.integration.externalIds).toMatchObject({
      current: next,
      previous: [{ value: first }],
    });
    expect((await issue('rotating')).status).toBe(200);

    await manager.change('rotating', 'retire', { which: 'previous' });
    expect(await manager.verify('rotating')).toMatchObject({
      result: 'FAILED',
      findings: ['previous-external-id-accepted'],
    });

    expect(await runKitCommands(daypass, role, await manager.kit('rotating', 'cli'))).toBe('200');
    const ended = await manager.verify('rotating');
    expect(ended).toMatchObject({ result: 'PASSED', state: 'VERIFIED' });
    expect(ended.json.integration.externalIds).toEqual({ current: next });
    expect((await issue('rotating')).status).toBe(200);
  });
});

describe('a suspension', () => {
  it('ends issuing at once, says why, and is over once the role is proven anew', async () => {
    await onboard('suspended', initech('Long'));
    const reason = 'their key was found in public';

    expect((await manager.change('suspended', 'suspend', { reason })).json.state).toBe('SUSPENDED');
    const refused = await issue('suspended');
    expect(refused).toMatchObject({ status: 403, json: { code: 'integration-suspended' } });
    expect(refused.text).toContain(reason);

    await manager.change('suspended', 'resume', {});
    expect(await issue('suspended')).toMatchObject({
      status: 403,
      json: { code: 'integration-not-verified' },
    });
    expect(await manager.verify('suspended')).toMatchObject({ state: 'VERIFIED' });
    expect((await issue('suspended')).status).toBe(200);
  });
});

describe('the kill switch', () => {
  const control = (path: string, body: object) =>
    call(daypass, { token: sre, method: 'POST', path: `/v1/suspensions${path}`, body });
  const routes = [
    ['POST', 'credentials'],
    ['GET', 'container-credentials'],
    ['POST', 'console'],
  ] as const;
  const askAll = (name: string) =>
    Promise.all(
      routes.map(async ([method, route]) => {
        const body = method === 'POST' ? { body: {} } : {};
        const path = `/${name}/${route}`;
        const { status, json } = await callIntegrations(daypass, { token: sre, method, path, ...body });
        return `${status} ${json.code ?? json.Code ?? ''}`.trim();
      }),
    );

  it('ends issuing for an integration by every route, in the words of any denial, until it is lifted', async () => {
    expect(await askAll('suspended')).toEqual(['200', '200', '200']);
    const given = (await readGiven()).length;

    const switched = await control('', { integration: 'suspended', reason: 'their key was found' });
    const denied = await issue('suspended');

    expect(switched).toMatchObject({
      status: 200,
      json: {
        ...{ id: 'integration.suspended', integration: 'suspended', state: 'SUSPENDED' },
        note: expect.stringContaining('not looked up'),
      },
    });
    expect(await askAll('suspended')).toEqual(routes.map(() => '403 access-denied'));
    expect(denied.text).not.toContain('their key');
    expect((await readGiven()).length).toBe(given);
    const row = await call(daypass, { token: sre, path: `/v1/issuances/${denied.json.issuanceId}` });
    expect(row.json).toMatchObject({
      ...{ integration: 'suspended', state: 'DENIED' },
      detail: 'suspended: integration suspended (their key was found)',
    });
    expect((await manager.read('suspended')).json.state).toBe('VERIFIED');
    const listed = await call(daypass, { token: sre, path: '/v1/suspensions' });
    expect(listed.json.suspensions).toMatchObject([{ id: 'integration.suspended' }]);

    const lifted = await control('/integration.suspended/lift', { reason: 'it was rotated' });
    expect(lifted.json).toMatchObject({ integration: 'suspended', state: 'LIFTED' });
    expect(await askAll('suspended')).toEqual(['200', '200', '200']);
  });

  it('that cannot be read gives nothing: that is never the same as not suspended', async () => {
    await setFaults(daypass, [{ service: 'dynamodb', operation: 'BatchGetItem', kind: '500', times: 3 }]);
    const refused = await issue('suspended');
    await setFaults(daypass, []);

    expect(refused).toMatchObject({ status: 503, json: { code: 'controls-unavailable' } });
  });

  it.each(['self', 'Globex', 'no such', 7, null])('takes no %j for an integration', async (integration) => {
    expect(await control('', { integration, reason: 'a test' })).toMatchObject({
      status: 400,
      json: { code: 'invalid-request' },
    });
  });
});

describe('drift', () => {
  it('is seen: a role that lets everybody in is not verified any more', async () => {
    const role = initech('Long');
    const { json } = await manager.read('suspended');
    const open = [{ Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:*' }];
    await setTrust(daypass, role, JSON.stringify({ Version: '2012-10-17', Statement: open }));

    const verified = await manager.verify('suspended');

    expect(json.state).toBe('VERIFIED');
    expect(verified).toMatchObject({ result: 'FAILED', state: 'SUSPENDED' });
    expect(verified.findings).toContain('external-id-not-enforced');
    expect(await issue('suspended')).toMatchObject({
      status: 403,
      json: { code: 'integration-suspended' },
    });
  });
});

describe('the confused deputy', () => {
  it.each([
    ['the ExternalId', { externalId: 'daypass-0123456789abcdef0123456789abcdef' }],
    ['the ExternalId as STS spells it', { ExternalId: 'daypass-0123456789abcdef0123456789abcdef' }],
    ['the role', { roleArn: initech('Short') }],
    ['the role as STS spells it', { RoleArn: initech('Short') }],
    ['another integration', { integration: 'rotating' }],
    ['another integration as id', { id: 'rotating' }],
  ])('cannot be told %s in the body', async (_what, body) => {
    const before = await readAsked();

    expect(await issue('globex', body)).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
    expect(await readAsked()).toHaveLength(before.length);
  });

  it('cannot be given an ExternalId with an integration', async () => {
    const externalId = 'daypass-0123456789abcdef0123456789abcdef';

    for (const changes of [{ externalId }, { externalIds: { current: externalId } }])
      expect(await manager.create({ name: 'chosen', ...changes })).toMatchObject({ status: 400 });
    expect((await manager.read('chosen')).status).toBe(404);
  });

  it('gives another integration’s role another id: whoever names it proves nothing', async () => {
    // A manager enters a role that has agreed on its id with another integration.
    await manager.create({ name: 'mallory', roleArn: globex('DoesItRight') });

    const verified = await manager.verify('mallory');
    expect(verified).toMatchObject({ state: 'FAILED', findings: ['role-does-not-trust-the-broker'] });
    expect(await issue('mallory')).toMatchObject({ status: 403, json: { code: 'integration-not-verified' } });
    const ids = [await manager.read('mallory'), await manager.read('globex')].map(
      ({ json }) => json.externalIds.current,
    );
    expect(new Set(ids).size).toBe(2);
    // And the one who has agreed on it goes on.
    expect((await issue('globex')).status).toBe(200);
  });

  it('does not take a role’s name in another case for the role', async () => {
    await manager.create({ name: 'cased', roleArn: globex('DoesItRight').replace('Does', 'does') });

    expect(await manager.verify('cased')).toMatchObject({ state: 'FAILED' });
    expect((await issue('cased')).status).toBe(403);
  });

  it.each([
    'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer',
    'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-integration-issuer',
    'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-stranger',
    'arn:aws:iam::111111111111:role/Anything',
  ])('has no role of the broker’s own account: %s', async (roleArn) => {
    expect(await manager.create({ name: 'inwards', roleArn })).toMatchObject({
      status: 400,
      json: { code: 'invalid-request' },
    });
    expect((await manager.read('inwards')).status).toBe(404);
  });

  it.each(['GLOBEX', 'Globex', 'globex%2f', 'globex.', 'external-id%23x', 'self'])(
    'has no integration by the name %s',
    async (name) => {
      const { status } = await issue(name);

      expect([400, 403, 404]).toContain(status);
    },
  );

  it('sends each ExternalId to the one role that it was made for', async () => {
    const given = await readGiven();
    const rolesOf = new Map<string, Set<string>>();
    for (const { externalId, roleArn } of given)
      rolesOf.set(externalId, new Set([...(rolesOf.get(externalId) ?? []), roleArn]));

    expect(rolesOf.size).toBeGreaterThan(3);
    expect(rolesOf.has('undefined')).toBe(false);
    expect([...rolesOf.values()].filter((roles) => roles.size !== 1)).toEqual([]);
    const { json } = await manager.read('globex');
    expect(rolesOf.get(json.externalIds.current)).toEqual(new Set([globex('DoesItRight')]));
  });
});

describe('what is written', () => {
  it('holds no secret of any session, and the rows no ExternalId', async () => {
    const { json } = await issue('globex');
    const { SecretAccessKey, SessionToken } = json.Credentials;
    const written = `${daypass.logs()}\n${readDataDirectory(daypass)}`;

    expect(written).not.toContain(SecretAccessKey);
    expect(written).not.toContain(SessionToken);
    const rows = await call(daypass, { token: sre, path: '/v1/issuances?limit=100' });
    expect(rows.text).not.toMatch(/daypass-[0-9a-f]{32}/);
  });
});
