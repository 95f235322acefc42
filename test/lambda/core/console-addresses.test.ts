import { describe, expect, it } from '@jest/globals';
import { toConsoleHost, toFederationUrl } from '../../../lambda/core/console-addresses.ts';

describe('toFederationUrl', () => {
  it.each([
    ['aws', 'eu-west-1', 'https://eu-west-1.signin.aws.amazon.com/federation'],
    ['aws', 'us-east-1', 'https://us-east-1.signin.aws.amazon.com/federation'],
    ['aws-us-gov', 'us-gov-west-1', 'https://signin.amazonaws-us-gov.com/federation'],
    ['aws-cn', 'cn-north-1', 'https://signin.amazonaws.cn/federation'],
  ])('of %s in %s is %s', (partition, region, url) => {
    expect(toFederationUrl({ partition, region })).toBe(url);
  });

  it.each(['aws-iso', '', 'constructor', '__proto__'])('is refused for partition %j', (partition) => {
    expect(() => toFederationUrl({ partition, region: 'eu-west-1' })).toThrow(
      new TypeError(`no console of partition ${partition} is known; allowed: aws, aws-cn, aws-us-gov`),
    );
    expect(() => toConsoleHost(partition)).toThrow(TypeError);
  });
});
