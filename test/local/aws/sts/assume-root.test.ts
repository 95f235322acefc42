import {
  AssumeRoleCommand,
  AssumeRootCommand,
  type AssumeRootCommandInput,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aWorld,
  away,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';

const member = '333333333333';
const stranger = '444444444444';
const organization = { organizationId: 'o-exampleorg1' };
const task = (name: string) => ({ arn: `arn:aws:iam::aws:policy/root-task/${name}` });
const unlock = task('S3UnlockBucketPolicy');

const key = (letter: string): TestCredentials => ({
  accessKeyId: `AKIA${letter.repeat(16)}`,
  secretAccessKey: letter.toLowerCase().repeat(40),
});
const silent = key('B');
const unlocker = key('C');
const ofMember = key('D');

let aws: TestAws;
beforeAll(async () => {
  const rootOf = { AWS: `arn:aws:iam::${home}:root` };
  aws = await startTestAws(
    aWorld({
      [home]: {
        ...organization,
        managementAccount: true,
        users: {
          silent: { ...silent, policies: [] },
          unlocker: {
            ...unlocker,
            policies: [
              policy({
                Effect: 'Allow',
                Action: 'sts:AssumeRoot',
                Resource: `arn:aws:iam::${away}:root`,
                Condition: { StringEquals: { 'sts:TaskPolicyArn': unlock.arn } },
              }),
            ],
          },
        },
        roles: {
          Breakglass: {
            trust: policy({
              Effect: 'Allow',
              Principal: rootOf,
              Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
            }),
            policies: [policy({ Effect: 'Allow', Action: 'sts:AssumeRoot', Resource: '*' })],
          },
        },
      } as object,
      [away]: {
        ...organization,
        roles: { Open: { trust: policy({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }) } },
      } as object,
      [member]: {
        name: 'member',
        ...organization,
        users: {
          admin: { ...ofMember, policies: [policy({ Effect: 'Allow', Action: '*', Resource: '*' })] },
        },
      } as object,
      [stranger]: { name: 'stranger' } as object,
    }),
  );
});
afterAll(() => aws?.stop());

const send = (input: Partial<AssumeRootCommandInput>, credentials?: TestCredentials, region?: string) =>
  aws
    .sts(credentials, region)
    .send(new AssumeRootCommand({ TargetPrincipal: away, TaskPolicyArn: unlock, ...input }));
const denied = (account: string) =>
  new RegExp(`^AccessDenied: .*sts:AssumeRoot on resource: arn:aws:iam::${account}:root$`);

const toCredentials = ({ Credentials }: Awaited<ReturnType<typeof send>>) => ({
  accessKeyId: Credentials?.AccessKeyId ?? '',
  secretAccessKey: Credentials?.SecretAccessKey ?? '',
  sessionToken: Credentials?.SessionToken ?? '',
});

describe('AssumeRoot', () => {
  it("gives fifteen minutes of the member's root user, with the caller's source identity", async () => {
    const breakglass = await aws.assume({
      RoleArn: `arn:aws:iam::${home}:role/Breakglass`,
      RoleSessionName: 'breakglass',
      SourceIdentity: 'alice',
    });
    const answer = await send({}, breakglass);

    expect(answer.SourceIdentity).toBe('alice');
    const seconds = ((answer.Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(890);
    expect(seconds).toBeLessThanOrEqual(900);
    const root = aws.sts(toCredentials(answer));
    expect(await root.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: `arn:aws:iam::${away}:root`,
      UserId: away,
      Account: away,
    });
    expect((await aws.records()).at(-1)).toMatchObject({
      eventName: 'GetCallerIdentity',
      recipientAccountId: away,
      userIdentity: { type: 'Root', sessionContext: { assumedRoot: 'true', sourceIdentity: 'alice' } },
    });
  });

  it('gives a session that can call nothing else of STS', async () => {
    const root = aws.sts(toCredentials(await send({})));
    const open = { RoleArn: `arn:aws:iam::${away}:role/Open`, RoleSessionName: 'again' };

    expect(await outcome(root.send(new AssumeRoleCommand(open)))).toMatch(/^AccessDenied/);
    expect(await outcome(root.send(new GetSessionTokenCommand({})))).toMatch(/^AccessDenied/);
    expect(
      await outcome(root.send(new AssumeRootCommand({ TargetPrincipal: member, TaskPolicyArn: unlock }))),
    ).toMatch(/^AccessDenied/);
  });

  it.each([
    'IAMAuditRootUserCredentials',
    'IAMCreateRootUserPassword',
    'IAMDeleteRootUserCredentials',
    'S3UnlockBucketPolicy',
    'SQSUnlockQueuePolicy',
  ])('takes the task policy %s', async (name) => {
    expect(await outcome(send({ TaskPolicyArn: task(name) }))).toBe('granted');
  });

  it.each<readonly [string, Partial<AssumeRootCommandInput>, TestCredentials | undefined, string | RegExp]>([
    ['the ARN of the root', { TargetPrincipal: `arn:aws:iam::${away}:root` }, undefined, 'granted'],
    [
      'an account that is not in the organization',
      { TargetPrincipal: stranger },
      undefined,
      denied(stranger),
    ],
    [
      'an account that does not exist',
      { TargetPrincipal: '999999999999' },
      undefined,
      denied('999999999999'),
    ],
    ['the management account itself', { TargetPrincipal: home }, undefined, denied(home)],
    ['a member that asks', { TargetPrincipal: away }, ofMember, denied(away)],
    ['a member that asks for itself', { TargetPrincipal: member }, ofMember, denied(member)],
    ['a user without the permission', {}, silent, denied(away)],
    ['the task of its policy', {}, unlocker, 'granted'],
    ['another task', { TaskPolicyArn: task('SQSUnlockQueuePolicy') }, unlocker, denied(away)],
    ['another account', { TargetPrincipal: member }, unlocker, denied(member)],
    [
      'an ARN that is no root',
      { TargetPrincipal: `arn:aws:iam::${away}:user/root` },
      undefined,
      /TargetPrincipal must be/,
    ],
    [
      'a target of 11 characters',
      { TargetPrincipal: '1'.repeat(11) },
      undefined,
      /greater than or equal to 12/,
    ],
    ['no target', { TargetPrincipal: undefined }, undefined, /not be null/],
    ['no task policy', { TaskPolicyArn: undefined }, undefined, /'taskPolicyArn.arn'.*not be null/],
    [
      'a policy that is no task',
      { TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/AdministratorAccess' } },
      undefined,
      /TaskPolicyArn must be one of/,
    ],
    [
      'a task that is none',
      { TaskPolicyArn: task('constructor') },
      undefined,
      /TaskPolicyArn must be one of/,
    ],
    ['-1 seconds', { DurationSeconds: -1 }, undefined, /greater than or equal to 0/],
    ['0 seconds', { DurationSeconds: 0 }, undefined, 'granted'],
    ['900 seconds', { DurationSeconds: 900 }, undefined, 'granted'],
    ['901 seconds', { DurationSeconds: 901 }, undefined, /less than or equal to 900/],
  ])('for %s', async (_name, input, credentials, expected) => {
    const result = await outcome(send(input, credentials));

    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatch(expected);
  });

  it('is not on the global endpoint', async () => {
    expect(await outcome(send({}, undefined, 'us-east-1'))).toMatch(
      /not supported on the global STS endpoint/,
    );
  });

  it("is in the trail of the caller's account", async () => {
    await send({ DurationSeconds: 300 });

    const record = (await aws.records()).at(-1);
    expect(record).toMatchObject({
      eventName: 'AssumeRoot',
      recipientAccountId: home,
      requestParameters: { targetPrincipal: away, taskPolicyArn: unlock, durationSeconds: 300 },
      responseElements: { credentials: { accessKeyId: expect.stringMatching(/^ASIA/) } },
    });
    expect(record?.['responseElements'].credentials.secretAccessKey).toBeUndefined();
  });
});
