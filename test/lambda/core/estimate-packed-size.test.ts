import { describe, expect, it } from '@jest/globals';
import { estimatePackedSize } from '../../../lambda/core/estimate-packed-size.ts';

const tags = (count: number, valueLength: number) =>
  new Map(Array.from({ length: count }, (_, index) => [`k${index}`, 'v'.repeat(valueLength)]));

describe('estimatePackedSize', () => {
  it('is none where there is nothing to pack', () => {
    expect(estimatePackedSize({ policyArns: [], tags: new Map() })).toBeUndefined();
  });

  it('is what users report of nine tags with values of 250 characters', () => {
    expect(estimatePackedSize({ policyArns: [], tags: tags(9, 250) })).toBe(499);
  });

  it('grows with each tag, policy and managed policy', () => {
    const one = estimatePackedSize({ policyArns: [], tags: tags(1, 10) }) ?? 0;
    const withPolicy =
      estimatePackedSize({ policy: '{"Version":"2012-10-17"}', policyArns: [], tags: tags(1, 10) }) ?? 0;
    const withArn =
      estimatePackedSize({
        policy: '{"Version":"2012-10-17"}',
        policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
        tags: tags(1, 10),
      }) ?? 0;

    expect(one).toBeGreaterThan(0);
    expect(withPolicy).toBeGreaterThan(one);
    expect(withArn).toBeGreaterThan(withPolicy);
  });
});
