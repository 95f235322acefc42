import type { Deployment } from './configuration.ts';

/** The deployed functions: one for each set of permissions, each with a role of its own. */
export const functionNames = ['authorizer', 'issuer', 'audit', 'saml'] as const;

export type FunctionName = (typeof functionNames)[number];

/** Path of every role of the broker. */
export const rolePath = '/daypass/';

/** Fixed, because target roles name it: never change the form after a release. At most 64 characters, checked with the stage. */
export function toRoleName({ stage, region }: Deployment, name: FunctionName): string {
  return `daypass-${stage}-${region}-${name}`;
}

export function toRoleArn(deployment: Deployment, name: FunctionName): string {
  const { partition, accountId } = deployment;
  return `arn:${partition}:iam::${accountId}:role${rolePath}${toRoleName(deployment, name)}`;
}
