import { describe, expect, it } from '@jest/globals';
import { compilePolicy, identityPolicyGrammar } from '../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../lambda/core/policy/evaluate-policy.ts';
import { createFunctionRoles } from '../../lib/permissions.ts';
import { aConfiguration } from '../support/a-configuration.ts';

const first = 'arn:aws:iam::222222222222:role/Gateway';
const second = 'arn:aws:iam::111111111111:role/RootTasks';

const { issuer } = createFunctionRoles({
  configuration: aConfiguration({
    profiles: {
      root: {
        description: 'Looks after root users',
        mechanism: 'assume-root',
        via: [first, second],
        targetPrincipal: '333333333333',
        taskPolicyArn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials',
        trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }],
      },
    },
  }),
  tableArn: 'arn:aws:dynamodb:eu-west-1:111111111111:table/issuances',
  proofTableArn: 'arn:aws:dynamodb:eu-west-1:111111111111:table/proofs',
  tokenKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/4a5b6c7d',
  webIdentityKeyArns: [],
});

const inRegion = { 'aws:requestedregion': 'eu-west-1' };
const asSomebody = { ...inRegion, 'sts:sourceidentity': 'okta.jane' };

function decide(action: string, resource: string, context: Readonly<Record<string, string>> = asSomebody) {
  const policy = compilePolicy(
    { Version: '2012-10-17', Statement: issuer.statements },
    identityPolicyGrammar,
  );
  return evaluatePolicy([policy], { action, resource, context: new Map(Object.entries(context)) }).effect;
}

describe('the role that issues a root user', () => {
  it('may assume the first role on the way, in the name of somebody', () => {
    expect(decide('sts:AssumeRole', first)).toBe('Allow');
    expect(decide('sts:SetSourceIdentity', first)).toBe('Allow');
    expect(decide('sts:AssumeRole', first, inRegion)).toBe('ExplicitDeny');
    expect(decide('sts:AssumeRole', first, { ...asSomebody, 'aws:requestedregion': 'us-east-1' })).toBe(
      'ExplicitDeny',
    );
  });

  it('may neither assume the next one, not even in its own account, nor be the root user itself', () => {
    expect(decide('sts:AssumeRole', second)).toBe('ExplicitDeny');
    expect(decide('sts:TagSession', first)).toBe('ImplicitDeny');
    expect(decide('sts:AssumeRoot', 'arn:aws:iam::333333333333:root')).toBe('ImplicitDeny');
  });
});
