import { describe, expect, it } from '@jest/globals';
import { BrokerError } from '../../../lambda/core/errors.ts';
import type { IssuanceListing } from '../../../lambda/core/read-issuances.ts';
import { toSourceIdentity } from '../../../lambda/core/source-identity.ts';
import { createListIssuances } from '../../../lambda/endpoints/list-issuances.ts';
import { issuancesAnswer } from '../../../lambda/http/audit-schemas.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIssuance } from '../../support/an-issuance.ts';

async function list(
  query: Readonly<Record<string, readonly string[]>>,
  listing: Partial<IssuanceListing> = {},
) {
  const asked: unknown[][] = [];
  const endpoint = createListIssuances({
    list: async (...request) => {
      asked.push(request);
      return { issuances: [], scope: 'all', fromMs: 0, toMs: 86_400_000, ...listing };
    },
  });
  try {
    const answer = await endpoint({
      principal: aPrincipal(),
      origin: anOrigin(),
      pathParameters: {},
      query,
      body: {},
    });
    return { asked, answer };
  } catch (error) {
    if (error instanceof BrokerError) return { asked, error };
    throw error;
  }
}

const filtersOf = async (query: Parameters<typeof list>[0]) => (await list(query)).asked[0]?.slice(2);

describe('GET issuances', () => {
  it('lists everything, 25 at a time, unless it is told otherwise', async () => {
    expect((await list({})).asked).toEqual([[aPrincipal(), anOrigin(), {}, { limit: 25 }]]);
  });

  it('passes on every filter and where to go on', async () => {
    const filters = await filtersOf({
      principal: ['okta.alice@example.com'],
      profile: ['prod-readonly'],
      state: ['DENIED'],
      accessKeyId: ['ASIAIOSFODNN7EXAMPLE'],
      from: ['2026-01-01'],
      to: ['2026-01-02T03:04:05.678+01:00'],
      limit: ['100'],
      cursor: ['abc-_123'],
    });

    expect(filters).toEqual([
      {
        principalId: 'okta.alice@example.com',
        profile: 'prod-readonly',
        state: 'DENIED',
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        fromMs: Date.UTC(2026, 0, 1),
        toMs: Date.UTC(2026, 0, 2, 2, 4, 5, 678),
      },
      { limit: 100, cursor: 'abc-_123' },
    ]);
  });

  it.each([
    ['okta.alice', toSourceIdentity({ issuer: 'okta', subject: 'alice' })],
    [
      'okta.system:serviceaccount:x',
      toSourceIdentity({ issuer: 'okta', subject: 'system:serviceaccount:x' }),
    ],
    ['ci.repo:o/r:ref.x=y', toSourceIdentity({ issuer: 'ci', subject: 'repo:o/r:ref.x=y' })],
    ['okta.a=b', 'okta.a=b'],
    [`okta.${'\u00fc'.repeat(1024)}`, toSourceIdentity({ issuer: 'okta', subject: '\u00fc'.repeat(1024) })],
    ['okta=alice.ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'okta=alice.ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  ])('looks for the principal %.40s by the key of the index', async (principal, principalId) => {
    expect(await filtersOf({ principal: [principal] })).toEqual([{ principalId }, { limit: 25 }]);
  });

  it.each([
    ['an unknown parameter', { since: ['2026-01-01'] }, 'query'],
    ['a parameter twice', { state: ['ISSUED', 'DENIED'] }, 'query.state'],
    ['a principal without an issuer', { principal: ['alice'] }, 'query.principal'],
    ['a principal without a subject', { principal: ['okta.'] }, 'query.principal'],
    ['a principal of 1,025 characters', { principal: [`okta.${'x'.repeat(1025)}`] }, 'query.principal'],
    ['a principal with a new line', { principal: ['okta.a\nb'] }, 'query.principal'],
    ['a profile that no profile can be called', { profile: ['Prod#00'] }, 'query.profile'],
    ['an unknown state', { state: ['issued'] }, 'query.state'],
    ['a short access key id', { accessKeyId: ['ASIA'] }, 'query.accessKeyId'],
    [
      'an access key id with a separator (B66)',
      { accessKeyId: ['ASIAIOSFODNN7EXAMPLE#'] },
      'query.accessKeyId',
    ],
    ['an empty time', { from: [''] }, 'query.from'],
    ['a time without a zone', { from: ['2026-01-01T00:00:00'] }, 'query.from'],
    ['a time in words', { to: ['January 1, 2026'] }, 'query.to'],
    ['a time in seconds', { to: ['1767225600'] }, 'query.to'],
    ['a month that does not exist', { from: ['2026-13-01'] }, 'query.from'],
    ['a day that does not exist', { from: ['2026-02-30'] }, 'query.from'],
    ['a day that does not exist, with a time', { to: ['2025-02-29T00:00:00Z'] }, 'query.to'],
    ['an hour that does not exist', { to: ['2026-02-28T25:00:00Z'] }, 'query.to'],
    ['no limit', { limit: ['0'] }, 'query.limit'],
    ['a limit above 100', { limit: ['101'] }, 'query.limit'],
    ['a limit in another notation', { limit: ['1e1'] }, 'query.limit'],
    ['a negative limit', { limit: ['-1'] }, 'query.limit'],
    ['an empty cursor', { cursor: [''] }, 'query.cursor'],
    ['a long cursor', { cursor: ['x'.repeat(129)] }, 'query.cursor'],
    ['a cursor in other characters', { cursor: ['a.b'] }, 'query.cursor'],
  ])('refuses %s and reads nothing', async (_what, query, path) => {
    const { asked, error } = await list(query as Parameters<typeof list>[0]);

    expect(error).toMatchObject({ code: 'invalid-request', extensions: { errors: [{ path }] } });
    expect(asked).toEqual([]);
  });

  it('takes a leap day', async () => {
    expect(await filtersOf({ from: ['2024-02-29'] })).toMatchObject([{ fromMs: Date.UTC(2024, 1, 29) }, {}]);
  });

  it.each([
    ['all', true],
    ['own', false],
  ] as const)('shows each issuance as the scope %s allows', async (scope, isShown) => {
    const { answer } = await list(
      {},
      { scope, issuances: [anIssuance({ detail: 'PRIVATE' })], nextCursor: 'next' },
    );

    expect(answer).toMatchObject({
      status: 200,
      body: { scope, nextCursor: 'next', issuances: [{ state: 'ISSUED' }] },
    });
    expect(JSON.stringify(answer).includes('PRIVATE')).toBe(isShown);
    expect(issuancesAnswer.parse(answer?.body)).toEqual(answer?.body);
  });

  it('has no cursor at the end', async () => {
    expect((await list({})).answer?.body).toEqual({
      issuances: [],
      scope: 'all',
      from: '1970-01-01T00:00:00.000Z',
      to: '1970-01-02T00:00:00.000Z',
    });
  });
});
