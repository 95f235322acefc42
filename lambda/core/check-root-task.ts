import type { Report } from './compile-statements.ts';
import type { Deployment } from './configuration.ts';
import type { ProfileSettings } from './profile-schemas.ts';

/** Checks what `assume-root` alone has. */
export function checkRootTask(
  settings: ProfileSettings,
  deployment: Deployment | undefined,
  report: Report,
): void {
  const { targetPrincipal, taskPolicyArn } = readTask(settings);
  const [, , , , callingAccount] = settings.via?.at(-1)?.split(':') ?? [];
  if (targetPrincipal !== undefined && targetPrincipal === callingAccount) {
    const allowed = 'a member account: AssumeRoot has no root user of the account that it is called from';
    report({ path: ['targetPrincipal'], value: targetPrincipal, allowed });
  }
  const [, partition] = taskPolicyArn?.split(':') ?? [];
  if (deployment === undefined || partition === undefined || partition === deployment.partition) return;
  const allowed = `the ARN of the task's policy, of the deployment's partition: ${deployment.partition}`;
  report({ path: ['taskPolicyArn'], value: taskPolicyArn, allowed });
}

const readTask = (settings: ProfileSettings) => ({
  targetPrincipal: 'targetPrincipal' in settings ? settings.targetPrincipal : undefined,
  taskPolicyArn: 'taskPolicyArn' in settings ? settings.taskPolicyArn : undefined,
});
