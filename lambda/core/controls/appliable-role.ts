import type { Deployment } from '../configuration.ts';

/** What the names of the broker's own roles begin with, of every stage in the account: nobody closes those by this. */
export const brokerRolePrefix = 'daypass-';

/** Of the roles in the broker's account that the function `revoker` may change, wherever the broker's own are. */
export const appliableRolePath = '/daypass/';

/**
 * The name of a role that the function `revoker` may change: of the broker's account, under `/daypass/`, and none of the
 * broker's own. `undefined` for all others.
 */
export function findAppliableRole(roleArn: string, { partition, accountId }: Deployment): string | undefined {
  const prefix = `arn:${partition}:iam::${accountId}:role${appliableRolePath}`;
  if (!roleArn.startsWith(prefix)) return undefined;
  const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  // IAM tells names apart without regard to case, and a path makes no other role of a name.
  return /^[\w+=,.@-]{1,64}$/.test(name) && !name.toLowerCase().startsWith(brokerRolePrefix)
    ? name
    : undefined;
}
