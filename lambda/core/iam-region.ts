/** IAM has one endpoint a partition. Source: AWS General Reference, "IAM endpoints and quotas". */
const regions: ReadonlyMap<string, string> = new Map([
  ['aws', 'us-east-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
]);

/**
 * The region that calls of a partition's IAM are signed for, wherever the caller is.
 *
 * @throws TypeError for a partition that is not known
 */
export function toIamRegion(partition: string): string {
  const region = regions.get(partition);
  if (region !== undefined) return region;
  throw new TypeError(`partition ${partition} is not known; allowed: ${[...regions.keys()].join(', ')}`);
}
