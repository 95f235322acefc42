import type { Deployment } from '../lambda/core/configuration.ts';
import { type FunctionName, toRoleArn } from '../lambda/core/function-roles.ts';
import type { IamStatement } from './permissions.ts';

/** A statement of a key policy, where `Resource: '*'` is the key itself. */
export interface KeyPolicyStatement extends IamStatement {
  readonly Principal: { readonly AWS: string };
}

export interface KeyPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly KeyPolicyStatement[];
}

/** The policy of the key that signs the broker's own tokens. */
export const toTokenKeyPolicy = (deployment: Deployment): KeyPolicy =>
  toSigningKeyPolicy(deployment, { signer: 'saml', reader: 'authorizer' });

/** The policy of a key of the broker as an OIDC issuer. */
export const toWebIdentityKeyPolicy = (deployment: Deployment): KeyPolicy =>
  toSigningKeyPolicy(deployment, { signer: 'issuer', reader: 'audit' });

/**
 * The account administers the key, one function signs, one reads the public half; nobody else does, whatever IAM
 * policies the account may hold. Whoever may put key policies can change that: it shows in CloudTrail as PutKeyPolicy.
 */
function toSigningKeyPolicy(
  deployment: Deployment,
  { signer, reader }: Readonly<Record<'signer' | 'reader', FunctionName>>,
): KeyPolicy {
  const { partition, accountId } = deployment;
  const account = { AWS: `arn:${partition}:iam::${accountId}:root` };
  // KMS refuses a policy that names a role before there is one, and turns the name into an id that a role made anew no
  // longer has. The account with a condition on the ARN has neither trouble, and needs the role's own Allow as well.
  const by = (name: FunctionName) => ({ ArnEquals: { 'aws:PrincipalArn': toRoleArn(deployment, name) } });
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'AdministerKey', Effect: 'Allow', Principal: account, Action: administration, Resource: '*' },
      {
        Sid: 'SignTokens',
        Effect: 'Allow',
        Principal: account,
        Action: ['kms:Sign'],
        Resource: '*',
        Condition: {
          ...by(signer),
          StringEquals: {
            'kms:SigningAlgorithm': 'RSASSA_PKCS1_V1_5_SHA_256',
            'kms:MessageType': 'DIGEST',
          },
        },
      },
      {
        Sid: 'ReadPublicKey',
        Effect: 'Allow',
        Principal: account,
        Action: ['kms:GetPublicKey'],
        Resource: '*',
        Condition: by(reader),
      },
    ],
  };
}

/** What CloudFormation and operators need. No CreateGrant: a grant would let somebody sign whom this policy does not name. */
const administration = [
  'kms:CancelKeyDeletion',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:EnableKey',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateKeyDescription',
];
