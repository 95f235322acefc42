import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesWildcard } from '../../lambda/core/policy/match-wildcard.ts';
import { divideExceptions } from '../../lib/divide-exceptions.ts';

const own = 'arn:aws:iam::111111111111:role/';
const ofOthers = 'arn:aws:iam::2*:role/*';

/** As several Denies with NotResource: what no list has is denied. */
const passes = (lists: readonly (readonly string[])[], arn: string) =>
  lists.every((list) => list.some((pattern) => matchesWildcard(pattern, arn)));

const lengthOf = (list: readonly string[]) => JSON.stringify(list).length - '[]'.length + ','.length;

/** Of few letters, so that names begin alike, and are the beginnings of others. */
const name = fc.stringMatching(/^[abAB./]{1,6}$/);

describe('divideExceptions', () => {
  it('leaves one list as it is when it is short enough', () => {
    expect(divideExceptions([`${own}A`], { besides: [ofOthers], maxCharacters: 500 })).toEqual([
      [ofOthers, `${own}A`],
    ]);
  });

  it('lets pass exactly the exceptions when it has to divide, whatever their names', () => {
    let divided = 0;
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 20, maxLength: 60, size: 'max' }),
        fc.array(name, { maxLength: 40 }),
        fc.integer({ min: 800, max: 1600 }),
        (names, strangers, maxCharacters) => {
          const arns = names.map((one) => own + one);
          const lists = divideExceptions(arns, { besides: [ofOthers], maxCharacters });

          if (lists.length > 1) {
            divided += 1;
            expect(Math.max(...lists.map(lengthOf))).toBeLessThanOrEqual(maxCharacters);
          }
          const asked = [
            ...names,
            ...strangers,
            ...names.map((one) => `${one}a`),
            ...names.map((one) => one.slice(1)),
          ];
          for (const one of asked)
            expect([one, passes(lists, own + one)]).toEqual([one, names.includes(one)]);
          expect(passes(lists, 'arn:aws:iam::222222222222:role/A')).toBe(true);
          expect(passes(lists, 'arn:aws:iam::333333333333:role/A')).toBe(false);
        },
      ),
      { numRuns: 80 },
    );
    expect(divided).toBeGreaterThan(20);
  });

  it('lets pass nothing that begins like an exception which others begin with', () => {
    const names = [
      'T',
      ...['Ta', 'Tb'].flatMap((start) => [1, 2, 3].map((end) => `${start}${'x'.repeat(40)}${end}`)),
    ];
    const lists = divideExceptions(
      names.map((one) => own + one),
      { maxCharacters: 460 },
    );

    expect(lists.length).toBeGreaterThan(1);
    expect(names.filter((one) => !passes(lists, own + one))).toEqual([]);
    expect(
      ['Tc', 'Ta', 'Tax', 'Tb', ...names.map((one) => `${one}x`)].filter((one) => passes(lists, own + one)),
    ).toEqual([]);
  });

  it('stays one list when no division is short enough, for whoever counts it to refuse', () => {
    const arns = [`${own}${'a'.repeat(60)}`, `${own}${'b'.repeat(60)}`];

    expect(divideExceptions(arns, { maxCharacters: 120 })).toEqual([arns]);
  });
});
