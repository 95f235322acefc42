import { describe, expect, it } from '@jest/globals';
import { findRewritten } from '../../../../lambda/core/publishing/rewritten.ts';
import type { PublishedTable, Row, RowChange } from '../../../../lambda/core/publishing/row-change.ts';
import { anIntent, hops, outcomes } from '../../../support/an-issuance.ts';
import {
  aFindingRow,
  anIntegrationRow,
  aRevocationRow,
  aRowChange,
  aSuspensionRow,
} from '../../../support/row-changes.ts';

const intent = (changes: Row = {}): Row => ({
  ...anIntent(),
  ...{ state: 'PENDING', open: 'PENDING#03' },
  ...changes,
});
const keys = { principalId: 'okta.alice', day: '2026-01-01#03', open: 'UNMATCHED#03' };
const issued = (changes: Row = {}): Row => ({ ...intent(), ...outcomes.ISSUED, ...keys, ...changes });
const event0 = { eventId: 'e', differences: [] };

/** As DynamoDB's map of these names becomes one here. */
const noText = { toString: 'x', valueOf: 'x' };

const without = (row: Row, ...names: readonly string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

const matched = without(issued({ match: 'MATCHED', event0 }), 'open');

const rewritten = (
  table: PublishedTable,
  { before, after }: Pick<RowChange, 'before' | 'after'>,
  hasCopies = false,
): readonly string[] =>
  findRewritten(
    aRowChange({
      ...{ table },
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    }),
    hasCopies,
  );

describe('an issuance', () => {
  it.each<[string, Row | undefined, Row | undefined]>([
    ['begins', undefined, intent()],
    ['is denied', undefined, { ...intent(), state: 'DENIED' }],
    ['is seen in CloudTrail before it is over', intent(), intent({ event0 })],
    ['is issued', intent({ event0 }), issued({ event0, hops })],
    ['is issued by a newer version', intent(), issued({ whatever: 'is new' })],
    ['is refused', intent(), intent({ ...outcomes.REFUSED, ...keys })],
    ['fails, and is looked for no more', intent(), without(intent(outcomes.FAILED), 'open')],
    ['is swept', intent(), intent({ ...outcomes.UNKNOWN, ...keys })],
    ['is seen, and waits for the access log', issued(), issued({ event0, match: 'MATCHED' })],
    ['is matched', issued(), matched],
    ['is missing', issued(), without(issued({ match: 'MISSING' }), 'open')],
    ['is missing no more', without(issued({ match: 'MISSING' }), 'open'), matched],
    ['is found to differ', matched, { ...matched, match: 'MISMATCHED', event0: { eventId: 'e' } }],
    ['gives an event its place back', matched, { ...matched, event0: { eventId: 'f' } }],
    ['is given another time, which rings by itself', matched, { ...matched, expiresAtSeconds: 1 }],
    ['is gone', matched, undefined],
  ])('is as the functions write it where it %s', (_what, before, after) => {
    const change = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };

    expect(rewritten('issuances', change)).toEqual([]);
    expect(rewritten('issuances', change, true)).toEqual([]);
  });

  it.each<[string, Row, Row, readonly string[]]>([
    ['is set back', matched, { ...matched, state: 'PENDING' }, ['state']],
    ['is denied afterwards', matched, { ...matched, state: 'DENIED' }, ['state']],
    [
      'is finished as a denial',
      intent(),
      issued({ state: 'DENIED' }),
      ['state', ...Object.keys(outcomes.ISSUED).slice(1), 'principalId', 'day', 'open'],
    ],
    [
      'is of somebody else',
      matched,
      { ...matched, principal: { issuer: 'okta', subject: 'bob' } },
      ['principal'],
    ],
    [
      'is of somebody else once it is over',
      intent(),
      issued({ principal: { issuer: 'okta', subject: 'bob' } }),
      ['principal'],
    ],
    [
      'has another key',
      matched,
      { ...matched, accessKeyId: 'ASIAOTHER', stsRequestId: 'x' },
      ['stsRequestId', 'accessKeyId'],
    ],
    ['lost its match', matched, without(matched, 'match'), ['match']],
    ['was not expected after all', matched, { ...matched, match: 'NOT_EXPECTED' }, ['match']],
    ['lost its event', matched, without(matched, 'event0'), ['event0']],
    ['is looked for again', matched, { ...matched, open: 'UNMATCHED#03' }, ['open']],
    ['is looked for no more before it is over', intent(), without(intent(), 'open'), ['open']],
    ['has an outcome before it is over', intent(), intent({ accessKeyId: 'ASIAOTHER' }), ['accessKeyId']],
    ['has what no row has', matched, { ...matched, note: 'x' }, ['note']],
    ['has a number that only DynamoDB counts with', matched, { ...matched, note: 10n ** 20n }, ['note']],
    ['had one', { ...matched, note: 10n ** 20n }, matched, ['note']],
    ['has another one', { ...matched, note: 10n ** 20n }, { ...matched, note: 10n ** 20n + 1n }, ['note']],
    ['has another set', { ...matched, note: new Set(['a']) }, { ...matched, note: new Set(['b']) }, ['note']],
    ['lost a part', matched, without(matched, 'reason'), ['reason']],
  ])('was written anew where it %s', (_what, before, after, names) => {
    expect([...rewritten('issuances', { before, after })].sort()).toEqual([...names].sort());
    expect([...rewritten('issuances', { before, after }, true)].sort()).toEqual([...names].sort());
  });

  it('that nobody began was written by hand, but where a copy may have skipped its beginning', () => {
    expect(rewritten('issuances', { after: matched })).toEqual(['state']);
    expect(rewritten('issuances', { after: matched }, true)).toEqual([]);
    expect(rewritten('issuances', { before: intent(), after: matched }, true)).toEqual([]);
  });

  it.each(['before', 'after'] as const)(
    'of which nobody can read what it was or is rings by itself: %s',
    (image) => {
      const change = aRowChange({ before: {}, after: matched, unreadable: [image] });

      expect(findRewritten(change, false)).toEqual([]);
    },
  );
});

describe('a finding', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const resolved = (changes: Row = {}) =>
    aFindingRow({ state: 'RESOLVED', resolvedAt: at, resolution: 'it came', nonce: 'a', ...changes });

  it.each<[string, Row | undefined, Row]>([
    ['is found', undefined, aFindingRow()],
    ['is resolved', aFindingRow({ nonce: 'a' }), resolved()],
    ['is found again', resolved(), aFindingRow({ nonce: 'b', reopenedAt: at })],
  ])('is as the functions write it where it %s', (_what, before, after) => {
    expect(rewritten('findings', { ...(before === undefined ? {} : { before }), after })).toEqual([]);
  });

  it.each<[string, Row]>([
    ['a warning', { id: 'mismatch-A-b-warning', kind: 'mismatch', severity: 'warning' }],
    [
      'of what nobody got',
      { id: 'missing-from-cloudtrail-A', kind: 'missing-from-cloudtrail', severity: 'warning' },
    ],
  ])('is as the functions write it where it is %s', (_what, changes) => {
    expect(rewritten('findings', { after: aFindingRow(changes) })).toEqual([]);
  });

  it.each<[string, Row, readonly string[]]>([
    ['of another kind', { kind: 'mismatch', severity: 'warning' }, ['kind', 'severity']],
    ['a warning', { severity: 'warning' }, ['severity']],
    ['less than its id', { id: 'mismatch-A-b-critical', kind: 'mismatch', severity: 'error' }, ['severity']],
    ['of a kind that is no text', { kind: noText }, ['kind']],
    ['as severe as no text says', { id: 'mismatch-A-b', kind: 'mismatch', severity: noText }, ['severity']],
  ])('stands by hand in the place of what would ring where it is %s', (_what, changes, names) => {
    expect(rewritten('findings', { after: aFindingRow(changes) }, true)).toEqual(names);
  });

  it.each(['edited-row', 'mismatch', 'other-principal', 'unreadable-event'])(
    'that nothing resolves was resolved by hand: %s',
    (kind) => {
      const names = rewritten('findings', { before: aFindingRow({ kind }), after: resolved({ kind }) });

      expect(names).toContain('state');
    },
  );

  it.each<[string, Row, readonly string[]]>([
    ['is less', { severity: 'warning' }, ['severity']],
    ['is of another kind, and resolved', { kind: 'mismatch', state: 'RESOLVED' }, ['kind', 'state']],
    ['is resolved without being so', { resolution: 'never mind' }, ['resolution']],
    ['is of another event', { event: { eventId: 'x' }, state: 'RESOLVED' }, ['event']],
  ])('was written anew where it %s', (_what, changes, names) => {
    const after = aFindingRow(changes);

    expect([...rewritten('findings', { before: aFindingRow(), after })].sort()).toEqual([...names].sort());
  });
});

describe('an integration', () => {
  it('is as the functions write it where it is new, and by no other write', () => {
    const before = anIntegrationRow();
    const integration = { ...Object(before['integration']), state: 'ACTIVE' };

    expect(rewritten('integrations', { after: before })).toEqual([]);
    expect(rewritten('integrations', { before, after: { ...before, integration } })).toEqual(['integration']);
  });
});

describe('a suspension or a revocation', () => {
  it.each<[string, Row | undefined, Row]>([
    ['suspended', undefined, aSuspensionRow()],
    ['lifted', aSuspensionRow(), aSuspensionRow({ state: 'LIFTED', version: 2, nonce: 'b' })],
    ['revoked', undefined, aRevocationRow()],
    ['taken off', aRevocationRow(), aRevocationRow({ policies: [], version: 2, nonce: 'b' })],
  ])('is as the functions write it where it is %s', (_what, before, after) => {
    expect(rewritten('controls', { ...(before === undefined ? {} : { before }), after })).toEqual([]);
  });

  it.each<[string, Row, readonly string[]]>([
    ['in its place', { state: 'LIFTED' }, ['state']],
    ['in its place, with the next version', { state: 'LIFTED', version: 2 }, ['state', 'version']],
    ['in its place, with another nonce', { state: 'LIFTED', nonce: 'b' }, ['state', 'nonce']],
    ['to a version before', { state: 'LIFTED', nonce: 'b', version: 0 }, ['state', 'nonce', 'version']],
  ])('was lifted by hand %s', (_how, changes, names) => {
    const found = rewritten('controls', { before: aSuspensionRow(), after: aSuspensionRow(changes) });

    expect([...found].sort()).toEqual([...names].sort());
  });

  it('was written by hand where its version before was no number', () => {
    const change = { before: aSuspensionRow({ version: noText }), after: aSuspensionRow({ nonce: 'b' }) };

    expect([...rewritten('controls', change)].sort()).toEqual(['nonce', 'version']);
  });

  it('may be of the same version where another region wrote one as well', () => {
    const change = { before: aSuspensionRow(), after: aSuspensionRow({ state: 'LIFTED', nonce: 'b' }) };

    expect(rewritten('controls', change, true)).toEqual([]);
    expect(rewritten('controls', { ...change, after: aSuspensionRow({ state: 'LIFTED' }) }, true)).toEqual([
      'state',
    ]);
  });
});
