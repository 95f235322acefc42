import { expect, it } from '@jest/globals';
import { encodeTime } from 'ulid';
import type { Discovery } from '../../lambda/core/reconciliation/finding.ts';
import type { TrackedIssuance } from '../../lambda/core/reconciliation/reconciliation-ports.ts';
import type { Sighting } from '../../lambda/core/reconciliation/sighting.ts';
import { anIntent, outcomes } from './an-issuance.ts';
import type { ReconciliationStores } from './reconciliation-world.ts';
import { nowMs } from './tokens.ts';

const sighting: Sighting = {
  ...{ eventId: 'event', eventTime: '2026-01-01T00:00:00Z', eventName: 'AssumeRole', region: 'eu-west-1' },
  ...{ accountId: '111111111111', requestId: 'request', accessKeyId: 'ASIASEEN' },
};
const another: Sighting = { ...sighting, eventId: 'another', differences: ['outcome'] };

const discovery: Discovery = {
  ...{ id: 'mismatch-x', kind: 'mismatch', severity: 'error', summary: 'x' },
  differences: [{ field: 'outcome', row: 'refused', event: 'granted' }],
};

const toId = (index: number) => `${encodeTime(nowMs + index, 10)}${'0'.repeat(15)}${index % 10}`;

/** What every store of the reconciliation has to keep to. Each test begins with empty ones. */
export function testStores(started: () => ReconciliationStores): void {
  const empty = async (): Promise<ReconciliationStores> => {
    const stores = started();
    stores.setClock(() => nowMs);
    await stores.clear();
    return stores;
  };
  const aRowOf = async (
    { recorder, issuances }: ReconciliationStores,
    state?: keyof typeof outcomes,
  ): Promise<TrackedIssuance> => {
    const intent = anIntent({ id: toId(0) });
    await recorder.recordIntent(intent);
    if (state !== undefined) await recorder.recordOutcome(intent, outcomes[state]);
    const row = await issuances.find(intent.id);
    if (row === undefined) throw new TypeError('the row is not there');
    return row;
  };

  it('an update is of the row as it was seen', async () => {
    const stores = await empty();
    const { issuances } = stores;
    const seen = await aRowOf(stores, 'ISSUED');
    expect(seen).toMatchObject({ state: 'ISSUED', sightings: {}, isOpen: true });

    expect(await issuances.update(seen, { sightings: { 0: sighting }, match: 'MATCHED', closes: true })).toBe(
      true,
    );
    const changed = await issuances.find(seen.id);
    expect(changed).toEqual({ ...seen, sightings: { 0: sighting }, match: 'MATCHED', isOpen: false });

    expect(await issuances.update(seen, { sightings: { 0: another }, closes: false })).toBe(false);
    expect(
      await issuances.update({ ...seen, match: 'MATCHED' }, { sightings: { 0: another }, closes: false }),
    ).toBe(false);
    expect(
      await issuances.update({ ...seen, state: 'UNKNOWN' }, { sightings: { 1: another }, closes: false }),
    ).toBe(false);
    expect(await issuances.find(seen.id)).toEqual(changed);
  });

  it('an update takes the place of what was seen there, and leaves others alone', async () => {
    const stores = await empty();
    const { issuances } = stores;
    const row = await aRowOf(stores, 'UNKNOWN');
    await issuances.update(row, { sightings: { 0: sighting, 1: another }, closes: false });
    const seen = await issuances.find(row.id);
    if (seen === undefined) throw new TypeError('the row is gone');

    expect(await issuances.update(seen, { sightings: { 0: another }, closes: false })).toBe(true);

    expect(await issuances.find(row.id)).toEqual({ ...row, sightings: { 0: another, 1: another } });
  });

  it('an update of a row that is not there is none', async () => {
    const stores = await empty();
    const seen = await aRowOf(stores, 'ISSUED');
    await stores.clear();

    expect(await stores.issuances.update(seen, { match: 'MATCHED', closes: true })).toBe(false);
    expect(await stores.issuances.find(seen.id)).toBeUndefined();
  });

  it('an outcome and a sweep do not meet: the first of them counts', async () => {
    const stores = await empty();
    const { issuances, recorder } = stores;
    const seen = await aRowOf(stores);
    await issuances.update(seen, { sightings: { 0: sighting }, closes: false });

    expect(await issuances.sweep(seen, '2026-01-01T00:06:00.000Z')).toBe(true);
    await expect(recorder.recordOutcome(anIntent({ id: seen.id }), outcomes.ISSUED)).rejects.toThrow();

    const swept = await issuances.find(seen.id);
    expect(swept).toMatchObject({
      state: 'UNKNOWN',
      errorCode: 'swept',
      sightings: { 0: sighting },
      isOpen: true,
    });
    expect(await issuances.sweep(seen, '2026-01-01T00:07:00.000Z')).toBe(false);
    expect(await issuances.find(seen.id)).toEqual(swept);
  });

  it('lists what is open, the oldest first, page by page', async () => {
    const { issuances, recorder } = await empty();
    const ids = Array.from({ length: 7 }, (_, index) => toId(index));
    for (const id of [...ids].reverse()) await recorder.recordIntent(anIntent({ id }));
    await recorder.recordOutcome(anIntent({ id: toId(2) }), outcomes.UNKNOWN);
    await recorder.recordOutcome(anIntent({ id: toId(3) }), outcomes.FAILED);
    const pending = [0, 1, 4, 5].map(toId);
    const query = { state: 'PENDING', beforeMs: nowMs + 6 } as const;

    const first = await issuances.listOpen({ ...query, limit: 3 });
    expect(first).toEqual({ ids: pending.slice(0, 3), hasMore: true });
    const rest = await issuances.listOpen({ ...query, limit: 3, after: toId(4) });
    expect(rest).toEqual({ ids: pending.slice(3), hasMore: false });
    expect(await issuances.listOpen({ ...query, state: 'UNMATCHED', limit: 3 })).toEqual({
      ids: [toId(2)],
      hasMore: false,
    });
  });

  it('finds the row of a key', async () => {
    const stores = await empty();
    const row = await aRowOf(stores, 'ISSUED');

    expect(await stores.issuances.findByAccessKeyId(row.accessKeyId ?? '')).toEqual(row);
    expect(await stores.issuances.findByAccessKeyId('ASIANOBODY')).toBeUndefined();
  });

  it('a finding is new when it is opened, resolved once, and new when it is opened again', async () => {
    const { findings, openFindings } = await empty();

    expect(await findings.resolve(discovery.id, 'why')).toBe(false);
    expect(await findings.record(discovery)).toEqual({ isNew: true });
    expect(await findings.record({ ...discovery, summary: 'another' })).toEqual({ isNew: false });
    expect(await openFindings()).toEqual([discovery.id]);
    expect(await findings.resolve(discovery.id, 'why')).toBe(true);
    expect(await findings.resolve(discovery.id, 'why not')).toBe(false);
    expect(await openFindings()).toEqual([]);
    expect(await findings.record(discovery)).toEqual({ isNew: true });
    expect(await findings.record(discovery)).toEqual({ isNew: false });
    expect(await openFindings()).toEqual([discovery.id]);
    expect(await findings.resolve(discovery.id, 'why now')).toBe(true);
  });

  it('witnesses are kept, the first of each', async () => {
    const { nameless, witnesses, rememberLine } = await empty();
    const line = { gatewayRequestId: 'g=', principalId: 'p', userArn: 'arn', status: 200 };

    await nameless.remember('r', sighting);
    await nameless.remember('r', another);
    await nameless.expect('r', toId(0));
    await rememberLine(line);
    await rememberLine({ ...line, principalId: 'q' });

    expect(await nameless.find('r')).toEqual(sighting);
    expect(await nameless.findExpecting('r')).toBe(toId(0));
    expect(await witnesses.find('g=')).toEqual(line);
    for (const asked of [nameless.find('g='), nameless.findExpecting('s'), witnesses.find('r')])
      expect(await asked).toBeUndefined();
  });
}
