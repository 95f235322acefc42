import { describe, expect, it } from '@jest/globals';
import { functionNames } from '../../lambda/core/function-roles.ts';
import { compilePolicy, identityPolicyGrammar } from '../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../lambda/core/policy/evaluate-policy.ts';
import { createFunctionRoles } from '../../lib/permissions.ts';
import { aConfiguration } from '../support/a-configuration.ts';

const action = 'sts:DecodeAuthorizationMessage';
const trust = [{ Effect: 'Allow', Principal: { Federated: 'okta' } }];

const toRoles = (sections: object) =>
  createFunctionRoles({
    configuration: aConfiguration({ ...sections }),
    tableArn: 'arn:aws:dynamodb:eu-west-1:111111111111:table/issuances',
    proofTableArn: 'arn:aws:dynamodb:eu-west-1:111111111111:table/proofs',
    tokenKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/4a5b6c7d',
    webIdentityKeyArns: [],
  });

const withSection = toRoles({ authorizationMessages: { trust } });
const without = toRoles({});

function decide(roles: typeof without, region: string | undefined, name: 'issuer' | 'audit' = 'issuer') {
  const Statement = roles[name]?.statements ?? [];
  const policy = compilePolicy({ Version: '2012-10-17', Statement }, identityPolicyGrammar);
  const context = new Map(region === undefined ? [] : [['aws:requestedregion', region] as const]);
  return evaluatePolicy([policy], { action, resource: '*', context });
}

describe('DecodeAuthorizationMessage', () => {
  it('may be called by the issuer, in its region alone, where the section is there', () => {
    expect(decide(withSection, 'eu-west-1').effect).toBe('Allow');
    for (const region of ['us-east-1', 'eu-west-2', undefined]) {
      expect(decide(withSection, region)).toMatchObject({
        effect: 'ExplicitDeny',
        statement: { sid: 'DenyOtherRegions' },
      });
    }
  });

  it('may not be called where it is not', () => {
    expect(decide(without, 'eu-west-1').effect).toBe('ImplicitDeny');
    expect(JSON.stringify(without)).not.toContain(action);
  });

  it('may be called by no other function', () => {
    const named = functionNames.filter((name) => JSON.stringify(withSection[name] ?? {}).includes(action));

    expect(named).toEqual(['issuer']);
  });

  it('is the one Allow on every resource, because the action knows none', () => {
    const wide = Object.values(withSection)
      .flatMap((role) => role?.statements ?? [])
      .filter(({ Effect, Resource }) => Effect === 'Allow' && JSON.stringify(Resource).includes('*'));

    expect(wide).toEqual([
      { Sid: 'DecodeAuthorizationMessages', Effect: 'Allow', Action: [action], Resource: '*' },
    ]);
  });
});

describe('a relayed GetSessionToken', () => {
  it('needs no permission of the broker’s', () => {
    const issuers = { aws: { type: 'iam', accounts: ['222222222222'] } };
    const sessionTokens = { trust: [{ Effect: 'Allow', Principal: { Federated: 'aws' } }] };

    const relaying = toRoles({ issuers, profiles: {}, sessionTokens });

    expect(relaying).toEqual(toRoles({ issuers, profiles: {} }));
    expect(JSON.stringify(relaying)).not.toContain('GetSessionToken');
  });
});
