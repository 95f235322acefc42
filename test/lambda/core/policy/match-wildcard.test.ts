import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldCase, matchesWildcard } from '../../../../lambda/core/policy/match-wildcard.ts';

/** As the definition reads, in exponential time. */
function matchesNaively(pattern: string, value: string): boolean {
  if (pattern === '') return value === '';
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === '*')
    return matchesNaively(rest, value) || (value !== '' && matchesNaively(pattern, value.slice(1)));
  return value !== '' && (first === '?' || first === value[0]) && matchesNaively(rest, value.slice(1));
}

const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', ':'), maxLength: 8 });
const values = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', ':'), maxLength: 8 });

describe('matchesWildcard', () => {
  it('agrees with the definition on all small inputs', () => {
    fc.assert(
      fc.property(patterns, values, (pattern, value) => {
        expect(matchesWildcard(pattern, value)).toBe(matchesNaively(pattern, value));
      }),
      { numRuns: 5000 },
    );
  });

  it('matches text by itself when it has no wildcards', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, other) => {
        fc.pre(!/[*?]/.test(text));
        expect(matchesWildcard(text, text)).toBe(true);
        expect(matchesWildcard(text, other)).toBe(text === other);
      }),
    );
  });

  it('matches any case of ASCII letters when case is ignored, and none when not', () => {
    expect(matchesWildcard('sts:Assume*', 'STS:ASSUMEROLE', { ignoreCase: true })).toBe(true);
    expect(matchesWildcard('sts:Assume*', 'STS:ASSUMEROLE')).toBe(false);
    expect(matchesWildcard('s?s', 'S\u017fS', { ignoreCase: true })).toBe(true);
    expect(matchesWildcard('sss', 'S\u017fS', { ignoreCase: true })).toBe(false);
  });

  it('ends when a pattern of many stars fails at the last character', () => {
    // A backtracking matcher would still be at it when the universe ends.
    const pattern = `${'*a'.repeat(500)}b`;

    expect(matchesWildcard(pattern, 'a'.repeat(4000))).toBe(false);
  });
});

describe('foldCase', () => {
  it('makes no character within ASCII out of one of the basic plane outside it', () => {
    for (let code = 0x80; code <= 0xffff; code++) {
      const folded = foldCase(String.fromCodePoint(code));
      if (/^[\0-\u007f]*$/.test(folded)) throw new Error(`U+${code.toString(16)} became ${folded}`);
    }
    expect(foldCase('\u00c9CLAIR K\u212a')).toBe('\u00e9clair k\u212a');
  });
});
