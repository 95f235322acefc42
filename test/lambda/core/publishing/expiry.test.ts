import { describe, expect, it } from '@jest/globals';
import { hasExpired, isExpiryChanged } from '../../../../lambda/core/publishing/expiry.ts';
import type { PublishedTable, Row, RowChange } from '../../../../lambda/core/publishing/row-change.ts';
import {
  aFindingRow,
  anIntegrationRow,
  aRevocationRow,
  aRowChange,
  aSuspensionRow,
} from '../../../support/row-changes.ts';

const atSeconds = 2_000;
const due = { expiresAtSeconds: 1_000 };
const notDue = { expiresAtSeconds: 2_001 };

const keyOf = (row: Row): string => String(row['target'] ?? row['id'] ?? row['name']);

const aRemoval = (table: PublishedTable, before: Row, changes: Partial<RowChange> = {}) =>
  aRowChange({ ...{ table, before, atSeconds, isByDynamodb: true, key: keyOf(before) }, ...changes });

/** What stands on no role any more, or never did. */
const anOldRevocation = (changes: Row = {}) =>
  aRevocationRow({ policies: [{ state: 'REMOVED' }], ...changes });

describe('a row that is gone', () => {
  it.each<[string, PublishedTable, Row]>([
    ['an issuance', 'issuances', { id: 'A', ...due }],
    ['a finding', 'findings', aFindingRow(due)],
    ['a revocation whose policies are off again', 'controls', anOldRevocation(due)],
  ])('has expired where it was %s whose time was up, and DynamoDB took it', (_what, table, before) => {
    expect(hasExpired(aRemoval(table, before), false)).toBe(true);
    expect(hasExpired(aRemoval(table, before), true)).toBe(true);
  });

  it.each<[string, PublishedTable, Row]>([
    ['an integration', 'integrations', anIntegrationRow(due)],
    ['a suspension', 'controls', aSuspensionRow(due)],
    ['a suspension that was lifted', 'controls', aSuspensionRow({ ...due, state: 'LIFTED' })],
    ['a revocation whose policies stand on roles', 'controls', aRevocationRow(due)],
    [
      'a revocation whose policies may stand on roles',
      'controls',
      aRevocationRow({ ...due, policies: [{ state: 'APPLYING' }] }),
    ],
  ])('has not where it was %s, whoever took it and whatever its time says', (_what, table, before) => {
    expect(hasExpired(aRemoval(table, before), false)).toBe(false);
    expect(hasExpired(aRemoval(table, before), true)).toBe(false);
  });

  it.each<[string, Row, Partial<RowChange>]>([
    ['its time was not up', notDue, {}],
    ['it had no time', {}, {}],
    ['its time is no number', { expiresAtSeconds: '1000' }, {}],
  ])('has not where %s, though DynamoDB took it: by another attribute', (_when, row, changes) => {
    expect(hasExpired(aRemoval('findings', { id: 'A', ...row }, changes), false)).toBe(false);
  });

  it('has not by its time alone, but where DynamoDB of another region may have taken it', () => {
    const unsigned = aRemoval('findings', aFindingRow(due), { isByDynamodb: false });

    expect(hasExpired(unsigned, false)).toBe(false);
    expect(hasExpired(unsigned, true)).toBe(true);
    expect(hasExpired(aRemoval('findings', aFindingRow(notDue), { isByDynamodb: false }), true)).toBe(false);
  });

  it('has where nobody can read what it was, and DynamoDB took it: of what may expire', () => {
    const unread = { atSeconds, unreadable: ['before'] } as const;

    expect(hasExpired(aRowChange({ ...unread, isByDynamodb: true }), false)).toBe(true);
    expect(hasExpired(aRowChange({ ...unread, isByDynamodb: false }), true)).toBe(false);
    expect(hasExpired(aRowChange({ ...unread, table: 'integrations', isByDynamodb: true }), false)).toBe(
      false,
    );
  });
});

describe('the time at which a row expires', () => {
  const change = (table: PublishedTable, before: Row | undefined, after: Row) =>
    isExpiryChanged(
      aRowChange({ table, key: keyOf(after), after, ...(before === undefined ? {} : { before }) }),
    );

  it.each<[string, PublishedTable, Row, Row]>([
    ['of an issuance, to an earlier one', 'issuances', { id: 'A', ...notDue }, { id: 'A', ...due }],
    ['of an issuance, to a later one', 'issuances', { id: 'A', ...due }, { id: 'A', ...notDue }],
    ['of a finding', 'findings', aFindingRow(), aFindingRow(due)],
    [
      'of a finding that is resolved with it',
      'findings',
      aFindingRow(),
      aFindingRow({ ...due, state: 'RESOLVED' }),
    ],
    ['of a finding, to none', 'findings', { id: 'A', ...due }, { id: 'A' }],
    ['of a finding, to none, with a nonce', 'findings', { id: 'A', ...due }, { id: 'A', nonce: 'b' }],
    [
      'of a revocation, in its place, with what it is kept until',
      'controls',
      anOldRevocation(),
      anOldRevocation({ ...due, keptUntilSeconds: due.expiresAtSeconds }),
    ],
    ['of a suspension', 'controls', aSuspensionRow(), aSuspensionRow(due)],
    [
      'of a suspension, in a new version',
      'controls',
      aSuspensionRow(),
      aSuspensionRow({ ...due, version: 2, nonce: 'b' }),
    ],
    ['of an integration', 'integrations', anIntegrationRow(), anIntegrationRow(due)],
    ['of a revocation, in its place', 'controls', anOldRevocation(notDue), anOldRevocation(due)],
    [
      'of a revocation, to another than it is kept until',
      'controls',
      anOldRevocation(),
      anOldRevocation({ ...due, version: 2, nonce: 'b' }),
    ],
    [
      'of a revocation that stands on roles',
      'controls',
      aRevocationRow(),
      aRevocationRow({ version: 2, nonce: 'b', expiresAtSeconds: 1_800_000_000 }),
    ],
  ])('was changed by hand %s', (_what, table, before, after) => {
    expect(change(table, before, after)).toBe(true);
  });

  it.each<[string, PublishedTable, Row]>([
    ['a suspension', 'controls', aSuspensionRow(due)],
    ['an integration', 'integrations', anIntegrationRow(due)],
  ])('was given by hand to %s that is new', (_what, table, after) => {
    expect(change(table, undefined, after)).toBe(true);
  });

  it.each<[string, PublishedTable, Row | undefined, Row]>([
    ['a row that is new', 'issuances', undefined, { id: 'A', ...due }],
    [
      'what else changed',
      'issuances',
      { id: 'A', ...due, state: 'PENDING' },
      { id: 'A', ...due, state: 'ISSUED' },
    ],
    [
      'a suspension that is lifted',
      'controls',
      aSuspensionRow(),
      aSuspensionRow({ state: 'LIFTED', version: 2 }),
    ],
    [
      'the write that takes the last policy of a revocation off',
      'controls',
      aRevocationRow(),
      anOldRevocation({ version: 2, nonce: 'b', expiresAtSeconds: 1_800_000_000 }),
    ],
    [
      'the write that puts policies onto roles again',
      'controls',
      anOldRevocation({ expiresAtSeconds: 1_800_000_000 }),
      aRevocationRow({ version: 2, nonce: 'b' }),
    ],
  ])('was not by %s', (_what, table, before, after) => {
    expect(change(table, before, after)).toBe(false);
  });
});
