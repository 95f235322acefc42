import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { iamLimits } from '../../../lib/constructs/pack-statements.ts';
import { StrangerRole } from '../../../lib/constructs/stranger-role.ts';
import { createStrangerRole, requireIntegrationSettings } from '../../../lib/integration-permissions.ts';
import type { IamStatement } from '../../../lib/permissions.ts';
import { aConfiguration } from '../../support/a-configuration.ts';
import { anApp } from '../../support/an-app.ts';

const accountsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => String(222_222_222_000 + index));

function aTemplate(ownAccounts: readonly string[]): Template {
  const stack = new Stack(anApp(), 'Stack', { env: { account: '111111111111', region: 'eu-west-1' } });
  const configuration = aConfiguration({
    integrations: { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }], ownAccounts },
  });
  const settings = requireIntegrationSettings(configuration);
  new StrangerRole(stack, 'Stranger', {
    access: createStrangerRole({ deployment: configuration.deployment, settings }),
  });
  return Template.fromStack(stack);
}

const documentsOf = (template: Template): readonly { readonly Statement: readonly IamStatement[] }[] =>
  Object.values(template.findResources('AWS::IAM::ManagedPolicy')).map(
    ({ Properties }) => Properties.PolicyDocument,
  );

const lengthOf = (document: object) => JSON.stringify(document).length;

describe('StrangerRole', () => {
  it('has one policy of its own where it fits', () => {
    const template = aTemplate(accountsOf(10));

    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    const [role] = Object.values(template.findResources('AWS::IAM::Role'));
    expect(role?.['Properties'].Policies).toHaveLength(1);
    expect(role?.['Properties'].ManagedPolicyArns).toBeUndefined();
  });

  it('is denied 300 accounts of ours in policies that IAM takes, all of them its', () => {
    const accounts = accountsOf(300);
    const template = aTemplate(accounts);

    const managed = documentsOf(template);
    const [role] = Object.values(template.findResources('AWS::IAM::Role'));
    const { Policies, ManagedPolicyArns } = role?.['Properties'] ?? {};
    expect(Policies).toHaveLength(1);
    expect(lengthOf(Policies[0].PolicyDocument)).toBeLessThanOrEqual(iamLimits.inlinePolicyCharacters);
    expect(ManagedPolicyArns).toHaveLength(managed.length);
    expect(managed.length).toBeLessThanOrEqual(iamLimits.managedPolicies);
    expect(Math.max(...managed.map(lengthOf))).toBeLessThanOrEqual(iamLimits.managedPolicyCharacters);
    const denied = [Policies[0].PolicyDocument, ...managed]
      .flatMap(({ Statement }) => Statement)
      .filter(({ Sid, Effect }) => Effect === 'Deny' && Sid.startsWith('DenyOwnAccounts'))
      .flatMap(({ Resource = [] }) => Resource);
    expect(denied.sort()).toEqual(
      ['111111111111', ...accounts].map((account) => `arn:aws:iam::${account}:role/*`).sort(),
    );
  });
});
