import { describe, expect, it } from '@jest/globals';
import { toCursor } from '../../../../lambda/core/page-cursor.ts';
import type { Finding } from '../../../../lambda/core/reconciliation/finding.ts';
import { type FindingQuery, toFindingPlace } from '../../../../lambda/core/reconciliation/finding-ports.ts';
import { createReadFindings } from '../../../../lambda/core/reconciliation/read-findings.ts';
import { aConfiguration } from '../../../support/a-configuration.ts';
import { aPrincipal } from '../../../support/a-principal.ts';
import { nowMs } from '../../../support/tokens.ts';

const day = 86_400_000;
const origin = { sourceIp: '203.0.113.7', userAgent: 'curl', gatewayRequestId: 'g' };

const finding: Finding = {
  ...{ id: 'mismatch-1', kind: 'mismatch', severity: 'error', state: 'OPEN', summary: 's' },
  ...{ differences: [], createdAt: new Date(nowMs).toISOString(), expiresAtSeconds: 1 },
};

function aReader(trusted: boolean) {
  const asked: FindingQuery[] = [];
  const trust = trusted ? [{ Effect: 'Allow', Principal: { Federated: 'okta' } }] : [];
  const read = createReadFindings({
    configuration: aConfiguration({ audit: { retentionDays: 100, trust } }),
    findings: {
      find: async (id) => (id === finding.id ? finding : undefined),
      page: async (query) => {
        asked.push(query);
        return { findings: [finding], next: toFindingPlace(finding) };
      },
    },
    now: () => nowMs,
  });
  return { ...read, asked };
}

const principal = aPrincipal();
const notFound = { code: 'finding-not-found' };
const invalid = { code: 'invalid-request' };

describe('findings', () => {
  it('are for whom the audit section trusts, and nothing is looked for otherwise', async () => {
    const { find, list, asked } = aReader(false);

    await expect(find(principal, origin, finding.id)).rejects.toMatchObject(notFound);
    await expect(list(principal, origin, {}, { limit: 5 })).rejects.toMatchObject(notFound);
    expect(asked).toEqual([]);
  });

  it('are found by their ids, and by nothing that can be none', async () => {
    const { find } = aReader(true);

    expect(await find(principal, origin, finding.id)).toBe(finding);
    for (const id of ['mismatch-2', '', 'a/b', 'x'.repeat(129)])
      await expect(find(principal, origin, id)).rejects.toMatchObject(notFound);
  });

  it('are looked for in the last month, within what is kept, and the answer says so', async () => {
    const { list, asked } = aReader(true);

    const listing = await list(principal, origin, {}, { limit: 5 });
    await list(principal, origin, { fromMs: 0, toMs: nowMs - 50 * day }, { limit: 5 });

    expect(listing).toMatchObject({ fromMs: nowMs - 30 * day, toMs: nowMs + day });
    expect(asked[1]).toMatchObject({ fromMs: nowMs - 101 * day, toMs: nowMs - 50 * day });
    await expect(
      list(principal, origin, { fromMs: nowMs, toMs: nowMs - 1 }, { limit: 5 }),
    ).rejects.toMatchObject(invalid);
  });

  it('go on where the cursor says, with the same filters alone', async () => {
    const { list, asked } = aReader(true);
    const filters = { kind: 'mismatch' } as const;
    const { nextCursor = '' } = await list(principal, origin, filters, { limit: 5 });

    await list(principal, origin, filters, { limit: 5, cursor: nextCursor });

    expect(asked[1]).toMatchObject({ ...filters, before: toFindingPlace(finding) });
    for (const cursor of [nextCursor.slice(1), 'x', Buffer.from('|').toString('base64url')])
      await expect(list(principal, origin, filters, { limit: 5, cursor })).rejects.toMatchObject(invalid);
    await expect(list(principal, origin, {}, { limit: 5, cursor: nextCursor })).rejects.toMatchObject(
      invalid,
    );
  });

  // Who knows the filters can make a cursor: what is no place is refused all the same, and never comes to the table.
  it.each([
    ['nothing', ''],
    ['a text that sorts behind everything', 'zzzz'],
    ['a time without an id', '2026-01-01T00:00:00.000Z'],
    ['a time without milliseconds', '2026-01-01T00:00:00Z#mismatch-1'],
    ['an id of other characters', '2026-01-01T00:00:00.000Z#mismatch/1'],
    ['an id that is too long', `2026-01-01T00:00:00.000Z#${'x'.repeat(129)}`],
    ['a place with something before it', ' 2026-01-01T00:00:00.000Z#mismatch-1'],
    ['a place with something behind it', '2026-01-01T00:00:00.000Z#mismatch-1\n'],
  ])('do not go on at %s', async (_what, place) => {
    const { list, asked } = aReader(true);

    await expect(
      list(principal, origin, {}, { limit: 5, cursor: toCursor(place, {}) }),
    ).rejects.toMatchObject(invalid);

    expect(asked).toEqual([]);
  });

  it('go on at the beginning of a day, where a page may end without a finding', async () => {
    const { list, asked } = aReader(true);
    const place = '2026-01-01T00:00:00.000Z#';

    await list(principal, origin, {}, { limit: 5, cursor: toCursor(place, {}) });

    expect(asked).toMatchObject([{ before: place }]);
  });
});
