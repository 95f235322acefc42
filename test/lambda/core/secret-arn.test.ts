import { describe, expect, it } from '@jest/globals';
import { parseSecretArn } from '../../../lambda/core/secret-arn.ts';

const good = 'arn:aws-us-gov:secretsmanager:us-gov-west-1:111111111111:secret:daypass/prod/federator-AbCdEf';

describe('parseSecretArn', () => {
  it('says where the secret is', () => {
    expect(parseSecretArn(good)).toEqual({
      partition: 'aws-us-gov',
      region: 'us-gov-west-1',
      accountId: '111111111111',
    });
  });

  it.each([
    good.slice(0, -7),
    good.replace('secretsmanager', 'kms'),
    good.replace('111111111111', ''),
    good.replace('secret:', 'key/'),
    `${good}\n`,
    'daypass/prod/federator',
    '',
  ])('refuses %j', (arn) => {
    expect(() => parseSecretArn(arn)).toThrow(TypeError);
  });
});
