import type { Role } from '../../world.ts';
import { AwsError } from '../aws-error.ts';
import { checkText, requireNoProblems, type TextConstraint } from '../sts/constraints.ts';
import type { IamCall, IamOperation, IamTarget } from './iam-call.ts';
import { requireTrustDocument } from './trust-document.ts';

export const getRole: IamOperation = {
  toTarget: toRoleTarget,
  run: (call) => {
    const role = requireRole(call);
    const path = role.arn.slice(role.arn.indexOf(':role/') + ':role'.length, -role.name.length);
    return {
      Role: {
        Path: path,
        RoleName: role.name,
        RoleId: role.id,
        Arn: role.arn,
        // The world file has no dates.
        CreateDate: '2026-01-01T00:00:00Z',
        AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(role.trustDocument)),
        MaxSessionDuration: role.maxSessionDurationSeconds,
        Tags: Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
        RoleLastUsed: {},
      },
    };
  },
};

export const updateAssumeRolePolicy: IamOperation = {
  toTarget: (call) => {
    requireNoProblems([
      ...checkText('roleName', call.parameters.get('RoleName'), roleName),
      ...checkText('policyDocument', call.parameters.get('PolicyDocument'), policyDocument),
    ]);
    return toRoleTarget(call);
  },
  run: (call) => {
    const role = requireRole(call);
    const document = requireTrustDocument(call.parameters.get('PolicyDocument') ?? '', call.world);
    call.roles.setTrust(role, document);
    return undefined;
  },
};

/** The limits of IAM's service model. */
const roleName: TextConstraint = {
  required: true,
  minLength: 1,
  maxLength: 64,
  pattern: { test: /^[\w+=,.@-]+$/, shown: '[\\w+=,.@-]+' },
};
const policyDocument: TextConstraint = { required: true, minLength: 1, maxLength: 131_072 };

function toRoleTarget(call: IamCall): IamTarget {
  const name = call.parameters.get('RoleName');
  requireNoProblems(checkText('roleName', name, roleName));
  const role = findRole(call);
  return {
    arn: role?.arn ?? `arn:aws:iam::${call.caller.accountId}:role/${name}`,
    shown: `role ${name}`,
    tags: role?.tags ?? {},
  };
}

/** @throws AwsError NoSuchEntity */
function requireRole(call: IamCall): Role {
  const role = findRole(call);
  if (role !== undefined) return role;
  const name = call.parameters.get('RoleName');
  throw new AwsError('NoSuchEntity', 404, `The role with name ${name} cannot be found.`);
}

/** In the caller's account alone; names are compared without regard to case. */
const findRole = ({ world, caller, parameters }: IamCall): Role | undefined =>
  [...world.roles.values()].find(
    (role) =>
      role.accountId === caller.accountId &&
      role.name.toLowerCase() === parameters.get('RoleName')?.toLowerCase(),
  );
