import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../support/a-configuration.ts';

const topicArn = 'arn:aws:sns:eu-west-1:999999999999:trail';
const existing = { bucketName: 'org-trail', topicArn };

describe('the section trail', () => {
  it('may be left out: a trail of its own, of its own account, two hours', () => {
    expect(aConfiguration().trail).toEqual({ accounts: ['111111111111'], settleMinutes: 120 });
  });

  it('names accounts, a time and an existing trail', () => {
    const trail = {
      accounts: ['111111111111', '222222222222'],
      settleMinutes: 60,
      existing: { ...existing, prefix: 'org/x', keyArn: 'arn:aws:kms:eu-west-1:999999999999:key/1' },
    };

    expect(aConfiguration({ trail }).trail).toEqual(trail);
  });

  it.each([
    ['an account that is none', { accounts: ['1'] }, 'trail.accounts[0]'],
    ['no account', { accounts: [] }, 'at least one account id'],
    ['a trail without the own account', { accounts: ['222222222222'], existing }, 'trail.accounts'],
    [
      'other accounts in a trail of its own',
      { accounts: ['111111111111', '222222222222'] },
      'without trail.existing',
    ],
    ['less than CloudTrail takes', { settleMinutes: 14 }, '15–1440 minutes'],
    ['an existing trail without a topic', { existing: { bucketName: 'b-1' } }, 'topicArn'],
    [
      'a prefix that would be a pattern',
      { existing: { ...existing, prefix: 'a/*' } },
      'trail.existing.prefix',
    ],
    [
      'a prefix with a slash at its end',
      { existing: { ...existing, prefix: 'a/' } },
      'trail.existing.prefix',
    ],
    [
      'a bucket by its ARN',
      { existing: { ...existing, bucketName: 'arn:aws:s3:::b' } },
      'trail.existing.bucketName',
    ],
    [
      'a topic that is none',
      { existing: { ...existing, topicArn: 'arn:aws:sqs:eu-west-1:1:q' } },
      'topicArn',
    ],
    ['another key', { days: 1 }, 'accounts, settleMinutes, existing'],
  ])('refuses %s', (_case, trail, said) => {
    expect(() => aConfiguration({ trail })).toThrow(said);
  });
});
