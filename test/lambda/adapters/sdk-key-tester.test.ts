import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSdkKeyTester } from '../../../lambda/adapters/sdk-key-tester.ts';
import { admin, aWorld, startTestAws, type TestAws } from '../../local/aws/an-embedded-aws.ts';

let aws: TestAws;
beforeEach(async () => {
  aws = await startTestAws(aWorld());
});
afterEach(() => aws.stop());

const tester = (timeoutMs = 5000) =>
  createSdkKeyTester({
    toClient: (key) =>
      new STSClient({ endpoint: aws.url, region: 'eu-west-1', maxAttempts: 1, credentials: { ...key } }),
    timeoutMs,
  });

describe('key tester', () => {
  it('says whose a key is, and makes no session', async () => {
    const identity = await tester().identify(admin);

    expect(identity).toEqual({ state: 'ACCEPTED', arn: 'arn:aws:iam::111111111111:user/admin' });
    expect((await aws.records()).map(({ eventName }) => eventName)).toEqual(['GetCallerIdentity']);
  });

  it.each([
    [
      'that nobody has',
      { accessKeyId: 'AKIAZZZZZZZZZZZZZZZZ', secretAccessKey: 'x'.repeat(40) },
      'InvalidClientTokenId',
    ],
    ['with another secret', { ...admin, secretAccessKey: 'x'.repeat(40) }, 'SignatureDoesNotMatch'],
  ])('refuses a key %s', async (_which, key, code) => {
    const identity = await tester().identify(key);

    expect(identity).toMatchObject({ state: 'REFUSED', detail: expect.stringContaining(code) });
    expect(JSON.stringify(identity)).not.toContain(key.secretAccessKey);
  });

  it.each(['throttle', '500', 'malformed', 'empty', 'reset', 'lost', 'timeout'] as const)(
    'takes no %s for a success, and asks once',
    async (kind) => {
      aws.faults.replace([{ service: 'sts', kind, times: 1 }]);

      expect((await tester(300).identify(admin)).state).toBe('REFUSED');
      expect((await tester().identify(admin)).state).toBe('ACCEPTED');
    },
  );
});
