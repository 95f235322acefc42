import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventSchemas } from '../../../../lambda/core/publishing/event-schemas.ts';
import type { Row, RowChange } from '../../../../lambda/core/publishing/row-change.ts';
import { toEvent } from '../../../../lambda/core/publishing/to-event.ts';
import { anIntent, hops, outcomes } from '../../../support/an-issuance.ts';
import {
  aFindingRow,
  anIntegrationRow,
  aRevocationRow,
  aRowChange,
  aSuspensionRow,
} from '../../../support/row-changes.ts';

const pending: Row = { ...anIntent(), state: 'PENDING' };
const issued: Row = { ...anIntent(), ...outcomes.ISSUED, hops };

const tell = (change: Partial<RowChange>) => toEvent(aRowChange(change), 'prod');

describe('the event of an issuance', () => {
  it('tells what became of it, once it is over', () => {
    const event = tell({ before: pending, after: issued });

    expect(event?.detailType).toBe('Daypass Issuance');
    expect(event?.detail).toMatchObject({
      ...{ schemaVersion: 1, id: `${issued['id']}/ISSUED`, stage: 'prod', issuanceId: issued['id'] },
      ...{ state: 'ISSUED', accessKeyId: 'ASIAIOSFODNN7EXAMPLE', reason: 'incident 42', hops },
      gatewayRequestId: 'JKJaXmPLvHcESHA=',
    });
  });

  it.each(['ISSUED', 'REFUSED', 'FAILED', 'UNKNOWN'] as const)('is there for one that is %s', (state) => {
    const after = { ...anIntent(), ...outcomes[state] };

    expect(tell({ before: pending, after })?.detail.id).toBe(`${after.id}/${state}`);
  });

  it('is there for a denial, which was never open', () => {
    const after = { ...issued, state: 'DENIED' };

    expect(tell({ after })?.detail.id).toBe(`${issued['id']}/DENIED`);
  });

  it.each<[string, Partial<RowChange>]>([
    ['that is open', { after: pending }],
    ['that is swept aside without news', { before: issued, after: { ...issued, open: undefined } }],
    [
      'whose event of CloudTrail came, before it is judged',
      { before: issued, after: { ...issued, event0: {} } },
    ],
    ['that is gone', { before: issued }],
    ['that expired', { before: issued, isByDynamodb: true }],
  ])('is not there for one %s', (_what, change) => {
    expect(tell(change)).toBeUndefined();
  });

  it('is there again for what CloudTrail comes to say of it, under another id', () => {
    const missing = { ...issued, match: 'MISSING' };
    const matched = { ...issued, match: 'MATCHED' };

    expect(tell({ before: issued, after: missing })?.detail).toMatchObject({
      ...{ id: `${issued['id']}/ISSUED/MISSING`, match: 'MISSING' },
    });
    expect(tell({ before: missing, after: matched })?.detail.id).toBe(`${issued['id']}/ISSUED/MATCHED`);
  });

  it('has the same id whenever the same is told', () => {
    expect(tell({ after: issued })).toEqual(tell({ before: pending, after: issued, position: '9' }));
  });

  it('holds nothing but what is listed, whatever a row may come to hold', () => {
    const unlisted = fc
      .string({ minLength: 1 })
      .filter((name) => !Object.hasOwn(eventSchemas['Daypass Issuance'].shape, name));

    fc.assert(
      fc.property(fc.dictionary(unlisted, fc.constant('canary')), (more) => {
        const event = tell({ after: { ...more, ...issued, sessionToken: 'canary', externalId: 'canary' } });

        expect(JSON.stringify(event)).not.toContain('canary');
      }),
      { numRuns: 200 },
    );
  });

  it.each(['nonce', 'detail', 'userAgent', 'open', 'day', 'principalId', 'expiresAtSeconds'])(
    'leaves %s behind',
    (name) => {
      expect(tell({ after: { ...issued, [name]: 'canary' } })?.detail).not.toHaveProperty(name);
    },
  );

  it.each<[string, Row]>([
    ['a state that there is none of', { ...issued, state: 'GRANTED' }],
    ['no principal', { ...issued, principal: undefined }],
    ['a match that there is none of', { ...issued, match: 'PERHAPS' }],
  ])('cannot be made of a row with %s', (_what, after) => {
    expect(() => tell({ after })).toThrow();
  });
});

describe('the event of a finding', () => {
  it('is another one when it is opened again, and when it is resolved once more', () => {
    const reopenedAt = '2026-01-02T00:00:00.000Z';
    const again = aFindingRow({ reopenedAt });
    const id = again['id'];

    const opened = tell({ table: 'findings', before: aFindingRow({ state: 'RESOLVED' }), after: again });
    const resolved = tell({ table: 'findings', before: again, after: { ...again, state: 'RESOLVED' } });

    expect(opened?.detail).toMatchObject({ id: `${id}/OPEN/${reopenedAt}`, state: 'OPEN', reopenedAt });
    expect(resolved?.detail.id).toBe(`${id}/RESOLVED/${reopenedAt}`);
  });

  it('tells it when it is found and when it is none any more', () => {
    const open = aFindingRow();
    const resolved = aFindingRow({
      state: 'RESOLVED',
      resolution: 'the event came',
      resolvedAt: '2026-01-01T03:00:00.000Z',
    });

    expect(tell({ table: 'findings', after: open })).toMatchObject({
      detailType: 'Daypass Finding',
      detail: {
        id: `${open['id']}/OPEN`,
        findingId: open['id'],
        kind: 'unaudited-issuance',
        severity: 'critical',
      },
    });
    expect(tell({ table: 'findings', before: open, after: resolved })?.detail).toMatchObject({
      ...{ id: `${open['id']}/RESOLVED`, resolution: 'the event came' },
    });
  });

  it('is not there for a change that is none', () => {
    expect(tell({ table: 'findings', before: aFindingRow(), after: aFindingRow() })).toBeUndefined();
  });

  it('leaves the keys of indexes behind', () => {
    const event = tell({ table: 'findings', after: aFindingRow({ day: '2026-01-01', place: 'canary' }) });

    expect(event?.detail).not.toHaveProperty('day');
    expect(event?.detail).not.toHaveProperty('place');
  });
});

describe('the event of an integration', () => {
  it('tells who made which change, and what came of it', () => {
    const event = tell({ table: 'integrations', after: anIntegrationRow() });

    expect(event).toEqual({
      detailType: 'Daypass Integration Change',
      detail: {
        ...{ schemaVersion: 1, id: 'acme/3', stage: 'prod', integration: 'acme', version: 3 },
        ...{ operation: 'suspend', at: '2026-01-01T00:00:00.000Z', state: 'SUSPENDED' },
        principal: { issuer: 'okta', subject: 'alice@example.com' },
        ...{ reason: 'incident 42', gatewayRequestId: 'JKJaXmPLvHcESHA=' },
        ...{ owner: 'partners@example.com', roleArn: 'arn:aws:iam::444444444444:role/Reports' },
        suspension: { at: '2026-01-01T00:00:00.000Z', by: 'okta.alice@example.com', reason: 'incident 42' },
        verification: {
          ...{ at: '2026-01-01T00:00:00.000Z', result: 'FAILED' },
          findings: [{ code: 'external-id-not-enforced', severity: 'danger' }],
        },
      },
    });
  });

  it('holds no ExternalId, key, nonce or trust', () => {
    expect(JSON.stringify(tell({ table: 'integrations', after: anIntegrationRow() }))).not.toContain(
      'canary',
    );
  });

  it('is not there for an ExternalId that is taken, nor for a version that was there', () => {
    const taken = { name: 'external-id#abc', version: 0, integration: 'acme' };

    expect(tell({ table: 'integrations', after: taken })).toBeUndefined();
    expect(
      tell({ table: 'integrations', before: anIntegrationRow(), after: anIntegrationRow() }),
    ).toBeUndefined();
  });
});

describe('the event of a control', () => {
  const suspend = (row: Row, before?: Row) =>
    tell({ table: 'controls', after: row, ...(before === undefined ? {} : { before }) });

  it('tells what was suspended, by whom and why', () => {
    expect(suspend(aSuspensionRow())).toEqual({
      detailType: 'Daypass Control Change',
      detail: {
        ...{ schemaVersion: 1, stage: 'prod', control: 'suspension' },
        id: expect.stringMatching(/^profile#prod-readonly\/1\/[\w-]{16}$/),
        ...{ target: 'profile#prod-readonly', version: 1, state: 'SUSPENDED' },
        of: { kind: 'profile', name: 'prod-readonly' },
        by: { issuer: 'okta', subject: 'alice@example.com' },
        ...{ reason: 'incident 42', at: '2026-01-01T00:00:00.000Z', gatewayRequestId: 'JKJaXmPLvHcESHA=' },
      },
    });
  });

  it('is there for each version that takes the place of the one before', () => {
    const lifted = aSuspensionRow({ version: 2, state: 'LIFTED' });

    expect(suspend(lifted, aSuspensionRow())?.detail.id).toMatch(/^profile#prod-readonly\/2\//);
    expect(suspend(lifted, lifted)).toBeUndefined();
  });

  it.each([{ nonce: 'of another region' }, { state: 'LIFTED' }])(
    'is there for one of the same version that is another: %j',
    (changes) => {
      const [one, other] = [aSuspensionRow(), aSuspensionRow(changes)];

      const told = suspend(other, one)?.detail.id;

      expect(told).toMatch(/^profile#prod-readonly\/1\//);
      expect(told).not.toBe(suspend(one)?.detail.id);
    },
  );

  it('tells what was revoked, and what became of each policy', () => {
    expect(suspend(aRevocationRow())?.detail).toMatchObject({
      ...{ control: 'revocation', state: 'REVOKED' },
      id: expect.stringMatching(/^revocation#01KDVDPJ0000000000000000A0\/1\//),
      scope: { kind: 'issuance', issuanceId: '01KDVDPJ0000000000000000A0' },
      policies: [
        {
          holder: { type: 'role', arn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly' },
          ...{ policyName: 'DaypassRevocation', state: 'APPLIED' },
        },
      ],
    });
  });

  it('leaves nonces, history and keys of indexes behind', () => {
    const rows = [aSuspensionRow(), aRevocationRow()];

    expect(JSON.stringify(rows.map((row) => suspend(row)))).not.toContain('canary');
  });
});
