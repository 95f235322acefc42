import { authorize } from '../../../lambda/core/policy/authorize.ts';
import type { Role } from '../../world.ts';
import { AwsError } from '../aws-error.ts';
import { toSessionArn } from '../caller.ts';
import { mintCredentials } from '../credentials.ts';
import { type ContextEntries, tagContext, toRequestContext } from '../principal-context.ts';
import { toAssumeRoleResponse } from './assume-role-trail.ts';
import { validationError } from './constraints.ts';
import { toCredentialsElement } from './credentials-element.ts';
import { toPackedPolicySize } from './packed-policy-size.ts';
import { requireKnownPolicies } from './session-parameters.ts';
import type { StsResult } from './sts-call.ts';
import type { FederatedIdentity, UnsignedCall } from './unsigned-call.ts';

const defaultSeconds = 3600;

/**
 * Gives a proven identity a session of the role. It's the first hop, no role chaining: the role's own maximum is the
 * only limit of its duration.
 */
export function startFederatedSession(call: UnsignedCall, identity: FederatedIdentity): StsResult {
  const { policy, policyArns, tags, sourceIdentity, roleSessionName } = identity;
  requireKnownPolicies(policyArns, call.world.managedPolicies);
  const role = authorizeFederated(call, identity);
  const durationSeconds = toDuration(call, identity, role);
  const inline = policy === undefined ? {} : { policy };
  const packedPolicySize = toPackedPolicySize({ policyArns, tags, ...inline });
  const credentials = mintCredentials(
    {
      type: 'role',
      roleArn: role.arn,
      sessionName: roleSessionName,
      tags: Object.fromEntries(tags),
      transitiveTagKeys: [...identity.transitiveTagKeys],
      policyArns: [...policyArns],
      federation: { providerArn: identity.providerArn, context: toSealedContext(identity.context) },
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      ...inline,
    },
    { key: call.key, nowMs: call.nowMs, durationSeconds },
  );
  const assumedRole = { id: `${role.id}:${roleSessionName}`, arn: toSessionArn(role, roleSessionName) };
  const { before, after } = identity.result;
  return {
    result: {
      ...before,
      AssumedRoleUser: { AssumedRoleId: assumedRole.id, Arn: assumedRole.arn },
      Credentials: toCredentialsElement(credentials),
      ...after,
      PackedPolicySize: packedPolicySize,
      SourceIdentity: sourceIdentity,
    },
    responseElements: {
      ...identity.trail.responseElements,
      ...toAssumeRoleResponse({ credentials, assumedRole, packedPolicySize, sourceIdentity }),
    },
    resource: role,
  };
}

/**
 * The trust policy alone decides: the caller has no policies of its own. Tags and a source identity are actions of
 * their own here too. Says the same of a role that doesn't exist.
 */
function authorizeFederated(call: UnsignedCall, identity: FederatedIdentity): Role {
  const role = call.world.roles.get(identity.roleArn);
  if (role === undefined) throw notAuthorized(identity.action);
  const context = toContext(call, identity, role);
  const actions = [
    ...(identity.tags.size > 0 ? ['sts:TagSession'] : []),
    ...(identity.sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
    identity.action,
  ];
  for (const action of actions) {
    const outcome = authorize({
      request: {
        principal: { type: 'Federated', provider: identity.providerArn },
        action,
        resource: role.arn,
        context,
      },
      identityPolicies: [],
      resourcePolicy: role.trust,
      resourceAccountId: role.accountId,
    });
    if (outcome.effect !== 'Allow') throw notAuthorized(action);
  }
  return role;
}

function toContext(
  { region, sourceIp, nowMs }: UnsignedCall,
  { roleSessionName, sourceIdentity, tags, transitiveTagKeys, providerArn, context }: FederatedIdentity,
  role: Role,
): ReadonlyMap<string, string | readonly string[]> {
  return new Map<string, string | readonly string[]>([
    ...toRequestContext({ region, sourceIp, nowMs }),
    ['aws:federatedprovider', providerArn],
    ['aws:resourceaccount', role.accountId],
    ...Object.entries(role.tags).flatMap(([key, value]): readonly (readonly [string, string])[] => [
      [`aws:resourcetag/${key.toLowerCase()}`, value],
      [`iam:resourcetag/${key.toLowerCase()}`, value],
    ]),
    ...context,
    ['sts:rolesessionname', roleSessionName],
    ...(sourceIdentity === undefined ? [] : [['sts:sourceidentity', sourceIdentity] as const]),
    ...tagContext('aws:requesttag', [...tags]),
    ...(tags.size === 0 ? [] : [['aws:tagkeys', [...tags.keys()]] as const]),
    ...(transitiveTagKeys.length === 0 ? [] : [['sts:transitivetagkeys', transitiveTagKeys] as const]),
  ]);
}

const toSealedContext = (context: ContextEntries): Record<string, string | string[]> =>
  Object.fromEntries(context.map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]));

function toDuration({ nowMs }: UnsignedCall, identity: FederatedIdentity, role: Role): number {
  const seconds = identity.durationSeconds ?? defaultSeconds;
  if (seconds > role.maxSessionDurationSeconds) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  const { endsAtMs = Number.POSITIVE_INFINITY } = identity;
  return Math.min(seconds, Math.floor((endsAtMs - nowMs) / 1000));
}

/** Source: IAM guide, "Troubleshoot SAML federation"; there is no user to name. */
const notAuthorized = (action: string): AwsError =>
  new AwsError('AccessDenied', 403, `Not authorized to perform ${action}`);
