import { describe, expect, it } from '@jest/globals';
import { createHearLine } from '../../../../lambda/core/reconciliation/hear-line.ts';
import type { GatewayLine } from '../../../../lambda/core/reconciliation/reconciliation-ports.ts';
import { outcomes } from '../../../support/an-issuance.ts';
import {
  aLineOf,
  anotherCall,
  aReconciling,
  aRecordOf,
  aRow,
  settleMinutes,
  withRow,
} from '../../../support/reconciling.ts';
import { nowMs } from '../../../support/tokens.ts';
import { aTrailRecord, issuerIdentity } from '../../../support/trail-records.ts';

const later = settleMinutes + 1;

describe('a row whose time is up', () => {
  it('is not looked at before', async () => {
    const { settle, at, memory, tracked } = withRow();
    at(settleMinutes);

    expect(await settle()).toMatchObject({ looked: 0, hasMore: false });
    expect(memory.listFindings()).toEqual([]);
    expect(tracked()?.isOpen).toBe(true);
  });

  it('without its event is missing: a finding, once, and the row leaves the index', async () => {
    const { settle, at, memory, tracked, row } = withRow();
    at(later);

    const { closed, found } = await settle();

    expect(closed).toMatchObject({ MISSING: 1, MATCHED: 0 });
    expect(found).toMatchObject([
      {
        isNew: true,
        discovery: {
          id: `missing-from-cloudtrail-${row.id}`,
          severity: 'error',
          summary: `issuance ${row.id} is ISSUED, and CloudTrail has no event of it: AssumeRole in 111111111111`,
        },
      },
    ]);
    expect(tracked()).toMatchObject({ match: 'MISSING', isOpen: false });
    expect(await settle()).toMatchObject({ looked: 0 });
    expect(memory.listFindings()).toEqual(['missing-from-cloudtrail OPEN']);
  });

  it('is missing its event where a call in its name that was denied came before its outcome', async () => {
    const row = aRow();
    const { settle, at, memory, tracked, reconcile } = withRow(aRow({}, { state: 'PENDING' }));
    const { accessKeyId: _notGiven, ...call } = anotherCall;
    const denied = { ...call, errorCode: 'AccessDenied' };
    expect((await reconcile(aRecordOf(aRow({}, outcomes.REFUSED), denied))).outcome).toBe('joined');
    const { sightings = {} } = tracked() ?? {};
    memory.rows.set(row.id, { ...row, sightings, isOpen: true });
    at(later);

    await settle();
    expect(tracked()).toMatchObject({ match: 'MISSING', isOpen: false });
    expect(memory.listFindings()).toEqual(['missing-from-cloudtrail OPEN']);

    await reconcile(aRecordOf(row));
    expect(tracked()?.match).toBe('MATCHED');
    expect(memory.listFindings()).toEqual(['missing-from-cloudtrail RESOLVED']);
  });

  it('is healed by an event that comes after all', async () => {
    const { settle, at, memory, tracked, row, reconcile } = withRow();
    at(later);
    await settle();

    await reconcile(aRecordOf(row));

    expect(tracked()?.match).toBe('MATCHED');
    expect(memory.listFindings()).toEqual(['missing-from-cloudtrail RESOLVED']);
  });

  it('is not missing where its event came while that was being said', async () => {
    const row = aRow();
    let isFirst = true;
    const { memory, settle, at } = withRow(row, {
      ports: (inner) => ({
        issuances: {
          ...inner.issuances,
          update: async (seen, change) => {
            if (!isFirst) return inner.issuances.update(seen, change);
            isFirst = false;
            const sighting = {
              ...{ eventId: 'e', eventTime: '2026-01-01T00:00:00Z', eventName: 'AssumeRole' },
              ...{ region: 'eu-west-1', accountId: '111111111111', requestId: row.stsRequestId ?? '' },
            };
            inner.add(row, { match: 'MATCHED', isOpen: false, sightings: { 0: sighting } });
            return false;
          },
        },
      }),
    });
    at(later);

    await settle();

    expect(memory.listFindings()).toEqual(['missing-from-cloudtrail RESOLVED']);
  });

  it('is healed where the one who settled died before the row said so', async () => {
    const { memory, row, reconcile, at } = withRow();
    at(later);
    await memory.findings.record({
      ...{ id: `missing-from-cloudtrail-${row.id}`, kind: 'missing-from-cloudtrail', severity: 'error' },
      ...{ summary: '', differences: [] },
    });

    await reconcile(aRecordOf(row));

    expect(memory.listFindings()).toEqual(['missing-from-cloudtrail RESOLVED']);
  });

  it.each([
    ['UNKNOWN', outcomes.UNKNOWN, [], 'ABSENT', []],
    ['UNKNOWN', outcomes.UNKNOWN, ['999999999999'], 'NOT_EXPECTED', []],
    ['ISSUED', outcomes.ISSUED, ['999999999999'], 'NOT_EXPECTED', []],
    ['REFUSED', outcomes.REFUSED, [], 'MISSING', ['missing-from-cloudtrail OPEN']],
    // The role's account has nothing of what was denied.
    ['REFUSED', outcomes.REFUSED, ['222222222222'], 'NOT_EXPECTED', []],
    ['ISSUED', outcomes.ISSUED, ['222222222222'], 'MISSING', ['missing-from-cloudtrail OPEN']],
    ['REFUSED', { ...outcomes.REFUSED, errorCode: 'InvalidClientTokenId' }, [], 'NOT_EXPECTED', []],
  ])(
    '%s, without an event and with %j in the trail of %j: %s',
    async (_state, outcome, accounts, match, findings) => {
      const options = accounts.length === 0 ? {} : { trailAccounts: accounts };
      const { settle, at, memory, tracked } = withRow(aRow({}, outcome), options);
      at(later);

      await settle();

      expect(tracked()).toMatchObject({ match, isOpen: false });
      expect(memory.listFindings()).toEqual(findings);
    },
  );

  it('of an answer that was lost is told by its event, whenever it comes', async () => {
    const { settle, at, memory, tracked, row, reconcile } = withRow(aRow({}, outcomes.UNKNOWN));
    at(later);
    await settle();
    expect(tracked()?.match).toBe('ABSENT');

    await reconcile(aRecordOf(row));

    expect(tracked()).toMatchObject({
      match: 'MATCHED',
      sightings: { 0: { accessKeyId: 'ASIASOMEKEY000000000' } },
    });
    expect(memory.listFindings()).toEqual([]);
  });

  it('is compared with what was seen of it before it had its outcome', async () => {
    const pending = aRow({}, { state: 'PENDING' });
    const { settle, at, memory, tracked, row, reconcile } = withRow(pending);
    await reconcile(aRecordOf(pending, { requestId: 'of somebody else' }));
    memory.rows.set(row.id, {
      ...pending,
      ...outcomes.ISSUED,
      sightings: tracked()?.sightings ?? {},
      isOpen: true,
    });
    at(later);

    await settle();

    expect(tracked()?.match).toBe('MISMATCHED');
    expect([...memory.findingsById.values()]).toMatchObject([
      { kind: 'unaudited-issuance', severity: 'critical', issuanceId: row.id },
    ]);
  });

  it('was refused before CloudTrail shows why: found by the id of the request', async () => {
    const { settle, at, memory, tracked, row, reconcile } = withRow(aRow({}, outcomes.REFUSED));
    const denied = aTrailRecord({
      ...{ eventName: 'AssumeRole', userIdentity: issuerIdentity, requestParameters: null },
      ...{ requestId: row.stsRequestId ?? '', errorCode: 'AccessDenied' },
    });

    expect((await reconcile(denied)).outcome).toBe('remembered');
    expect(tracked()?.isOpen).toBe(true);
    at(later);
    await settle();

    expect(tracked()).toMatchObject({ match: 'MATCHED', sightings: { 0: { errorCode: 'AccessDenied' } } });
    expect(memory.listFindings()).toEqual([]);
  });

  it('was refused, which CloudTrail said late: the refusal finds its row by the id of the request', async () => {
    const { settle, at, memory, tracked, row, reconcile } = withRow(aRow({}, outcomes.REFUSED));
    at(later);
    await settle();
    expect([...memory.findingsById.values()]).toMatchObject([
      { kind: 'missing-from-cloudtrail', severity: 'warning' },
    ]);

    const denied = aTrailRecord({
      ...{ eventName: 'AssumeRole', userIdentity: issuerIdentity, requestParameters: null },
      ...{ requestId: row.stsRequestId ?? '', errorCode: 'AccessDenied' },
    });
    expect(await reconcile(denied)).toMatchObject({ outcome: 'joined', issuanceId: row.id });

    expect(tracked()?.match).toBe('MATCHED');
    expect(memory.listFindings()).toEqual(['missing-from-cloudtrail RESOLVED']);
  });

  it('was decoded: found by the id of the request, which is all that CloudTrail shows', async () => {
    const { mechanism, roleSessionName, accessKeyId, ...rest } = aRow({
      roleArns: [],
      purpose: 'authorization-message',
    });
    const { settle, at, memory, tracked, row, reconcile } = withRow(rest);
    const decoded = aTrailRecord({
      ...{ eventName: 'DecodeAuthorizationMessage', userIdentity: issuerIdentity, requestParameters: null },
      requestId: row.stsRequestId ?? '',
    });
    expect((await reconcile(decoded)).outcome).toBe('remembered');
    at(later);

    expect((await settle()).closed).toMatchObject({ MATCHED: 1 });
    expect(tracked()?.match).toBe('MATCHED');
    expect(memory.listFindings()).toEqual([]);
  });
});

describe('the third witness', () => {
  it('has no such request: a finding', async () => {
    const { settle, at, memory, reconcile, row, tracked } = withRow();
    memory.lines.clear();
    await reconcile(aRecordOf(row));
    at(later);

    expect((await settle()).closed).toMatchObject({ MATCHED: 1 });
    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(memory.listFindings()).toEqual(['no-access-log-line OPEN']);
  });

  it.each([
    [
      'of a schedule',
      aRow({
        ...{ gatewayRequestId: '', purpose: 'probe' as const },
        principal: { issuer: 'daypass', subject: 'schedule' },
      }),
    ],
    ['that was refused', aRow({}, { ...outcomes.REFUSED, errorCode: 'PackedPolicyTooLarge' })],
  ])('is not asked about a row %s', async (_what, row) => {
    const { settle, at, memory, reconcile, tracked } = withRow(row);
    memory.lines.clear();
    await reconcile(aRecordOf(row, row.state === 'REFUSED' ? { errorCode: 'PackedPolicyTooLarge' } : {}));

    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    at(later);
    await settle();
    expect(memory.listFindings()).toEqual([]);
  });
});

describe('the third witness, of a row that says less', () => {
  it.each([
    ['whose answer was lost, though a session was given', aRow({}, outcomes.UNKNOWN)],
    ['without a request, of anybody', aRow({ gatewayRequestId: '' })],
    ['without a request, of a probe by somebody', aRow({ gatewayRequestId: '', purpose: 'probe' })],
  ])('is asked about a row %s', async (_what, row) => {
    const { settle, at, memory, reconcile, tracked } = withRow(row);
    memory.lines.clear();

    await reconcile(aRecordOf(row));
    expect(tracked()?.isOpen).toBe(true);
    at(later);
    await settle();

    expect(memory.listFindings()).toEqual(['no-access-log-line OPEN']);
  });

  it('is asked where the session of a lost answer comes after the row was closed', async () => {
    const row = aRow({}, outcomes.UNKNOWN);
    const { settle, at, memory, reconcile } = withRow(row);
    memory.lines.clear();
    at(later);
    await settle();
    expect(memory.listFindings()).toEqual([]);

    await reconcile(aRecordOf(row));

    expect(memory.listFindings()).toEqual(['no-access-log-line OPEN']);
  });
});

describe('a run', () => {
  const ids = Array.from(
    { length: 130 },
    (_, index) => `01KDVDPJ00000000000000${String(index).padStart(3, '0')}0`,
  );

  it('is bounded, takes the oldest first, and says that more are left', async () => {
    const { memory, settle, at } = aReconciling();
    for (const id of [...ids].reverse()) memory.add(aRow({ id }, outcomes.UNKNOWN));
    at(later);

    expect(await settle()).toMatchObject({ looked: 100, failed: 0, hasMore: true });
    const left = [...memory.rows.values()].filter(({ isOpen }) => isOpen).map(({ id }) => id);
    expect(left.sort()).toEqual(ids.slice(100));
    expect(await settle()).toMatchObject({ looked: 30, hasMore: false });
  });

  it('goes on where a row fails, which is told and stays', async () => {
    const bad = new Set(ids.slice(0, 120));
    const { memory, settle, at, failures } = aReconciling({
      ports: (inner) => ({
        issuances: {
          ...inner.issuances,
          find: async (id) => {
            if (bad.has(id)) throw new Error(`cannot read ${id}`);
            return inner.issuances.find(id);
          },
        },
      }),
    });
    for (const id of ids) {
      const row = aRow({ id }, outcomes.UNKNOWN);
      memory.add(row);
    }
    at(later);

    expect(await settle()).toMatchObject({ looked: 10, failed: 120, hasMore: false, closed: { ABSENT: 10 } });
    expect(failures).toHaveLength(120);
  });
});

describe('a line of the access log', () => {
  const row = aRow();
  const line = aLineOf(row);

  it.each([
    ['late', { ...line, requestTimeMs: nowMs }, 'RESOLVED'],
    ['of no known time', line, 'RESOLVED'],
    ['of now', { ...line, requestTimeMs: nowMs + later * 60_000 }, 'OPEN'],
    ['of another request', { ...line, gatewayRequestId: 'another' }, 'OPEN'],
  ])('heals what it was missed in, where it may be: %s', async (_what, heard, state) => {
    const { hear, memory, kept } = await missingIt();

    await hear(heard);

    expect(kept).toEqual([heard]);
    expect(memory.listFindings()).toEqual([`no-access-log-line ${state}`]);
  });

  it('of another principal, however late, is a finding of its own', async () => {
    const { hear, memory } = await missingIt();

    const found = await hear({ ...line, principalId: 'x'.repeat(43) });

    expect(found).toMatchObject([{ isNew: true, discovery: { kind: 'other-principal' } }]);
    expect(memory.listFindings()).toEqual(['no-access-log-line RESOLVED', 'other-principal OPEN']);
  });

  it.each([
    ['agrees', line, ['no-access-log-line RESOLVED']],
    [
      'is of another principal',
      { ...line, principalId: 'x'.repeat(43) },
      ['no-access-log-line RESOLVED', 'other-principal OPEN'],
    ],
  ])('that %s and comes while it is being missed is heard all the same', async (_what, late, expected) => {
    const { settle, at, memory, reconcile } = withRow(row, {
      ports: (inner) => ({
        findings: {
          ...inner.findings,
          record: async (discovery) => {
            // It is kept, and the finding that it would resolve is not there yet.
            if (discovery.kind === 'no-access-log-line') inner.lines.set(late.gatewayRequestId, late);
            return inner.findings.record(discovery);
          },
        },
      }),
    });
    memory.lines.clear();
    await reconcile(aRecordOf(row));
    at(later);

    await settle();

    expect(memory.listFindings()).toEqual(expected);
  });

  async function missingIt() {
    const { settle, at, memory, reconcile } = withRow(row);
    memory.lines.clear();
    await reconcile(aRecordOf(row));
    at(later);
    await settle();
    const kept: unknown[] = [];
    const hearLine = createHearLine({
      ...{
        findings: memory.findings,
        issuances: memory.issuances,
        settleMinutes,
        now: () => nowMs + later * 60_000,
      },
      remember: async (one) => {
        kept.push(one);
      },
    });
    const hear = async (one: GatewayLine) => {
      await hearLine.keep(one);
      return hearLine.compare(one);
    };
    return { hear, memory, kept };
  }
});

it('a line that agrees is of the same principal', () => {
  expect(aLineOf(aRow()).principalId).toMatch(/^[\w-]{43}$/);
});
