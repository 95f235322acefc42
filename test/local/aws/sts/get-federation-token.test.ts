import {
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  type GetFederationTokenCommandInput,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { home, outcome, policy, type TestAws, type TestCredentials } from '../an-embedded-aws.ts';
import {
  all,
  allow,
  federate,
  federatedArn,
  federatedSession,
  startFederationAws,
  toTestCredentials,
  users,
} from './a-federator.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startFederationAws();
});
afterAll(() => aws.stop());

const attempt = (input: Partial<GetFederationTokenCommandInput>, as?: TestCredentials) =>
  outcome(federate(aws, input, as));

const tags = (count: number, value = 'v') =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: value }));
const managed = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ arn: `arn:aws:iam::aws:policy/Managed${index}` }));
/** A policy of exactly so many characters. */
const policyOf = (characters: number) => {
  const shape = (sid: string) => JSON.stringify(policy({ Sid: sid, ...allow('s3:GetObject') }));
  return shape('a'.repeat(characters - shape('').length));
};
const validation = (value: string, name: string, must: string) =>
  `ValidationError: 1 validation error detected: Value ${value} at '${name}' failed to satisfy constraint: Member must ${must}`;

describe('GetFederationToken', () => {
  it('gives a session that is the federated user', async () => {
    const answer = await federate(aws, { Policy: all });

    expect(answer.FederatedUser).toEqual({ Arn: federatedArn('Bob'), FederatedUserId: `${home}:Bob` });
    expect(answer.PackedPolicySize).toBeGreaterThan(0);
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA/);
    expect(await aws.sts(await federatedSession(aws)).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: federatedArn('Bob'),
      Account: home,
      UserId: `${home}:Bob`,
    });
  });

  it.each([
    [undefined, 43_200],
    [900, 900],
    [129_600, 129_600],
  ])('lasts, when %d seconds are asked for, %d', async (DurationSeconds, seconds) => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { Credentials } = await federate(aws, { DurationSeconds });
    const lasts = (Credentials?.Expiration?.getTime() ?? 0) - before;

    expect(lasts).toBeGreaterThanOrEqual(seconds * 1000);
    expect(lasts).toBeLessThan((seconds + 10) * 1000);
  });

  it.each<readonly [string, Partial<GetFederationTokenCommandInput>]>([
    ['the shortest name', { Name: 'ab' }],
    ['the longest name', { Name: 'a'.repeat(32) }],
    ['all that a name may have', { Name: 'azAZ09_+=,.@-' }],
    ['fifty tags', { Tags: tags(50, '') }],
    ['the longest tag key', { Tags: [{ Key: 'k'.repeat(128), Value: '' }] }],
    ['the longest tag value', { Tags: [{ Key: 'k', Value: 'v'.repeat(256) }] }],
    ['a policy of 2048 characters', { Policy: policyOf(2048) }],
    ['ten managed policies', { PolicyArns: managed(10) }],
  ])('takes %s', async (_name, input) => {
    expect(await attempt(input)).toBe('granted');
  });

  it.each<readonly [string, Partial<GetFederationTokenCommandInput>, string]>([
    [
      'a name of one character',
      { Name: 'a' },
      validation("'a'", 'name', 'have length greater than or equal to 2'),
    ],
    ['a name of 33', { Name: 'a'.repeat(33) }, validation(`'${'a'.repeat(33)}'`, 'name', 'have length less')],
    [
      'a name with a slash',
      { Name: 'a/b' },
      validation("'a/b'", 'name', 'satisfy regular expression pattern'),
    ],
    [
      'a name with a colon',
      { Name: 'a:b' },
      validation("'a:b'", 'name', 'satisfy regular expression pattern'),
    ],
    ['no name', { Name: undefined }, validation('null', 'name', 'not be null')],
    ['899 seconds', { DurationSeconds: 899 }, validation("'899'", 'durationSeconds', 'have value greater')],
    [
      '129601 seconds',
      { DurationSeconds: 129_601 },
      validation("'129601'", 'durationSeconds', 'have value less'),
    ],
    ['fifty-one tags', { Tags: tags(51, '') }, validation("'[51 members]'", 'tags', 'have length less')],
    [
      'a tag key of 129 characters',
      { Tags: [{ Key: 'k'.repeat(129), Value: '' }] },
      validation(`'${'k'.repeat(129)}'`, 'tags.1.member.key', 'have length less'),
    ],
    [
      'a tag value of 257',
      { Tags: [{ Key: 'k', Value: 'v'.repeat(257) }] },
      validation(`'${'v'.repeat(257)}'`, 'tags.1.member.value', 'have length less'),
    ],
    [
      'a tag of AWS’s',
      { Tags: [{ Key: 'aws:x', Value: '' }] },
      'InvalidParameterValue: Tag keys that begin with aws: are reserved',
    ],
    [
      'a tag key twice in two cases',
      {
        Tags: [
          { Key: 'Team', Value: 'a' },
          { Key: 'tEAM', Value: 'b' },
        ],
      },
      'InvalidParameterValue: Duplicate tag keys found.',
    ],
    [
      'a policy of 2049 characters',
      { Policy: policyOf(2049) },
      'ValidationError: 1 validation error detected: Value',
    ],
    [
      'policies of more than 2048 together',
      { Policy: policyOf(2048), PolicyArns: managed(1) },
      'ValidationError: The inline and managed session policies are 2080 characters together',
    ],
    [
      'eleven managed policies',
      { PolicyArns: managed(11) },
      validation("'[11 members]'", 'policyArns', 'have length'),
    ],
    [
      'a managed policy that is not there',
      { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/Nothing' }] },
      'InvalidParameterValue: Policy arn:aws:iam::aws:policy/Nothing does not exist or is not attachable.',
    ],
    [
      'no JSON',
      { Policy: '{' },
      'MalformedPolicyDocumentException: The policy is not in the valid JSON format.',
    ],
    [
      'a policy with a principal',
      { Policy: JSON.stringify(policy({ ...allow('*'), Principal: '*' })) },
      'MalformedPolicyDocumentException: Syntax errors in policy.',
    ],
    [
      'tags that are too large together',
      { Tags: tags(9, 'v'.repeat(250)) },
      'PackedPolicyTooLargeException: Packed size of session tags consumes',
    ],
  ])('refuses %s', async (_name, input, expected) => {
    expect(await attempt(input)).toContain(expected);
  });
});

describe('who may call GetFederationToken', () => {
  const denied = (caller: string, action: string, name = 'Bob') =>
    `AccessDenied: User: arn:aws:iam::${home}:user/${caller} is not authorized to perform: ${action} on resource: ${federatedArn(name)}`;

  it.each<readonly [keyof typeof users, Partial<GetFederationTokenCommandInput>, string]>([
    ['managers', { Name: 'Manager-7' }, 'granted'],
    ['managers', { Name: 'Bob' }, denied('managers', 'sts:GetFederationToken')],
    ['managers', { Name: 'Manager-7', Tags: tags(1) }, denied('managers', 'sts:TagSession', 'Manager-7')],
    ['silent', {}, denied('silent', 'sts:GetFederationToken')],
    ['teams', { Tags: [{ Key: 'Team', Value: 'web' }] }, 'granted'],
    ['teams', { Tags: [{ Key: 'Team', Value: 'other' }] }, denied('teams', 'sts:TagSession')],
    [
      'teams',
      {
        Tags: [
          { Key: 'Team', Value: 'web' },
          { Key: 'More', Value: '' },
        ],
      },
      denied('teams', 'sts:TagSession'),
    ],
  ])('is %s with %j: %s', async (name, input, expected) => {
    expect(await attempt(input, users[name])).toBe(expected);
  });

  it('is nobody with temporary credentials of any kind', async () => {
    const ofUser = toTestCredentials(await aws.sts().send(new GetSessionTokenCommand({})));
    const ofRole = await aws.assume({
      RoleArn: `arn:aws:iam::${home}:role/Role`,
      RoleSessionName: 'session',
    });

    for (const credentials of [ofUser, ofRole, await federatedSession(aws, { Policy: all })]) {
      const call = aws.sts(credentials).send(new GetFederationTokenCommand({ Name: 'Bob' }));
      await expect(call).rejects.toMatchObject({
        name: 'AccessDenied',
        message: 'Cannot call GetFederationToken with session credentials',
        $metadata: { httpStatusCode: 403 },
      });
    }
  });
});
