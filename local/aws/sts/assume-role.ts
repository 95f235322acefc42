import type { Role } from '../../world.ts';
import { type Caller, toSessionArn } from '../caller.ts';
import { mintCredentials } from '../credentials.ts';
import { type AssumeRoleRequest, parseAssumeRoleRequest } from './assume-role-request.ts';
import { toAssumeRoleParameters, toAssumeRoleResponse } from './assume-role-trail.ts';
import { authorizeAssumeRole } from './authorize-assume-role.ts';
import { validationError } from './constraints.ts';
import { toCredentialsElement } from './credentials-element.ts';
import { toPackedPolicySize } from './packed-policy-size.ts';
import { requireKnownPolicies } from './session-parameters.ts';
import { toSessionTags } from './session-tags.ts';
import type { StsCall, StsOperation, StsResult } from './sts-call.ts';

const defaultSeconds = 3600;
/** Of a session that was got with temporary credentials: those of GetSessionToken count as well. */
const chainedMaximumSeconds = 3600;

export const assumeRole: StsOperation = { run, toRequestParameters: toAssumeRoleParameters };

function run(call: StsCall): StsResult {
  const { caller, world } = call;
  const request = parseAssumeRoleRequest(call.parameters);
  requireKnownPolicies(request.policyArns, world.managedPolicies);
  const mfaAuthenticated = call.mfa.authenticate(request, caller, call.nowMs);
  const sessionTags = toSessionTags(request, caller);
  const sourceIdentity = toSourceIdentity(request, caller);
  const role = authorizeAssumeRole(call, {
    request,
    sessionTags,
    sourceIdentity,
    mfaAuthenticated,
  });
  const durationSeconds = toDuration(request, role, caller);
  const { policy, policyArns } = request;
  const { tags, transitiveTagKeys } = sessionTags;
  const inline = policy === undefined ? {} : { policy };
  const packedPolicySize = toPackedPolicySize({ policyArns, tags, ...inline });
  const credentials = mintCredentials(
    {
      type: 'role',
      chained: caller.session !== undefined,
      roleArn: role.arn,
      sessionName: request.roleSessionName,
      tags: Object.fromEntries(tags),
      transitiveTagKeys: [...transitiveTagKeys],
      policyArns: [...policyArns],
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      ...inline,
    },
    { key: call.key, nowMs: call.nowMs, durationSeconds },
  );
  const assumedRole = {
    id: `${role.id}:${request.roleSessionName}`,
    arn: toSessionArn(role, request.roleSessionName),
  };
  return {
    result: {
      AssumedRoleUser: { AssumedRoleId: assumedRole.id, Arn: assumedRole.arn },
      Credentials: toCredentialsElement(credentials),
      PackedPolicySize: packedPolicySize,
      SourceIdentity: sourceIdentity,
    },
    responseElements: toAssumeRoleResponse({ credentials, assumedRole, packedPolicySize, sourceIdentity }),
    resource: role,
  };
}

/** Set once, it stays: a chained call can repeat it, not change it. */
function toSourceIdentity({ sourceIdentity }: AssumeRoleRequest, caller: Caller): string | undefined {
  const inherited = caller.type === 'session' ? caller.session.sourceIdentity : undefined;
  if (inherited !== undefined && sourceIdentity !== undefined && sourceIdentity !== inherited) {
    throw validationError('The source identity is already set for this assume role session');
  }
  return inherited ?? sourceIdentity;
}

/** The role's own maximum comes before that of role chaining, as STS has it. */
function toDuration({ durationSeconds }: AssumeRoleRequest, role: Role, caller: Caller): number {
  const seconds = durationSeconds ?? defaultSeconds;
  if (seconds > role.maxSessionDurationSeconds) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  if (caller.session !== undefined && seconds > chainedMaximumSeconds) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  return seconds;
}
