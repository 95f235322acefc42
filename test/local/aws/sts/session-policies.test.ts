import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aWorld, home, outcome, policy, startTestAws, type TestAws } from '../an-embedded-aws.ts';

const trust = policy({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${home}:root` },
  Action: 'sts:AssumeRole',
});
const allow = (Action: string) => policy({ Effect: 'Allow', Action, Resource: '*' });
const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;
const world = (managedPolicies: object) =>
  aWorld(
    {
      [home]: {
        roles: {
          Tables: { trust, policies: [allow('dynamodb:*')] },
          Nothing: { trust },
        },
      },
    },
    { managedPolicies },
  );

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(
    world({ [managed('Tables')]: allow('dynamodb:List*'), [managed('Files')]: allow('s3:*') }),
  );
});
afterAll(() => aws.stop());

const list = async (role: string, input: Partial<AssumeRoleCommandInput>) => {
  const RoleArn = `arn:aws:iam::${home}:role/${role}`;
  const session = await aws.assume({ RoleArn, RoleSessionName: 'session', ...input });
  return outcome(aws.dynamodb(session).send(new ListTablesCommand({})));
};
const inline = (...statements: readonly unknown[]) => JSON.stringify(policy(...statements));
const arns = (...names: readonly string[]) => names.map((name) => ({ arn: managed(name) }));

describe('the policies of a session', () => {
  it.each<readonly [string, string, Partial<AssumeRoleCommandInput>, RegExp]>([
    ['none: all of the role', 'Tables', {}, /^granted$/],
    ['none: nothing of a role without any', 'Nothing', {}, /because no identity-based policy allows/],
    [
      'an inline one that allows',
      'Tables',
      { Policy: inline({ Effect: 'Allow', Action: '*', Resource: '*' }) },
      /^granted$/,
    ],
    [
      'an inline one that allows something else',
      'Tables',
      { Policy: inline({ Effect: 'Allow', Action: 's3:*', Resource: '*' }) },
      /because no session policy allows/,
    ],
    [
      'an inline one that denies',
      'Tables',
      {
        Policy: inline(
          { Effect: 'Allow', Action: '*', Resource: '*' },
          { Effect: 'Deny', Action: 'dynamodb:ListTables', Resource: '*' },
        ),
      },
      /explicit deny in a session policy/,
    ],
    [
      'an inline one that allows more than the role',
      'Nothing',
      { Policy: inline({ Effect: 'Allow', Action: '*', Resource: '*' }) },
      /^AccessDenied/,
    ],
    ['a managed one that allows', 'Tables', { PolicyArns: arns('Tables') }, /^granted$/],
    ['a managed one that allows something else', 'Tables', { PolicyArns: arns('Files') }, /^AccessDenied/],
    ['two, of which one allows', 'Tables', { PolicyArns: arns('Files', 'Tables') }, /^granted$/],
    [
      'a managed one that allows, beside an inline one',
      'Tables',
      { PolicyArns: arns('Tables'), Policy: inline({ Effect: 'Allow', Action: 's3:*', Resource: '*' }) },
      /^granted$/,
    ],
  ])('%s', async (_name, role, input, expected) => {
    expect(await list(role, input)).toMatch(expected);
  });

  it('allow nothing any more when the managed one is gone', async () => {
    const RoleArn = `arn:aws:iam::${home}:role/Tables`;
    const session = await aws.assume({ RoleArn, RoleSessionName: 'session', PolicyArns: arns('Tables') });
    aws = await aws.restart(world({}));

    expect(await outcome(aws.dynamodb(session).send(new ListTablesCommand({})))).toMatch(/^AccessDenied/);
  });
});
