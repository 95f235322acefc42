import { IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from '@jest/globals';
import { toIamRegion } from '../../../lambda/core/iam-region.ts';

/** Where the SDK would send a call, and for which region it signs: it goes nowhere. */
async function sentBy(region: string): Promise<string> {
  const client = new IAMClient({ region, credentials: { accessKeyId: 'AKIA', secretAccessKey: 'x' } });
  let sent = '';
  client.middlewareStack.add(
    () => async (args) => {
      const { hostname, headers } = args.request as {
        readonly hostname: string;
        readonly headers: Readonly<Record<string, string>>;
      };
      sent = `${hostname} ${headers.authorization?.split('/')[2]}`;
      throw new Error('not sent');
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await client.send(new ListAccessKeysCommand({})).catch(() => undefined);
  client.destroy();
  return sent;
}

describe('toIamRegion', () => {
  it.each([
    ['aws', 'iam.amazonaws.com us-east-1'],
    ['aws-cn', 'iam.cn-north-1.amazonaws.com.cn cn-north-1'],
    ['aws-us-gov', 'iam.us-gov.amazonaws.com us-gov-west-1'],
  ])(
    "is the region that partition %s's IAM takes signatures for, by the SDK's own rules",
    async (partition, sent) => {
      expect(await sentBy(toIamRegion(partition))).toBe(sent);
    },
  );

  it.each(['', 'aws-iso', 'AWS', '__proto__'])('knows no partition %j', (partition) => {
    expect(() => toIamRegion(partition)).toThrow(TypeError);
  });
});
