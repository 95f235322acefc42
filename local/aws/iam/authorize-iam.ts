import { AwsError } from '../aws-error.ts';
import { decideCall, toFullDeniedMessage } from '../decide-call.ts';
import type { ContextEntries } from '../principal-context.ts';
import type { IamCall, IamTarget } from './iam-call.ts';

/** IAM has one endpoint for all regions, and it's in this one: what policies see as `aws:RequestedRegion`. */
export const iamRegion = 'us-east-1';

/**
 * Lets a call through when the caller's own policies allow it: IAM's users and roles have none for this.
 * @throws AwsError AccessDenied
 */
export function authorizeIam(call: IamCall, action: string, target: IamTarget): void {
  const { caller, sourceIp, nowMs } = call;
  const decided = { caller, sourceIp, nowMs, region: iamRegion };
  const context = Object.entries(target.tags).flatMap(
    ([key, value]): ContextEntries => [
      [`aws:resourcetag/${key.toLowerCase()}`, value],
      [`iam:resourcetag/${key.toLowerCase()}`, value],
    ],
  );
  const outcome = decideCall(decided, { action, resource: target.arn, context });
  if (outcome.effect === 'Allow') return;
  const message = toFullDeniedMessage(decided, { action, resource: target.shown, outcome });
  throw new AwsError('AccessDenied', 403, message);
}
