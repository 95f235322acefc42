import { toAccessDeniedMessage } from '../access-denied.ts';
import { AwsError } from '../aws-error.ts';
import { mintCredentials } from '../credentials.ts';
import { checkNumber, checkText, requireNoProblems, validationError } from './constraints.ts';
import { toCredentialsElement } from './credentials-element.ts';
import type { Parameters } from './query-protocol.ts';
import { requireAllowed } from './require-allowed.ts';
import { requireRegionalEndpoint } from './require-regional-endpoint.ts';
import { findRootTask, rootTaskPolicyArns } from './root-tasks.ts';
import { arnText, parseDuration } from './session-parameters.ts';
import { toTrailCredentials } from './session-trail.ts';
import type { StsCall, StsOperation, StsResult } from './sts-call.ts';

/** The most, and the default. The service model has 0 as the least. */
const maximumSeconds = 900;

export const assumeRoot: StsOperation = { run, toRequestParameters };

function run(call: StsCall): StsResult {
  requireRegionalEndpoint(call, 'AssumeRoot');
  const { accountId, taskPolicyArn, durationSeconds } = parseRequest(call.parameters);
  const resource = `arn:aws:iam::${accountId}:root`;
  requireAllowed(call, {
    action: 'sts:AssumeRoot',
    resource,
    context: [['sts:taskpolicyarn', taskPolicyArn]],
  });
  requireMemberAccount(call, accountId, resource);
  const { caller } = call;
  const sourceIdentity = caller.type === 'session' ? caller.session.sourceIdentity : undefined;
  const credentials = mintCredentials(
    {
      type: 'root',
      accountId,
      taskPolicyArn,
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    },
    { key: call.key, nowMs: call.nowMs, durationSeconds },
  );
  return {
    result: {
      Credentials: toCredentialsElement(credentials),
      SourceIdentity: sourceIdentity,
    },
    responseElements: {
      credentials: toTrailCredentials(credentials),
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    },
  };
}

function parseRequest(parameters: Parameters) {
  const target = parameters.get('TargetPrincipal');
  const taskPolicyArn = parameters.get('TaskPolicyArn.arn');
  const durationSeconds = parseDuration(parameters.get('DurationSeconds')) ?? maximumSeconds;
  requireNoProblems([
    ...checkText('targetPrincipal', target, { required: true, minLength: 12, maxLength: 2048 }),
    ...checkText('taskPolicyArn.arn', taskPolicyArn, { ...arnText, required: true }),
    ...checkNumber('durationSeconds', durationSeconds, 0, maximumSeconds),
  ]);
  const accountId = /^(?:(\d{12})|arn:aws:iam::(\d{12}):root)$/
    .exec(target ?? '')
    ?.slice(1)
    .find(Boolean);
  if (accountId === undefined) {
    throw validationError(
      'TargetPrincipal must be the account id of a member account, or the ARN of its root',
    );
  }
  if (taskPolicyArn === undefined || findRootTask(taskPolicyArn) === undefined) {
    throw validationError(`TaskPolicyArn must be one of ${rootTaskPolicyArns.join(', ')}`);
  }
  return { accountId, taskPolicyArn, durationSeconds };
}

/**
 * From the management account, or one that it delegated IAM to, into another account of the organization. Says no more
 * of an account that doesn't exist. The caller is never a root user itself.
 */
function requireMemberAccount({ caller, world }: StsCall, accountId: string, resource: string): void {
  const own = world.accounts.get(caller.accountId);
  const target = world.accounts.get(accountId);
  const isMember =
    caller.type !== 'root' &&
    own?.managementAccount === true &&
    target !== undefined &&
    !target.managementAccount &&
    target.organizationId === own.organizationId;
  if (isMember) return;
  throw new AwsError(
    'AccessDenied',
    403,
    toAccessDeniedMessage(caller.arn, { action: 'sts:AssumeRoot', resource }),
  );
}

function toRequestParameters({ parameters }: StsCall) {
  const targetPrincipal = parameters.get('TargetPrincipal');
  const arn = parameters.get('TaskPolicyArn.arn');
  const duration = parameters.get('DurationSeconds');
  return {
    ...(targetPrincipal === undefined ? {} : { targetPrincipal }),
    ...(arn === undefined ? {} : { taskPolicyArn: { arn } }),
    ...(duration !== undefined && /^\d{1,9}$/.test(duration) ? { durationSeconds: Number(duration) } : {}),
  };
}
