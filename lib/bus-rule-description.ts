import type { Deployment } from '../lambda/core/configuration.ts';

/** Tells the rule from those of other stages: CloudFormation makes its name. */
export const toBusRuleDescription = ({ stage, region }: Pick<Deployment, 'stage' | 'region'>): string =>
  `Daypass: calls of AWS STS by the broker's roles and its user, ${stage} in ${region}`;
