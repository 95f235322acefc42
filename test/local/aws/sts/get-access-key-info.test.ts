import { GetAccessKeyInfoCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toAccessKeyId } from '../../../../local/aws/access-key-id.ts';
import {
  admin,
  allowAllOfSts,
  aWorld,
  away,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';

const silent = { accessKeyId: 'AKIASILENT0000000001', secretAccessKey: 's'.repeat(40) };
const stranger = { accessKeyId: 'AKIASTRANGER00000001', secretAccessKey: 'x'.repeat(40) };
const trust = policy({ Effect: 'Allow', Principal: { AWS: home }, Action: 'sts:AssumeRole' });

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(
    aWorld({
      [home]: { users: { silent } },
      [away]: { users: { stranger }, roles: { Away: { trust, policies: [allowAllOfSts] } } },
    }),
  );
});
afterAll(() => aws.stop());

const ask = async (AccessKeyId: string | undefined, as: TestCredentials = admin) =>
  (await aws.sts(as).send(new GetAccessKeyInfoCommand({ AccessKeyId }))).Account;

describe('GetAccessKeyInfo', () => {
  it('names the account of a long-term key, of whatever account', async () => {
    expect(await ask(admin.accessKeyId)).toBe(home);
    expect(await ask(stranger.accessKeyId)).toBe(away);
  });

  it('names the account of temporary credentials', async () => {
    const ofRole = await aws.assume({
      RoleArn: `arn:aws:iam::${away}:role/Away`,
      RoleSessionName: 'session',
    });
    const { Credentials } = await aws.sts(silent).send(new GetSessionTokenCommand({}));

    expect(await ask(ofRole.accessKeyId)).toBe(away);
    expect(await ask(Credentials?.AccessKeyId)).toBe(home);
    expect(await ask(admin.accessKeyId, ofRole)).toBe(home);
  });

  it.each([
    ['a key of nobody', 'AKIANOBODY0000000001'],
    ['a key of an account that is not here', toAccessKeyId('ASIA', '999999999999')],
    ['what is no key', 'x'.repeat(16)],
  ])('does not know %s', async (_name, accessKeyId) => {
    expect(await outcome(ask(accessKeyId))).toBe(
      'ValidationError: The specified access key ID does not exist',
    );
  });

  it.each([
    ['15 characters', 'A'.repeat(15), 'have length greater than or equal to 16'],
    ['129 characters', 'A'.repeat(129), 'have length less than or equal to 128'],
    ['a slash', `AKIA/${'A'.repeat(15)}`, 'satisfy regular expression pattern'],
    ['nothing', undefined, 'not be null'],
  ])('refuses %s', async (_name, accessKeyId, must) => {
    expect(await outcome(ask(accessKeyId))).toMatch(new RegExp(`^ValidationError: 1 .*Member must ${must}`));
  });

  it('takes 128 characters, and knows no such key', async () => {
    expect(await outcome(ask('A'.repeat(128)))).toMatch(/does not exist$/);
  });

  it('needs a permission', async () => {
    expect(await outcome(ask(admin.accessKeyId, silent))).toBe(
      `AccessDenied: User: arn:aws:iam::${home}:user/silent is not authorized to perform: sts:GetAccessKeyInfo on resource: *`,
    );
  });
});
