import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { encodeTime } from 'ulid';
import { createDynamodbIssuanceReader } from '../../../lambda/adapters/dynamodb-issuance-reader.ts';
import { toDayKey, toItem, ulidAlphabet } from '../../../lambda/adapters/issuance-item.ts';
import type { Issuance } from '../../../lambda/core/issuance.ts';
import type { IssuancePage, IssuanceQuery, IssuanceReader } from '../../../lambda/core/ports.ts';
import { toSourceIdentity } from '../../../lambda/core/source-identity.ts';
import { anIssuance } from '../../support/an-issuance.ts';
import { startIssuanceTable, type TestIssuanceTable } from '../../support/an-issuance-table.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

const msPerDay = 86_400_000;
const days = 3;
/** Instants of a universe: few, at the edges of days, so that many rows share one. */
const offsets = [
  0,
  1,
  msPerDay - 1,
  msPerDay,
  msPerDay + 5,
  2 * msPerDay - 1,
  2 * msPerDay,
  3 * msPerDay - 1,
];

let table: TestIssuanceTable;
let reader: IssuanceReader;

beforeAll(async () => {
  table = await startIssuanceTable();
  const client = await table.clientOf('audit');
  reader = createDynamodbIssuanceReader({ client, tableName: table.tableName, now: () => nowMs });
});

afterAll(() => table.stop());

/** The last character chooses the shard: few shards, so that one has more rows than a query looks at. */
const randomPart = fc
  .tuple(
    fc.string({ unit: fc.constantFrom('0', '1', 'Y', 'Z', ...ulidAlphabet), minLength: 15, maxLength: 15 }),
    fc.constantFrom('0', '1', 'Z'),
  )
  .map(([first, last]) => first + last);

interface Row {
  readonly offset: number;
  readonly random: string;
  readonly subject: string;
  readonly profile: string;
  readonly state: 'ISSUED' | 'DENIED';
  readonly accessKeyId: string;
  readonly isExpired: boolean;
}

const row: fc.Arbitrary<Row> = fc.record({
  offset: fc.constantFrom(...offsets),
  random: randomPart,
  subject: fc.constantFrom('alice', 'bob'),
  profile: fc.constantFrom('prod-readonly', 'ci-deploy'),
  state: fc.constantFrom('ISSUED', 'DENIED'),
  accessKeyId: fc.constantFrom('A', 'B'),
  // Left out by DynamoDB after it has looked at them, as all that is filtered.
  isExpired: fc.boolean(),
});

const keys = fc.record(
  {
    principalId: fc.constantFrom('alice', 'bob', 'nobody'),
    profile: fc.constantFrom('prod-readonly', 'ci-deploy'),
    state: fc.constantFrom('ISSUED', 'DENIED', 'REFUSED'),
    accessKeyId: fc.constantFrom('A', 'B'),
  },
  { requiredKeys: [] },
);

/** Twice as often without any, which is where the shards of a day are merged. */
const filters: typeof keys = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: keys },
);

const whole = [0, days * msPerDay] as const;
const span = fc.oneof(
  fc.constant(whole),
  fc.tuple(fc.constantFrom(-msPerDay, ...offsets), fc.constantFrom(...offsets, 4 * msPerDay)),
);

const limits = fc.constantFrom(1, 2, 7, 100);

type Filters = typeof keys extends fc.Arbitrary<infer Value> ? Value : never;

/** Rows of a time of their own and of principals of their own: each run has the table to itself. */
function toUniverse(run: number, rows: readonly Row[]) {
  const startMs = nowMs - (run + 1) * (days + 3) * msPerDay;
  const name = (text: string) => `${text}${run}`;
  const keyOf = (key: string) => `ASIA${key}${String(run).padStart(15, '0')}`;
  const issuances = rows.map((one) => {
    const atMs = startMs + one.offset;
    return anIssuance({
      id: `${encodeTime(atMs, 10)}${one.random}`,
      createdAt: new Date(atMs).toISOString(),
      principal: { issuer: 'okta', subject: name(one.subject) },
      profile: one.profile,
      state: one.state,
      accessKeyId: keyOf(one.accessKeyId),
      expiresAtSeconds: one.isExpired ? nowSeconds : nowSeconds + 1,
    });
  });
  const toQuery = (of: Filters, [from, to]: readonly [number, number], limit: number): IssuanceQuery => {
    const { principalId, accessKeyId, ...rest } = of;
    return {
      ...rest,
      ...(principalId === undefined ? {} : { principalId: `okta.${name(principalId)}` }),
      ...(accessKeyId === undefined ? {} : { accessKeyId: keyOf(accessKeyId) }),
      fromMs: startMs + from,
      toMs: startMs + to,
      limit,
    };
  };
  return { issuances, toQuery };
}

const put = (issuance: Issuance) => {
  const { id, createdAt, principal } = issuance;
  return table.put(
    toItem({ ...issuance, principalId: toSourceIdentity(principal), day: toDayKey(id, createdAt) }),
  );
};

function isWanted(issuance: Issuance, query: IssuanceQuery): boolean {
  const { profile, state, principalId, accessKeyId, fromMs, toMs } = query;
  const atMs = Date.parse(issuance.createdAt);
  return (
    [undefined, issuance.profile].includes(profile) &&
    [undefined, issuance.state].includes(state) &&
    [undefined, issuance.accessKeyId].includes(accessKeyId) &&
    [undefined, toSourceIdentity(issuance.principal)].includes(principalId) &&
    atMs >= fromMs &&
    atMs < toMs &&
    issuance.expiresAtSeconds > nowSeconds
  );
}

/** Every page, as somebody who follows the cursors sees them. */
async function walk(query: IssuanceQuery): Promise<readonly IssuancePage[]> {
  const pages: IssuancePage[] = [];
  let before: string | undefined;
  do {
    const page = await reader.page({ ...query, ...(before === undefined ? {} : { before }) });
    pages.push(page);
    before = page.next;
  } while (before !== undefined && pages.length < 100);
  return pages;
}

describe('walking the pages', () => {
  it('shows what is wanted, newest first, none twice, none left out, and ends', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, {
          maxLength: 30,
          size: 'max',
          selector: ({ offset, random }) => `${offset}${random}`,
        }),
        fc.array(fc.tuple(filters, span, limits), { minLength: 4, maxLength: 4 }),
        async (rows, queries) => {
          const { issuances, toQuery } = toUniverse(run++, rows);
          await Promise.all(issuances.map(put));
          for (const request of queries) {
            const query = toQuery(...request);
            const wanted = issuances.filter((issuance) => isWanted(issuance, query));

            const pages = await walk(query);

            expect(pages.at(-1)?.next).toBeUndefined();
            expect(pages.filter((page) => page.issuances.length > query.limit)).toEqual([]);
            expect(pages.flatMap((page) => page.issuances)).toEqual(
              wanted.sort((a, b) => (a.id > b.id ? -1 : 1)),
            );
          }
        },
      ),
      { numRuns: 12 },
    );
  }, 180_000);
});
