import { describe, expect, it } from '@jest/globals';
import { aConfigurationDocument, aProfile } from '../../support/a-configuration.ts';
import { linesOf } from '../../support/problems-of.ts';

const rootTasks = 'arn:aws:iam::555555555555:role/RootTasks';
const task = (name: string, partition = 'aws') => `arn:${partition}:iam::aws:policy/root-task/${name}`;

const document = (keys: object = {}) => ({
  description: 'Looks after root users',
  mechanism: 'assume-root',
  via: [rootTasks],
  targetPrincipal: '333333333333',
  taskPolicyArn: task('IAMAuditRootUserCredentials'),
  trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }],
  ...keys,
});

const linesOfRoot = (keys: object) => linesOf(aConfigurationDocument({ profiles: { root: document(keys) } }));

describe('a profile of mechanism assume-root', () => {
  it('lasts 900 s, and gives no console', () => {
    const profile = aProfile({ roleArn: undefined, ...document() });

    expect(profile).toMatchObject({ duration: { defaultSeconds: 900, maxSeconds: 900 }, console: false });
  });

  it.each([
    [{ duration: { defaultSeconds: 900, maxSeconds: 901 } }, /duration\.maxSeconds: 901 .* 1–900 seconds/],
    [{ duration: { defaultSeconds: 0, maxSeconds: 900 } }, /duration\.defaultSeconds: 0 .* 1–900 seconds/],
    [{ via: [] }, /via: .* one role at least/],
    [{ via: [rootTasks, rootTasks] }, /via\[1\]: .* each role of a chain once/],
    [{ via: ['a', 'b', 'c'].map((name) => `${rootTasks}${name}`) }, /via: .* at most 2 roles/],
    [{ via: ['arn:aws-cn:iam::555555555555:role/RootTasks'] }, /via\[0\]: .* partition: aws$/],
    [
      { via: ['arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer'] },
      /via\[0\]: .* not one of the broker's own/,
    ],
    [{ targetPrincipal: '555555555555' }, /targetPrincipal: "555555555555" .* a member account/],
    [{ targetPrincipal: 'arn:aws:iam::333333333333:root' }, /targetPrincipal: .* 12 digits/],
    [{ taskPolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }, /taskPolicyArn: .* root tasks/],
    [
      { taskPolicyArn: task('IAMAuditRootUserCredentials', 'aws-cn') },
      /taskPolicyArn: .* of the deployment's partition: aws$/,
    ],
    [{ console: true }, /console: .* takes no session of AssumeRoot's/],
    [{ roleArn: rootTasks }, /roleArn: .* reached by via/],
    [{ sessionTags: { Team: 'a' } }, /sessionTags: .* task policies and nothing else/],
    [{ sessionPolicy: { Version: '2012-10-17', Statement: [] } }, /sessionPolicy: .* nothing else/],
  ])('cannot have %j', (keys, expected) => {
    const lines = linesOfRoot(keys);

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
  });

  it.each([
    'IAMAuditRootUserCredentials',
    'IAMCreateRootUserPassword',
    'IAMDeleteRootUserCredentials',
    'S3UnlockBucketPolicy',
    'SQSUnlockQueuePolicy',
  ])('may have the task %s', (name) => {
    expect(linesOfRoot({ taskPolicyArn: task(name) })).toEqual([]);
  });
});
