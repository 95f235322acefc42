import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../../support/a-configuration.ts';
import { outcomes } from '../../../support/an-issuance.ts';
import {
  anotherCall,
  aReconciling,
  aRecordOf,
  aRow,
  toParameters,
  withRow,
} from '../../../support/reconciling.ts';
import {
  aTrailRecord,
  brokerAccount,
  issuerIdentity,
  issuerRoleArn,
  sessionIdentity,
  strangerIdentity,
  toRoleAccountsCopy,
} from '../../../support/trail-records.ts';

const otherRole = 'arn:aws:iam::222222222222:role/daypass/Admin';
const human = sessionIdentity('arn:aws:iam::111111111111:role/Admins', 'mallory');

describe('an unaudited issuance', () => {
  it.each([
    ['/brokers/', 'unaudited'],
    ['/daypass/', 'foreign'],
  ])(
    'is by a role of the path that the deployment has, not %s where that is another',
    async (path, expected) => {
      const deployment = { accountId: brokerAccount, region: 'eu-west-1', rolePath: '/brokers/' };
      const { reconcile } = aReconciling({ configuration: aConfiguration({ deployment }) });
      const caller = issuerRoleArn.replace('/daypass/', path);

      const { outcome } = await reconcile(
        aTrailRecord({
          eventName: 'AssumeRole',
          userIdentity: sessionIdentity(caller, 'daypass-prod-eu-west-1-issuer'),
          requestParameters: { roleArn: otherRole, roleSessionName: 'backdoor' },
          accessKeyId: 'ASIAROGUE00000000000',
          requestId: 'rogue-request',
          eventId: 'rogue-event',
        }),
      );

      expect(outcome).toBe(expected);
    },
  );

  it("is a session that a role of the broker's asked for in no issuance's name", async () => {
    const { reconcile, memory } = withRow();
    const rogue = aTrailRecord({
      eventName: 'AssumeRole',
      userIdentity: issuerIdentity,
      requestParameters: { roleArn: otherRole, roleSessionName: 'backdoor' },
      accessKeyId: 'ASIAROGUE00000000000',
      requestId: 'rogue-request',
      eventId: 'rogue-event',
    });

    const { outcome, found } = await reconcile(rogue);

    expect(outcome).toBe('unaudited');
    expect(found).toEqual([
      {
        isNew: true,
        discovery: {
          id: 'unaudited-issuance-rogue-event',
          kind: 'unaudited-issuance',
          severity: 'critical',
          summary: "AWS STS granted AssumeRole with the broker's authority, and it names no issuance",
          event: {
            eventId: 'rogue-event',
            eventName: 'AssumeRole',
            eventTime: '2026-01-01T00:00:00Z',
            region: 'eu-west-1',
            accountId: brokerAccount,
            roleArn: otherRole,
            callerArn: issuerIdentity.arn,
            requestId: 'rogue-request',
            accessKeyId: 'ASIAROGUE00000000000',
            foundIn: 's3://trail/object.json.gz',
          },
          differences: [],
        },
      },
    ]);
    expect((await reconcile(rogue)).found).toMatchObject([{ isNew: false }]);
    expect(memory.listFindings()).toEqual(['unaudited-issuance OPEN']);
  });

  it('is one finding, though both accounts have a copy', async () => {
    const { reconcile, memory } = aReconciling();
    const row = aRow();
    const own = aRecordOf(row);

    await reconcile(toRoleAccountsCopy(own, row.roleArns?.[0] ?? ''));
    await reconcile(own);

    expect(memory.listFindings()).toEqual(['unaudited-issuance OPEN']);
  });

  it.each([
    ['an operation that nobody knows', { eventName: 'GetSomethingNew', requestParameters: {} }],
    [
      'a session of the role for its caller itself',
      { eventName: 'GetSessionToken', requestParameters: null },
    ],
    [
      'the name of a row that is not there',
      { eventName: 'AssumeRole', requestParameters: toParameters(aRow()) },
    ],
    [
      'parameters that were left out',
      { eventName: 'AssumeRole', requestParameters: { omitted: true, originalSize: 200_000 } },
    ],
  ])('is %s', async (_what, parts) => {
    const { reconcile } = aReconciling();
    const record = aTrailRecord({
      userIdentity: issuerIdentity,
      accessKeyId: 'ASIAROGUE00000000000',
      ...parts,
    });

    expect((await reconcile(record)).outcome).toBe('unaudited');
  });

  it('is what has a key, whatever error is told', async () => {
    const { reconcile } = aReconciling();

    expect((await reconcile(aRecordOf(aRow(), { errorCode: 'InternalFailure' }))).outcome).toBe('unaudited');
  });

  it('is a name of ours on a role of a profile, where nothing more of the caller can be seen', async () => {
    const { reconcile } = aReconciling();
    const record = aRecordOf(aRow(), { userIdentity: strangerIdentity() });

    expect((await reconcile(record)).outcome).toBe('unaudited');
  });

  it('is a name of nobody on a role of a profile, though whoever asks has a session with a row', async () => {
    const { reconcile, row, memory } = withRow();
    await reconcile(aRecordOf(row));
    const roleArn = row.roleArns?.[0] ?? '';
    const roleSessionName = 'alice-01KDVDPJ0000000000000000ZZ-0123456789abcdef';

    const { outcome } = await reconcile(
      aRecordOf(row, {
        ...anotherCall,
        userIdentity: sessionIdentity(roleArn, row.roleSessionName ?? '', row.accessKeyId),
        requestParameters: { roleArn, roleSessionName },
        recipientAccountId: '222222222222',
      }),
    );

    expect(outcome).toBe('unaudited');
    expect(memory.listFindings()).toEqual(['unaudited-issuance OPEN']);
    expect([...memory.findingsById.values()]).toMatchObject([{ issuanceId: '01KDVDPJ0000000000000000ZZ' }]);
  });

  it('is of the row whose name it has, and says nothing of the row of whoever asks', async () => {
    const { reconcile, row, memory } = withRow();
    const named = aRow({ id: '01KDVDPJ0000000000000000ZZ', gatewayRequestId: 'another' });
    memory.add(named);
    const roleArn = row.roleArns?.[0] ?? '';

    await reconcile(
      aRecordOf(named, {
        ...anotherCall,
        userIdentity: sessionIdentity(roleArn, row.roleSessionName ?? '', row.accessKeyId),
        recipientAccountId: '222222222222',
      }),
    );

    expect([...memory.findingsById.values()]).toMatchObject([
      { kind: 'unaudited-issuance', issuanceId: named.id },
    ]);
  });

  it('is none of what whoever has a session with a row asks for in a name of its own', async () => {
    const { reconcile, row, memory } = withRow();
    const roleArn = row.roleArns?.[0] ?? '';

    const { outcome } = await reconcile(
      aRecordOf(row, {
        ...anotherCall,
        userIdentity: sessionIdentity(roleArn, row.roleSessionName ?? '', row.accessKeyId),
        requestParameters: { roleArn, roleSessionName: 'alice' },
        recipientAccountId: '222222222222',
      }),
    );

    expect(outcome).toBe('foreign');
    expect(memory.listFindings()).toEqual([]);
  });

  it('is a session of a role of the broker that anybody but Lambda took', async () => {
    const { reconcile } = aReconciling();
    const parts = {
      eventName: 'AssumeRole',
      requestParameters: { roleArn: issuerRoleArn, roleSessionName: 'x' },
    };
    const lambda = { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' };
    const accessKeyId = 'ASIAROGUE00000000000';

    expect((await reconcile(aTrailRecord({ ...parts, accessKeyId, userIdentity: lambda }))).outcome).toBe(
      'foreign',
    );
    expect((await reconcile(aTrailRecord({ ...parts, accessKeyId, userIdentity: human }))).outcome).toBe(
      'unaudited',
    );
    const service = { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' };
    expect((await reconcile(aTrailRecord({ ...parts, accessKeyId, userIdentity: service }))).outcome).toBe(
      'unaudited',
    );
  });

  it("is found by the session's own ARN where the record leaves the role out", async () => {
    const { sessionContext, ...identity } = issuerIdentity;
    const { reconcile } = aReconciling();
    const parts = { eventName: 'AssumeRole', requestParameters: null, accessKeyId: 'ASIAROGUE00000000000' };
    const elsewhere = { ...identity, arn: identity.arn.replace(brokerAccount, '999999999999') };

    expect((await reconcile(aTrailRecord({ ...parts, userIdentity: identity }))).outcome).toBe('unaudited');
    expect((await reconcile(aTrailRecord({ ...parts, userIdentity: elsewhere }))).outcome).toBe('foreign');
  });

  it('is a token of the broker as an OIDC issuer with a name of nobody', async () => {
    const url = 'https://broker.example.com/v1';
    const toRecord = (identityProvider: string) =>
      aTrailRecord({
        eventName: 'AssumeRoleWithWebIdentity',
        userIdentity: { type: 'WebIdentityUser', principalId: 'x', userName: 'x', identityProvider },
        requestParameters: { roleArn: otherRole, roleSessionName: 'backdoor' },
        accessKeyId: 'ASIAROGUE00000000000',
        recipientAccountId: '222222222222',
      });
    const { reconcile } = aReconciling({ url });

    const own = 'arn:aws:iam::222222222222:oidc-provider/broker.example.com/v1';
    expect((await reconcile(toRecord(own))).outcome).toBe('unaudited');
    expect((await reconcile(toRecord('broker.example.com/v1'))).outcome).toBe('unaudited');
    expect(
      (await reconcile(toRecord('arn:aws:iam::222222222222:oidc-provider/example.com/v1'))).outcome,
    ).toBe('foreign');
    expect((await aReconciling().reconcile(toRecord(own))).outcome).toBe('foreign');
  });

  it("is a session that another region's federator asked for in no issuance's name", async () => {
    const { reconcile } = aReconciling({ otherRegions: ['eu-central-1'] });
    const toRecord = (region: string) =>
      aTrailRecord({
        eventName: 'GetFederationToken',
        userIdentity: {
          type: 'IAMUser',
          arn: `arn:aws:iam::${brokerAccount}:user/daypass/daypass-prod-${region}-federator`,
          accountId: brokerAccount,
        },
        requestParameters: { name: 'backdoor' },
        accessKeyId: 'ASIAROGUE00000000000',
      });

    expect((await reconcile(toRecord('eu-west-1'))).outcome).toBe('unaudited');
    expect((await reconcile(toRecord('eu-central-1'))).outcome).toBe('unaudited');
    expect((await reconcile(toRecord('us-east-1'))).outcome).toBe('foreign');
  });

  it('is a second session in the name of a row, which has the ids of its own', async () => {
    const { reconcile, row, tracked, memory } = withRow();
    const rogue = aRecordOf(row, anotherCall);

    expect((await reconcile(rogue)).outcome).toBe('unaudited');
    await reconcile(aRecordOf(row));

    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect([...memory.findingsById.values()]).toMatchObject([
      {
        kind: 'unaudited-issuance',
        issuanceId: row.id,
        differences: [
          { field: 'stsRequestId', row: row.stsRequestId, event: anotherCall.requestId },
          { field: 'accessKeyId', row: row.accessKeyId, event: 'ASIAROGUE00000000000' },
        ],
      },
    ]);
  });

  it('is a second session of a row that does not know its own ids', async () => {
    const { reconcile, row, memory } = withRow(aRow({}, outcomes.UNKNOWN));

    expect((await reconcile(aRecordOf(row))).outcome).toBe('joined');
    expect((await reconcile(aRecordOf(row, anotherCall))).outcome).toBe('unaudited');
    expect(memory.listFindings()).toEqual(['unaudited-issuance OPEN']);
  });

  it.each([
    ['a minute and a half before', '2025-12-31T23:58:30Z', 'unaudited'],
    ['half a minute before, by another clock', '2025-12-31T23:59:30Z', 'joined'],
    ['four minutes after', '2026-01-01T00:04:00Z', 'joined'],
    ['six minutes after', '2026-01-01T00:06:00Z', 'unaudited'],
  ])(
    'is a session in the name of a row that does not know its ids, %s it: %s',
    async (_when, eventTime, outcome) => {
      const { reconcile, row, at } = withRow(aRow({}, outcomes.UNKNOWN));
      at(20);

      expect((await reconcile(aRecordOf(row, { eventTime }))).outcome).toBe(outcome);
    },
  );

  it.each([
    ['fits in all', {}],
    ['contradicts it', { sourceIdentity: 'okta.somebody-else' }],
  ])('stays one, whatever row somebody writes for it afterwards: one that %s', async (_what, changes) => {
    const { reconcile, memory } = aReconciling();
    const row = aRow();

    expect((await reconcile(aRecordOf(row))).outcome).toBe('unaudited');
    memory.add({ ...row, ...changes });
    expect((await reconcile(aRecordOf(row))).outcome).toBe('joined');

    expect(memory.listFindings()).toContain('unaudited-issuance OPEN');
    expect(memory.listFindings()).not.toContain('unaudited-issuance RESOLVED');
  });

  describe('of another region', () => {
    const elsewhere = { region: 'eu-central-1' };
    const otherRegions = ['eu-central-1'];

    async function foundWithout(row = aRow()) {
      const { reconcile, memory, at } = aReconciling({ otherRegions });
      const record = aRecordOf(row, elsewhere);
      at(11);
      expect((await reconcile(record)).outcome).toBe('unaudited');
      return { memory, record, reconcile };
    }

    it('is none once its row has come, late', async () => {
      const { memory, record, reconcile } = await foundWithout();

      memory.add(aRow());
      expect((await reconcile(record)).outcome).toBe('joined');

      expect(memory.listFindings()).toEqual(['unaudited-issuance RESOLVED']);
    });

    it.each([
      ['differs in anything', { sourceIdentity: 'okta.somebody-else' }],
      ['has another request id', { stsRequestId: 'aaaaaaaa-0000-4000-8000-00000000000f' }],
      ['has another key', { accessKeyId: 'ASIAOTHER00000000000' }],
    ])('stays one where the row %s', async (_what, changes) => {
      const { memory, record, reconcile } = await foundWithout();

      memory.add({ ...aRow(), ...changes });
      await reconcile(record);

      expect(memory.listFindings()).toContain('unaudited-issuance OPEN');
      expect(memory.listFindings()).not.toContain('unaudited-issuance RESOLVED');
    });

    it('stays one where the row does not know both ids', async () => {
      const { memory, record, reconcile } = await foundWithout();
      const { stsRequestId } = outcomes.ISSUED;

      memory.add({ ...aRow({}, outcomes.UNKNOWN), stsRequestId });
      await reconcile(record);

      expect(memory.listFindings()).toContain('unaudited-issuance OPEN');
      expect(memory.listFindings()).not.toContain('unaudited-issuance RESOLVED');
    });

    it('is found again when its row is gone', async () => {
      const { memory, record, reconcile } = await foundWithout();
      memory.add(aRow());
      await reconcile(record);

      memory.rows.clear();

      expect((await reconcile(record)).found).toMatchObject([{ isNew: true }]);
      expect(memory.listFindings()).toEqual(['unaudited-issuance OPEN']);
    });
  });

  it.each([
    ['of this region', {}, 2],
    ['of another one, as it comes', { region: 'eu-central-1' }, 2],
  ])('is not asked for where the event of a row is there: %s', async (_where, parts, minutes) => {
    const asked: string[] = [];
    const { reconcile, row, at } = withRow(aRow(), {
      otherRegions: ['eu-central-1'],
      ports: ({ findings }) => ({
        findings: {
          record: (discovery) => {
            asked.push(discovery.id);
            return findings.record(discovery);
          },
          resolve: (id, why) => {
            asked.push(id);
            return findings.resolve(id, why);
          },
        },
      }),
    });
    at(minutes);

    expect((await reconcile(aRecordOf(row, parts))).outcome).toBe('joined');
    expect(asked).toEqual([]);
  });

  it('that took the place of the real one before the outcome was there gives it back, and stays a finding', async () => {
    const pending = aRow({}, { state: 'PENDING' });
    const { reconcile, row, tracked, memory } = withRow(pending);
    const rogue = aRecordOf(pending, anotherCall);
    const real = aRecordOf(aRow());

    expect((await reconcile(rogue)).outcome).toBe('joined');
    expect((await reconcile(real)).outcome).toBe('unaudited');
    memory.rows.set(row.id, {
      ...pending,
      ...outcomes.ISSUED,
      sightings: tracked()?.sightings ?? {},
      isOpen: true,
    });
    expect((await reconcile(real)).outcome).toBe('joined');

    expect(tracked()?.sightings[0]).toMatchObject({ accessKeyId: 'ASIAIOSFODNN7EXAMPLE' });
    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect([...memory.findingsById].map(([id, { state }]) => [id, state]).sort()).toEqual([
      ['unaudited-issuance-dddddddd-0000-4000-8000-000000000001', 'RESOLVED'],
      [`unaudited-issuance-${anotherCall.sharedEventId}`, 'OPEN'],
    ]);
  });

  it('stays one where what took its place is a sighting that rings for nobody', async () => {
    const { reconcile, memory } = aReconciling();
    const row = aRow();
    await reconcile(aRecordOf(row));
    const denied = {
      eventId: 'x',
      eventTime: '2026-01-01T00:00:00Z',
      eventName: 'AssumeRole',
      accountId: brokerAccount,
    };

    memory.add(row);
    memory.rows.set(row.id, {
      ...{ ...row, isOpen: true },
      sightings: { 0: { ...denied, region: 'eu-west-1', errorCode: 'AccessDenied', requestId: 'y' } },
    });
    await reconcile(aRecordOf(row));

    expect(memory.listFindings()).toContain('unaudited-issuance OPEN');
    expect(memory.listFindings()).not.toContain('unaudited-issuance RESOLVED');
  });

  it.each([
    ['denied by policy', aRow({}, { state: 'PENDING' }), { state: 'DENIED' as const }],
    [
      'refused at the hop before',
      aRow({ roleArns: [otherRole, 'arn:aws:iam::222222222222:role/daypass/ReadOnly'] }, outcomes.REFUSED),
      {},
    ],
  ])('is a session in the name of a row that was %s', async (_what, row, changes) => {
    const { reconcile, memory } = aReconciling();
    memory.add({ ...row, ...changes });
    const record = aRecordOf(row, {
      accessKeyId: 'ASIAROGUE00000000000',
      requestId: anotherCall.requestId,
      userIdentity:
        row.state === 'REFUSED' ? sessionIdentity(otherRole, row.roleSessionName ?? '') : issuerIdentity,
      requestParameters: { ...toParameters(row), roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly' },
    });

    expect((await reconcile(record)).outcome).toBe('unaudited');
  });

  it('is another role in the name of a row, by whomever', async () => {
    const { reconcile, row } = withRow(aRow({}, outcomes.UNKNOWN));
    const requestParameters = { ...toParameters(row), roleArn: otherRole };

    expect((await reconcile(aRecordOf(row, { requestParameters }))).outcome).toBe('unaudited');
  });

  it("is a name of ours that another account uses, as far as the role's account can tell", async () => {
    const { reconcile, row } = withRow(aRow({}, outcomes.UNKNOWN));
    const record = aRecordOf(row, { recipientAccountId: '222222222222' });

    const foreign = { ...record, userIdentity: strangerIdentity('999999999999') };
    expect((await reconcile(foreign)).outcome).toBe('unaudited');
    expect((await reconcile({ ...record, userIdentity: strangerIdentity() })).outcome).toBe('joined');
  });

  it("is a name of ours that another role of the broker's account uses, once its own copy tells", async () => {
    const { reconcile, row, memory } = withRow(aRow({}, outcomes.UNKNOWN));
    const own = aRecordOf(row, { userIdentity: human });

    await reconcile(toRoleAccountsCopy(own, row.roleArns?.[0] ?? ''));
    expect(memory.listFindings()).toEqual([]);
    await reconcile(own);

    expect(memory.listFindings()).toEqual(['unaudited-issuance OPEN']);
  });
});
