import { describe, expect, it } from '@jest/globals';
import { parsePresignedSessionToken } from '../../../lambda/core/presigned-session-token.ts';
import { presignSessionToken } from '../../../lib/client/presign-session-token.ts';
import { longTermKeyId, stsUrl } from '../../support/a-presigned-session-token.ts';
import { nowMs } from '../../support/tokens.ts';

const request = {
  sts: new URL(stsUrl),
  region: 'eu-west-1',
  keys: { accessKeyId: longTermKeyId, secretAccessKey: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY' },
  mfaSerial: 'arn:aws:iam::222222222222:mfa/people/alice+2@example.com',
  code: '123456',
  nowMs,
};

describe('a presigned GetSessionToken', () => {
  it.each([
    ['https://sts.eu-west-1.amazonaws.com', undefined],
    ['https://sts.eu-west-1.amazonaws.com', 900],
    ['http://127.0.0.1:4566', 129_600],
  ])('for %s, of %s seconds, is what the broker reads', async (sts, durationSeconds) => {
    const url = await presignSessionToken({
      ...{ ...request, sts: new URL(sts) },
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
    });

    const read = parsePresignedSessionToken(url, { origins: [sts], region: 'eu-west-1', nowMs });

    expect(read).toMatchObject({
      ...{ origin: sts, accessKeyId: longTermKeyId },
      parameters: { SerialNumber: request.mfaSerial, TokenCode: '123456', 'X-Amz-Expires': '60' },
    });
    expect(read.durationSeconds).toBe(durationSeconds);
  });

  it.each([
    ['of a session', { accessKeyId: 'ASIAI44QH8DHBEXAMPLE', secretAccessKey: 's', sessionToken: 't' }],
    ['with a session token', { ...request.keys, sessionToken: 't' }],
    ['of no IAM user', { accessKeyId: 'ASIAI44QH8DHBEXAMPLE', secretAccessKey: 's' }],
  ])('is never made with keys %s', async (_, keys) => {
    await expect(presignSessionToken({ ...request, keys })).rejects.toMatchObject({ code: 'usage' });
  });
});
