import { describe, expect, it } from '@jest/globals';
import { createS3TrailObjects } from '../../../lambda/adapters/s3-trail-objects.ts';

const client = { send: () => Promise.reject(new TypeError('nothing is read here')) };
const accounts = ['111111111111', '222222222222'];
const { findAccount } = createS3TrailObjects({ client, bucketName: 'trail', prefix: 'org', accounts });
const name = 'eu-west-1/2026/11/21/x.json.gz';

describe('objects of a trail', () => {
  it.each([
    ['of the account', 'org/AWSLogs/111111111111/CloudTrail/', '111111111111'],
    ["of an organization's account", 'org/AWSLogs/o-0123456789/222222222222/CloudTrail/', '222222222222'],
    ['of an account that is not listed', 'org/AWSLogs/o-0123456789/333333333333/CloudTrail/', undefined],
    [
      'of one that is not listed, in a folder of one that is',
      'org/AWSLogs/333333333333/CloudTrail/111111111111/',
      undefined,
    ],
    ['that are digests', 'org/AWSLogs/111111111111/CloudTrail-Digest/', undefined],
    ['without the prefix', 'AWSLogs/111111111111/CloudTrail/', undefined],
  ])('%s', (_, folder, expected) => {
    expect(findAccount({ bucketName: 'trail', key: `${folder}${name}` })).toBe(expected);
  });

  it('are of the one bucket', () => {
    expect(
      findAccount({ bucketName: 'other', key: `org/AWSLogs/111111111111/CloudTrail/${name}` }),
    ).toBeUndefined();
  });
});
