import { describe, expect, it } from '@jest/globals';
import { createPublishChanges } from '../../../../lambda/core/publishing/publish-changes.ts';
import type { RowChange } from '../../../../lambda/core/publishing/row-change.ts';
import { anIntent, outcomes } from '../../../support/an-issuance.ts';
import { aRecordingLogger } from '../../../support/recording-logger.ts';
import { aBus, aFindingRow, aRowChange } from '../../../support/row-changes.ts';

const anIssued = (id: string, changes: Partial<RowChange> = {}, more: object = {}): RowChange =>
  aRowChange({
    ...{ position: `at-${id}`, key: id },
    before: { ...anIntent({ id }), ...more, state: 'PENDING' },
    after: { ...anIntent({ id }), ...outcomes.ISSUED, ...more },
    ...changes,
  });

function aPublisher(options: Parameters<typeof aBus>[0] = {}) {
  const { bus, events } = aBus(options);
  const logger = aRecordingLogger();
  const lines = logger.entries;
  const publish = createPublishChanges({ bus, logger, stage: 'prod', hasCopies: false });
  const messages = () => lines.map(({ message }) => message);
  return { publish, events, lines, messages, ids: () => events.map(({ detail }) => detail.id) };
}

describe('publishing changes', () => {
  it('tells them all in their order', async () => {
    const { publish, ids, messages } = aPublisher();

    expect(await publish([anIssued('A'), anIssued('B')])).toBeUndefined();

    expect(ids()).toEqual(['A/ISSUED', 'B/ISSUED']);
    expect(messages()).toEqual(['issuance', 'issuance', 'events published']);
  });

  it('says from where on it has to be handed over again', async () => {
    const { publish, ids, lines } = aPublisher({ takes: 1 });

    expect(await publish([anIssued('A'), anIssued('B'), anIssued('C')])).toBe('at-B');

    expect(ids()).toEqual(['A/ISSUED']);
    expect(lines.at(-1)).toMatchObject({
      ...{ level: 'error', message: 'event not published' },
      fields: { table: 'issuances', key: 'B', id: 'B/ISSUED', errorCode: 'ThrottlingException' },
    });
  });

  it('counts none twice of what is handed over again', async () => {
    const { publish, messages } = aPublisher({ takes: 1 });

    await publish([anIssued('A'), anIssued('B')]);

    expect(messages().filter((message) => message === 'issuance')).toHaveLength(1);
  });

  it('is not held up by a row that cannot be read, and says which one', async () => {
    const { publish, ids, lines } = aPublisher();
    const unreadable = anIssued('B', {}, { principal: 'canary' });

    expect(await publish([anIssued('A'), unreadable, anIssued('C')])).toBeUndefined();

    expect(ids()).toEqual(['A/ISSUED', 'C/ISSUED']);
    expect(lines[0]).toMatchObject({
      ...{ level: 'error', message: 'row unreadable' },
      fields: { table: 'issuances', key: 'B' },
    });
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('is not held up by a row that DynamoDB holds and JavaScript cannot', async () => {
    const { publish, ids, lines } = aPublisher();
    const unreadable = aRowChange({ key: 'B', unreadable: ['after'], after: {} });
    const gone = aRowChange({ key: 'C', unreadable: ['before'] });

    expect(await publish([unreadable, gone, anIssued('D')])).toBeUndefined();

    expect(ids()).toEqual(['D/ISSUED']);
    expect(lines.slice(0, 3)).toMatchObject([
      { level: 'error', message: 'row unreadable', fields: { key: 'B', image: 'after' } },
      { level: 'error', message: 'row unreadable', fields: { key: 'C', image: 'before' } },
      { level: 'error', message: 'row removed', fields: { key: 'C' } },
    ]);
  });

  it('is not held up by a number that JSON has none for, written by hand', async () => {
    const { publish, ids, lines } = aPublisher();
    const before = { ...anIntent({ id: 'B' }), ...outcomes.ISSUED };
    const rewritten = anIssued('B', { before, after: { ...before, note: 10n ** 20n } });

    expect(await publish([rewritten, anIssued('C')])).toBeUndefined();

    expect(ids()).toContain('C/ISSUED');
    expect(lines[0]).toMatchObject({ message: 'row changed', fields: { key: 'B', field: 'note' } });
  });

  it('is not held up by a row that cannot be compared, whatever the reason', async () => {
    const { publish, ids, lines } = aPublisher();
    const before = {
      get note(): string {
        throw new RangeError('nobody thought of it');
      },
    };

    expect(await publish([anIssued('B', { before }), anIssued('C')])).toBeUndefined();

    expect(ids()).toEqual(['C/ISSUED']);
    expect(lines[0]).toMatchObject({ message: 'row unreadable', fields: { key: 'B' } });
  });

  it('tells what became of a row, and that nobody knows what it was', async () => {
    const { publish, ids, lines } = aPublisher();

    await publish([anIssued('B', { unreadable: ['before'] })]);

    expect(ids()).toEqual(['B/ISSUED']);
    expect(lines[0]).toMatchObject({ message: 'row unreadable', fields: { key: 'B', image: 'before' } });
  });

  it('is not held up by an event that EventBridge would never take', async () => {
    const { publish, ids, lines } = aPublisher();
    const large = anIssued('B', {}, { reason: '€'.repeat(90_000) });

    expect(await publish([large, anIssued('C')])).toBeUndefined();

    expect(ids()).toEqual(['C/ISSUED']);
    expect(lines[0]?.fields).toEqual({ table: 'issuances', key: 'B', errorCode: 'event-too-large' });
  });

  it('tells of the rows of every region, because one region’s stream has them all', async () => {
    const { publish, ids } = aPublisher();

    await publish([
      anIssued('A', {}, { region: 'eu-central-1' }),
      anIssued('B', {}, { region: 'eu-west-1' }),
    ]);

    expect(ids()).toEqual(['A/ISSUED', 'B/ISSUED']);
  });

  it('tells of a row that somebody deleted by the log, and of none that expired', async () => {
    const { publish, ids, lines } = aPublisher();
    const before = { id: 'A', expiresAtSeconds: 1_000 };
    const gone = aRowChange({ key: 'A', before, atSeconds: 2_000 });

    await publish([gone, { ...gone, key: 'B', isByDynamodb: true }]);

    expect(ids()).toEqual([]);
    expect(lines).toEqual([
      { level: 'error', message: 'row removed', fields: { table: 'issuances', key: 'A' } },
    ]);
  });

  it('tells of a row that somebody gave another time to expire by the log, whatever else is told of it', async () => {
    const { publish, ids, lines } = aPublisher();
    const { after = {} } = anIssued('A');

    await publish([
      anIssued('A', { before: after }, { expiresAtSeconds: 1 }),
      anIssued('B', { before: { ...anIntent({ id: 'B' }), state: 'PENDING' } }, { expiresAtSeconds: 1 }),
    ]);

    expect(ids()).toEqual(['B/ISSUED']);
    expect(lines.slice(0, 2)).toEqual(
      ['A', 'B'].map((key) => ({
        ...{ level: 'error', message: 'row changed' },
        fields: { table: 'issuances', key, field: 'expiresAtSeconds' },
      })),
    );
  });

  it('tells of a row that somebody wrote anew by the log: its attributes, and nothing that is in them', async () => {
    const { publish, ids, lines } = aPublisher();
    const { after = {} } = anIssued('A');

    await publish([
      anIssued('A', { before: after }, { reason: 'canary', expiresAtSeconds: 1 }),
      anIssued('B', { before: { ...after, id: 'B' } }, { ['x'.repeat(1000)]: 'canary' }),
    ]);

    expect(ids()).toEqual([]);
    expect(lines.map(({ message, fields }) => [message, fields?.['field']])).toEqual([
      ['row changed', 'expiresAtSeconds, reason'],
      ['row changed', 'x'.repeat(256)],
    ]);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('writes a line by which request, issuance and metrics find each other', async () => {
    const { publish, lines } = aPublisher();

    await publish([anIssued('A')]);

    expect(lines[0]?.fields).toMatchObject({
      ...{ issuanceId: 'A', gatewayRequestId: 'JKJaXmPLvHcESHA=', state: 'ISSUED' },
      ...{ mechanism: 'assume-role', packedPolicySize: 6, durationMs: 100 },
    });
  });

  it('counts an issuance when it is over, and not again when CloudTrail confirms it', async () => {
    const { publish, ids, messages } = aPublisher();
    const { after } = anIssued('A');

    await publish([anIssued('A', after === undefined ? {} : { before: after }, { match: 'MATCHED' })]);

    expect(ids()).toEqual(['A/ISSUED/MATCHED']);
    expect(messages()).toEqual(['events published']);
  });

  it('counts a finding when it is found, and not again when it is resolved', async () => {
    const { publish, messages } = aPublisher();
    const found = aRowChange({ table: 'findings', after: aFindingRow() });
    const resolved = aRowChange({
      table: 'findings',
      ...{ before: aFindingRow(), after: aFindingRow({ state: 'RESOLVED', resolution: 'it came' }) },
    });

    await publish([found]);
    await publish([resolved]);

    expect(messages()).toEqual(['finding published', 'events published', 'events published']);
  });
});
