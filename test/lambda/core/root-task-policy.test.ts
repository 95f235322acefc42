import { describe, expect, it } from '@jest/globals';
import { compilePolicy, identityPolicyGrammar } from '../../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../../lambda/core/policy/evaluate-policy.ts';
import { toRootTaskPolicy } from '../../../lambda/core/root-task-policy.ts';

const taskPolicyArn = 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials';
const other = 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy';
const root = 'arn:aws:iam::333333333333:root';
const policy = compilePolicy(
  JSON.parse(toRootTaskPolicy('aws', { targetPrincipal: '333333333333', taskPolicyArn })),
  identityPolicyGrammar,
);

const decide = (action: string, resource: string, context: Readonly<Record<string, string>> = {}) =>
  evaluatePolicy([policy], { action, resource, context: new Map(Object.entries(context)) }).effect;

describe('toRootTaskPolicy', () => {
  it('allows the one task in the one account', () => {
    expect(decide('sts:AssumeRoot', root, { 'sts:taskpolicyarn': taskPolicyArn })).toBe('Allow');
  });

  it.each([
    ['another task', 'sts:AssumeRoot', root, { 'sts:taskpolicyarn': other }],
    ['no task', 'sts:AssumeRoot', root, {}],
    [
      'another account',
      'sts:AssumeRoot',
      'arn:aws:iam::444444444444:root',
      { 'sts:taskpolicyarn': taskPolicyArn },
    ],
    ['a role', 'sts:AssumeRole', 'arn:aws:iam::333333333333:role/Admin', {}],
    ['another action on the same', 'iam:GetUser', root, { 'sts:taskpolicyarn': taskPolicyArn }],
  ])('denies %s in words that a resource policy cannot outdo', (_, action, resource, context) => {
    expect(decide(action, resource, context as Readonly<Record<string, string>>)).toBe('ExplicitDeny');
  });
});
