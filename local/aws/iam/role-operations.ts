import type { Role } from '../../world.ts';
import { AwsError } from '../aws-error.ts';
import { toIsoSeconds } from '../principal-context.ts';
import { checkText, requireNoProblems } from '../sts/constraints.ts';
import type { XmlElements } from '../sts/xml.ts';
import type { IamOperation } from './iam-call.ts';
import { policyDocument, requireRoleParameters, toMaxSessionDuration } from './role-parameters.ts';
import type { RoleStore } from './role-store.ts';
import { requireRole, toRoleTarget } from './role-target.ts';
import { requireTrustDocument } from './trust-document.ts';

export const getRole: IamOperation = {
  toTarget: (call) => toRoleTarget(call),
  run: (call) => ({ Role: { ...toRoleElement(requireRole(call), call.roles), RoleLastUsed: {} } }),
};

/** All at once: an account of the world has a few. */
export const listRoles: IamOperation = {
  toTarget: ({ parameters, caller }) => {
    const pathPrefix = parameters.get('PathPrefix');
    requireNoProblems(checkText('pathPrefix', pathPrefix, { minLength: 1, maxLength: 512 }));
    const arn = `arn:aws:iam::${caller.accountId}:role${pathPrefix ?? '/'}`;
    return { arn, shown: arn, tags: {} };
  },
  run: ({ parameters, caller, roles }) => ({
    Roles: [...roles.world.roles.values()]
      .filter(({ accountId }) => accountId === caller.accountId)
      .filter((role) => toPath(role).startsWith(parameters.get('PathPrefix') ?? '/'))
      .map((role) => ({ ...toRoleElement(role, roles), Tags: undefined })),
    IsTruncated: 'false',
  }),
};

export const updateRole: IamOperation = {
  toTarget: (call) => {
    requireRoleParameters(call.parameters);
    return toRoleTarget(call);
  },
  run: (call) => {
    const role = requireRole(call);
    const before = call.roles.read(role);
    call.roles.change(role, {
      description: call.parameters.get('Description') ?? before.description,
      maxSessionDurationSeconds: toMaxSessionDuration(call.parameters) ?? before.maxSessionDurationSeconds,
    });
    return {};
  },
};

export const updateAssumeRolePolicy: IamOperation = {
  toTarget: (call) => {
    requireNoProblems(checkText('policyDocument', call.parameters.get('PolicyDocument'), policyDocument));
    return toRoleTarget(call);
  },
  run: (call) => {
    const role = requireRole(call);
    const trust = requireTrustDocument(call.parameters.get('PolicyDocument') ?? '', call.world);
    call.roles.change(role, { trust });
    return undefined;
  },
};

export const deleteRole: IamOperation = {
  toTarget: (call) => toRoleTarget(call),
  run: (call) => {
    const role = requireRole(call);
    const { inlinePolicies, attachedPolicyArns } = call.roles.read(role);
    if (attachedPolicyArns.length > 0) throw conflict('must detach all policies first');
    // Those of the world file have no names that they could be deleted by, and go with their role.
    if (Object.keys(inlinePolicies).length > 0) throw conflict('must delete policies first');
    call.roles.remove(role);
    return undefined;
  },
};

const conflict = (what: string): AwsError =>
  new AwsError('DeleteConflict', 409, `Cannot delete entity, ${what}.`);

/** A role as IAM shows it. */
export function toRoleElement(role: Role, roles: RoleStore): XmlElements {
  const { id, trust, description, maxSessionDurationSeconds, tags, createdAtMs } = roles.read(role);
  return {
    Path: toPath(role),
    RoleName: role.name,
    RoleId: id,
    Arn: role.arn,
    CreateDate: toIsoSeconds(createdAtMs),
    AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)),
    Description: description,
    MaxSessionDuration: maxSessionDurationSeconds,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

const toPath = ({ arn, name }: Role): string =>
  arn.slice(arn.indexOf(':role/') + ':role'.length, -name.length);
