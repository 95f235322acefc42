import type { Deployment } from './configuration.ts';
import { rolePath } from './function-roles.ts';

/** Of the IAM user whose key asks for federation tokens. */
export const toFederatorUserArn = ({ partition, accountId, stage, region }: Deployment): string =>
  `arn:${partition}:iam::${accountId}:user${rolePath}daypass-${stage}-${region}-federator`;
