import type { AssumeRootRequest } from './ports.ts';

/**
 * The session policy of the session that calls AssumeRoot: whoever got hold of it could have the one task in the one
 * account, and nothing else. The Denies say it a second time, as those of `toNextHopPolicy` do.
 */
export function toRootTaskPolicy(
  partition: string,
  { targetPrincipal, taskPolicyArn }: Pick<AssumeRootRequest, 'targetPrincipal' | 'taskPolicyArn'>,
): string {
  const Action = 'sts:AssumeRoot';
  const root = `arn:${partition}:iam::${targetPrincipal}:root`;
  const ofTheTask = { 'sts:TaskPolicyArn': taskPolicyArn };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action, Resource: root, Condition: { StringEquals: ofTheTask } },
      { Effect: 'Deny', NotAction: Action, Resource: '*' },
      { Effect: 'Deny', Action: '*', NotResource: root },
      { Effect: 'Deny', Action, Resource: '*', Condition: { StringNotEquals: ofTheTask } },
    ],
  });
}
