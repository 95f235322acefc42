import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call, callerIdentity, fetchToken, issue, readTrail, setFaults } from '../support/daypass-client.ts';
import { describeTable } from '../support/describe-table.ts';
import { type RunningDaypass, readDataDirectory, startDaypass } from '../support/running-daypass.ts';

const gateway = 'arn:aws:iam::222222222222:role/daypass/WarehouseGateway';
const warehouse = 'arn:aws:iam::333333333333:role/warehouse/Reader';

let daypass: RunningDaypass;
let sre: string;

beforeAll(async () => {
  daypass = await startDaypass();
  sre = await fetchToken(daypass, 'sre');
});

afterEach(() => setFaults(daypass, []));
afterAll(() => daypass.stop());

const issueByChain = (body: object = {}) => issue(daypass, sre, 'data-via-production', body);

const readRow = async (id: string) => (await call(daypass, { token: sre, path: `/v1/issuances/${id}` })).json;

/** An account's copies of the AssumeRole events of an issuance, which its session name leads to; denied ones show none. */
const readEvents = async (issuanceId: string, accountId: string) =>
  (await readTrail(daypass)).filter(
    ({ eventName, recipientAccountId, requestParameters }) =>
      eventName === 'AssumeRole' &&
      recipientAccountId === accountId &&
      requestParameters?.roleSessionName?.includes(issuanceId),
  );

describe('credentials by way of another role', () => {
  it('are those of the end of the chain, in the name of the caller', async () => {
    const answer = await issueByChain({ durationSeconds: 3600, sessionTags: { Purpose: 'audit' } });

    expect(answer.status).toBe(200);
    const { IssuanceId, Credentials, SourceIdentity } = answer.json;
    expect(await callerIdentity(daypass, Credentials)).toMatch(
      new RegExp(`^arn:aws:sts::333333333333:assumed-role/Reader/sre@example.com-${IssuanceId}-[\\w-]{16}$`),
    );
    expect(SourceIdentity).toBe('okta.sre@example.com');
    const seconds = (new Date(Credentials.Expiration).getTime() - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(3500);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  it('carry the tag that was set with the first session', async () => {
    const { json } = await issueByChain();

    // There is no such table; who may know that is decided by the tag.
    expect(await describeTable(daypass, json.Credentials, 'payments-sales')).toBe(
      'ResourceNotFoundException',
    );
    expect(await describeTable(daypass, json.Credentials, 'web-sales')).toBe('AccessDeniedException');
  });

  it('have a row whose hops lead to the CloudTrail events of each account, by request id and access key id', async () => {
    const { json } = await issueByChain({ sessionTags: { Purpose: 'audit' } });

    const row = await readRow(json.IssuanceId);
    expect(row).toMatchObject({
      state: 'ISSUED',
      roleArns: [gateway, warehouse],
      accessKeyId: json.Credentials.AccessKeyId,
      sessionTags: { Team: 'payments', Purpose: 'audit' },
      transitiveTagKeys: ['Team'],
      hops: [{ roleArn: gateway }],
    });
    const [hop] = row.hops;
    const [one, ...others] = await readEvents(json.IssuanceId, '111111111111');
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      requestID: hop.stsRequestId,
      requestParameters: {
        roleArn: gateway,
        roleSessionName: row.roleSessionName,
        sourceIdentity: 'okta.sre@example.com',
        durationSeconds: 900,
        tags: [{ key: 'Team', value: 'payments' }],
        transitiveTagKeys: ['Team'],
      },
      responseElements: { credentials: { accessKeyId: hop.accessKeyId } },
    });
    // The second hop is called from the first one's account, with its session.
    const [fromBroker, two, ...more] = await readEvents(json.IssuanceId, '222222222222');
    expect(more).toEqual([]);
    expect(fromBroker).toMatchObject({ requestID: hop.stsRequestId, sharedEventID: one.sharedEventID });
    expect(two).toMatchObject({
      requestID: row.stsRequestId,
      userIdentity: {
        accessKeyId: hop.accessKeyId,
        sessionContext: { sessionIssuer: { arn: gateway }, sourceIdentity: 'okta.sre@example.com' },
      },
      requestParameters: {
        roleArn: warehouse,
        roleSessionName: row.roleSessionName,
        incomingTransitiveTags: { Team: 'payments' },
        tags: [{ key: 'Purpose', value: 'audit' }],
      },
      responseElements: { credentials: { accessKeyId: row.accessKeyId } },
    });
    const [atTheEnd] = await readEvents(json.IssuanceId, '333333333333');
    expect(atTheEnd).toMatchObject({ requestID: row.stsRequestId, sharedEventID: two.sharedEventID });
  });

  it('are found in the audit by their access key id', async () => {
    const { json } = await issueByChain();

    const path = `/v1/issuances?accessKeyId=${json.Credentials.AccessKeyId}`;
    const found = await call(daypass, { token: sre, path });

    expect(found.json.issuances.map(({ id }: { id: string }) => id)).toEqual([json.IssuanceId]);
  });

  it('are for an hour at most', async () => {
    const answer = await issueByChain({ durationSeconds: 3601 });

    expect(answer).toMatchObject({ status: 400, json: { code: 'duration-out-of-range' } });
  });

  it('cannot have another value of a tag that the profile sets', async () => {
    const answer = await issueByChain({ sessionTags: { Team: 'web' } });

    expect(answer).toMatchObject({ status: 400, json: { code: 'session-tag-not-accepted' } });
  });
});

/** Lets so many hops pass and strikes the next. */
const faultAt = (hop: number, fault: object) => [
  ...(hop > 1 ? [{ service: 'sts', operation: 'AssumeRole', kind: 'slow', delayMs: 0, times: hop - 1 }] : []),
  { service: 'sts', operation: 'AssumeRole', times: 1, ...fault },
];

const kinds: readonly (readonly [string, number, string, string])[] = [
  ['accessdenied', 403, 'refused-by-sts', 'REFUSED'],
  ['throttle', 429, 'sts-throttled', 'FAILED'],
  ['500', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ['reset', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ['lost', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ['malformed', 503, 'sts-outcome-unknown', 'UNKNOWN'],
  ['empty', 503, 'sts-outcome-unknown', 'UNKNOWN'],
];

describe('a chain that breaks', () => {
  it.each([1, 2].flatMap((hop) => kinds.map((kind) => [hop, ...kind] as const)))(
    'at hop %i by %s is %i %s, and its row is %s with the hops before',
    async (hop, kind, status, code, state) => {
      const before = (await readTrail(daypass)).length;
      await setFaults(daypass, faultAt(hop, { kind }));

      const answer = await issueByChain();

      expect(answer).toMatchObject({ status, json: { code } });
      expect(answer.text).not.toMatch(/ASIA|SecretAccessKey|SessionToken|assumed-role|warehouse|Gateway/);
      const row = await readRow(answer.json.issuanceId);
      expect(row).toMatchObject({ state, roleArns: [gateway, warehouse] });
      const roleArn = [gateway, warehouse][hop - 1];
      expect(row.detail).toMatch(new RegExp(`^hop ${hop}, ${roleArn}: `));
      expect(row).not.toHaveProperty('accessKeyId');
      const given = (await readTrail(daypass))
        .slice(before)
        .filter(({ eventName, errorCode, recipientAccountId, userIdentity }) => {
          const isOwnCopy = userIdentity.accountId === recipientAccountId;
          return eventName === 'AssumeRole' && errorCode === undefined && isOwnCopy;
        });
      const hops = (row.hops ?? []).map(({ stsRequestId }: { stsRequestId: string }) => stsRequestId);
      expect(hops).toHaveLength(hop - 1);
      const minted = given
        .filter(({ userIdentity }) => userIdentity.type === 'AssumedRole')
        .map(({ requestID }) => requestID);
      // A session whose answer was lost is CloudTrail's alone to tell.
      expect(minted).toHaveLength(kind === 'lost' ? hop : hop - 1);
      expect(minted.slice(0, hop - 1)).toEqual(hops);
    },
  );

  it('by an answer that comes too late is UNKNOWN, and nothing is released of what was minted', async () => {
    await setFaults(daypass, faultAt(2, { kind: 'slow', delayMs: 5500 }));

    const answer = await issueByChain();

    expect(answer).toMatchObject({ status: 503, json: { code: 'sts-outcome-unknown' } });
    expect(answer.text).not.toMatch(/ASIA/);
    expect(await readRow(answer.json.issuanceId)).toMatchObject({
      state: 'UNKNOWN',
      hops: [{ roleArn: gateway }],
    });
  });

  it('was repeated by nobody: each role is asked for once in an issuance', async () => {
    const granted = (await readTrail(daypass)).filter(
      ({ eventName, recipientAccountId, userIdentity }) =>
        eventName === 'AssumeRole' && userIdentity.accountId === recipientAccountId,
    );

    const calls = granted.flatMap(({ requestParameters }) =>
      requestParameters ? [`${requestParameters.roleArn} ${requestParameters.roleSessionName}`] : [],
    );
    expect(calls.length).toBeGreaterThan(10);
    expect(new Set(calls).size).toBe(calls.length);
  });

  it('left no secret of any session in the logs or on the disk', async () => {
    const tokens = (await readTrail(daypass)).flatMap(
      ({ responseElements }) => responseElements?.credentials?.sessionToken ?? [],
    );
    expect(tokens.length).toBeGreaterThan(10);

    const written = `${daypass.logs()}\n${readDataDirectory(daypass)}`;
    expect([sre, ...tokens].filter((secret) => written.includes(secret))).toEqual([]);
  });
});
