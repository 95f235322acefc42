import { CreateAccessKeyCommand, IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
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
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';

const rootTasks = 'arn:aws:iam::555555555555:role/daypass/RootTasks';
const audit = 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials';

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

const issueRoot = (body: object = {}) =>
  issue(daypass, sre, 'root-audit', { reason: 'yearly audit', ...body });

const readRow = async (id: string) => (await call(daypass, { token: sre, path: `/v1/issuances/${id}` })).json;

/** What IAM answers to these credentials. */
async function ofIam(
  { Credentials }: Answer['json'],
  send: (client: IAMClient) => Promise<unknown>,
): Promise<string> {
  const client = new IAMClient({
    endpoint: daypass.aws,
    // IAM's one region in the partition.
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    },
  });
  return send(client)
    .then(
      () => 'granted',
      (error: Error) => error.name,
    )
    .finally(() => client.destroy());
}

describe('credentials of a root user', () => {
  it("are the member account's, for the task alone", async () => {
    const answer = await issueRoot();

    expect(answer.status).toBe(200);
    expect(await callerIdentity(daypass, answer.json.Credentials)).toBe('arn:aws:iam::333333333333:root');
    const UserName = 'nobody';
    expect(await ofIam(answer.json, (iam) => iam.send(new ListAccessKeysCommand({ UserName })))).toBe(
      'NoSuchEntityException',
    );
    expect(await ofIam(answer.json, (iam) => iam.send(new CreateAccessKeyCommand({ UserName })))).toBe(
      'AccessDenied',
    );
  });

  it('say whose issuance they are, and name no role', async () => {
    const { json, headers } = await issueRoot();

    expect(json).toEqual({
      IssuanceId: expect.any(String),
      Credentials: expect.any(Object),
      SourceIdentity: 'okta.sre@example.com',
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('daypass-issuance-id')).toBe(json.IssuanceId);
  });

  it('have a row that leads to the CloudTrail event by request id and access key id', async () => {
    const { json } = await issueRoot({ durationSeconds: 300 });

    const row = await readRow(json.IssuanceId);
    expect(row).toMatchObject({
      state: 'ISSUED',
      mechanism: 'assume-root',
      roleArns: [rootTasks],
      targetPrincipal: '333333333333',
      taskPolicyArn: audit,
      durationSeconds: 300,
      reason: 'yearly audit',
      sourceIdentity: 'okta.sre@example.com',
      accessKeyId: json.Credentials.AccessKeyId,
      hops: [{ roleArn: rootTasks }],
    });
    const [hop] = row.hops;
    const trail = await readTrail(daypass);
    const [root] = trail.filter(({ requestID }) => requestID === row.stsRequestId);
    expect(root).toMatchObject({
      eventName: 'AssumeRoot',
      userIdentity: {
        accessKeyId: hop.accessKeyId,
        sessionContext: { sessionIssuer: { arn: rootTasks }, sourceIdentity: 'okta.sre@example.com' },
      },
      requestParameters: {
        targetPrincipal: '333333333333',
        taskPolicyArn: { arn: audit },
        durationSeconds: 300,
      },
      responseElements: { credentials: { accessKeyId: row.accessKeyId } },
    });
    const [role] = trail.filter(({ requestID }) => requestID === hop.stsRequestId);
    expect(role).toMatchObject({
      eventName: 'AssumeRole',
      requestParameters: {
        roleArn: rootTasks,
        roleSessionName: row.roleSessionName,
        sourceIdentity: 'okta.sre@example.com',
        durationSeconds: 900,
      },
    });
    expect(row.roleSessionName).toContain(json.IssuanceId);
    const path = `/v1/issuances?accessKeyId=${json.Credentials.AccessKeyId}`;
    const found = await call(daypass, { token: sre, path });
    expect(found.json.issuances.map(({ id }: { id: string }) => id)).toEqual([json.IssuanceId]);
  });

  it.each([
    [1, 200],
    [899, 200],
    [900, 200],
    [901, 400],
    [0, 400],
  ])('for %i seconds are a %i', async (durationSeconds, status) => {
    const answer = await issueRoot({ durationSeconds });

    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.json.code).toBe('duration-out-of-range');
  });

  it.each([
    [{ reason: undefined }, 'reason-required'],
    [{ sessionTags: { Team: 'web' } }, 'session-tag-not-accepted'],
    [
      {
        sessionPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] },
      },
      'session-policy-not-accepted',
    ],
  ])('are not given for %j, and nobody is asked', async (body, code) => {
    const before = (await readTrail(daypass)).length;

    const answer = await issueRoot(body);

    expect(answer).toMatchObject({ status: 400, json: { code } });
    expect(await readTrail(daypass)).toHaveLength(before);
  });

  it('are nobody else’s', async () => {
    const answer = await issue(daypass, developer, 'root-audit', { reason: 'yearly audit' });

    expect(answer).toMatchObject({ status: 403, json: { code: 'access-denied' } });
  });

  it('open no console', async () => {
    const path = '/v1/profiles/root-audit/console';
    const answer = await call(daypass, {
      token: sre,
      method: 'POST',
      path,
      body: { reason: 'yearly audit' },
    });

    expect(answer).toMatchObject({ status: 400, json: { code: 'console-not-offered' } });
  });

  it('are explained with target and task', async () => {
    const path = '/v1/profiles/root-audit/explain';
    const { json } = await call(daypass, {
      token: sre,
      method: 'POST',
      path,
      body: { reason: 'yearly audit' },
    });

    expect(json).toMatchObject({
      effect: 'Allow',
      mechanism: 'assume-root',
      enforcement: 'enforced',
      roleArns: [rootTasks],
      targetPrincipal: '333333333333',
      taskPolicyArn: audit,
      duration: { seconds: 900, maximumSeconds: 900, maximumSetBy: 'sts' },
    });
  });
});

const kinds: readonly (readonly [string, number, string, string])[] = [
  ['accessdenied', 403, 'refused-by-sts', 'REFUSED'],
  ['throttle', 429, 'sts-throttled', 'FAILED'],
  ['500', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ['lost', 503, 'sts-outcome-unknown', 'UNKNOWN'],
];

describe('a chain to a root user that breaks', () => {
  it.each(kinds)(
    'at the role with %s is a %i, and no root user is asked for',
    async (kind, status, code, state) => {
      await setFaults(daypass, [{ service: 'sts', operation: 'AssumeRole', kind, times: 1 }]);
      const before = (await readTrail(daypass)).filter(({ eventName }) => eventName === 'AssumeRoot').length;

      const answer = await issueRoot();

      expect(answer).toMatchObject({ status, json: { code } });
      const row = await readRow(answer.json.issuanceId);
      expect(row).toMatchObject({ state, roleArns: [rootTasks] });
      expect(row.hops).toBeUndefined();
      const after = (await readTrail(daypass)).filter(({ eventName }) => eventName === 'AssumeRoot').length;
      expect(after).toBe(before);
    },
  );

  it.each(kinds)(
    'at the root user with %s is a %i, with the session before it in the row',
    async (kind, status, code, state) => {
      await setFaults(daypass, [{ service: 'sts', operation: 'AssumeRoot', kind, times: 1 }]);

      const answer = await issueRoot();

      expect(answer).toMatchObject({ status, json: { code } });
      expect(answer.text).not.toMatch(/ASIA/);
      const row = await readRow(answer.json.issuanceId);
      expect(row).toMatchObject({ state, hops: [{ roleArn: rootTasks }] });
      expect(row.accessKeyId).toBeUndefined();
      expect(row.detail).toMatch(/^AssumeRoot of 333333333333: /);
    },
  );
});

describe('what is kept of it', () => {
  it('holds no secret', async () => {
    const { json } = await issueRoot();

    const kept = `${readDataDirectory(daypass)}\n${daypass.logs()}`;
    expect(kept).toContain(json.IssuanceId);
    expect(kept).not.toContain(json.Credentials.SecretAccessKey);
    expect(kept).not.toContain(json.Credentials.SessionToken);
  });
});
