import { compilePolicy, identityPolicyGrammar } from '../../../lambda/core/policy/compile-policy.ts';
import type { Policy } from '../../../lambda/core/policy/policy.ts';

const prefix = 'arn:aws:iam::aws:policy/root-task/';

/** The root user may do everything; a task policy takes all away but this. Source: IAM guide, AWS managed policies. */
const tasks: Readonly<Record<string, readonly string[]>> = {
  IAMAuditRootUserCredentials: [
    'iam:GetAccessKeyLastUsed',
    'iam:GetAccountSummary',
    'iam:GetLoginProfile',
    'iam:GetUser',
    'iam:ListAccessKeys',
    'iam:ListMFADevices',
    'iam:ListSigningCertificates',
  ],
  IAMCreateRootUserPassword: ['iam:CreateLoginProfile', 'iam:GetLoginProfile'],
  IAMDeleteRootUserCredentials: [
    'iam:DeactivateMFADevice',
    'iam:DeleteAccessKey',
    'iam:DeleteLoginProfile',
    'iam:DeleteSigningCertificate',
    'iam:DeleteVirtualMFADevice',
    'iam:GetAccessKeyLastUsed',
    'iam:GetAccountSummary',
    'iam:GetLoginProfile',
    'iam:GetUser',
    'iam:ListAccessKeys',
    'iam:ListMFADevices',
    'iam:ListSigningCertificates',
    'iam:UpdateAccessKey',
    'iam:UpdateSigningCertificate',
  ],
  S3UnlockBucketPolicy: [
    's3:DeleteBucketPolicy',
    's3:GetBucketPolicy',
    's3:ListAllMyBuckets',
    's3:PutBucketPolicy',
  ],
  SQSUnlockQueuePolicy: [
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ListQueues',
    'sqs:SetQueueAttributes',
  ],
};

/** What a session with this task policy may do, by the policy's ARN; `undefined` for any other ARN. */
export function findRootTask(policyArn: string): Policy | undefined {
  const name = policyArn.startsWith(prefix) ? policyArn.slice(prefix.length) : '';
  const actions = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (actions === undefined) return undefined;
  return compilePolicy(
    { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: actions, Resource: '*' } },
    identityPolicyGrammar,
  );
}

export const rootTaskPolicyArns = Object.keys(tasks).map((name) => `${prefix}${name}`);
