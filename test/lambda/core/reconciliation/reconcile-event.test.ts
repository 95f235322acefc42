import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../../support/a-configuration.ts';
import { outcomes } from '../../../support/an-issuance.ts';
import {
  aLineOf,
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
  sessionIdentity,
  toRoleAccountsCopy,
  trailCanary,
} from '../../../support/trail-records.ts';

const otherRole = 'arn:aws:iam::222222222222:role/daypass/Admin';
const human = sessionIdentity('arn:aws:iam::111111111111:role/Admins', 'mallory');

const deployer = `arn:aws:iam::${brokerAccount}:role/Deployer`;
const federated = `arn:aws:sts::${brokerAccount}:federated-user/bob`;

describe('an event and its row', () => {
  it('are joined: the row keeps the sighting, is matched and closed, and there is no finding', async () => {
    const { reconcile, row, tracked, memory } = withRow();

    const answer = await reconcile(aRecordOf(row));

    expect(answer).toEqual({ outcome: 'joined', issuanceId: row.id, found: [] });
    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(tracked()?.sightings).toEqual({
      0: {
        eventId: 'eeeeeeee-0000-4000-8000-000000000001',
        sharedEventId: 'dddddddd-0000-4000-8000-000000000001',
        eventTime: '2026-01-01T00:00:00Z',
        eventName: 'AssumeRole',
        region: 'eu-west-1',
        accountId: brokerAccount,
        requestId: row.stsRequestId,
        accessKeyId: row.accessKeyId,
      },
    });
    expect(JSON.stringify([...memory.rows.values()])).not.toContain(trailCanary);
  });

  it('are joined once, whichever copy comes first and however often', async () => {
    const { reconcile, row, tracked, memory } = withRow();
    const own = aRecordOf(row);
    const copy = toRoleAccountsCopy(own, row.roleArns?.[0] ?? '');

    for (const record of [copy, own, copy, own]) await reconcile(record);

    expect(tracked()?.sightings[0]?.accountId).toBe('222222222222');
    expect(tracked()?.match).toBe('MATCHED');
    expect(memory.listFindings()).toEqual([]);
  });

  it('are joined before the row has its outcome, which is compared when the event comes again', async () => {
    const pending = aRow({}, { state: 'PENDING' });
    const { reconcile, tracked, memory, row } = withRow(pending);
    const record = aRecordOf(aRow());

    expect((await reconcile(record)).outcome).toBe('joined');
    expect(tracked()).toMatchObject({ state: 'PENDING', isOpen: true });
    expect(tracked()?.match).toBeUndefined();

    memory.rows.set(row.id, {
      ...pending,
      ...outcomes.ISSUED,
      sightings: tracked()?.sightings ?? {},
      isOpen: true,
    });
    await reconcile(record);

    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(memory.listFindings()).toEqual([]);
  });

  it('stay open for the line of the gateway, though they match', async () => {
    const { reconcile, row, tracked, memory } = withRow();
    memory.lines.clear();

    await reconcile(aRecordOf(row));
    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: true });

    memory.lines.set(row.gatewayRequestId, aLineOf(row));
    await reconcile(aRecordOf(row));
    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(memory.listFindings()).toEqual([]);
  });

  it('whose line names another principal are a finding', async () => {
    const { reconcile, row, memory } = withRow();
    memory.lines.set(row.gatewayRequestId, { ...aLineOf(row), principalId: 'x'.repeat(43) });

    const { found } = await reconcile(aRecordOf(row));

    expect(found).toMatchObject([
      { isNew: true, discovery: { kind: 'other-principal', severity: 'critical', issuanceId: row.id } },
    ]);
  });

  it.each([
    ['of a session of the role', deployer, `assumed-role/Deployer/x`, []],
    ['of another role of the account', deployer, `assumed-role/Deployer2/x`, ['other-principal OPEN']],
    ['that does not say who', deployer, undefined, ['other-principal OPEN']],
    ['of the federated user', federated, 'federated-user/bob', []],
    ['of another federated user', federated, 'federated-user/eve', ['other-principal OPEN']],
  ])('under /iam/v1 are compared by who signed: a line %s', async (_what, subject, caller, findings) => {
    const { reconcile, row, memory } = withRow(aRow({ principal: { issuer: 'aws', subject } }));
    const userArn = caller === undefined ? {} : { userArn: `arn:aws:sts::${brokerAccount}:${caller}` };
    memory.lines.set(row.gatewayRequestId, {
      ...{ gatewayRequestId: row.gatewayRequestId, accountId: brokerAccount },
      ...userArn,
    });

    await reconcile(aRecordOf(row));

    expect(memory.listFindings()).toEqual(findings);
  });

  it.each([
    [200, {}, []],
    [403, {}, ['other-principal OPEN']],
    // Of a console whose link AWS did not give, the session is there all the same.
    [502, {}, []],
    [409, { purpose: 'probe' as const }, []],
  ])('whose request was answered %d, %j', async (status, changes, findings) => {
    const { reconcile, row, memory } = withRow(aRow(changes));
    memory.lines.set(row.gatewayRequestId, { ...aLineOf(row), status });

    await reconcile(aRecordOf(row));

    expect(memory.listFindings()).toEqual(findings);
  });

  it.each([
    ['of another account', { accountId: '999999999999' }],
    ['of nobody', {}],
  ])("under /iam/v1 are another principal's: a line %s", async (_what, caller) => {
    const { reconcile, row, memory } = withRow(aRow({ principal: { issuer: 'aws', subject: deployer } }));
    memory.lines.set(row.gatewayRequestId, { gatewayRequestId: row.gatewayRequestId, ...caller });

    await reconcile(aRecordOf(row));

    expect(memory.listFindings()).toEqual(['other-principal OPEN']);
  });

  it('match where STS refused after it had read the parameters', async () => {
    const row = aRow({}, { ...outcomes.REFUSED, errorCode: 'PackedPolicyTooLarge' });
    const { reconcile, tracked, memory } = withRow(row);

    await reconcile(aRecordOf(row, { errorCode: 'PackedPolicyTooLargeException' }));

    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(memory.listFindings()).toEqual([]);
  });
});

describe('what is nobody of ours', () => {
  it.each([
    [
      'a session of somebody else',
      { userIdentity: human, requestParameters: { roleArn: otherRole, roleSessionName: 'x' } },
    ],
    [
      'a name of ours on a role that no profile has',
      { userIdentity: human, requestParameters: { ...toParameters(aRow()), roleArn: otherRole } },
    ],
  ])('leaves nothing: %s', async (_what, parts) => {
    const { reconcile, memory } = aReconciling();

    expect(await reconcile(aRecordOf(aRow(), parts))).toEqual({ outcome: 'foreign', found: [] });
    expect(memory.listFindings()).toEqual([]);
  });

  it('leaves nothing: what a caller does with its session', async () => {
    const { reconcile, row, memory, tracked } = withRow();
    const session = sessionIdentity(row.roleArns?.[0] ?? '', row.roleSessionName ?? '', row.accessKeyId);
    const record = aRecordOf(row, {
      ...anotherCall,
      userIdentity: session,
      accessKeyId: 'ASIAOFTHECALLER00000',
      requestParameters: { roleArn: otherRole, roleSessionName: 'onwards' },
      recipientAccountId: '222222222222',
    });

    expect((await reconcile(record)).outcome).toBe('foreign');
    expect(tracked()?.sightings).toEqual({});
    expect(memory.listFindings()).toEqual([]);
  });

  it.each(['GetCallerIdentity', 'GetAccessKeyInfo'])('is harmless: %s', async (eventName) => {
    const record = aTrailRecord({ eventName, userIdentity: issuerIdentity, requestParameters: null });

    expect((await aReconciling().reconcile(record)).outcome).toBe('harmless');
  });

  it('is too old, where its row would be gone', async () => {
    const { reconcile, at } = aReconciling();
    at(399 * 24 * 60);
    expect((await reconcile(aRecordOf(aRow()))).outcome).toBe('unaudited');
    at(400 * 24 * 60);
    expect((await reconcile(aRecordOf(aRow()))).outcome).toBe('too-old');
  });

  it('is not too old on its first day, though rows are kept for no longer', async () => {
    const { reconcile, at } = aReconciling({
      configuration: aConfiguration({ audit: { retentionDays: 1 } }),
    });
    at(22 * 60);

    expect((await reconcile(aRecordOf(aRow()))).outcome).toBe('unaudited');
  });

  it('comes again, where the row may still be on its way from another region', async () => {
    const { reconcile, at, memory } = aReconciling({ otherRegions: ['eu-central-1'] });
    const record = aRecordOf(aRow(), { region: 'eu-central-1' });

    expect((await reconcile(record)).outcome).toBe('deferred');
    expect((await reconcile(aRecordOf(aRow(), { region: 'us-east-1' }))).outcome).toBe('unaudited');
    memory.findingsById.clear();
    at(11);
    expect((await reconcile(record)).outcome).toBe('unaudited');
  });
});

describe('two at once', () => {
  it('end as one after the other', async () => {
    const { reconcile, row, tracked, memory } = withRow();
    const own = aRecordOf(row);
    const copies = Array.from({ length: 6 }, (_, index) =>
      index % 2 === 0 ? own : toRoleAccountsCopy(own, row.roleArns?.[0] ?? ''),
    );

    await Promise.all(copies.map(reconcile));

    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(memory.listFindings()).toEqual([]);
  });

  it('find no more than one session for a row', async () => {
    const { reconcile, row, memory } = withRow(aRow({}, outcomes.UNKNOWN));

    await Promise.all([aRecordOf(row), aRecordOf(row, anotherCall)].map(reconcile));

    expect(memory.listFindings()).toEqual(['unaudited-issuance OPEN']);
  });

  it('a row that changes without end is an error, and is delivered again', async () => {
    const { reconcile } = withRow(aRow(), {
      ports: (memory: ReturnType<typeof aReconciling>['memory']) => ({
        issuances: { ...memory.issuances, update: async () => false },
      }),
    });

    await expect(reconcile(aRecordOf(aRow()))).rejects.toThrow('changes faster');
  });

  it('a row that is deleted meanwhile is an error, and its session is without one when the event is delivered again', async () => {
    const { reconcile, row, memory } = withRow(aRow(), {
      ports: (inner: ReturnType<typeof aReconciling>['memory']) => ({
        issuances: {
          ...inner.issuances,
          update: async () => {
            inner.rows.clear();
            return false;
          },
        },
      }),
    });

    await expect(reconcile(aRecordOf(row))).rejects.toThrow('is not there any more');
    await reconcile(aRecordOf(row));

    expect(memory.listFindings()).toEqual(['unaudited-issuance OPEN']);
  });

  it('who dies after the finding and before the row finds the same again', async () => {
    let isDead = true;
    const { reconcile, row, memory, tracked } = withRow(aRow(), {
      ports: (inner: ReturnType<typeof aReconciling>['memory']) => ({
        issuances: {
          ...inner.issuances,
          update: async (...asked: Parameters<typeof inner.issuances.update>) => {
            if (isDead) throw new Error('died');
            return inner.issuances.update(...asked);
          },
        },
      }),
    });
    const record = aRecordOf(row, { requestParameters: { ...toParameters(row), durationSeconds: 3600 } });

    await expect(reconcile(record)).rejects.toThrow('died');
    expect(memory.listFindings()).toEqual(['mismatch OPEN']);
    isDead = false;
    await reconcile(record);

    expect(memory.listFindings()).toEqual(['mismatch OPEN']);
    expect(tracked()?.match).toBe('MISMATCHED');
  });
});
