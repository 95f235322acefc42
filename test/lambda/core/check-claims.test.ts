import { describe, expect, it } from '@jest/globals';
import { checkClaims } from '../../../lambda/core/check-claims.ts';
import type { OidcIssuer } from '../../../lambda/core/configuration.ts';
import type { UnverifiedToken } from '../../../lambda/core/read-token.ts';
import { refusalOf } from '../../support/refusals.ts';
import { anOidcIssuer, nowMs, nowSeconds, someClaims } from '../../support/tokens.ts';

const aToken = (claims: Readonly<Record<string, unknown>> = {}, changes: Partial<UnverifiedToken> = {}) => ({
  compact: '',
  algorithm: 'ES256',
  keyId: 'one',
  type: undefined,
  claims: someClaims(claims),
  ...changes,
});

type Row = readonly [name: string, claims: Readonly<Record<string, unknown>>, issuer?: Partial<OidcIssuer>];

const twoAudiences = { audiences: ['daypass', 'https://daypass.example.com'] };

const permits: readonly Row[] = [
  ['good claims', {}],
  ['an audience in a list', { aud: ['daypass'] }],
  ['two audiences, both ours', { aud: ['daypass', 'https://daypass.example.com'] }, twoAudiences],
  ['an exp in a second', { exp: nowSeconds + 1 }],
  ['an iat 5 s ahead', { iat: nowSeconds + 5 }],
  ['an nbf 5 s ahead', { nbf: nowSeconds + 5 }],
  ['a lifetime of just the longest', { iat: nowSeconds - 10, exp: nowSeconds + 3590 }],
  ['an age of just the oldest', { iat: nowSeconds - 65 }, { maxAgeSeconds: 60 }],
  ['times with a fraction', { iat: nowSeconds - 0.5, exp: nowSeconds + 1.5 }],
];

const denials: readonly (readonly [reason: string, ...row: Row])[] = [
  ['audience', 'no aud', { aud: undefined }],
  ['audience', 'another aud', { aud: 'other' }],
  ['audience', 'a prefix of ours', { aud: 'daypas' }],
  ['audience', 'ours with a suffix', { aud: 'daypass2' }],
  ['audience', 'ours with a slash', { aud: 'daypass/' }],
  ['audience', 'ours in another case', { aud: 'Daypass' }],
  ['audience', 'an empty list', { aud: [] }],
  ['audience', 'ours and another', { aud: ['daypass', 'other'] }],
  ['audience', 'another and ours', { aud: ['other', 'daypass'] }],
  ['audience', 'ours in a list in a list', { aud: [['daypass']] }],
  ['audience', 'an object', { aud: { daypass: true } }],
  ['audience', 'null', { aud: null }],
  ['audience', 'ours and null', { aud: ['daypass', null] }],
  ['audience', 'the patterns of ours', { aud: '*' }],
  ['malformed-token', 'no exp', { exp: undefined }],
  ['malformed-token', 'an exp that is text', { exp: String(nowSeconds + 300) }],
  ['malformed-token', 'an exp of 1e400', { exp: JSON.parse('1e400') }],
  ['malformed-token', 'a negative exp', { exp: -1 }],
  ['malformed-token', 'an exp in milliseconds', { exp: nowMs + 300_000 }],
  ['malformed-token', 'an exp that is null', { exp: null }],
  ['malformed-token', 'no iat', { iat: undefined }],
  ['malformed-token', 'an iat that is text', { iat: '1' }],
  ['malformed-token', 'a negative iat', { iat: -1 }],
  ['malformed-token', 'an iat that is a boolean', { iat: true }],
  ['malformed-token', 'an nbf that is text', { nbf: '1' }],
  ['malformed-token', 'an nbf that is null', { nbf: null }],
  ['expired', 'an exp 5 s ago', { exp: nowSeconds - 5 }],
  ['expired', 'an exp of 0', { exp: 0, iat: 0 }],
  ['not-yet-valid', 'an iat 6 s ahead', { iat: nowSeconds + 6 }],
  ['not-yet-valid', 'an iat 6 s ahead with an nbf that has passed', { iat: nowSeconds + 6, nbf: nowSeconds }],
  ['not-yet-valid', 'an nbf 6 s ahead', { nbf: nowSeconds + 6 }],
  ['expired', 'an exp that is now', { exp: nowSeconds }],
  ['expired', 'an exp a second ago', { exp: nowSeconds - 1 }],
  ['lifetime', 'an exp that is iat', { iat: nowSeconds + 3, exp: nowSeconds + 3 }],
  ['lifetime', 'a lifetime a second too long', { iat: nowSeconds - 10, exp: nowSeconds + 3591 }],
  ['lifetime', 'a lifetime of 100 years', { exp: nowSeconds + 3_155_760_000 }],
  ['lifetime', 'a lifetime stretched by an iat of 0', { iat: 0 }],
  ['too-old', 'an age a second too old', { iat: nowSeconds - 66 }, { maxAgeSeconds: 60 }],
];

describe('checkClaims', () => {
  it.each(permits)('takes %s', async (_name, claims, issuer = {}) => {
    expect(await refusalOf(() => checkClaims(aToken(claims), anOidcIssuer(issuer), nowMs))).toBeUndefined();
  });

  it.each(denials)('refuses for %s: %s', async (reason, _name, claims, issuer = {}) => {
    expect(await refusalOf(() => checkClaims(aToken(claims), anOidcIssuer(issuer), nowMs))).toBe(reason);
  });

  it.each(['none', 'None', 'nOnE', 'NONE', '', 'HS256', 'es256', 'ES384', 'RS256', 'EdDSA', 'PS256'])(
    'refuses alg %j where ES256 is pinned',
    async (algorithm) => {
      const token = aToken({}, { algorithm });

      expect(await refusalOf(() => checkClaims(token, anOidcIssuer(), nowMs))).toBe('algorithm');
    },
  );

  it.each(['id_token', 'dpop+jwt', 'logout+jwt', 'jw', 'jwt2', 'secevent+jwt'])(
    'refuses typ %s where jwt and at+jwt are taken',
    async (type) => {
      expect(await refusalOf(() => checkClaims(aToken({}, { type }), anOidcIssuer(), nowMs))).toBe(
        'token-type',
      );
    },
  );

  it.each(['jwt', 'at+jwt'])('takes typ %s', async (type) => {
    expect(await refusalOf(() => checkClaims(aToken({}, { type }), anOidcIssuer(), nowMs))).toBeUndefined();
  });

  it('refuses an id token (typ JWT) where the issuer says at+jwt alone', async () => {
    const issuer = anOidcIssuer({ tokenTypes: ['at+jwt'] });

    expect(await refusalOf(() => checkClaims(aToken({}, { type: 'jwt' }), issuer, nowMs))).toBe('token-type');
  });

  it('gives whole seconds, never later than the token says', () => {
    const token = aToken({ iat: nowSeconds - 0.5, exp: nowSeconds + 1.5 });

    expect(checkClaims(token, anOidcIssuer(), nowMs)).toEqual({
      issuedAt: nowSeconds - 1,
      expiresAt: nowSeconds + 1,
    });
  });
});
