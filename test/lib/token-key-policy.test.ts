import { describe, expect, it } from '@jest/globals';
import { functionNames, toRoleArn } from '../../lambda/core/function-roles.ts';
import { authorize } from '../../lambda/core/policy/authorize.ts';
import { compilePolicy, identityPolicyGrammar } from '../../lambda/core/policy/compile-policy.ts';
import { toTokenKeyPolicy } from '../../lib/token-key-policy.ts';
import { aConfiguration } from '../support/a-configuration.ts';

const { deployment } = aConfiguration();
const accountId = deployment.accountId;
const keyPolicy = compilePolicy(toTokenKeyPolicy(deployment), {
  document: 'policy',
  principal: 'required',
  action: 'required',
  resource: 'required',
});
/** The most that the account's own administrators can give. */
const everything = compilePolicy(
  { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
  identityPolicyGrammar,
);
const roleArnOf = (name: (typeof functionNames)[number]) => toRoleArn(deployment, name);
const rs256 = { 'kms:signingalgorithm': 'RSASSA_PKCS1_V1_5_SHA_256', 'kms:messagetype': 'DIGEST' };

function decide(
  roleArn: string,
  action: string,
  options: { readonly context?: object; readonly silent?: true; readonly accountId?: string } = {},
) {
  const account = options.accountId ?? accountId;
  return authorize({
    request: {
      principal: {
        type: 'AWS',
        arn: `arn:aws:sts::${account}:assumed-role/x/session`,
        accountId: account,
        roleArn,
      },
      action,
      resource: `arn:aws:kms:eu-west-1:${accountId}:key/5b7e0c52`,
      context: new Map(Object.entries({ 'aws:principalarn': roleArn, ...rs256, ...options.context })),
    },
    identityPolicies: options.silent ? [] : [everything],
    resourcePolicy: keyPolicy,
    resourceAccountId: accountId,
  }).effect;
}

describe('toTokenKeyPolicy', () => {
  it('lets the function of SAML sign, and nobody else whatever IAM allows them', () => {
    const allowed = functionNames.filter((name) => decide(roleArnOf(name), 'kms:Sign') === 'Allow');

    expect(allowed).toEqual(['saml']);
    expect(decide(`arn:aws:iam::${accountId}:role/Administrator`, 'kms:Sign')).toBe('ImplicitDeny');
    expect(decide(`arn:aws:iam::${accountId}:root`, 'kms:Sign')).toBe('ImplicitDeny');
  });

  it('lets the authorizer read the public key, and no other function', () => {
    const allowed = functionNames.filter((name) => decide(roleArnOf(name), 'kms:GetPublicKey') === 'Allow');

    expect(allowed).toEqual(['authorizer']);
  });

  it.each([
    [`${roleArnOf('saml')}2`],
    [roleArnOf('saml').toUpperCase()],
    [roleArnOf('saml').replace('/daypass/', '/')],
    [roleArnOf('saml').replace('prod', 'test')],
    [roleArnOf('saml').replace('eu-west-1', 'us-east-1')],
  ])('does not take %s for the function', (arn) => {
    expect(decide(arn, 'kms:Sign')).toBe('ImplicitDeny');
  });

  it('does not take the same role name of another account for the function', () => {
    const other = '999999999999';

    expect(decide(roleArnOf('saml').replace(accountId, other), 'kms:Sign', { accountId: other })).toBe(
      'ImplicitDeny',
    );
  });

  it.each([
    ['another algorithm', { 'kms:signingalgorithm': 'RSASSA_PSS_SHA_256' }],
    ['a whole message', { 'kms:messagetype': 'RAW' }],
  ])('lets nobody sign %s', (_what, context) => {
    expect(decide(roleArnOf('saml'), 'kms:Sign', { context })).toBe('ImplicitDeny');
  });

  it('leaves a function without its own permission without', () => {
    expect(decide(roleArnOf('saml'), 'kms:Sign', { silent: true })).toBe('ImplicitDeny');
    expect(decide(roleArnOf('authorizer'), 'kms:GetPublicKey', { silent: true })).toBe('ImplicitDeny');
  });

  it.each(['kms:PutKeyPolicy', 'kms:DescribeKey', 'kms:ScheduleKeyDeletion', 'kms:TagResource'])(
    'lets the account administer the key by %s',
    (action) => {
      expect(decide(`arn:aws:iam::${accountId}:role/Administrator`, action)).toBe('Allow');
    },
  );

  it.each([
    'kms:CreateGrant',
    'kms:Encrypt',
    'kms:Decrypt',
    'kms:Verify',
    'kms:ReplicateKey',
    'kms:GenerateMac',
  ])('lets nobody have %s', (action) => {
    const arns = [...functionNames.map(roleArnOf), `arn:aws:iam::${accountId}:role/Administrator`];

    expect(arns.map((arn) => decide(arn, action))).toEqual(arns.map(() => 'ImplicitDeny'));
  });

  it('has no wildcard among its actions', () => {
    const actions = toTokenKeyPolicy(deployment).Statement.flatMap(({ Action }) => Action);

    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });
});
