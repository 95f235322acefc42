import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  AssumeRoleCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, call, fetchToken, issue, readTrail, setFaults } from '../support/daypass-client.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';

const profile = 'federated-reports';
const UserName = 'daypass-prod-eu-west-1-federator';
const SecretId = 'daypass-prod-federator';

/** Of local/world.yaml: may do everything in the broker's account. */
const operator = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

let daypass: RunningDaypass;
let sre: string;

beforeAll(async () => {
  daypass = await startDaypass();
  sre = await fetchToken(daypass, 'sre');
  await expectKeys(1);
});

afterEach(() => setFaults(daypass, []));
afterAll(() => daypass.stop());

const shared = () => ({ endpoint: daypass.aws, region: 'eu-west-1', maxAttempts: 1 });
const toCredentials = ({ AccessKeyId, SecretAccessKey, SessionToken }: Answer['json']) => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: SessionToken,
});

/** IAM is signed for one region. */
const iam = (credentials: object = operator) =>
  new IAMClient({ ...shared(), region: 'us-east-1', credentials: { ...operator, ...credentials } });

const issueReports = (body: object = {}) => issue(daypass, sre, profile, body);
const readRow = async (id: string) => (await call(daypass, { token: sre, path: `/v1/issuances/${id}` })).json;

/** The rows that `use` made, oldest first. */
async function rowsOf(use: () => Promise<unknown>): Promise<readonly Answer['json'][]> {
  const path = `/v1/issuances?profile=${profile}`;
  const read = async (): Promise<readonly Answer['json'][]> =>
    (await call(daypass, { token: sre, path })).json.issuances;
  const before = new Set((await read()).map(({ id }) => id));
  await use();
  return (await read()).filter(({ id }) => !before.has(id)).reverse();
}

const readEvents = async () =>
  (await readTrail(daypass)).filter(
    ({ eventName, requestParameters }) =>
      // The rotation's own trials of a key have names of another length.
      eventName === 'GetFederationToken' && requestParameters?.name?.length === 32,
  );

async function listKeys(): Promise<readonly string[]> {
  const { AccessKeyMetadata = [] } = await iam().send(new ListAccessKeysCommand({ UserName }));
  return AccessKeyMetadata.map(({ AccessKeyId = '' }) => AccessKeyId);
}

/** The local rotation is over within the start, or soon after. */
async function expectKeys(count: number): Promise<readonly string[]> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const keys = await listKeys();
    if (keys.length === count && !(await isRotating())) return keys;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the federator has no ${count} keys`);
}

async function isRotating(): Promise<boolean> {
  const last = daypass
    .logs()
    .match(/"task":"\w+"/g)
    ?.at(-1);
  return last !== '"task":"finishSecret"';
}

/** `granted`, or the name of the error. */
const outcomeOf = async (calling: Promise<unknown>): Promise<string> =>
  calling.then(
    () => 'granted',
    (error) => `${error.name}: ${error.message}`,
  );

describe('a federation token, before its key was ever read,', () => {
  it.each(['accessdenied', '500', 'reset', 'malformed', 'empty', 'throttle'])(
    'is 503 where Secrets Manager meets %s: nobody was asked',
    async (kind) => {
      const before = (await readEvents()).length;
      await setFaults(daypass, [{ service: 'secretsmanager', operation: 'GetSecretValue', kind }]);

      const answer = await issueReports();

      expect(answer).toMatchObject({ status: 503, json: { code: 'federator-key-unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('30');
      expect(answer.text).not.toMatch(/AKIA|ASIA|secret:/);
      expect(await readRow(answer.json.issuanceId)).toMatchObject({
        state: 'FAILED',
        errorCode: 'FederatorKeyNotRead',
      });
      expect(await readEvents()).toHaveLength(before);
    },
  );
});

describe('a federation token', () => {
  let answer: Answer;
  let sts: STSClient;
  beforeAll(async () => {
    answer = await issueReports();
    sts = new STSClient({ ...shared(), credentials: toCredentials(answer.json.Credentials) });
  });
  afterAll(() => sts.destroy());

  it('is a federated user’s, whose name leads to the issuance', async () => {
    const { IssuanceId, FederatedUser } = answer.json;

    const { Arn, UserId, Account } = await sts.send(new GetCallerIdentityCommand({}));

    expect(answer.status).toBe(200);
    expect(Arn).toMatch(
      new RegExp(`^arn:aws:sts::111111111111:federated-user/${IssuanceId}-[A-Za-z0-9_-]{5}$`),
    );
    expect(FederatedUser).toEqual({ Arn, FederatedUserId: UserId });
    expect(Account).toBe('111111111111');
    expect(answer.json).not.toHaveProperty('AssumedRoleUser');
    expect(answer.json).not.toHaveProperty('SourceIdentity');
  });

  it('is found in CloudTrail’s record, by request id, name and access key id', async () => {
    const row = await readRow(answer.json.IssuanceId);

    expect(row).toMatchObject({
      state: 'ISSUED',
      mechanism: 'federation-token',
      roleArns: [],
      durationSeconds: 3600,
      sessionTags: { Team: 'payments' },
      accessKeyId: answer.json.Credentials.AccessKeyId,
    });
    const events = (await readEvents()).filter(({ requestID }) => requestID === row.stsRequestId);
    expect(events).toMatchObject([
      {
        recipientAccountId: '111111111111',
        userIdentity: { type: 'IAMUser', userName: UserName },
        requestParameters: { name: row.roleSessionName, durationSeconds: 3600 },
        responseElements: { credentials: { accessKeyId: row.accessKeyId } },
      },
    ]);
  });

  it('may do what its own policy says, for its own team alone', async () => {
    const client = new DynamoDBClient({
      ...shared(),
      credentials: toCredentials(answer.json.Credentials),
    });
    const describeTable = (TableName: string) =>
      outcomeOf(client.send(new DescribeTableCommand({ TableName })));

    expect(await describeTable('reports-payments')).toMatch(/^ResourceNotFoundException/);
    expect(await describeTable('reports-web')).toMatch(/^AccessDeniedException/);
    expect(await describeTable('daypass-prod-issuances')).toMatch(/^AccessDeniedException/);
    client.destroy();
  });

  it('may call no IAM, and of STS nothing but GetCallerIdentity', async () => {
    const { IssuanceId, Credentials } = answer.json;
    const asFederated = iam(toCredentials(Credentials));

    const outcomes = await Promise.all([
      outcomeOf(asFederated.send(new ListAccessKeysCommand({ UserName }))),
      outcomeOf(asFederated.send(new CreateAccessKeyCommand({ UserName }))),
      outcomeOf(
        sts.send(
          new AssumeRoleCommand({
            RoleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
            RoleSessionName: IssuanceId,
          }),
        ),
      ),
      outcomeOf(sts.send(new GetFederationTokenCommand({ Name: 'another' }))),
      outcomeOf(sts.send(new GetSessionTokenCommand({}))),
      outcomeOf(sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: operator.accessKeyId }))),
    ]);

    for (const outcome of outcomes) expect(outcome).toMatch(/^(AccessDenied|InvalidClientTokenId)/);
    asFederated.destroy();
  });

  it('reads no key of the federator’s', async () => {
    const client = new SecretsManagerClient({
      ...shared(),
      credentials: toCredentials(answer.json.Credentials),
    });

    expect(await outcomeOf(client.send(new GetSecretValueCommand({ SecretId })))).toMatch(
      /^AccessDeniedException/,
    );
    client.destroy();
  });

  it.each([
    [899, 400],
    [900, 200],
    [901, 200],
    [43_199, 200],
    [43_200, 200],
    [43_201, 400],
  ])('for %i seconds is answered with %i', async (durationSeconds, status) => {
    const { json, status: actual } = await issueReports({ durationSeconds });

    expect(actual).toBe(status);
    if (status !== 200) return;
    const seconds = (new Date(json.Credentials.Expiration).getTime() - Date.now()) / 1000;
    expect(seconds).toBeLessThanOrEqual(durationSeconds);
    expect(seconds).toBeGreaterThan(durationSeconds - 60);
  });

  it('is narrowed by a caller’s Deny, and an Allow is refused', async () => {
    const table = 'arn:aws:dynamodb:eu-west-1:111111111111:table/reports-payments';
    const policyOf = (Effect: string) => ({
      Version: '2012-10-17',
      Statement: [{ Effect, Action: 'dynamodb:*', Resource: table }],
    });

    expect(await issueReports({ sessionPolicy: policyOf('Allow') })).toMatchObject({
      status: 400,
      json: { code: 'session-policy-not-accepted' },
    });
    const { json } = await issueReports({ sessionPolicy: policyOf('Deny') });
    const client = new DynamoDBClient({ ...shared(), credentials: toCredentials(json.Credentials) });
    expect(await outcomeOf(client.send(new DescribeTableCommand({ TableName: 'reports-payments' })))).toMatch(
      /^AccessDeniedException/,
    );
    client.destroy();
  });

  it('is listed and explained without a role', async () => {
    const { json: listed } = await call(daypass, { token: sre, path: '/v1/profiles' });
    const entry = listed.profiles.find(({ name }: { readonly name: string }) => name === profile);
    expect(entry).toMatchObject({ mechanism: 'federation-token' });
    expect(entry).not.toHaveProperty('roleArn');

    const path = `/v1/profiles/${profile}/explain`;
    const { json } = await call(daypass, { token: sre, method: 'POST', path, body: {} });
    expect(json).toMatchObject({
      effect: 'Allow',
      mechanism: 'federation-token',
      roleArns: [],
      duration: { seconds: 3600, maximumSeconds: 43_200, maximumSetBy: 'settings' },
      sessionTags: { Team: 'payments' },
      sessionPolicy: {
        Statement: expect.arrayContaining([{ Effect: 'Deny', Action: 'iam:*', Resource: '*' }]),
      },
    });
  });

  it('opens the console', async () => {
    const path = `/v1/profiles/${profile}/console`;
    const { status, json } = await call(daypass, { token: sre, method: 'POST', path });

    expect(status).toBe(200);
    expect(await (await fetch(json.SigninUrl)).text()).toContain(
      `arn:aws:sts::111111111111:federated-user/${json.IssuanceId}-`,
    );
  });
});

describe('a federation token that STS', () => {
  it.each([
    ['accessdenied', 403, 'refused-by-sts', 'REFUSED'],
    ['throttle', 429, 'sts-throttled', 'FAILED'],
    ['500', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['reset', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['lost', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['malformed', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['empty', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ])('answers with %s is %i %s, and its row is %s', async (kind, status, code, state) => {
    const before = (await readEvents()).length;
    await setFaults(daypass, [{ service: 'sts', operation: 'GetFederationToken', kind, times: 1 }]);

    let answer: Answer | undefined;
    const rows = await rowsOf(async () => {
      answer = await issueReports();
    });

    expect(answer).toMatchObject({ status, json: { code } });
    expect(answer?.text).not.toMatch(/ASIA|AKIA|SecretAccessKey|SessionToken/);
    expect(rows).toMatchObject([{ id: answer?.json.issuanceId, state, mechanism: 'federation-token' }]);
    expect(rows[0]).not.toHaveProperty('accessKeyId');
    const minted = (await readEvents()).slice(before).filter(({ errorCode }) => errorCode === undefined);
    expect(minted).toHaveLength(kind === 'lost' ? 1 : 0);
  });
});

describe('a key that is replaced under the issuer’s feet', () => {
  const rotate = async () => {
    const [before] = await expectKeys(1);
    const client = new SecretsManagerClient({ ...shared(), credentials: { ...operator } });
    await client.send(new RotateSecretCommand({ SecretId }));
    client.destroy();
    const after = (await expectKeys(2)).filter((key) => key !== before);
    return { before: before ?? '', after: after[0] ?? '' };
  };

  it.each(['deactivated', 'deleted'])('and %s costs no caller anything but a row', async (what) => {
    expect((await issueReports()).status).toBe(200);
    const { before, after } = await rotate();
    // Hours before its time: the issuer holds the old key still.
    const target = { UserName, AccessKeyId: before };
    if (what === 'deactivated')
      await iam().send(new UpdateAccessKeyCommand({ ...target, Status: 'Inactive' }));
    else await iam().send(new DeleteAccessKeyCommand(target));
    let answer: Answer | undefined;
    const rows = await rowsOf(async () => {
      answer = await issueReports();
    });

    expect(answer?.status).toBe(200);
    expect(rows).toMatchObject([
      { state: 'REFUSED', errorCode: 'InvalidClientTokenId', profile, sessionTags: { Team: 'payments' } },
      { state: 'ISSUED', id: answer?.json.IssuanceId, profile, sessionTags: { Team: 'payments' } },
    ]);
    expect(rows[0].roleSessionName).not.toBe(rows[1].roleSessionName);
    // From then on the new key serves at once.
    expect(await rowsOf(issueReports)).toMatchObject([{ state: 'ISSUED' }]);
    expect((await readEvents()).at(-1)).toMatchObject({ userIdentity: { accessKeyId: after } });
    if (what === 'deactivated') await iam().send(new DeleteAccessKeyCommand(target));
  });

  it('refuses none of several callers at once', async () => {
    expect((await issueReports()).status).toBe(200);
    const { before } = await rotate();
    await iam().send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: before }));
    let statuses: readonly number[] = [];

    const rows = await rowsOf(async () => {
      const answers = await Promise.all(Array.from({ length: 4 }, () => issueReports()));
      statuses = answers.map(({ status }) => status);
    });

    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(rows.filter(({ state }) => state === 'ISSUED')).toHaveLength(4);
    expect(rows.filter(({ state }) => state === 'REFUSED').length).toBeGreaterThan(0);
    expect(rows.filter(({ state }) => !['ISSUED', 'REFUSED'].includes(state))).toEqual([]);
  });

  it('for which there is no other is one refusal', async () => {
    const [AccessKeyId = ''] = await expectKeys(1);
    await iam().send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
    let answer: Answer | undefined;
    const rows = await rowsOf(async () => {
      answer = await issueReports();
    });

    expect(answer).toMatchObject({ status: 503, json: { code: 'broker-credentials-refused' } });
    expect(rows).toMatchObject([
      { id: answer?.json.issuanceId, state: 'REFUSED', errorCode: 'InvalidClientTokenId' },
    ]);
    await iam().send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Active' }));
    expect((await issueReports()).status).toBe(200);
  });

  it('left no secret in the logs or on the disk', async () => {
    const { json } = await issueReports();
    const written = `${daypass.logs()}\n${readDataDirectory(daypass)}`;

    expect(written).toContain(json.Credentials.AccessKeyId);
    expect(written).not.toContain(json.Credentials.SecretAccessKey);
    expect(written).not.toContain(json.Credentials.SessionToken);
    expect(written).not.toMatch(/"secretAccessKey\\?":/);
  });
});
