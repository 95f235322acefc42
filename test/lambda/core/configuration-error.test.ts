import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, toKeyPath, toProblemLine } from '../../../lambda/core/configuration-error.ts';

describe('toProblemLine', () => {
  it.each([
    [['a', 'b', 0, 'c'], 1, 'a.b[0].c: 1 is not allowed; allowed: less'],
    [['a'], undefined, 'a: is missing; allowed: less'],
    [['a'], null, 'a: null is not allowed; allowed: less'],
    [['a'], Number.NaN, 'a: NaN is not allowed; allowed: less'],
    [['a'], 'x\ny', 'a: "x\\ny" is not allowed; allowed: less'],
    [
      ['claims:x', 'ForAnyValue:StringEquals'],
      '',
      '"claims:x"."ForAnyValue:StringEquals": "" is not allowed; allowed: less',
    ],
    [['a', 'b\nc'], {}, 'a."b\\nc": {} is not allowed; allowed: less'],
    [[], [], '(the document): [] is not allowed; allowed: less'],
    [['a', ''], true, 'a."": true is not allowed; allowed: less'],
    [['a'], Symbol('x'), 'a: Symbol(x) is not allowed; allowed: less'],
  ])('says of %j what stands there and what may', (path, value, line) => {
    expect(toProblemLine({ path, value, allowed: 'less' })).toBe(line);
  });

  it('shows the beginning of a long value', () => {
    const line = toProblemLine({ path: ['a'], value: 'x'.repeat(1000), allowed: 'less' });

    expect(line).toBe(`a: "${'x'.repeat(118)}… is not allowed; allowed: less`);
  });
});

describe('ConfigurationError', () => {
  it('has one line for each problem', () => {
    const problems = ['a', 'b'].map((key) => ({ path: [key], value: 1, allowed: '2' }));

    expect(new ConfigurationError(problems).message).toBe(
      'a: 1 is not allowed; allowed: 2\nb: 1 is not allowed; allowed: 2',
    );
    expect(new ConfigurationError(problems, ['f:1 a']).message).toBe('f:1 a');
  });

  it('names the whole document where there is no path', () => {
    expect(toKeyPath([])).toBe('(the document)');
  });
});
