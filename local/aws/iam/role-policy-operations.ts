import { AwsError } from '../aws-error.ts';
import { checkText, requireNoProblems, type TextConstraint } from '../sts/constraints.ts';
import type { IamCall, IamOperation, IamTarget } from './iam-call.ts';
import { policyDocument } from './role-parameters.ts';
import { requireRole, toRoleTarget } from './role-target.ts';
import { requireIdentityDocument } from './trust-document.ts';

export const putRolePolicy: IamOperation = {
  toTarget: (call) => {
    requireNoProblems(checkText('policyDocument', call.parameters.get('PolicyDocument'), policyDocument));
    return toInlineTarget(call);
  },
  run: (call) => {
    const role = requireRole(call);
    const document = requireIdentityDocument(call.parameters.get('PolicyDocument') ?? '');
    const { inlinePolicies } = call.roles.read(role);
    const next = { ...inlinePolicies, [policyNameOf(call)]: document };
    if (
      Object.values(next).reduce<number>((sum, one) => sum + JSON.stringify(one).length, 0) >
      maximumCharacters
    )
      throw limitExceeded(`Maximum policy size of ${maximumCharacters} bytes exceeded for role ${role.name}`);
    call.roles.change(role, { inlinePolicies: next });
    return undefined;
  },
};

export const deleteRolePolicy: IamOperation = {
  toTarget: toInlineTarget,
  run: (call) => {
    const role = requireRole(call);
    const name = policyNameOf(call);
    const { [name]: found, ...rest } = call.roles.read(role).inlinePolicies;
    if (found === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
    call.roles.change(role, { inlinePolicies: rest });
    return undefined;
  },
};

export const listRolePolicies: IamOperation = {
  toTarget: (call) => toRoleTarget(call),
  run: (call) => ({
    PolicyNames: Object.keys(call.roles.read(requireRole(call)).inlinePolicies),
    IsTruncated: 'false',
  }),
};

/** Of managed policies the world has those that its file names. */
export const attachRolePolicy: IamOperation = {
  toTarget: toAttachedTarget,
  run: (call) => {
    const role = requireRole(call);
    const policyArn = policyArnOf(call);
    if (!call.world.managedPolicies.has(policyArn))
      throw noSuchEntity(`Policy ${policyArn} does not exist or is not attachable.`);
    const attachedPolicyArns = [...new Set([...call.roles.read(role).attachedPolicyArns, policyArn])];
    if (attachedPolicyArns.length > maximumAttached)
      throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${maximumAttached}`);
    call.roles.change(role, { attachedPolicyArns });
    return undefined;
  },
};

export const detachRolePolicy: IamOperation = {
  toTarget: toAttachedTarget,
  run: (call) => {
    const role = requireRole(call);
    const policyArn = policyArnOf(call);
    const { attachedPolicyArns } = call.roles.read(role);
    if (!attachedPolicyArns.includes(policyArn)) throw noSuchEntity(`Policy ${policyArn} was not found.`);
    call.roles.change(role, { attachedPolicyArns: attachedPolicyArns.filter((arn) => arn !== policyArn) });
    return undefined;
  },
};

export const listAttachedRolePolicies: IamOperation = {
  toTarget: (call) => toRoleTarget(call),
  run: (call) => ({
    AttachedPolicies: call.roles.read(requireRole(call)).attachedPolicyArns.map((PolicyArn) => ({
      PolicyName: PolicyArn.slice(PolicyArn.lastIndexOf('/') + 1),
      PolicyArn,
    })),
    IsTruncated: 'false',
  }),
};

/** Of all inline policies of a role together, and managed policies of one. IAM's default quotas. */
const maximumCharacters = 10_240;
const maximumAttached = 10;

/** The limits of IAM's service model. */
const policyName: TextConstraint = {
  required: true,
  minLength: 1,
  maxLength: 128,
  pattern: { test: /^[\w+=,.@-]+$/, shown: '[\\w+=,.@-]+' },
};
const policyArn: TextConstraint = { required: true, minLength: 20, maxLength: 2048 };

function toInlineTarget(call: IamCall): IamTarget {
  requireNoProblems(checkText('policyName', policyNameOf(call), policyName));
  return toRoleTarget(call);
}

function toAttachedTarget(call: IamCall): IamTarget {
  requireNoProblems(checkText('policyArn', policyArnOf(call), policyArn));
  return toRoleTarget(call);
}

const policyNameOf = ({ parameters }: IamCall): string => parameters.get('PolicyName') ?? '';
const policyArnOf = ({ parameters }: IamCall): string => parameters.get('PolicyArn') ?? '';
const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', 404, message);
const limitExceeded = (message: string): AwsError => new AwsError('LimitExceeded', 409, message);
