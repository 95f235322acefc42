import type { Configuration, IamIssuer } from './configuration.ts';

/** An issuer of type `iam` where it is deployed: its accounts and organization are of that one partition, and another's may have the same numbers. */
export interface DeployedIamIssuer extends IamIssuer {
  readonly partition: string;
}

/** The one issuer of type `iam`, where the configuration has it. */
export function findIamIssuer({
  issuers,
  deployment: { partition },
}: Pick<Configuration, 'issuers' | 'deployment'>): DeployedIamIssuer | undefined {
  const issuer = [...issuers.values()].find(({ type }) => type === 'iam');
  return issuer?.type === 'iam' ? { ...issuer, partition } : undefined;
}
