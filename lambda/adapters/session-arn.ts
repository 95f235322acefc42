/** What the ARNs of a role's sessions begin with, before their names: STS leaves the role's path out. */
export function toSessionPrefix(roleArn: string): string {
  const [, partition, , , accountId, resource = ''] = roleArn.split(':');
  return `arn:${partition}:sts::${accountId}:assumed-role/${resource.split('/').at(-1)}/`;
}
