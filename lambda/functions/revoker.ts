import { IAMClient } from '@aws-sdk/client-iam';
import { createSdkRolePolicies } from '../adapters/sdk-role-policies.ts';
import { createAnswerRevokeTask } from '../core/controls/answer-revoke-task.ts';
import type { RevokerAnswer } from '../core/controls/revoker.ts';
import { toIamRegion } from '../core/iam-region.ts';
import { createFunctionLogger } from './function-logger.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const { deployment } = readConfigurationFile();

const answer = createAnswerRevokeTask({
  deployment,
  policies: createSdkRolePolicies({
    // A refusal of a second try would hide that the first one, whose answer was lost, did it.
    client: new IAMClient({ region: toIamRegion(deployment.partition), maxAttempts: 1 }),
    timeoutMs: 8000,
  }),
  logger: createFunctionLogger(),
});

/** Puts policies onto roles that end sessions, and takes them off. The one function whose role may change a role. */
export const handler = (event: unknown): Promise<RevokerAnswer> => answer(event);
