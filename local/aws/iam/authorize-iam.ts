import { authorize } from '../../../lambda/core/policy/authorize.ts';
import { policyKinds, toAccessDeniedMessage } from '../access-denied.ts';
import { AwsError } from '../aws-error.ts';
import { toCallerPolicies, toRequestPrincipal } from '../caller.ts';
import { toPrincipalContext } from '../principal-context.ts';
import type { IamCall, IamTarget } from './iam-call.ts';

/** IAM has one endpoint for all regions, and it's in this one. */
export const iamRegion = 'us-east-1';

/**
 * Lets a call through when the caller's own policies allow it: IAM's users and roles have none for this.
 * @throws AwsError AccessDenied
 */
export function authorizeIam(call: IamCall, action: string, target: IamTarget): void {
  const { caller, sourceIp, nowMs } = call;
  const outcome = authorize({
    request: {
      principal: toRequestPrincipal(caller),
      action,
      resource: target.arn,
      context: new Map([
        ...toPrincipalContext(caller, { region: iamRegion, sourceIp, nowMs }),
        ['aws:resourceaccount', caller.accountId] as const,
        ...Object.entries(target.tags).flatMap(([key, value]): readonly (readonly [string, string])[] => [
          [`aws:resourcetag/${key.toLowerCase()}`, value],
          [`iam:resourcetag/${key.toLowerCase()}`, value],
        ]),
      ]),
    },
    ...toCallerPolicies(caller),
    resourceAccountId: caller.accountId,
  });
  if (outcome.effect === 'Allow') return;
  const silent =
    outcome.effect === 'ImplicitDeny'
      ? ` because no ${policyKinds[outcome.source ?? 'identity'].replace(/^an? /, '')} allows the ${action} action`
      : '';
  const message = toAccessDeniedMessage(caller.arn, { action, resource: target.shown, outcome });
  throw new AwsError('AccessDenied', 403, `${message}${silent}`);
}
