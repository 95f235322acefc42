import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sha256, toCanonicalJson } from '../../../lambda/core/sha256.ts';

describe('sha256', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['ä', '33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc'],
  ])('is that of the UTF-8 bytes of %j', (text, hex) => {
    expect(sha256(text).toString('hex')).toBe(hex);
  });
});

describe('toCanonicalJson', () => {
  it('sorts keys at every depth, keeps lists in order and leaves undefined out', () => {
    expect(toCanonicalJson({ b: 1, a: { d: [2, 1], c: undefined }, 10: 0, 9: 0 })).toBe(
      '{"9":0,"10":0,"a":{"d":[2,1]},"b":1}',
    );
  });

  it('means what JSON means', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(toCanonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('gives equal bytes for equal values, in whatever order they were made', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());

        expect(toCanonicalJson(reversed)).toBe(toCanonicalJson(value));
      }),
    );
  });
});
