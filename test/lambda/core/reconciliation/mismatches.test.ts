import { describe, expect, it } from '@jest/globals';
import { anId, outcomes } from '../../../support/an-issuance.ts';
import {
  anotherCall,
  aPolicy,
  aRecordOf,
  aRow,
  settleMinutes,
  toParameters,
  withRow,
} from '../../../support/reconciling.ts';
import { trailCanary } from '../../../support/trail-records.ts';

const otherRole = 'arn:aws:iam::222222222222:role/daypass/Admin';

describe('a row that was edited', () => {
  it.each([
    ['the principal', { principal: { issuer: 'okta', subject: 'mallory@example.com' } }],
    ['the reason', { reason: 'none' }],
    ['the statement', { statement: 'trust[7]' }],
    ['the request of the gateway', { gatewayRequestId: 'other' }],
    ['the tags', { sessionTags: { Team: 'other' } }],
  ])('is found by the digest in the name: %s', async (_what, changes) => {
    const { reconcile, row, memory, tracked } = withRow();
    memory.rows.set(row.id, { ...row, ...changes, sightings: {}, isOpen: true });

    await reconcile(aRecordOf(row));

    const edited = [...memory.findingsById.values()].filter(({ kind }) => kind === 'edited-row');
    expect(edited).toMatchObject([
      {
        severity: 'critical',
        issuanceId: row.id,
        differences: [{ field: 'digest', event: row.roleSessionName?.slice(-16) }],
      },
    ]);
    expect(tracked()).toMatchObject({ match: 'MISMATCHED', sightings: { 0: { differences: ['digest'] } } });
  });

  it('and all that would give it away is found as well: digest and name made anew', async () => {
    const { reconcile, row, memory } = withRow();
    const forged = aRow({ principal: { issuer: 'okta', subject: 'mallory@example.com' } });
    memory.rows.set(row.id, { ...forged, sightings: {}, isOpen: true });

    await reconcile(aRecordOf(row));

    expect(memory.listFindings()).toContain('edited-row OPEN');
  });

  it.each([
    [
      'the key and the request',
      { accessKeyId: 'ASIAOTHER00000000000', stsRequestId: 'other' },
      'unaudited-issuance',
    ],
    ['the key', { accessKeyId: 'ASIAOTHER00000000000' }, 'mismatch'],
    ['the state', { state: 'REFUSED' as const }, 'mismatch'],
    ['the name', { roleSessionName: `bob-${anId}-0123456789abcdef` }, 'mismatch'],
  ])('in what the digest does not hold is found too: %s', async (_what, changes, kind) => {
    const { reconcile, row, memory } = withRow();
    memory.rows.set(row.id, { ...row, ...changes, sightings: {}, isOpen: true });

    await reconcile(aRecordOf(row));

    expect(memory.listFindings()).toEqual([`${kind} OPEN`]);
  });

  it('after it was matched is found when the event comes again, as the trail brings what the bus brought', async () => {
    const { reconcile, row, memory, tracked } = withRow();
    await reconcile(aRecordOf(row));
    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    const seen = tracked();
    if (seen === undefined) throw new TypeError('the row is gone');
    memory.rows.set(row.id, { ...seen, reason: 'another' });

    await reconcile(aRecordOf(row));
    await reconcile(aRecordOf(row));

    expect(memory.listFindings()).toEqual(['edited-row OPEN']);
    expect(tracked()).toMatchObject({ match: 'MISMATCHED', sightings: { 0: { differences: ['digest'] } } });
  });

  it('of which the parts are gone is found', async () => {
    const { reconcile, row, memory } = withRow();
    const { statement, sessionTags, ...rest } = row;
    memory.rows.set(row.id, { ...rest, sightings: {}, isOpen: true });

    await reconcile(aRecordOf(row));

    expect(memory.listFindings()).toContain('edited-row OPEN');
  });
});

describe('what an event says otherwise than its row', () => {
  it.each([
    ['roleSessionName', { roleSessionName: `x-${aRow().roleSessionName}` }, 'error'],
    ['durationSeconds', { durationSeconds: 3600 }, 'error'],
    ['sourceIdentity', { sourceIdentity: 'okta.mallory' }, 'error'],
    ['sourceIdentity', { sourceIdentity: undefined }, 'error'],
    ['sessionPolicySha256', { policy: `${aPolicy} ` }, 'warning'],
    ['sessionPolicySha256', { policy: undefined }, 'error'],
  ])('is a mismatch: %s', async (field, parameters, severity) => {
    const { reconcile, row, memory, tracked } = withRow();

    await reconcile(aRecordOf(row, { requestParameters: { ...toParameters(row), ...parameters } }));

    expect([...memory.findingsById.values()]).toMatchObject([
      { kind: 'mismatch', severity, differences: [{ field }] },
    ]);
    expect(tracked()).toMatchObject({ match: 'MISMATCHED', sightings: { 0: { differences: [field] } } });
  });

  it.each([
    [
      'another role',
      { requestParameters: { ...toParameters(aRow()), roleArn: otherRole } },
      'roleArn',
      'critical',
    ],
    ['another key', { accessKeyId: 'ASIAOTHER00000000000' }, 'accessKeyId', 'error'],
    ['another request', { requestId: anotherCall.requestId }, 'stsRequestId', 'error'],
    ['an error', { errorCode: 'AccessDenied', accessKeyId: undefined }, 'outcome', 'error'],
  ])('is a mismatch, where STS gave one of the ids in both: %s', async (_what, parts, field, severity) => {
    const { reconcile, row, memory } = withRow();

    await reconcile(aRecordOf(row, parts as object));

    expect([...memory.findingsById.values()]).toMatchObject([
      { kind: 'mismatch', severity, differences: [{ field }] },
    ]);
  });

  it.each([
    ['REFUSED', outcomes.REFUSED],
    ['FAILED', outcomes.FAILED],
  ])('is critical where the row is %s and STS gave a session', async (_state, outcome) => {
    const { reconcile, row, memory } = withRow(aRow({}, outcome));

    await reconcile(aRecordOf(row, { accessKeyId: 'ASIAOTHER00000000000' }));

    expect([...memory.findingsById.values()]).toMatchObject([
      {
        kind: 'mismatch',
        severity: 'critical',
        differences: [{ field: 'outcome', row: 'refused', event: 'granted' }],
      },
    ]);
  });

  it.each([
    ['when the outcome comes, after the event', 'PENDING', 'settle'],
    ['when the event comes again, after an edit', 'ISSUED', 'event'],
  ] as const)('rings by its own severity, a warning that is open or not: %s', async (_when, state, by) => {
    const { reconcile, settle, at, row, memory } = withRow();
    const record = aRecordOf(row, { requestParameters: { ...toParameters(row), policy: `${aPolicy} ` } });
    memory.rows.set(row.id, { ...row, state, sightings: {}, isOpen: true });
    await reconcile(record);
    const seen = memory.rows.get(row.id) ?? memory.add(row);
    memory.rows.set(row.id, { ...seen, state: 'REFUSED' });

    at(settleMinutes + 1);
    const { found } = by === 'settle' ? await settle() : await reconcile(record);

    expect([...memory.findingsById.values()].map(({ severity }) => severity)).toEqual([
      'warning',
      'critical',
    ]);
    expect(found).toMatchObject([
      { isNew: true, discovery: { severity: 'critical', differences: [{ field: 'outcome' }] } },
    ]);
  });

  it('of regions is compared where the row says which', async () => {
    const { reconcile, row, memory } = withRow();
    memory.rows.set(row.id, { ...row, region: 'eu-central-1', sightings: {}, isOpen: true });

    await reconcile(aRecordOf(row));

    expect(
      [...memory.findingsById.values()].map(({ differences }) => differences.map(({ field }) => field)),
    ).toContainEqual(['region']);
  });

  it('holds nothing of the record but the listed fields', async () => {
    const { reconcile, row, memory } = withRow();

    await reconcile(
      aRecordOf(row, {
        requestParameters: { ...toParameters(row), durationSeconds: 3600, policy: trailCanary },
      }),
    );

    const kept = JSON.stringify([[...memory.rows.values()], [...memory.findingsById.values()]]);
    expect(kept).not.toContain(trailCanary);
    expect(kept).not.toContain('daypass-00000000000000000000000000000000');
  });
});
