import type { AuthorizationOutcome } from '../../lambda/core/policy/authorize.ts';

/**
 * AWS's words for a refusal. An explicit Deny is named; which of the policies was silent is not, because STS doesn't
 * say it either. Source: IAM guide, "Troubleshoot access denied error messages".
 */
export function toAccessDeniedMessage(
  callerArn: string,
  { action, resource, outcome }: { action: string; resource: string; outcome?: AuthorizationOutcome },
): string {
  const source = outcome?.source ?? 'identity';
  const kind = source === 'resource' && action.startsWith('sts:') ? trustPolicyKind : policyKinds[source];
  const reason = outcome?.effect === 'ExplicitDeny' ? ` with an explicit deny in ${kind}` : '';
  return `User: ${callerArn} is not authorized to perform: ${action} on resource: ${resource}${reason}`;
}

/** The resource-based policy of a role. */
const trustPolicyKind = 'the role trust policy';

export const policyKinds = {
  identity: 'an identity-based policy',
  session: 'a session policy',
  resource: 'a resource-based policy',
} as const;
