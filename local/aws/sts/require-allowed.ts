import { authorize } from '../../../lambda/core/policy/authorize.ts';
import { toAccessDeniedMessage } from '../access-denied.ts';
import { AwsError } from '../aws-error.ts';
import { toCallerPolicies, toRequestPrincipal } from '../caller.ts';
import { type ContextEntries, toPrincipalContext } from '../principal-context.ts';
import type { StsCall } from './sts-call.ts';

/**
 * For operations on which no resource has a say: the caller's own policies decide.
 * @throws AwsError AccessDenied
 */
export function requireAllowed(
  { caller, region, sourceIp, nowMs }: StsCall,
  {
    action,
    resource = '*',
    context = [],
  }: { readonly action: string; readonly resource?: string; readonly context?: ContextEntries },
): void {
  const outcome = authorize({
    request: {
      principal: toRequestPrincipal(caller),
      action,
      resource,
      context: new Map([...toPrincipalContext(caller, { region, sourceIp, nowMs }), ...context]),
    },
    ...toCallerPolicies(caller),
    resourceAccountId: caller.accountId,
  });
  if (outcome.effect === 'Allow') return;
  throw new AwsError('AccessDenied', 403, toAccessDeniedMessage(caller.arn, { action, resource, outcome }));
}
