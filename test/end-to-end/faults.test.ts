import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Answer,
  call,
  fetchToken,
  issue,
  readAssumeRoles,
  setFaults,
} from '../support/daypass-client.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;
let sre: string;
const released: Answer[] = [];

beforeAll(async () => {
  daypass = await startDaypass();
  sre = await fetchToken(daypass, 'sre');
});

afterEach(() => setFaults(daypass, []));
afterAll(() => daypass.stop());

async function issueUnder(
  faults: readonly object[],
): Promise<{ answer: Answer; minted: readonly Answer['json'][] }> {
  const before = await readAssumeRoles(daypass);
  await setFaults(daypass, faults);
  const answer = await issue(daypass, sre, 'prod-readonly', {});
  await setFaults(daypass, []);
  const minted = (await readAssumeRoles(daypass))
    .slice(before.length)
    .filter(({ errorCode }) => errorCode === undefined);
  if (answer.status === 200) released.push(answer);
  return { answer, minted };
}

/** The session that STS minted all the same, as soon as the trail has it. */
async function waitForSession(issuanceId: string): Promise<Answer['json']> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const found = (await readAssumeRoles(daypass)).find((record) => toIssuanceId(record) === issuanceId);
    if (found !== undefined) return found;
    await pause(200);
  }
  throw new Error(`CloudTrail has no session of issuance ${issuanceId}`);
}

const readRow = async (id: string) => (await call(daypass, { token: sre, path: `/v1/issuances/${id}` })).json;

/** The issuance that a session name speaks for. */
const toIssuanceId = (record: Answer['json']) => record.requestParameters?.roleSessionName.split('-').at(1);

const expectNothingReleased = (answer: Answer) => {
  expect(answer.text).not.toMatch(/ASIA|SecretAccessKey|SessionToken/);
};

describe('an intent that cannot be written', () => {
  it.each(['throttle', '500', 'reset', 'timeout', 'malformed', 'empty', 'accessdenied', 'conditional'])(
    'is 503 and no STS session when DynamoDB answers PutItem with %s',
    async (kind) => {
      const { answer, minted } = await issueUnder([{ service: 'dynamodb', operation: 'PutItem', kind }]);

      expect(answer).toMatchObject({ status: 503, json: { code: 'audit-unavailable' } });
      expectNothingReleased(answer);
      expect(minted).toEqual([]);
    },
  );

  it.each(['throttle', '500', 'reset', 'lost', 'malformed', 'empty'])(
    'is written all the same when DynamoDB answers PutItem with %s once',
    async (kind) => {
      const { answer, minted } = await issueUnder([
        { service: 'dynamodb', operation: 'PutItem', kind, times: 1 },
      ]);

      expect(answer.status).toBe(200);
      expect(minted).toHaveLength(1);
    },
  );
});

describe('an STS that does not give a session', () => {
  it.each([
    ['accessdenied', 403, 'refused-by-sts', 'REFUSED'],
    ['throttle', 429, 'sts-throttled', 'FAILED'],
    ['500', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['reset', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['malformed', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['empty', 503, 'sts-outcome-unknown', 'UNKNOWN'],
    ['timeout', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ])('is written down when it answers with %s: %i %s, %s', async (kind, status, code, state) => {
    const { answer, minted } = await issueUnder([
      { service: 'sts', operation: 'AssumeRole', kind, times: 1 },
    ]);

    expect(answer).toMatchObject({ status, json: { code } });
    expectNothingReleased(answer);
    expect(minted).toEqual([]);
    expect(await readRow(answer.json.issuanceId)).toMatchObject({ state });
  });

  it.each([
    ['is lost', { kind: 'lost' }],
    ['comes too late', { kind: 'slow', delayMs: 6000 }],
  ])('leaves an UNKNOWN row and releases nothing when a minted answer %s', async (_name, fault) => {
    const { answer } = await issueUnder([{ service: 'sts', operation: 'AssumeRole', times: 1, ...fault }]);

    expect(answer).toMatchObject({ status: 503, json: { code: 'sts-outcome-unknown' } });
    expectNothingReleased(answer);
    const { issuanceId } = answer.json;
    expect(await readRow(issuanceId)).toMatchObject({ state: 'UNKNOWN' });
    await expect(waitForSession(issuanceId)).resolves.toMatchObject({ eventName: 'AssumeRole' });
  });

  it('says when to come back, if it throttled', async () => {
    const { answer } = await issueUnder([{ service: 'sts', operation: 'AssumeRole', kind: 'throttle' }]);

    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('an outcome that cannot be written', () => {
  it.each(['throttle', '500', 'reset', 'timeout', 'malformed', 'empty', 'accessdenied'])(
    'drops the credentials and leaves the PENDING row when DynamoDB answers UpdateItem with %s',
    async (kind) => {
      const { answer, minted } = await issueUnder([{ service: 'dynamodb', operation: 'UpdateItem', kind }]);

      expect(answer).toMatchObject({ status: 503, json: { code: 'audit-unavailable' } });
      expectNothingReleased(answer);
      expect(minted).toHaveLength(1);
      const id = toIssuanceId(minted[0]);
      expect(answer.json.issuanceId).toBe(id);
      expect(await readRow(id)).toMatchObject({ state: 'PENDING' });
      const pending = await call(daypass, { token: sre, path: '/v1/issuances?state=PENDING&limit=100' });
      expect(pending.json.issuances).toContainEqual(expect.objectContaining({ id, state: 'PENDING' }));
    },
  );

  it('is recognised as written when the first answer is lost', async () => {
    const { answer, minted } = await issueUnder([
      { service: 'dynamodb', operation: 'UpdateItem', kind: 'lost', times: 1 },
    ]);

    expect(answer.status).toBe(200);
    expect(await readRow(toIssuanceId(minted[0]))).toMatchObject({ state: 'ISSUED' });
  });
});

describe('an audit or an issuer that cannot be reached', () => {
  it('is 503 for a reader', async () => {
    await setFaults(daypass, [{ service: 'dynamodb', operation: 'GetItem', kind: '500' }]);

    const answer = await call(daypass, { token: sre, path: '/v1/issuances/01ARZ3NDEKTSV4RRFFQ69G5FAV' });

    expect(answer).toMatchObject({ status: 503, json: { code: 'audit-unavailable' } });
  });

  it('is 503, not 401, for a caller whose issuer is down, and no STS call', async () => {
    const fresh = await startDaypass();
    try {
      const token = await fetchToken(fresh, 'sre');
      await setFaults(fresh, [{ service: 'identity-provider', kind: '500' }]);

      const answer = await issue(fresh, token, 'prod-readonly', {});

      expect(answer).toMatchObject({ status: 503, json: { code: 'authorizer-unavailable' } });
      expect(await readAssumeRoles(fresh)).toEqual([]);
    } finally {
      await fresh.stop();
    }
  });
});

describe('whatever happened', () => {
  it('every session has a row, each row one session at most, and each release an ISSUED row', async () => {
    const minted = (await readAssumeRoles(daypass)).filter(({ errorCode }) => errorCode === undefined);

    const ids = minted.map(toIssuanceId);
    expect(ids.length).toBeGreaterThan(10);
    expect(new Set(ids).size).toBe(ids.length);
    for (const record of minted) {
      expect(await readRow(toIssuanceId(record))).toMatchObject({
        roleSessionName: record.requestParameters.roleSessionName,
      });
    }
    for (const { json } of released) {
      expect(await readRow(json.IssuanceId)).toMatchObject({
        state: 'ISSUED',
        accessKeyId: json.Credentials.AccessKeyId,
      });
    }
  });

  it('no secret key, session token or token of a caller is in the logs or on the disk', async () => {
    const trail = await readAssumeRoles(daypass);
    const tokens = trail.flatMap(({ responseElements }) => responseElements?.credentials?.sessionToken ?? []);
    const secrets = [
      sre,
      ...tokens,
      ...released.flatMap(({ json }) => [json.Credentials.SecretAccessKey, json.Credentials.SessionToken]),
    ];

    expect(tokens.length).toBeGreaterThan(0);
    const written = `${daypass.logs()}\n${readDataDirectory(daypass)}`;
    expect(written.length).toBeGreaterThan(1000);
    expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
  });
});
