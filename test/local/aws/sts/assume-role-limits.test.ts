import { AssumeRoleCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aWorld, home, outcome, policy, startTestAws, type TestAws } from '../an-embedded-aws.ts';

const role = `arn:aws:iam::${home}:role/Target`;
const trust = policy({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${home}:root` },
  Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
});

let aws: TestAws;
beforeAll(async () => {
  const managed = policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
  const managedPolicies = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`arn:aws:iam::aws:policy/Managed${index}`, managed]),
  );
  aws = await startTestAws(
    aWorld(
      { [home]: { roles: { Target: { trust, maxSessionDurationSeconds: 7200 } } } },
      { managedPolicies },
    ),
  );
});
afterAll(() => aws.stop());

const attempt = (input: Partial<AssumeRoleCommandInput>) =>
  outcome(aws.sts().send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'session', ...input })));

const tags = (count: number, value = 'v') =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: value }));
/** A policy of exactly so many characters. */
const policyOf = (characters: number) => {
  const shape = (sid: string) =>
    JSON.stringify(policy({ Sid: sid, Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }));
  return shape('a'.repeat(characters - shape('').length));
};
const managed = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ arn: `arn:aws:iam::aws:policy/Managed${index}` }));

describe('AssumeRole within its limits', () => {
  it.each<readonly [string, Partial<AssumeRoleCommandInput>]>([
    ['the shortest session name', { RoleSessionName: 'ab' }],
    ['the longest session name', { RoleSessionName: 'a'.repeat(64) }],
    ['all that a session name may have', { RoleSessionName: 'azAZ09_+=,.@-' }],
    ['the shortest duration', { DurationSeconds: 900 }],
    ["the role's longest duration", { DurationSeconds: 7200 }],
    ['the shortest ExternalId', { ExternalId: '12' }],
    ['the longest ExternalId', { ExternalId: 'x'.repeat(1224) }],
    ['all that an ExternalId may have', { ExternalId: 'azAZ09_+=,.@:/-' }],
    ['the longest source identity', { SourceIdentity: 's'.repeat(64) }],
    ['fifty tags', { Tags: tags(50, '') }],
    ['the longest tag key', { Tags: [{ Key: 'k'.repeat(128), Value: '' }] }],
    ['the longest tag value', { Tags: [{ Key: 'k', Value: 'v'.repeat(256) }] }],
    ['tags in any letters', { Tags: [{ Key: 'Größe 大', Value: 'a+b=c/d:e.f_g-h@i' }] }],
    ['a policy of 2048 characters', { Policy: policyOf(2048) }],
    ['ten managed policies', { PolicyArns: managed(10) }],
  ])('takes %s', async (_name, input) => {
    expect(await attempt(input)).toBe('granted');
  });
});

const validation = (value: string, at: string, must: string) =>
  `ValidationError: 1 validation error detected: Value ${value} at '${at}' failed to satisfy constraint: Member must ${must}`;

describe('AssumeRole beyond its limits', () => {
  it.each<readonly [string, Partial<AssumeRoleCommandInput>, string]>([
    ['no role', { RoleArn: undefined }, validation('null', 'roleArn', 'not be null')],
    ['no session name', { RoleSessionName: undefined }, validation('null', 'roleSessionName', 'not be null')],
    [
      'an empty session name',
      { RoleSessionName: '' },
      validation("''", 'roleSessionName', 'have length greater than or equal to 2'),
    ],
    [
      'a session name of one character',
      { RoleSessionName: 'a' },
      validation("'a'", 'roleSessionName', 'have length greater than or equal to 2'),
    ],
    [
      'a session name of 65 characters',
      { RoleSessionName: 'a'.repeat(65) },
      validation(`'${'a'.repeat(65)}'`, 'roleSessionName', 'have length less than or equal to 64'),
    ],
    [
      'a session name with a space',
      { RoleSessionName: 'a b' },
      validation("'a b'", 'roleSessionName', 'satisfy regular expression pattern: [\\w+=,.@-]*'),
    ],
    [
      'a session name with a letter beyond ASCII',
      { RoleSessionName: 'zoë' },
      validation("'zoë'", 'roleSessionName', 'satisfy regular expression pattern: [\\w+=,.@-]*'),
    ],
    [
      'a session name that ends in a line break',
      { RoleSessionName: 'ab\n' },
      validation("'ab\n'", 'roleSessionName', 'satisfy regular expression pattern: [\\w+=,.@-]*'),
    ],
    [
      '899 seconds',
      { DurationSeconds: 899 },
      validation("'899'", 'durationSeconds', 'have value greater than or equal to 900'),
    ],
    [
      '43201 seconds',
      { DurationSeconds: 43_201 },
      validation("'43201'", 'durationSeconds', 'have value less than or equal to 43200'),
    ],
    [
      "more than the role's maximum",
      { DurationSeconds: 7201 },
      'ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ],
    ['half a second', { DurationSeconds: 900.5 }, 'MalformedInput'],
    [
      'an ExternalId of one character',
      { ExternalId: 'x' },
      validation("'x'", 'externalId', 'have length greater than or equal to 2'),
    ],
    [
      'an ExternalId of 1225 characters',
      { ExternalId: 'x'.repeat(1225) },
      validation(`'${'x'.repeat(1225)}'`, 'externalId', 'have length less than or equal to 1224'),
    ],
    [
      'an ExternalId with a star',
      { ExternalId: 'x*' },
      validation("'x*'", 'externalId', 'satisfy regular expression pattern: [\\w+=,.@:\\/-]*'),
    ],
    [
      'a source identity with a colon',
      { SourceIdentity: 'aws:x' },
      validation("'aws:x'", 'sourceIdentity', 'satisfy regular expression pattern: [\\w+=,.@-]*'),
    ],
    [
      'a source identity of 65 characters',
      { SourceIdentity: 's'.repeat(65) },
      validation(`'${'s'.repeat(65)}'`, 'sourceIdentity', 'have length less than or equal to 64'),
    ],
    [
      '51 tags',
      { Tags: tags(51, '') },
      validation("'[51 members]'", 'tags', 'have length less than or equal to 50'),
    ],
    [
      'an empty tag key',
      { Tags: [{ Key: '', Value: 'v' }] },
      `ValidationError: 2 validation errors detected: `,
    ],
    [
      'a tag key of 129 characters',
      { Tags: [{ Key: 'k'.repeat(129), Value: 'v' }] },
      validation(`'${'k'.repeat(129)}'`, 'tags.1.member.key', 'have length less than or equal to 128'),
    ],
    [
      'a tag value of 257 characters',
      { Tags: [{ Key: 'k', Value: 'v'.repeat(257) }] },
      validation(`'${'v'.repeat(257)}'`, 'tags.1.member.value', 'have length less than or equal to 256'),
    ],
    [
      'a tag value with a comma',
      { Tags: [{ Key: 'k', Value: 'a,b' }] },
      validation(
        "'a,b'",
        'tags.1.member.value',
        'satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*',
      ),
    ],
    [
      'a tag without a value',
      { Tags: [{ Key: 'k', Value: undefined }] },
      validation('null', 'tags.1.member.value', 'not be null'),
    ],
    [
      'tag keys that differ in case only',
      {
        Tags: [
          { Key: 'Team', Value: 'a' },
          { Key: 'team', Value: 'b' },
        ],
      },
      'InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
    [
      'a tag key of AWS',
      { Tags: [{ Key: 'aws:x', Value: 'v' }] },
      'InvalidParameterValue: Tag keys that begin',
    ],
    [
      'a tag key of AWS in capitals',
      { Tags: [{ Key: 'AWS:x', Value: 'v' }] },
      'InvalidParameterValue: Tag keys',
    ],
    [
      'a transitive key without its tag',
      { Tags: tags(1), TransitiveTagKeys: ['other'] },
      'InvalidParameterValue: The specified transitive tag key must be included in the requested tags.',
    ],
    [
      'tags that fill the packed space',
      {
        Tags: [
          { Key: 'a', Value: 'v'.repeat(256) },
          { Key: 'b', Value: 'v'.repeat(256) },
        ],
      },
      'PackedPolicyTooLargeException: Packed size of session tags consumes 113% of allotted space.',
    ],
    [
      'a policy of 2049 characters',
      { Policy: policyOf(2049) },
      validation(`'${policyOf(2049)}'`, 'policy', 'have length less than or equal to 2048'),
    ],
    ['an empty policy', { Policy: '' }, validation("''", 'policy', 'have length greater than or equal to 1')],
    [
      'a policy that is no JSON',
      { Policy: '{' },
      'MalformedPolicyDocumentException: The policy is not in the valid JSON',
    ],
    [
      'a policy that is a list',
      { Policy: '[]' },
      'MalformedPolicyDocumentException: Syntax errors in policy.',
    ],
    [
      'a policy with a principal',
      { Policy: JSON.stringify(policy({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' })) },
      'MalformedPolicyDocumentException: Syntax errors in policy.',
    ],
    [
      'a policy with an effect in lower case',
      { Policy: JSON.stringify(policy({ Effect: 'allow', Action: '*', Resource: '*' })) },
      'MalformedPolicyDocumentException: Syntax errors in policy.',
    ],
    [
      'eleven managed policies',
      { PolicyArns: managed(11) },
      validation("'[11 members]'", 'policyArns', 'have length less than or equal to 10'),
    ],
    [
      'a managed policy that does not exist',
      { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/Nothing' }] },
      'InvalidParameterValue: Policy arn:aws:iam::aws:policy/Nothing does not exist or is not attachable.',
    ],
    [
      'policies over 2048 characters together',
      { Policy: policyOf(2030), PolicyArns: managed(1) },
      'ValidationError: The inline and managed session policies are 2062 characters together; at most 2048 are allowed',
    ],
    ['no ARN', { RoleArn: 'this-is-no-arn-at-all' }, 'ValidationError: this-is-no-arn-at-all is invalid'],
    [
      'a short ARN',
      { RoleArn: 'arn:aws:iam::1:x' },
      validation("'arn:aws:iam::1:x'", 'roleArn', 'have length greater'),
    ],
    [
      'the ARN of a user',
      { RoleArn: `arn:aws:iam::${home}:user/someone` },
      'ValidationError: Request ARN is invalid',
    ],
    [
      'the ARN of an account',
      { RoleArn: `arn:aws:iam::${home}:root` },
      'ValidationError: Request ARN is invalid',
    ],
    [
      'an account of 11 digits',
      { RoleArn: 'arn:aws:iam::11111111111:role/Target' },
      'ValidationError: Request ARN',
    ],
    [
      'the ARN of a session',
      { RoleArn: `arn:aws:sts::${home}:assumed-role/Target/s` },
      'ValidationError: Request ARN is invalid',
    ],
    [
      'the code of a device that is not the caller’s',
      { SerialNumber: `arn:aws:iam::${home}:mfa/x`, TokenCode: '123456' },
      'AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.',
    ],
    [
      'an MFA code of five digits',
      { TokenCode: '12345' },
      validation("'12345'", 'tokenCode', 'have length greater'),
    ],
  ])('refuses %s', async (_name, input, expected) => {
    const before = (await aws.records()).length;

    expect(await attempt(input)).toContain(expected);
    const added = (await aws.records()).slice(before);
    expect(added.map(({ responseElements }) => responseElements)).toEqual([null]);
  });

  it('names all that is out of its limits at once', async () => {
    expect(await attempt({ RoleSessionName: 'a', ExternalId: 'x', DurationSeconds: 1 })).toMatch(
      /3 validation errors detected: .*roleSessionName.*; .*externalId.*; .*durationSeconds/,
    );
  });
});

describe('the packed size', () => {
  const sizeOf = async (input: Partial<AssumeRoleCommandInput>) => {
    const command = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'session', ...input });
    return (await aws.sts().send(command)).PackedPolicySize;
  };

  it('is absent without policies and tags', async () => {
    expect(await sizeOf({ ExternalId: 'external', SourceIdentity: 'someone' })).toBeUndefined();
  });

  it('grows with tags and policies', async () => {
    const one = await sizeOf({ Tags: tags(1) });
    const two = await sizeOf({ Tags: tags(2) });
    const more = await sizeOf({ Tags: tags(2), Policy: policyOf(200) });

    expect(one).toBeGreaterThan(0);
    expect(two).toBeGreaterThan(one ?? 100);
    expect(more).toBeGreaterThan(two ?? 100);
  });
});
