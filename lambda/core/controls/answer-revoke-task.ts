import type { Deployment } from '../configuration.ts';
import type { Logger } from '../logger.ts';
import { findAppliableRole } from './appliable-role.ts';
import { toRevocationDocument } from './revocation-document.ts';
import { parseRevokeTask } from './revoke-task.ts';
import type { RevokerAnswer } from './revoker.ts';

/** Inline policies of roles of the broker's account. */
export interface RolePolicies {
  /** In the place of one of the same name. Never rejects. */
  put(roleName: string, policyName: string, document: string): Promise<RevokerAnswer>;
  /** Also where there is none. Never rejects. */
  delete(roleName: string, policyName: string): Promise<RevokerAnswer>;
}

/**
 * Puts a Deny onto a role, or takes it off: nothing that an event says makes it anything else.
 *
 * @throws TypeError for what is no such task
 */
export const createAnswerRevokeTask =
  ({
    deployment,
    policies,
    logger,
  }: {
    readonly deployment: Deployment;
    readonly policies: RolePolicies;
    readonly logger: Logger;
  }) =>
  async (event: unknown): Promise<RevokerAnswer> => {
    const task = parseRevokeTask(event);
    const { roleArn, policyName } = task;
    const roleName = findAppliableRole(roleArn, deployment);
    if (roleName === undefined)
      return { state: 'FAILED', isCertain: true, detail: 'the role is none that this function may change' };
    const answer =
      task.task === 'apply'
        ? await policies.put(roleName, policyName, JSON.stringify(toRevocationDocument(task.ends)))
        : await policies.delete(roleName, policyName);
    logger[answer.state === 'DONE' ? 'info' : 'error']('revocation', {
      ...answer,
      task: task.task,
      roleArn,
      policyName,
    });
    return answer;
  };
