import { describe, expect, it } from '@jest/globals';
import type { Issuance } from '../../../../lambda/core/issuance.ts';
import { hops, outcomes } from '../../../support/an-issuance.ts';
import { aPolicy, aReconciling, aRow, settleMinutes, withRow } from '../../../support/reconciling.ts';
import {
  aTrailRecord,
  brokerAccount,
  issuerIdentity,
  type RawRecord,
  sessionIdentity,
} from '../../../support/trail-records.ts';

const gateway = hops[0].roleArn;
const relay = hops[1].roleArn;
const target = 'arn:aws:iam::444444444444:role/daypass/Target';
const everywhere = [brokerAccount, '222222222222', '333333333333', '444444444444'];
const key = 'ASIAIOSFODNN7EXAMPLE';

const chainOf = (outcome: Parameters<typeof aRow>[1], changes = {}) =>
  aRow({ roleArns: [gateway, relay, target], ...changes }, outcome);

/** The record of one hop of a chain, in the caller's account, as AWS shows it. */
function aHop(
  row: Issuance,
  place: number,
  parts: { readonly errorCode?: string; readonly requestId?: string } = {},
): RawRecord {
  const roleArn = row.roleArns?.[place] ?? '';
  const before = row.roleArns?.[place - 1];
  const isLast = place === (row.roleArns?.length ?? 0) - 1;
  const isDenied = parts.errorCode !== undefined;
  const known = row.hops?.[place];
  const userIdentity =
    before === undefined ? issuerIdentity : sessionIdentity(before, row.roleSessionName ?? '');
  return aTrailRecord({
    eventName: 'AssumeRole',
    userIdentity,
    recipientAccountId: before === undefined ? brokerAccount : (before.split(':')[4] ?? ''),
    requestParameters: isDenied
      ? null
      : {
          ...{ roleArn, roleSessionName: row.roleSessionName, sourceIdentity: row.sourceIdentity },
          durationSeconds: isLast ? row.durationSeconds : 900,
          policy: isLast ? aPolicy : '{"Version":"2012-10-17","Statement":["next hop"]}',
        },
    requestId: known?.stsRequestId ?? row.stsRequestId ?? `request-${place}`,
    ...(isDenied ? {} : { accessKeyId: known?.accessKeyId ?? row.accessKeyId ?? `ASIAHOP${place}` }),
    eventId: `event-${place}`,
    ...parts,
  });
}

describe('a chain of roles', () => {
  it('is matched when each hop has its event, in any order', async () => {
    const row = chainOf({ ...outcomes.ISSUED, hops });
    const { reconcile, tracked, memory } = withRow(row, { trailAccounts: everywhere });

    for (const place of [2, 0]) await reconcile(aHop(row, place));
    expect(tracked()).toMatchObject({ isOpen: true });
    expect(tracked()?.match).toBeUndefined();
    await reconcile(aHop(row, 1));

    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(tracked()?.sightings).toMatchObject({
      0: { eventId: 'event-0' },
      1: { eventId: 'event-1' },
      2: { eventId: 'event-2' },
    });
    expect(memory.listFindings()).toEqual([]);
  });

  it('is matched by the hops whose accounts the trail covers', async () => {
    const row = chainOf({ ...outcomes.ISSUED, hops });
    const { reconcile, tracked } = withRow(row);

    await reconcile(aHop(row, 0));

    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
  });

  it('that broke is matched by the session on the way and the refusal, which its caller names', async () => {
    const row = chainOf({ ...outcomes.REFUSED, hops: [hops[0]] });
    const { reconcile, tracked, memory } = withRow(row, { trailAccounts: everywhere });

    await reconcile(aHop(row, 1, { errorCode: 'AccessDenied', requestId: row.stsRequestId ?? '' }));
    await reconcile(aHop(row, 0));

    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(memory.listFindings()).toEqual([]);
  });

  it('that failed on the way still has its first session to be found', async () => {
    const row = chainOf({ ...outcomes.FAILED, hops: [hops[0]] });
    const { reconcile, tracked, memory, settle, at } = withRow(row);
    at(settleMinutes + 1);

    await settle();
    expect(tracked()?.match).toBe('MISSING');
    await reconcile(aHop(row, 0));

    expect(tracked()?.match).toBe('MATCHED');
    expect(memory.listFindings()).toEqual(['missing-from-cloudtrail RESOLVED']);
  });

  it('takes no hop from a session of another role, though nothing else is known of it', async () => {
    const row = chainOf(outcomes.UNKNOWN);
    const { reconcile, tracked } = withRow(row, { trailAccounts: everywhere });
    const stranger = sessionIdentity('arn:aws:iam::222222222222:role/Other', 'x');

    expect((await reconcile({ ...aHop(row, 1), userIdentity: stranger })).outcome).toBe('unaudited');
    expect(tracked()?.sightings).toEqual({});
    expect((await reconcile(aHop(row, 1))).outcome).toBe('joined');
  });

  it('whose session on the way somebody else used is an unaudited issuance', async () => {
    const row = chainOf({ ...outcomes.ISSUED, hops });
    const { reconcile, memory } = withRow(row, { trailAccounts: everywhere });
    const stolen = (roleArn: string, roleSessionName = 'x') =>
      aTrailRecord({
        eventName: 'AssumeRole',
        userIdentity: sessionIdentity(roleArn, row.roleSessionName ?? ''),
        requestParameters: { roleArn: 'arn:aws:iam::444444444444:role/Other', roleSessionName },
        accessKeyId: 'ASIASTOLEN0000000000',
      });

    expect((await reconcile(stolen(relay))).outcome).toBe('unaudited');
    // In the name of an issuance that is not there, or of another one.
    const others = aRow({ id: '01KDVDPJ0000000000000000B0' });
    expect((await reconcile(stolen(relay, others.roleSessionName))).outcome).toBe('unaudited');
    memory.add(others);
    expect((await reconcile(stolen(relay, others.roleSessionName))).outcome).toBe('unaudited');
    // The last one's is the caller's own to use.
    expect((await reconcile(stolen(target))).outcome).toBe('foreign');
  });
});

describe('a token that AWS signs', () => {
  const row = aRow(
    { purpose: 'web-identity-token', roleArns: [gateway], audiences: ['x'], durationSeconds: 300 },
    { state: 'ISSUED', finishedAt: '2026-01-01T00:00:01Z', stsRequestId: 'token-request', hops: [hops[0]] },
  );
  const token = aTrailRecord({
    eventName: 'GetWebIdentityToken',
    userIdentity: sessionIdentity(gateway, row.roleSessionName ?? ''),
    requestParameters: { audience: ['x'], durationSeconds: 300, signingAlgorithm: 'RS256' },
    requestId: 'token-request',
    recipientAccountId: '222222222222',
  });

  it('has two events, and the session that asks is nobody else', async () => {
    const { reconcile, tracked, memory } = withRow(row, { trailAccounts: everywhere });

    await reconcile(token);
    await reconcile(aHop({ ...row, durationSeconds: 1260 }, 0));

    expect(tracked()).toMatchObject({
      match: 'MATCHED',
      sightings: { 1: { eventName: 'GetWebIdentityToken' } },
    });
    expect(memory.listFindings()).toEqual([]);
    const second = { ...token, requestID: 'another', eventID: 'another' };
    expect((await reconcile(second)).outcome).toBe('unaudited');
  });
});

describe('AssumeRoot', () => {
  const row = aRow(
    {
      ...{
        mechanism: 'assume-root',
        roleArns: [gateway],
        targetPrincipal: '333333333333',
        durationSeconds: 900,
      },
      taskPolicyArn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials',
    },
    { ...outcomes.ISSUED, hops: [hops[0]] },
  );
  const toRoot = (requestParameters: RawRecord) =>
    aTrailRecord({
      eventName: 'AssumeRoot',
      userIdentity: sessionIdentity(gateway, row.roleSessionName ?? ''),
      requestParameters,
      requestId: row.stsRequestId ?? '',
      accessKeyId: key,
      recipientAccountId: '222222222222',
    });
  const right = {
    targetPrincipal: '333333333333',
    taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' },
    durationSeconds: 900,
  };

  it('is found by the session that asks', async () => {
    const { reconcile, tracked, memory } = withRow(row, { trailAccounts: everywhere });

    await reconcile(toRoot(right));
    await reconcile(aHop(row, 0));

    expect(tracked()).toMatchObject({ match: 'MATCHED', sightings: { 1: { eventName: 'AssumeRoot' } } });
    expect(memory.listFindings()).toEqual([]);
  });

  it.each([
    ['targetPrincipal', { ...right, targetPrincipal: '444444444444' }],
    [
      'taskPolicyArn',
      { ...right, taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy' } },
    ],
  ])('of another %s is critical', async (field, parameters) => {
    const { reconcile, memory } = withRow(row);

    await reconcile(toRoot(parameters));

    expect([...memory.findingsById.values()]).toMatchObject([
      { kind: 'mismatch', severity: 'critical', differences: [{ field }] },
    ]);
  });
});

describe('a federated user', () => {
  const federatorArn = 'arn:aws:iam::111111111111:user/daypass/daypass-prod-eu-west-1-federator';
  const federator = {
    type: 'IAMUser',
    arn: federatorArn,
    accountId: brokerAccount,
    accessKeyId: 'AKIAFEDERATOR',
    userName: 'x',
  };
  const whole = aRow({ mechanism: 'federation-token', roleArns: [] });
  const digest = whole.roleSessionName?.slice(-16, -11) ?? '';
  const row = { ...whole, roleSessionName: `${whole.id}-${digest}` };
  const toRecord = (name: string, parts = {}) =>
    aTrailRecord({
      eventName: 'GetFederationToken',
      userIdentity: federator,
      requestParameters: { name, durationSeconds: 900, policy: aPolicy },
      requestId: row.stsRequestId ?? '',
      accessKeyId: key,
      ...parts,
    });

  it('is found by its name, which has a part of the digest', async () => {
    const { reconcile, tracked, memory } = withRow(row);

    await reconcile(toRecord(row.roleSessionName));

    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(memory.listFindings()).toEqual([]);
  });

  it('of an edited row is found by that part', async () => {
    const { reconcile, memory } = withRow({ ...row, reason: 'another' });

    await reconcile(toRecord(row.roleSessionName));

    expect(memory.listFindings()).toEqual(['edited-row OPEN']);
  });

  it("is unaudited where the federator's key was used for another, and not where somebody's was", async () => {
    const { reconcile } = aReconciling();

    expect((await reconcile(toRecord('backdoor'))).outcome).toBe('unaudited');
    const others = { ...federator, arn: 'arn:aws:iam::111111111111:user/alice' };
    expect((await reconcile(toRecord('alice', { userIdentity: others }))).outcome).toBe('foreign');
  });

  it('may do what it was given for', async () => {
    const { reconcile } = aReconciling();
    const session = {
      ...{ type: 'FederatedUser', arn: `arn:aws:sts::111111111111:federated-user/${row.roleSessionName}` },
      accountId: brokerAccount,
      sessionContext: { sessionIssuer: { type: 'IAMUser', arn: federatorArn } },
    };

    expect(
      (await reconcile(toRecord('x', { userIdentity: session, eventName: 'GetFederationToken' }))).outcome,
    ).toBe('foreign');
  });

  it('that was refused shows no name: remembered by its request', async () => {
    const refused = { ...row, ...outcomes.REFUSED };
    const { reconcile, tracked, settle, at } = withRow(refused);

    const denied = toRecord('', {
      requestParameters: null,
      errorCode: 'AccessDenied',
      accessKeyId: undefined,
    });
    expect((await reconcile(denied)).outcome).toBe('remembered');
    at(settleMinutes + 1);
    await settle();

    expect(tracked()?.match).toBe('MATCHED');
  });
});

describe('probes', () => {
  const stranger = `arn:aws:iam::${brokerAccount}:role/daypass/daypass-prod-eu-west-1-stranger`;
  const proberIdentity = sessionIdentity(
    `arn:aws:iam::${brokerAccount}:role/daypass/daypass-prod-eu-west-1-prober`,
    'prober',
  );

  it('by the stranger have a session of it first, without a source identity', async () => {
    const roleSessionName = `daypass-probe-stranger-${aRow().id}`;
    const hop = { roleArn: stranger, stsRequestId: 'hop-request', accessKeyId: 'ASIASTRANGER00000000' };
    const row: Issuance = {
      ...aRow(
        { purpose: 'probe', roleArns: [stranger, target], gatewayRequestId: '' },
        { ...outcomes.REFUSED, hops: [hop] },
      ),
      roleSessionName,
    };
    const { reconcile, tracked, memory } = withRow(row);
    const first = aTrailRecord({
      eventName: 'AssumeRole',
      userIdentity: proberIdentity,
      requestParameters: { roleArn: stranger, roleSessionName, durationSeconds: 900, policy: '{}' },
      requestId: 'hop-request',
      accessKeyId: 'ASIASTRANGER00000000',
    });
    const second = aTrailRecord({
      eventName: 'AssumeRole',
      userIdentity: sessionIdentity(stranger, roleSessionName, 'ASIASTRANGER00000000'),
      requestParameters: null,
      requestId: row.stsRequestId ?? '',
      errorCode: 'AccessDenied',
    });

    for (const record of [second, first]) expect((await reconcile(record)).outcome).toBe('joined');

    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(memory.listFindings()).toEqual([]);
  });
});
