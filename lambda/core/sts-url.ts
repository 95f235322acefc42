import type { Deployment } from './configuration.ts';

/**
 * STS in the deployment's region, without a slash at the end. Not the global endpoint: its calls are on the record of
 * another region, and what it gives is not taken in every one.
 */
export const toStsUrl = ({ region, partition }: Pick<Deployment, 'region' | 'partition'>): string =>
  `https://sts.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
