import { authorize } from '../../../lambda/core/policy/authorize.ts';
import { toAccessDeniedMessage } from '../access-denied.ts';
import { readAccountId } from '../access-key-id.ts';
import { AwsError } from '../aws-error.ts';
import { toCallerPolicies, toRequestPrincipal } from '../caller.ts';
import { toPrincipalContext } from '../principal-context.ts';
import { checkText, requireNoProblems, type TextConstraint, validationError } from './constraints.ts';
import type { StsCall, StsOperation, StsResult } from './sts-call.ts';

/** Source: STS API reference, GetAccessKeyInfo. */
const constraint: TextConstraint = {
  required: true,
  minLength: 16,
  maxLength: 128,
  pattern: { test: /^\w*$/, shown: '[\\w]*' },
};

/** Says whose a key is, of any account, and nothing of its state. */
export const getAccessKeyInfo: StsOperation = {
  run,
  toRequestParameters: ({ parameters }) => {
    const accessKeyId = parameters.get('AccessKeyId');
    return accessKeyId === undefined ? null : { accessKeyId };
  },
};

function run(call: StsCall): StsResult {
  const { parameters, world } = call;
  const accessKeyId = parameters.get('AccessKeyId');
  requireNoProblems(checkText('accessKeyId', accessKeyId, constraint));
  requireAllowed(call);
  const account = findAccount(accessKeyId ?? '', world);
  // "Might return an error that the key doesn't exist": which one, AWS doesn't say.
  if (account === undefined) throw validationError('The specified access key ID does not exist');
  return { result: { Account: account }, responseElements: null };
}

/** Keys of the world stand as they are written there; those that were made say it themselves. */
function findAccount(accessKeyId: string, world: StsCall['world']): string | undefined {
  const listed = world.users.get(accessKeyId)?.accountId;
  if (listed !== undefined) return listed;
  const named = readAccountId(accessKeyId);
  return named !== undefined && world.accounts.has(named) ? named : undefined;
}

function requireAllowed({ caller, region, sourceIp, nowMs }: StsCall): void {
  const denied = { action: 'sts:GetAccessKeyInfo', resource: '*' };
  const context = new Map(toPrincipalContext(caller, { region, sourceIp, nowMs }));
  const outcome = authorize({
    request: { principal: toRequestPrincipal(caller), ...denied, context },
    ...toCallerPolicies(caller),
    resourceAccountId: caller.accountId,
  });
  if (outcome.effect === 'Allow') return;
  throw new AwsError('AccessDenied', 403, toAccessDeniedMessage(caller.arn, { ...denied, outcome }));
}
