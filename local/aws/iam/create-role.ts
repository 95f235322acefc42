import { AwsError } from '../aws-error.ts';
import { checkCount, checkText, type TextConstraint } from '../sts/constraints.ts';
import { memberFields, type Parameters } from '../sts/query-protocol.ts';
import type { IamCall, IamOperation } from './iam-call.ts';
import { toRoleElement } from './role-operations.ts';
import { policyDocument, requireRoleParameters, toMaxSessionDuration } from './role-parameters.ts';
import { findRole, roleName } from './role-target.ts';
import { requireTrustDocument } from './trust-document.ts';

export const createRole: IamOperation = {
  toTarget: (call) => {
    const { parameters } = call;
    requireRoleParameters(parameters, [
      ...checkText('roleName', parameters.get('RoleName'), roleName),
      ...checkText('path', parameters.get('Path'), path),
      ...checkText('assumeRolePolicyDocument', parameters.get('AssumeRolePolicyDocument'), policyDocument),
      ...checkTags(parameters),
    ]);
    if (parameters.has('PermissionsBoundary'))
      throw new AwsError('InvalidInput', 400, 'The embedded IAM has no permissions boundaries');
    const arn = toArn(call);
    return { arn, shown: arn, tags: {} };
  },
  furtherActions: ({ parameters }) => (toTags(parameters).length === 0 ? [] : ['iam:TagRole']),
  run: (call) => {
    const { parameters, roles, nowMs } = call;
    const name = parameters.get('RoleName') ?? '';
    if (findRole(call) !== undefined)
      throw new AwsError('EntityAlreadyExists', 409, `Role with name ${name} already exists.`);
    const trust = requireTrustDocument(parameters.get('AssumeRolePolicyDocument') ?? '', call.world);
    const role = roles.create(toArn(call), {
      trust,
      // IAM's own.
      maxSessionDurationSeconds: toMaxSessionDuration(parameters) ?? 3600,
      description: parameters.get('Description'),
      tags: Object.fromEntries(toTags(parameters).map(({ Key = '', Value = '' }) => [Key, Value])),
      createdAtMs: nowMs,
      inlinePolicies: {},
      attachedPolicyArns: [],
    });
    return { Role: toRoleElement(role, roles) };
  },
};

/** What the role would be, whether its name is free or not. */
const toArn = ({ parameters, caller }: IamCall): string =>
  `arn:aws:iam::${caller.accountId}:role${parameters.get('Path') ?? '/'}${parameters.get('RoleName')}`;

/** The limits of IAM's service model. */
const path: TextConstraint = {
  minLength: 1,
  maxLength: 512,
  pattern: { test: /^(\/|\/[!-\u007e]+\/)$/, shown: '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)' },
};
const tagKey: TextConstraint = {
  required: true,
  minLength: 1,
  maxLength: 128,
  pattern: { test: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u, shown: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' },
};
const tagValue: TextConstraint = {
  required: true,
  minLength: 0,
  maxLength: 256,
  pattern: { test: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, shown: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' },
};

const toTags = (parameters: Parameters) => memberFields(parameters, 'Tags', ['Key', 'Value']);

const checkTags = (parameters: Parameters): readonly string[] => [
  ...checkCount('tags', toTags(parameters).length, 50),
  ...toTags(parameters).flatMap(({ Key, Value }, index) => [
    ...checkText(`tags.${index + 1}.member.key`, Key, tagKey),
    ...checkText(`tags.${index + 1}.member.value`, Value, tagValue),
  ]),
];
