import type { Deployment } from './configuration.ts';

type Place = Pick<Deployment, 'region' | 'regions'>;

/** Where integrations are changed, and CloudTrail is read. */
export const toPrimaryRegion = ({ region, regions = [] }: Place): string => regions[0] ?? region;

export const isPrimary = (deployment: Place): boolean => toPrimaryRegion(deployment) === deployment.region;

/** Where the same deployment runs beside here. */
export const toOtherRegions = ({ region, regions = [] }: Place): readonly string[] =>
  regions.filter((one) => one !== region);
