import { AssumeRoleCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toNextHopPolicy } from '../../../../lambda/core/next-hop-policy.ts';
import { planHops } from '../../../../lambda/core/plan-hops.ts';
import {
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

const all = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
const roleAt = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;
const first = roleAt(away, 'First');
const second = roleAt(home, 'Second');
const trusting = (AWS: string, Action: readonly string[] = all, Condition: object = {}) => ({
  trust: policy({ Effect: 'Allow', Principal: { AWS }, Action, Condition }),
  policies: [allowAllOfSts],
});
const session = (account: string, name: string) =>
  `arn:aws:sts::${account}:assumed-role/${name}/alice-session`;

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(
    aWorld({
      [home]: {
        roles: {
          Second: trusting(first),
          Unable: {
            ...trusting(first),
            policies: [policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' })],
          },
        },
      },
      [away]: {
        roles: {
          First: trusting(`arn:aws:iam::${home}:root`),
          // Of the account of the first session, and naming it: no missing Allow of its own could stop it.
          NamesTheSession: trusting(session(away, 'First')),
          Third: trusting(second),
          OfTheFirst: trusting(first),
          Unable: trusting(roleAt(home, 'Unable')),
          NoIdentity: trusting(second, ['sts:AssumeRole', 'sts:TagSession']),
          NoTags: trusting(second, ['sts:AssumeRole', 'sts:SetSourceIdentity']),
          ForPayments: trusting(second, all, { StringEquals: { 'aws:PrincipalTag/Team': 'payments' } }),
          ForStage: trusting(second, all, { StringEquals: { 'aws:PrincipalTag/Stage': 'prod' } }),
          ForAlice: trusting(second, all, { StringEquals: { 'aws:SourceIdentity': 'alice' } }),
        },
      },
    }),
  );
});
afterAll(() => aws.stop());

type Input = Partial<AssumeRoleCommandInput>;
const RoleSessionName = 'alice-session';
const tag = (Key: string, Value: string) => ({ Key, Value });
const ofTheFirst: Input = {
  SourceIdentity: 'alice',
  Tags: [tag('Team', 'payments'), tag('Stage', 'prod')],
  TransitiveTagKeys: ['Team'],
};

async function passTwo(one: Input = ofTheFirst, two: Input = {}): Promise<TestCredentials> {
  const session = await aws.assume({ RoleArn: first, RoleSessionName, ...one });
  return aws.assume({ RoleArn: second, RoleSessionName, ...two }, session);
}

const goOn = async (credentials: TestCredentials, name: string, three: Input = {}) =>
  outcome(
    aws
      .sts(credentials)
      .send(new AssumeRoleCommand({ RoleArn: roleAt(away, name), RoleSessionName, ...three })),
  );

describe('the third hop', () => {
  it.each([
    ['is granted where all is trusted', 'Third', {}, /^granted$/],
    [
      'wants its permission for the source identity',
      'NoIdentity',
      {},
      /^AccessDenied.*sts:SetSourceIdentity/,
    ],
    ['wants its permission for the tags', 'NoTags', {}, /^AccessDenied.*sts:TagSession/],
    ['sees the tag that is transitive', 'ForPayments', {}, /^granted$/],
    ['does not see the one that is not', 'ForStage', {}, /^AccessDenied/],
    ['sees the source identity', 'ForAlice', {}, /^granted$/],
    ['sees the second role, and not the first', 'OfTheFirst', {}, /^AccessDenied/],
    ['cannot change the source identity', 'Third', { SourceIdentity: 'bob' }, /^ValidationError/],
    ['cannot change the tag', 'Third', { Tags: [tag('TEAM', 'web')] }, /^InvalidParameterValue/],
    ['can have a tag of its own', 'Third', { Tags: [tag('Stage', 'dev')] }, /^granted$/],
    ['can be an hour', 'Third', { DurationSeconds: 3600 }, /^granted$/],
    ['cannot be more', 'Third', { DurationSeconds: 3601 }, /^ValidationError/],
  ])('%s (%s, %j)', async (_name, role, three, expected) => {
    expect(await goOn(await passTwo(), role, three)).toMatch(expected);
  });

  it('keeps a tag that the second hop made transitive', async () => {
    const two = { Tags: [tag('Stage', 'prod')], TransitiveTagKeys: ['Stage'] };

    expect(await goOn(await passTwo(ofTheFirst, two), 'ForStage')).toBe('granted');
    expect(await goOn(await passTwo(ofTheFirst, two), 'Third', { Tags: [tag('Stage', 'dev')] })).toMatch(
      /^InvalidParameterValue/,
    );
  });

  it("needs the caller's own permission for what it inherits, whatever the role trusts", async () => {
    const session = await aws.assume({ RoleArn: first, RoleSessionName, ...ofTheFirst });
    const unable = await aws.assume({ RoleArn: roleAt(home, 'Unable'), RoleSessionName }, session);

    expect(await goOn(unable, 'Unable')).toMatch(/^AccessDenied.*sts:TagSession/);
  });

  it('is in CloudTrail with what it inherited, in the account of the session that called', async () => {
    const credentials = await passTwo();
    const before = (await aws.records()).length;

    await goOn(credentials, 'Third');

    const [own, owner, ...others] = (await aws.records()).slice(before);
    expect(others).toEqual([]);
    expect(own).toMatchObject({
      recipientAccountId: home,
      userIdentity: {
        accessKeyId: credentials.accessKeyId,
        sessionContext: { sessionIssuer: { arn: second }, sourceIdentity: 'alice' },
      },
      requestParameters: { incomingTransitiveTags: { Team: 'payments' }, sourceIdentity: 'alice' },
    });
    expect(owner).toMatchObject({
      recipientAccountId: away,
      requestID: own?.['requestID'],
      sharedEventID: own?.['sharedEventID'],
      userIdentity: { type: 'AWSAccount', accountId: home },
    });
  });
});

describe('a planned chain', () => {
  const requests = planHops(
    { via: [first, second] },
    {
      roleArn: roleAt(away, 'ForPayments'),
      roleSessionName: RoleSessionName,
      durationSeconds: 3600,
      sourceIdentity: 'alice',
      sessionTags: { Team: 'payments', Purpose: 'audit' },
      transitiveTagKeys: ['Team'],
      managedPolicyArns: [],
    },
  );
  const toInput = (index: number): AssumeRoleCommandInput => {
    const request = requests[index];
    if (request === undefined) throw new TypeError('there is no such hop');
    const Tags = Object.entries(request.sessionTags).map(([key, value]) => tag(key, value));
    return {
      RoleArn: request.roleArn,
      RoleSessionName: request.roleSessionName,
      DurationSeconds: request.durationSeconds,
      SourceIdentity: request.sourceIdentity,
      Policy: request.sessionPolicy,
      ...(Tags.length === 0 ? {} : { Tags, TransitiveTagKeys: [...request.transitiveTagKeys] }),
    };
  };

  it('is granted at each hop', async () => {
    const one = await aws.assume(toInput(0));
    const two = await aws.assume(toInput(1), one);
    const call = aws.sts(two).send(new AssumeRoleCommand(toInput(2)));

    expect(await outcome(call)).toBe('granted');
  });

  it.each([
    ['the end without the role between', 'ForPayments'],
    ['its own role again', 'First'],
    ['a role that trusts its very session', 'NamesTheSession'],
    ['another role that trusts it', 'OfTheFirst'],
  ])('lets its first session go nowhere else: %s', async (_name, role) => {
    const one = await aws.assume(toInput(0));

    expect(await goOn(one, role)).toMatch(/^AccessDenied.*explicit deny in a session policy/);
  });

  it('would be let in by a role that trusts the session, were it not for the Deny', async () => {
    const { Statement } = JSON.parse(toNextHopPolicy(second, { withSourceIdentity: true, withTags: true }));
    const Policy = JSON.stringify(policy(Statement[0]));
    const one = await aws.assume({ ...toInput(0), Policy });

    expect(await goOn(one, 'NamesTheSession')).toBe('granted');
  });
});
