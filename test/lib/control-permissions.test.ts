import { describe, expect, it } from '@jest/globals';
import { type FunctionName, requireDeployed } from '../../lambda/core/function-roles.ts';
import { createFunctionRoles } from '../../lib/permissions.ts';
import { aConfiguration } from '../support/a-configuration.ts';
import { controlAccess } from '../support/control-tables.ts';
import { reconciliationAccess } from '../support/reconciliation-tables.ts';

const options = {
  ...{
    tableArn: 'arn:issuances',
    proofTableArn: 'arn:proofs',
    tokenKeyArn: 'arn:key',
    webIdentityKeyArns: [],
  },
  ...{ reconciliation: reconciliationAccess, controls: controlAccess },
  integrationTable: { tableArn: 'arn:integrations' },
};
const integrations = { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }] };
const roles = createFunctionRoles({
  ...options,
  configuration: aConfiguration({ integrations, revocation: { apply: true } }),
});
const statementsOf = (name: FunctionName) => requireDeployed(roles, name).statements;
const { controlTableArn, quotaTableArn } = controlAccess;

/** Actions that a function is allowed on a resource. */
const allowed = (name: FunctionName, resource: string) =>
  statementsOf(name)
    .filter(({ Effect, Resource }) => Effect === 'Allow' && [Resource].flat().includes(resource))
    .flatMap(({ Action }) => Action)
    .sort();

describe('the permissions of the controls', () => {
  it.each(['issuer', 'integration-issuer', 'integrations'] as const)(
    'of %s are to read what is suspended and to count, and no more',
    (name) => {
      expect(allowed(name, controlTableArn)).toEqual(['dynamodb:BatchGetItem']);
      expect(allowed(name, quotaTableArn)).toEqual(['dynamodb:UpdateItem']);
    },
  );

  it.each(['authorizer', 'audit', 'saml', 'prober', 'revoker'] as const)('of %s are none', (name) => {
    expect(allowed(name, controlTableArn)).toEqual([]);
    expect(allowed(name, quotaTableArn)).toEqual([]);
  });

  it('of controls are to change them, to read issuances and to write denials: no STS, no IAM, nothing deleted', () => {
    const actions = statementsOf('controls').flatMap(({ Action }) => Action);

    expect(allowed('controls', controlTableArn)).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
    ]);
    expect(allowed('controls', 'arn:issuances')).toEqual([
      'dynamodb:GetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
    ]);
    expect(actions.filter((action) => /^(sts|iam):|Delete|Scan/.test(action))).toEqual([]);
    expect(
      allowed('controls', 'arn:aws:lambda:eu-west-1:111111111111:function:daypass-prod-eu-west-1-revoker'),
    ).toEqual(['lambda:InvokeFunction']);
  });

  it('of controls are without the revoker where nothing is applied', () => {
    const { controls, revoker } = createFunctionRoles({ ...options, configuration: aConfiguration() });

    expect(revoker).toBeUndefined();
    expect(controls.statements.map(({ Sid }) => Sid)).not.toContain('InvokeRevoker');
  });

  it('of the revoker are policies of the roles under /daypass/ of this account, but for the broker’s own', () => {
    expect(statementsOf('revoker')).toEqual([
      {
        ...{ Sid: 'ChangeRevocations', Effect: 'Allow' },
        Action: ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'],
        Resource: ['arn:aws:iam::111111111111:role/daypass/*'],
      },
      {
        ...{ Sid: 'DenyBrokersRoles', Effect: 'Deny' },
        Action: ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'],
        Resource: ['arn:aws:iam::111111111111:role/daypass/daypass-*'],
      },
    ]);
    for (const { roleArn } of Object.values(roles))
      expect(roleArn).toMatch(/^arn:aws:iam::111111111111:role\/daypass\/daypass-/);
  });
});
