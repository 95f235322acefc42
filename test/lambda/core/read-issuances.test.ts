import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeTime, ulid } from 'ulid';
import {
  AuditUnavailableError,
  InvalidRequestError,
  IssuanceNotFoundError,
} from '../../../lambda/core/errors.ts';
import type { Issuance } from '../../../lambda/core/issuance.ts';
import type { IssuancePage, IssuanceQuery } from '../../../lambda/core/ports.ts';
import { createReadIssuances, type IssuanceFilters } from '../../../lambda/core/read-issuances.ts';
import { toSourceIdentity } from '../../../lambda/core/source-identity.ts';
import { aConfiguration } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anId, anIssuance } from '../../support/an-issuance.ts';
import { nowMs } from '../../support/tokens.ts';

const msPerDay = 86_400_000;

/** `okta`'s people with a second factor are auditors. */
const configuration = aConfiguration({
  audit: {
    retentionDays: 400,
    trust: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'okta' },
        Condition: { Bool: { 'daypass:MultiFactorAuthPresent': 'true' } },
      },
    ],
  },
});

const auditor = aPrincipal({ subject: 'auditor@example.com' });
const alice = aPrincipal({ mfa: false });

function reading(
  parts: { readonly row?: Issuance; readonly page?: IssuancePage; readonly error?: Error } = {},
) {
  const found: string[] = [];
  const queries: IssuanceQuery[] = [];
  const read = createReadIssuances({
    configuration,
    now: () => nowMs,
    issuances: {
      find: async (id) => {
        found.push(id);
        if (parts.error !== undefined) throw parts.error;
        return parts.row;
      },
      page: async (query) => {
        queries.push(query);
        if (parts.error !== undefined) throw parts.error;
        return parts.page ?? { issuances: [] };
      },
    },
  });
  return { found, queries, read };
}

describe('finding an issuance', () => {
  it('finds anybody’s for whom the audit section trusts', async () => {
    const { read } = reading({ row: anIssuance() });

    expect(await read.find(auditor, anOrigin(), anId)).toEqual({ issuance: anIssuance(), scope: 'all' });
  });

  it('finds one’s own for everybody else', async () => {
    const { read } = reading({ row: anIssuance() });

    expect(await read.find(alice, anOrigin(), anId)).toEqual({ issuance: anIssuance(), scope: 'own' });
  });

  it.each([
    ['another subject', aPrincipal({ mfa: false, subject: 'bob@example.com' })],
    ['the same subject in another case', aPrincipal({ mfa: false, subject: 'Alice@example.com' })],
    ['the same subject of another issuer', aPrincipal({ mfa: false, issuer: 'okta-dev' })],
    [
      'a subject that shares its readable part',
      aPrincipal({ mfa: false, subject: 'alice@example.com\u0000' }),
    ],
  ])('answers %s as if there were none (B66)', async (_what, other) => {
    const toShown = (error: unknown) =>
      error instanceof Error ? { ...error, message: error.message } : error;

    const forbidden = await reading({ row: anIssuance() }).read.find(other, anOrigin(), anId).catch(toShown);
    const missing = await reading().read.find(other, anOrigin(), anId).catch(toShown);

    expect(forbidden).toMatchObject({ code: 'issuance-not-found', status: 404 });
    expect(forbidden).toEqual(missing);
  });

  it.each([
    [''],
    [anId.toLowerCase()],
    [`${anId}0`],
    [anId.slice(1)],
    [`8${anId.slice(1)}`],
    [`${anId.slice(0, 25)}#`],
    [`${anId.slice(0, 25)}\u0000`],
    [`${anId}\n`],
    ['..'],
    ['PENDING#00'],
  ])('answers %j, which is no id, without reading (B66)', async (id) => {
    const { read, found } = reading({ row: anIssuance() });

    await expect(read.find(auditor, anOrigin(), id)).rejects.toThrow(IssuanceNotFoundError);
    expect(found).toEqual([]);
  });

  it('fails when the audit cannot be read: that is not the same as none', async () => {
    const error = new AuditUnavailableError('the audit cannot be read');

    await expect(reading({ error }).read.find(auditor, anOrigin(), anId)).rejects.toBe(error);
  });
});

describe('listing issuances', () => {
  const list = (
    parts: Parameters<typeof reading>[0],
    filters: IssuanceFilters = {},
    { principal = auditor, ...page }: { principal?: typeof auditor; cursor?: string } = {},
  ) => {
    const { read, queries } = reading(parts);
    return { queries, listing: read.list(principal, anOrigin(), filters, { limit: 10, ...page }) };
  };

  it('looks through the last seven days for whom the audit section trusts, and says so', async () => {
    const { queries, listing } = list({ page: { issuances: [anIssuance()] } });

    const span = { fromMs: nowMs - 7 * msPerDay, toMs: nowMs + msPerDay };
    expect(await listing).toEqual({ issuances: [anIssuance()], scope: 'all', ...span });
    expect(queries).toEqual([{ ...span, limit: 10 }]);
  });

  it.each([[{ principalId: 'okta.bob@example.com' }], [{ accessKeyId: 'ASIAIOSFODNN7EXAMPLE' }]])(
    'looks through all that is kept for %j, which an index finds',
    async (filters) => {
      const { queries, listing } = list({}, filters);
      await listing;

      expect(queries).toMatchObject([{ fromMs: nowMs - 401 * msPerDay, toMs: nowMs + msPerDay }]);
    },
  );

  it('looks through one’s own for everybody else', async () => {
    const { queries, listing } = list({}, {}, { principal: alice });

    expect(await listing).toMatchObject({ issuances: [], scope: 'own' });
    expect(queries).toMatchObject([{ principalId: 'okta.alice@example.com' }]);
  });

  it('keeps to one’s own with every other filter', async () => {
    const filters = {
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      state: 'ISSUED',
      profile: 'prod-readonly',
    } as const;

    const { queries, listing } = list({}, filters, { principal: alice });
    await listing;

    expect(queries).toMatchObject([{ ...filters, principalId: 'okta.alice@example.com' }]);
  });

  it('shows a caller none of another’s, without reading', async () => {
    const { queries, listing } = list(
      { page: { issuances: [anIssuance()] } },
      { principalId: 'okta.bob' },
      { principal: alice },
    );

    expect(await listing).toMatchObject({ issuances: [], scope: 'own' });
    expect(queries).toEqual([]);
  });

  it('shows a caller its own when it filters by itself', async () => {
    const { queries, listing } = list({}, { principalId: toSourceIdentity(alice) }, { principal: alice });
    await listing;

    expect(queries).toHaveLength(1);
  });

  it.each([
    ['before anything is kept', { fromMs: 0 }, { fromMs: nowMs - 401 * msPerDay, toMs: nowMs + msPerDay }],
    [
      'after tomorrow',
      { toMs: nowMs + 99 * msPerDay },
      { fromMs: nowMs - 7 * msPerDay, toMs: nowMs + msPerDay },
    ],
    [
      'seven days up to an end in the past',
      { toMs: nowMs - 60 * msPerDay },
      { fromMs: nowMs - 67 * msPerDay, toMs: nowMs - 60 * msPerDay },
    ],
    ['within', { fromMs: nowMs - 5, toMs: nowMs + 5 }, { fromMs: nowMs - 5, toMs: nowMs + 5 }],
  ])('bounds the walk through the days: %s', async (_what, filters, expected) => {
    const { queries, listing } = list({}, filters);
    await listing;

    expect(queries).toMatchObject([expected]);
  });

  it.each([
    ['begins where it ends', { fromMs: nowMs, toMs: nowMs }],
    ['ends before it begins', { fromMs: nowMs, toMs: nowMs - 1 }],
    ['begins after tomorrow', { fromMs: nowMs + 99 * msPerDay }],
    ['ends before anything is kept', { toMs: nowMs - 500 * msPerDay }],
  ])('refuses a span that %s, which would read as if nothing had happened', async (_what, filters) => {
    const { queries, listing } = list({}, filters);

    await expect(listing).rejects.toThrow(InvalidRequestError);
    expect(queries).toEqual([]);
  });

  it('lists what is pending for whom the audit section trusts alone: the index is everybody’s, and so is its cursor', async () => {
    const own = list({}, { state: 'PENDING' }, { principal: alice });
    const all = list({}, { state: 'PENDING' });

    await expect(own.listing).rejects.toThrow(InvalidRequestError);
    expect(own.queries).toEqual([]);
    expect(await all.listing).toMatchObject({ scope: 'all' });
  });

  it('fails when the audit cannot be read', async () => {
    const error = new AuditUnavailableError('the audit cannot be read');

    await expect(list({ error }).listing).rejects.toBe(error);
  });
});

describe('cursor', () => {
  const filters: IssuanceFilters = { state: 'ISSUED', profile: 'prod-readonly', fromMs: nowMs - 5 };
  const more = { page: { issuances: [], next: anId } };

  async function firstPage(of: IssuanceFilters = filters, principal = auditor): Promise<string> {
    const { nextCursor } = await reading(more).read.list(principal, anOrigin(), of, { limit: 10 });
    return nextCursor ?? '';
  }

  const goOn = async (cursor: string, of: IssuanceFilters = filters, principal = auditor) => {
    const { read, queries } = reading();
    const listing = read.list(principal, anOrigin(), of, { cursor, limit: 10 });
    return { listing: await listing.catch((error: unknown) => error), queries };
  };

  it('goes on where the page ended', async () => {
    const { queries } = await goOn(await firstPage());

    expect(queries).toMatchObject([{ before: anId, state: 'ISSUED', profile: 'prod-readonly' }]);
  });

  it('does not mind the order of the filters, nor another limit', async () => {
    const cursor = await firstPage();
    const { profile, ...rest } = filters;

    expect((await goOn(cursor, profile === undefined ? rest : { profile, ...rest })).queries).toHaveLength(1);
  });

  it('fits into what the endpoint takes', async () => {
    expect(await firstPage()).toMatch(/^[\w-]{1,128}$/);
  });

  it.each([
    ['without a filter', { state: 'ISSUED', fromMs: nowMs - 5 }],
    ['with another', { ...filters, accessKeyId: 'ASIAIOSFODNN7EXAMPLE' }],
    ['with another value', { ...filters, state: 'DENIED' }],
    ['with another time', { ...filters, fromMs: nowMs - 6 }],
    ['with none', {}],
  ] as const)('is refused %s (B67)', async (_what, others) => {
    const { listing, queries } = await goOn(await firstPage(), others);

    expect(listing).toBeInstanceOf(InvalidRequestError);
    expect(queries).toEqual([]);
  });

  it('of an auditor is refused from a caller who sees its own', async () => {
    const { listing, queries } = await goOn(await firstPage(), filters, alice);

    expect(listing).toBeInstanceOf(InvalidRequestError);
    expect(queries).toEqual([]);
  });

  it('gives no authority: of one caller it is refused from another, and even a forged one shows one’s own', async () => {
    const bob = aPrincipal({ mfa: false, subject: 'bob@example.com' });

    expect((await goOn(await firstPage({}, alice), {}, bob)).listing).toBeInstanceOf(InvalidRequestError);
    expect((await goOn(await firstPage({}, bob), {}, bob)).queries).toMatchObject([
      { principalId: 'okta.bob@example.com' },
    ]);
  });

  it.each([
    [''],
    ['AAAA'],
    ['Li4u'],
    [Buffer.from(`${anId}.`).toString('base64url')],
    [Buffer.from(anId).toString('base64url')],
  ])('is refused when it is %j', async (cursor) => {
    expect((await goOn(cursor)).listing).toBeInstanceOf(InvalidRequestError);
  });

  it('is refused, whatever it is, unless it is one of these filters', async () => {
    const good = await firstPage();
    const hash = Buffer.from(good, 'base64url').toString().split('.')[1] ?? '';
    const before = fc.oneof(
      fc.constant(anId),
      fc.string(),
      fc.constantFrom('', '#', 'open', anId.toLowerCase()),
    );
    const text = fc.oneof(
      fc.string(),
      fc.tuple(before, fc.constantFrom(hash, hash.slice(1), '')).map((p) => p.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        fc.pre(content !== `${anId}.${hash}`);
        const { listing, queries } = await goOn(Buffer.from(content).toString('base64url'));

        expect(listing).toBeInstanceOf(InvalidRequestError);
        expect(queries).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("an integration's own sessions", () => {
  const hour = 3_600_000;

  /** Rows of everybody, newest first, of which a page looks at so many. */
  function aTable(rows: readonly Issuance[], rowsPerPage: number) {
    const looked: IssuanceQuery[] = [];
    const read = createReadIssuances({
      configuration,
      now: () => nowMs,
      issuances: {
        find: async () => undefined,
        page: async (query) => {
          looked.push(query);
          const { before = 'Z', limit, integration, states = [] } = query;
          const rest = rows.filter(({ id }) => id < before);
          const seen = rest.slice(0, rowsPerPage);
          const wanted = seen.filter((row) => row.integration === integration && states.includes(row.state));
          const issuances = wanted.slice(0, limit);
          const last = issuances.length < wanted.length ? issuances.at(-1) : seen.at(-1);
          return last === undefined || last === rest.at(-1) ? { issuances } : { issuances, next: last.id };
        },
      },
    });
    return { looked, read };
  }

  async function walk({ read }: ReturnType<typeof aTable>, limit: number) {
    const found: string[] = [];
    const places: string[] = [];
    for (let cursor: string | undefined, pages = 0; pages < 500; pages += 1) {
      const page = cursor === undefined ? { limit } : { limit, cursor };
      const { issuances, nextCursor } = await read.listOfIntegration('acme', {}, page);
      found.push(...issuances.map(({ id }) => id));
      if (nextCursor === undefined) return { found, places };
      places.push(Buffer.from(nextCursor, 'base64url').toString('latin1').slice(0, 26));
      cursor = nextCursor;
    }
    throw new Error('the pages do not end');
  }

  const someRows = fc
    .array(
      fc.record({
        ageMs: fc.integer({ min: 0, max: 2 * hour }),
        integration: fc.constantFrom('acme', 'globex'),
        state: fc.constantFrom<Issuance['state']>('ISSUED', 'UNKNOWN', 'REFUSED', 'DENIED', 'FAILED'),
      }),
      { maxLength: 60 },
    )
    .map((rows) =>
      rows
        .map(({ ageMs, ...row }) => anIssuance({ ...row, id: ulid(nowMs - ageMs) }))
        .sort((a, b) => (a.id > b.id ? -1 : 1)),
    );

  it('are all shown, once each, and no cursor names anything of others', async () => {
    await fc.assert(
      fc.asyncProperty(
        someRows,
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        async (rows, rowsPerPage, limit) => {
          // What happens within a second fits on a page, as it does in the table.
          const { found, places } = await walk(aTable(rows, Math.max(rowsPerPage, 20)), limit);

          const own = rows
            .filter(
              ({ integration, state }) => integration === 'acme' && ['ISSUED', 'UNKNOWN'].includes(state),
            )
            .map(({ id }) => id);
          expect(found).toEqual(own);
          for (const place of places)
            expect(
              own.includes(place) || (decodeTime(place) % 1000 === 0 && place.endsWith('0'.repeat(16))),
            ).toBe(true);
        },
      ),
    );
  });

  it('tell the hour at most where a page ends among others', async () => {
    const others = Array.from({ length: 90 }, (_, index) =>
      anIssuance({ id: ulid(nowMs - index * 1_234_567), integration: 'globex' }),
    );

    const { found, places } = await walk(aTable(others, 10), 5);

    expect(found).toEqual([]);
    expect(places.length).toBeGreaterThan(5);
    expect(places.filter((place) => decodeTime(place) % hour !== 0)).toEqual([]);
  });
});
