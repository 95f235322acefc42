import { describe, expect, it } from '@jest/globals';
import { headerValues } from '../../../lambda/http/header-values.ts';

describe('header values', () => {
  it.each([
    ['one', { 'Content-Type': ['a'] }, ['a']],
    ['all values in order', { 'content-type': ['a', 'b'] }, ['a', 'b']],
    ['those of every case of the name', { 'Content-Type': ['a'], 'CONTENT-TYPE': ['b'] }, ['a', 'b']],
    ['none for another name', { 'X-Amzn-Remapped-Content-Type': ['a'], 'content-type ': ['b'] }, []],
    ['none for a name without values', { 'Content-Type': undefined }, []],
    ['none without headers', {}, []],
  ])('are %s', (_what, multiValueHeaders, expected) => {
    expect(headerValues({ multiValueHeaders }, 'content-type')).toEqual(expected);
  });

  it('are none when API Gateway has none to tell', () => {
    expect(
      headerValues({ multiValueHeaders: null as unknown as Record<string, string[]> }, 'content-type'),
    ).toEqual([]);
  });
});
