import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toCleanText } from '../../../../lib/client/login/clean-text.ts';
import { parseLogin } from '../../../../lib/client/login/login.ts';
import { readCaller, readClaims, readExpiry } from '../../../../lib/client/login/read-claims.ts';
import { toTokenId } from '../../../../lib/client/login/token-id.ts';
import { anUnsignedJwt } from '../../../support/an-openid-stub.ts';

const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 400 })
  .map((codes) => String.fromCodePoint(...codes));
const runs = { numRuns: 60 };

describe('claims', () => {
  it('are those of any JWT', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }), (claims) => {
        expect(readClaims(anUnsignedJwt(claims))).toEqual(JSON.parse(JSON.stringify(claims)));
      }),
      runs,
    );
  });

  it('are none of any other text, and nothing fails', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((value) => `a.${toPart(value)}.b`),
        ),
        (token) => {
          const claims = readClaims(token);
          expect(claims === undefined || (typeof claims === 'object' && !Array.isArray(claims))).toBe(true);
          readExpiry(token);
          readCaller(token);
          toTokenId(token);
        },
      ),
      runs,
    );
  });

  it.each([[''], ['a.b'], ['a.b.c.d'], [`a.${toPart(null)}.b`], [`a.${toPart([1])}.b`], ['a.!!.b']])(
    'are none of %j',
    (token) => {
      expect(readClaims(token)).toBeUndefined();
    },
  );

  it('say no time that is none', () => {
    expect(readExpiry(anUnsignedJwt({ exp: '1' }))).toBeUndefined();
    expect(readExpiry(`a.${Buffer.from('{"exp":1e400}').toString('base64url')}.b`)).toBeUndefined();
    expect(readExpiry(anUnsignedJwt({ exp: 1.5 }))).toBe(1500);
  });

  it('say no caller without issuer and subject, and never two the same', () => {
    expect(readCaller(anUnsignedJwt({ iss: 'a' }))).toBeUndefined();
    expect(readCaller(anUnsignedJwt({ iss: 'a', sub: 'b","c' }))).not.toBe(
      readCaller(anUnsignedJwt({ iss: 'a","b', sub: 'c' })),
    );
  });
});

function toPart(value: unknown): string {
  return Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
}

it('a login that is kept is one or none, whatever stands there', () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 2 }), (value) => {
      const login = parseLogin(value);
      expect(login === undefined || typeof login.kind === 'string').toBe(true);
    }),
    runs,
  );
});

it("an issuer's words are one short line that moves no cursor", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const clean = toCleanText(text);
      expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(clean.length).toBeLessThanOrEqual(301);
    }),
    runs,
  );
});
