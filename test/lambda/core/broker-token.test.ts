import { describe, expect, it } from '@jest/globals';
import { toBrokerClaims } from '../../../lambda/core/broker-token.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

const url = 'https://daypass.example.com';
const claimsOf = (expiresAt: number, atMs = nowMs) =>
  toBrokerClaims(aPrincipal({ expiresAt }), { url, tokenId: 'token-1', nowMs: atMs });

describe('toBrokerClaims', () => {
  it('says who issued it, for whom, and of which principal it speaks', () => {
    const principal = aPrincipal({ issuer: 'ad-fs', claims: { groups: ['sre'] } });

    expect(toBrokerClaims(principal, { url, tokenId: 'token-1', nowMs: nowMs + 999 })).toEqual({
      iss: url,
      aud: url,
      sub: 'alice@example.com',
      jti: 'token-1',
      iat: nowSeconds,
      exp: nowSeconds + 900,
      principal,
    });
  });

  it.each([
    ['fifteen minutes at most', nowSeconds + 86_400, nowSeconds + 900],
    ['fifteen minutes exactly', nowSeconds + 900, nowSeconds + 900],
    ['what is left of the proof', nowSeconds + 899, nowSeconds + 899],
    ['nothing of a proof that has expired', nowSeconds - 1, nowSeconds - 1],
  ])('lives for %s', (_what, expiresAt, exp) => {
    expect(claimsOf(expiresAt).exp).toBe(exp);
  });
});
