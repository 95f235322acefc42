import { describe, expect, it } from '@jest/globals';
import type { ClaimMapping, OidcIssuer } from '../../../lambda/core/configuration.ts';
import { toPrincipal } from '../../../lambda/core/to-principal.ts';
import { refusalOf } from '../../support/refusals.ts';
import { anOidcIssuer, nowMs, nowSeconds, someClaims } from '../../support/tokens.ts';

const times = { issuedAt: nowSeconds - 10, expiresAt: nowSeconds + 300, nowMs };

const principalOf = (claims: Readonly<Record<string, unknown>>, issuer: Partial<OidcIssuer> = {}) =>
  toPrincipal(someClaims(claims), anOidcIssuer(issuer), times);

const withClaim = (type: ClaimMapping['type'], pointer = '/x'): Partial<OidcIssuer> => ({
  claims: new Map([['x', { pointer, type }]]),
});

describe('toPrincipal', () => {
  it('carries issuer name, subject, listed claims and times, and nothing else of the token', () => {
    const issuer: Partial<OidcIssuer> = {
      claims: new Map([
        ['groups', { pointer: '/groups', type: 'list' }],
        ['team', { pointer: '/org/team', type: 'string' }],
        ['absent', { pointer: '/absent', type: 'string' }],
      ]),
    };

    const principal = principalOf(
      { groups: ['b', 'a'], org: { team: 'payments' }, email: 'alice@example.com' },
      issuer,
    );

    expect(principal).toEqual({
      issuer: 'idp',
      subject: 'alice',
      claims: { groups: ['b', 'a'], team: 'payments' },
      mfa: false,
      issuedAt: nowSeconds - 10,
      expiresAt: nowSeconds + 300,
    });
  });

  it.each([
    ['string', 'text', 'text'],
    ['string', '', ''],
    ['number', 42, '42'],
    ['number', -1.5, '-1.5'],
    ['number', Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['boolean', true, 'true'],
    ['boolean', false, 'false'],
    ['list', [], []],
    ['list', ['a', 'a'], ['a', 'a']],
  ] as const)('maps a %s claim of %j to %j', (type, value, expected) => {
    expect(principalOf({ x: value }, withClaim(type)).claims).toEqual({ x: expected });
  });

  it.each([
    ['string', 1],
    ['string', true],
    ['string', null],
    ['string', ['a']],
    ['string', {}],
    ['string', '\ud800'],
    ['number', '1'],
    ['number', null],
    ['number', JSON.parse('1e400')],
    ['number', 9_007_199_254_740_992],
    ['number', [1]],
    ['boolean', 'true'],
    ['boolean', 0],
    ['boolean', null],
    ['list', 'sre'],
    ['list', null],
    ['list', { 0: 'sre', length: 1 }],
    ['list', ['sre', 1]],
    ['list', ['sre', null]],
    ['list', [['sre']]],
    ['list', ['\udc00']],
  ] as const)('refuses a %s claim of %j', async (type, value) => {
    expect(await refusalOf(() => principalOf({ x: value }, withClaim(type)))).toBe('claim');
  });

  it('names the claim and its type, not the value, when it refuses one', () => {
    const claims = { x: 'secret-value' };

    expect(() => principalOf(claims, withClaim('list', '/x'))).toThrow(
      expect.objectContaining({ detail: 'claim x (/x) is not a list', issuer: 'idp' }),
    );
  });

  it('finds no claim in what every object inherits', () => {
    expect(principalOf({}, withClaim('string', '/constructor/name')).claims).toEqual({});
  });

  it('takes the subject from where the issuer puts it', () => {
    expect(principalOf({ act: { who: 'bob' } }, { subjectClaim: '/act/who' }).subject).toBe('bob');
  });

  it('takes a subject of 1024 characters', () => {
    expect(principalOf({ sub: 's'.repeat(1024) }).subject).toHaveLength(1024);
  });

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['a number', 7],
    ['null', null],
    ['a list', ['alice']],
    ['of 1025 characters', 's'.repeat(1025)],
    ['with NUL', 'alice\0bob'],
    ['with a newline', 'alice\n{"level":"INFO"}'],
    ['with an escape character', '\u001b[2Jalice'],
    ['with DEL', 'alice\u007f'],
    ['with a C1 control', 'alice\u0085'],
    ['with a direction override', 'alice\u202ebob'],
    ['with a zero-width space', 'alice\u200b'],
    ['with a line separator', 'alice\u2028bob'],
    ['with a lone surrogate', 'alice\ud83d'],
  ])('refuses a subject that is %s', async (_name, sub) => {
    expect(await refusalOf(() => principalOf({ sub }))).toBe('subject');
  });

  const mfa = { mfa: { amr: ['mfa', 'hwk'], acr: ['urn:two'] } };

  it.each([{ amr: ['pwd', 'mfa'] }, { amr: ['hwk'] }, { acr: 'urn:two' }, { amr: ['pwd'], acr: 'urn:two' }])(
    'says mfa for %j',
    (claims) => {
      expect(principalOf(claims, mfa).mfa).toBe(true);
    },
  );

  it.each([
    {},
    { amr: [] },
    { amr: ['pwd'] },
    { amr: 'mfa' },
    { amr: ['MFA'] },
    { amr: ['mfa2'] },
    { amr: [['mfa']] },
    { amr: { 0: 'mfa', length: 1 } },
    { acr: 'mfa' },
    { acr: ['urn:two'] },
    { acr: 'urn:two ' },
    { amr: ['urn:two'] },
  ])('says no mfa for %j', (claims) => {
    expect(principalOf(claims, mfa).mfa).toBe(false);
  });

  it('says no mfa when the issuer vouches for none', () => {
    expect(principalOf({ amr: ['mfa'], acr: 'urn:two' }).mfa).toBe(false);
  });

  it.each([
    [nowSeconds - 60, nowSeconds - 60],
    [nowSeconds - 0.5, nowSeconds - 1],
    [nowSeconds + 6, undefined],
    [-1, undefined],
    [String(nowSeconds), undefined],
    [null, undefined],
    [JSON.parse('1e400'), undefined],
    [undefined, undefined],
  ])('takes auth_time %j as %j', (auth_time, expected) => {
    expect(principalOf({ auth_time }).authTime).toBe(expected);
  });

  it('takes a principal of exactly 4096 bytes and refuses one byte more', async () => {
    const base = Buffer.byteLength(JSON.stringify(principalOf({ x: '' }, withClaim('string'))));
    const ofBytes = (bytes: number) => ({
      x: 'é'.repeat((bytes - base) >> 1) + 'e'.repeat((bytes - base) & 1),
    });

    expect(Buffer.byteLength(JSON.stringify(principalOf(ofBytes(4096), withClaim('string'))))).toBe(4096);
    expect(await refusalOf(() => principalOf(ofBytes(4097), withClaim('string')))).toBe(
      'principal-too-large',
    );
  });

  it('refuses 5,000 groups', async () => {
    const groups = Array.from({ length: 5000 }, (_, index) => `group-${index}`);

    expect(await refusalOf(() => principalOf({ x: groups }, withClaim('list')))).toBe('principal-too-large');
  });
});
