import type { Deployment } from './configuration.ts';
import { toRolePath } from './function-roles.ts';

/** Of the IAM user whose key asks for federation tokens. */
export function toFederatorUserArn(deployment: Deployment): string {
  const { partition, accountId, stage, region } = deployment;
  return `arn:${partition}:iam::${accountId}:user${toRolePath(deployment)}daypass-${stage}-${region}-federator`;
}
