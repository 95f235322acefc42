import { AssumeRoleCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

const key = (letter: string): TestCredentials => ({
  accessKeyId: `AKIA${letter.repeat(16)}`,
  secretAccessKey: letter.toLowerCase().repeat(40),
});
/** May call everything of STS, by its own policies. */
const allowed = key('B');
/** Has no policies. */
const silent = key('C');
/** May do all but AssumeRole, by an explicit Deny. */
const denied = key('D');
/** May call AssumeRole, but neither TagSession nor SetSourceIdentity. */
const plain = key('E');

const arnOf = (name: string) => `arn:aws:iam::${home}:user/${name}`;
const all = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
const trusts = (
  AWS: string | readonly string[],
  Action: string | readonly string[] = all,
  Condition?: object,
) =>
  policy({ Effect: 'Allow', Principal: { AWS }, Action, ...(Condition === undefined ? {} : { Condition }) });
const users = {
  allowed: arnOf('allowed'),
  silent: arnOf('silent'),
  denied: arnOf('denied'),
  plain: arnOf('plain'),
};
const root = `arn:aws:iam::${home}:root`;

const roles = {
  ByName: { trust: trusts(Object.values(users)) },
  ByAccount: { trust: trusts(root) },
  ByAccountId: { trust: trusts(home) },
  ByAnyone: { trust: trusts('*') },
  ByAnother: { trust: trusts(`arn:aws:iam::${home}:user/allowedd`) },
  ByAnotherAccount: { trust: trusts('arn:aws:iam::333333333333:root') },
  ByService: {
    trust: policy({
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
  },
  ByExternalId: { trust: trusts(root, all, { StringEquals: { 'sts:ExternalId': 'right' } }) },
  BySourceIdentity: { trust: trusts(root, all, { StringEquals: { 'sts:SourceIdentity': 'someone' } }) },
  ByTag: { trust: trusts(root, all, { StringEquals: { 'aws:RequestTag/Team': 'web' } }) },
  ByTagKeys: {
    trust: trusts(root, all, {
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team'] },
      Null: { 'aws:TagKeys': 'false' },
    }),
  },
  BySessionName: { trust: trusts(root, all, { StringLike: { 'sts:RoleSessionName': 'job-*' } }) },
  BySelf: { trust: trusts(root, all, { StringEquals: { 'sts:RoleSessionName': '${aws:username}' } }) },
  ByRegion: { trust: trusts(root, all, { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }) },
  ByAddress: { trust: trusts(root, all, { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }) },
  ByFarAddress: { trust: trusts(root, all, { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }) },
  ByMfa: { trust: trusts(root, all, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }) },
  ByPrincipalArn: { trust: trusts(root, all, { ArnEquals: { 'aws:PrincipalArn': users.allowed } }) },
  ByUserId: { trust: trusts(root, all, { StringLike: { 'aws:userid': 'AROA*' } }) },
  AssumeOnly: { trust: trusts(root, 'sts:AssumeRole') },
  WithoutTags: { trust: trusts(root, ['sts:AssumeRole', 'sts:SetSourceIdentity']) },
  WithoutIdentity: { trust: trusts(root, ['sts:AssumeRole', 'sts:TagSession']) },
  TagsOnly: { trust: trusts(root, 'sts:TagSession') },
  Denying: {
    trust: policy(
      { Effect: 'Allow', Principal: { AWS: root }, Action: all },
      { Effect: 'Deny', Principal: { AWS: users.allowed }, Action: 'sts:AssumeRole' },
    ),
  },
};

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(
    aWorld({
      [home]: {
        users: {
          allowed: { ...allowed, policies: [allowAllOfSts] },
          silent: { ...silent, policies: [] },
          denied: {
            ...denied,
            policies: [allowAllOfSts, policy({ Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' })],
          },
          plain: {
            ...plain,
            policies: [policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' })],
          },
        },
        roles,
      },
      [away]: { roles },
    }),
  );
});
afterAll(() => aws.stop());

type Row = readonly [
  user: keyof typeof callers,
  account: string,
  role: string,
  input: Partial<AssumeRoleCommandInput>,
  expected: 'granted' | 'sts:AssumeRole' | 'sts:TagSession' | 'sts:SetSourceIdentity',
];

const callers = { allowed, silent, denied, plain, admin };
const tag = { Tags: [{ Key: 'Team', Value: 'web' }] };
const identity = { SourceIdentity: 'someone' };

const rows: readonly Row[] = [
  // In one account a trust policy that names the caller suffices; one that names the account does not.
  ['allowed', home, 'ByName', {}, 'granted'],
  ['silent', home, 'ByName', {}, 'granted'],
  ['denied', home, 'ByName', {}, 'sts:AssumeRole'],
  ['allowed', home, 'ByAccount', {}, 'granted'],
  ['silent', home, 'ByAccount', {}, 'sts:AssumeRole'],
  ['denied', home, 'ByAccount', {}, 'sts:AssumeRole'],
  ['allowed', home, 'ByAccountId', {}, 'granted'],
  ['silent', home, 'ByAccountId', {}, 'sts:AssumeRole'],
  // Across accounts both must allow.
  ['allowed', away, 'ByName', {}, 'granted'],
  ['silent', away, 'ByName', {}, 'sts:AssumeRole'],
  ['denied', away, 'ByName', {}, 'sts:AssumeRole'],
  ['allowed', away, 'ByAccount', {}, 'granted'],
  ['silent', away, 'ByAccount', {}, 'sts:AssumeRole'],
  ['allowed', away, 'ByAnyone', {}, 'granted'],
  ['silent', away, 'ByAnyone', {}, 'sts:AssumeRole'],
  // Near misses.
  ['allowed', home, 'ByAnother', {}, 'sts:AssumeRole'],
  ['allowed', away, 'ByAnother', {}, 'sts:AssumeRole'],
  ['allowed', home, 'ByAnotherAccount', {}, 'sts:AssumeRole'],
  ['allowed', home, 'ByService', {}, 'sts:AssumeRole'],
  ['allowed', home, 'Missing', {}, 'sts:AssumeRole'],
  ['allowed', home, 'byaccount', {}, 'sts:AssumeRole'],
  ['allowed', home, 'path/ByAccount', {}, 'sts:AssumeRole'],
  ['allowed', '999999999999', 'ByAccount', {}, 'sts:AssumeRole'],
  ['admin', away, 'ByName', {}, 'sts:AssumeRole'],
  ['allowed', home, 'Denying', {}, 'sts:AssumeRole'],
  ['plain', home, 'Denying', {}, 'granted'],
  // Conditions.
  ['allowed', away, 'ByExternalId', { ExternalId: 'right' }, 'granted'],
  ['allowed', away, 'ByExternalId', { ExternalId: 'wrong' }, 'sts:AssumeRole'],
  ['allowed', away, 'ByExternalId', { ExternalId: 'Right' }, 'sts:AssumeRole'],
  ['allowed', away, 'ByExternalId', { ExternalId: 'right1' }, 'sts:AssumeRole'],
  ['allowed', away, 'ByExternalId', {}, 'sts:AssumeRole'],
  ['allowed', away, 'BySourceIdentity', identity, 'granted'],
  ['allowed', away, 'BySourceIdentity', {}, 'sts:AssumeRole'],
  ['allowed', away, 'BySourceIdentity', { SourceIdentity: 'other' }, 'sts:SetSourceIdentity'],
  ['allowed', away, 'ByTag', tag, 'granted'],
  ['allowed', away, 'ByTag', {}, 'sts:AssumeRole'],
  ['allowed', away, 'ByTag', { Tags: [{ Key: 'Team', Value: 'Web' }] }, 'sts:TagSession'],
  ['allowed', away, 'ByTag', { Tags: [{ Key: 'TEAM', Value: 'web' }] }, 'granted'],
  ['allowed', away, 'ByTagKeys', tag, 'granted'],
  ['allowed', away, 'ByTagKeys', { Tags: [{ Key: 'Role', Value: 'admin' }] }, 'sts:TagSession'],
  ['allowed', away, 'ByTagKeys', { Tags: [...tag.Tags, { Key: 'Role', Value: 'admin' }] }, 'sts:TagSession'],
  ['allowed', away, 'ByTagKeys', {}, 'sts:AssumeRole'],
  ['allowed', away, 'BySessionName', { RoleSessionName: 'job-1' }, 'granted'],
  ['allowed', away, 'BySessionName', { RoleSessionName: 'a-job-1' }, 'sts:AssumeRole'],
  ['allowed', away, 'BySelf', { RoleSessionName: 'allowed' }, 'granted'],
  ['allowed', away, 'BySelf', { RoleSessionName: 'silent' }, 'sts:AssumeRole'],
  ['allowed', away, 'ByRegion', {}, 'granted'],
  ['allowed', away, 'ByAddress', {}, 'granted'],
  ['allowed', away, 'ByFarAddress', {}, 'sts:AssumeRole'],
  ['allowed', away, 'ByMfa', {}, 'sts:AssumeRole'],
  ['allowed', away, 'ByPrincipalArn', {}, 'granted'],
  ['plain', away, 'ByPrincipalArn', {}, 'sts:AssumeRole'],
  ['allowed', away, 'ByUserId', {}, 'sts:AssumeRole'],
  // TagSession and SetSourceIdentity are needed on both sides where AssumeRole is.
  ['allowed', away, 'AssumeOnly', {}, 'granted'],
  ['allowed', away, 'AssumeOnly', tag, 'sts:TagSession'],
  ['allowed', away, 'AssumeOnly', identity, 'sts:SetSourceIdentity'],
  ['allowed', home, 'AssumeOnly', tag, 'sts:TagSession'],
  ['allowed', home, 'AssumeOnly', identity, 'sts:SetSourceIdentity'],
  ['allowed', away, 'WithoutTags', identity, 'granted'],
  ['allowed', away, 'WithoutTags', { ...tag, ...identity }, 'sts:TagSession'],
  ['allowed', away, 'WithoutIdentity', tag, 'granted'],
  ['allowed', away, 'WithoutIdentity', { ...tag, ...identity }, 'sts:SetSourceIdentity'],
  ['allowed', away, 'TagsOnly', tag, 'sts:AssumeRole'],
  ['plain', away, 'ByAccount', {}, 'granted'],
  ['plain', away, 'ByAccount', tag, 'sts:TagSession'],
  ['plain', away, 'ByAccount', identity, 'sts:SetSourceIdentity'],
  ['plain', home, 'ByAccount', tag, 'sts:TagSession'],
  ['plain', home, 'ByAccount', identity, 'sts:SetSourceIdentity'],
  ['plain', home, 'ByName', { ...tag, ...identity }, 'granted'],
];

describe('AssumeRole', () => {
  it.each(rows)('%s in %s/%s with %j: %s', async (user, account, role, input, expected) => {
    const RoleArn = `arn:aws:iam::${account}:role/${role}`;
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session', ...input });
    const result = await outcome(aws.sts(callers[user]).send(command));

    if (expected === 'granted') expect(result).toBe('granted');
    else {
      const said = `AccessDenied: User: ${arnOf(user)} is not authorized to perform: ${expected} on resource: ${RoleArn}`;
      expect([
        said,
        `${said} with an explicit deny in an identity-based policy`,
        `${said} with an explicit deny in the role trust policy`,
      ]).toContain(result);
    }
  });

  it('is decided in the region that the request is signed for', async () => {
    const RoleArn = `arn:aws:iam::${away}:role/ByRegion`;
    const global = aws.sts(allowed, 'us-east-1');

    expect(
      await outcome(global.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session' }))),
    ).toMatch(/^AccessDenied/);
  });

  it('answers for a missing role as for a forbidden one', async () => {
    const ask = (name: string) => {
      const RoleArn = `arn:aws:iam::${away}:role/${name}`;
      return outcome(
        aws.sts(silent).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session', ...tag })),
      );
    };

    expect((await ask('Missing')).replace('Missing', 'ByName')).toBe(await ask('ByName'));
  });
});

describe('the table', () => {
  it('has two denials for each permit', () => {
    const permits = rows.filter((row) => row[4] === 'granted').length;

    expect(rows.length - permits).toBeGreaterThanOrEqual(2 * permits);
  });
});
