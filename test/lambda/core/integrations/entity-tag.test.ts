import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { InvalidRequestError } from '../../../../lambda/core/errors.ts';
import { readIfMatch, toEntityTag } from '../../../../lambda/core/integrations/entity-tag.ts';

describe('an entity tag', () => {
  it('is read as the version that it was made of', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), (version) => {
        expect(readIfMatch(toEntityTag(version))).toBe(version);
        expect(readIfMatch(` ${toEntityTag(version)} `)).toBe(version);
      }),
    );
  });

  it('is nothing without the header', () => {
    expect(readIfMatch(undefined)).toBeUndefined();
  });

  it.each(['*', '1', 'W/"1"', '"1", "2"', '""', '"0"', '"01"', '"-1"', '"1.5"', '"1e3"', '"1"x', '"１"', ''])(
    'is not %j',
    (header) => {
      expect(() => readIfMatch(header)).toThrow(InvalidRequestError);
    },
  );
});
