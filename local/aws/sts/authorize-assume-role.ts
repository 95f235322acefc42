import { authorize } from '../../../lambda/core/policy/authorize.ts';
import type { Role } from '../../world.ts';
import { toAccessDeniedMessage } from '../access-denied.ts';
import { AwsError } from '../aws-error.ts';
import { toCallerPolicies, toRequestPrincipal } from '../caller.ts';
import { tagContext, toMfaContext, toPrincipalContext } from '../principal-context.ts';
import type { AssumeRoleRequest } from './assume-role-request.ts';
import type { SessionTags } from './session-tags.ts';
import type { StsCall } from './sts-call.ts';

export interface AssumeRoleAuthorization {
  readonly request: AssumeRoleRequest;
  readonly sessionTags: SessionTags;
  /** Passed or inherited. */
  readonly sourceIdentity: string | undefined;
  /** Whether a code came with this very call. */
  readonly mfaAuthenticated: boolean;
}

/**
 * The role, when the caller's policies and the role's trust policy let the caller have it with these tags and this
 * source identity. Each of the three is an action of its own, and needs its Allows where AssumeRole needs them.
 * @throws AwsError AccessDenied, the same for a role that doesn't exist.
 */
export function authorizeAssumeRole(call: StsCall, authorization: AssumeRoleAuthorization): Role {
  const { caller } = call;
  const { request, sessionTags, sourceIdentity } = authorization;
  const role = call.world.roles.get(request.roleArn);
  // In the order in which STS is seen to name what's missing.
  const actions = [
    ...(sessionTags.tags.size > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
    'sts:AssumeRole',
  ];
  for (const action of actions) {
    const denied = { action, resource: request.roleArn };
    if (role === undefined) throw accessDenied(toAccessDeniedMessage(caller.arn, denied));
    const outcome = authorize({
      request: {
        principal: toRequestPrincipal(caller),
        action,
        resource: role.arn,
        context: toContext(call, authorization, role),
      },
      ...toCallerPolicies(caller),
      resourcePolicy: role.trust,
      resourceAccountId: role.accountId,
    });
    if (outcome.effect !== 'Allow') {
      throw accessDenied(toAccessDeniedMessage(caller.arn, { ...denied, outcome }));
    }
  }
  if (role === undefined) throw new TypeError('no action was authorized');
  return role;
}

/**
 * An inherited source identity and inherited tags are in the request's keys as if they had been passed: STS's answers
 * to chained calls and the trust policies that the EKS guide gives for Pod Identity show it.
 */
function toContext(
  { caller, region, sourceIp, nowMs, world }: StsCall,
  { request, sessionTags, sourceIdentity, mfaAuthenticated }: AssumeRoleAuthorization,
  role: Role,
): ReadonlyMap<string, string | readonly string[]> {
  const { tags, transitiveTagKeys } = sessionTags;
  const organizationId = world.accounts.get(role.accountId)?.organizationId;
  return new Map<string, string | readonly string[]>([
    ...toPrincipalContext(caller, { region, sourceIp, nowMs }),
    // Later than the principal's, and so in its place.
    ...(mfaAuthenticated ? toMfaContext(0) : []),
    ['aws:resourceaccount', role.accountId],
    ...(organizationId === undefined ? [] : [['aws:resourceorgid', organizationId] as const]),
    ...Object.entries(role.tags).flatMap(([key, value]): readonly (readonly [string, string])[] => [
      [`aws:resourcetag/${key.toLowerCase()}`, value],
      [`iam:resourcetag/${key.toLowerCase()}`, value],
    ]),
    ['sts:rolesessionname', request.roleSessionName],
    ...(request.externalId === undefined ? [] : [['sts:externalid', request.externalId] as const]),
    ...(sourceIdentity === undefined ? [] : [['sts:sourceidentity', sourceIdentity] as const]),
    ...tagContext('aws:requesttag', [...tags]),
    ...(tags.size === 0 ? [] : [['aws:tagkeys', [...tags.keys()]] as const]),
    ...(transitiveTagKeys.length === 0 ? [] : [['sts:transitivetagkeys', transitiveTagKeys] as const]),
  ]);
}

const accessDenied = (message: string): AwsError => new AwsError('AccessDenied', 403, message);
