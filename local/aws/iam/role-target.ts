import type { Role } from '../../world.ts';
import { AwsError } from '../aws-error.ts';
import { checkText, requireNoProblems, type TextConstraint } from '../sts/constraints.ts';
import type { IamCall, IamTarget } from './iam-call.ts';

/** The limits of IAM's service model; so for those of the other files of roles. */
export const roleName: TextConstraint = {
  required: true,
  minLength: 1,
  maxLength: 64,
  pattern: { test: /^[\w+=,.@-]+$/, shown: '[\\w+=,.@-]+' },
};

/** The role of the call's RoleName, in the caller's account. */
export function toRoleTarget(call: IamCall): IamTarget {
  const name = call.parameters.get('RoleName');
  requireNoProblems(checkText('roleName', name, roleName));
  const role = findRole(call);
  return {
    arn: role?.arn ?? `arn:aws:iam::${call.caller.accountId}:role/${name}`,
    shown: `role ${name}`,
    tags: role?.tags ?? {},
  };
}

/** @throws AwsError NoSuchEntity; only who may ask about the role gets to see it. */
export function requireRole(call: IamCall): Role {
  const role = findRole(call);
  if (role !== undefined) return role;
  const name = call.parameters.get('RoleName');
  throw new AwsError('NoSuchEntity', 404, `The role with name ${name} cannot be found.`);
}

/** In the caller's account alone; names are compared without regard to case. */
export const findRole = ({ world, caller, parameters }: IamCall): Role | undefined =>
  [...world.roles.values()].find(
    (role) =>
      role.accountId === caller.accountId &&
      role.name.toLowerCase() === parameters.get('RoleName')?.toLowerCase(),
  );
