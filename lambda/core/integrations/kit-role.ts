import type { Integration } from './integration.ts';

/** The role as IAM's API takes it apart. */
export interface KitRole {
  readonly partition: string;
  readonly accountId: string;
  /** With a slash at both ends; `/` alone is none. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  /** Whether it let the broker in before: then it is changed, not made. */
  readonly isThere: boolean;
}

/** @throws TypeError for what is no role's ARN */
export function toKitRole({ name, roleArn, provenAt, verification }: Integration): KitRole {
  const parts = /^arn:([a-z-]+):iam::(\d{12}):role(\/(?:[!-~]+\/)?)([\w+=,.@-]{1,64})$/.exec(roleArn);
  if (parts === null) throw new TypeError(`integration ${name} has no role's ARN`);
  const [, partition = '', accountId = '', path = '', roleName = ''] = parts;
  return {
    ...{ partition, accountId, path, name: roleName },
    description: `Entered by Daypass for its integration ${name}`,
    isThere:
      provenAt !== undefined || (verification?.probes.some(({ seen }) => seen === 'accepted') ?? false),
  };
}
