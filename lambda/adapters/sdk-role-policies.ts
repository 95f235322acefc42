import { DeleteRolePolicyCommand, type IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { RolePolicies } from '../core/controls/answer-revoke-task.ts';
import type { RevokerAnswer } from '../core/controls/revoker.ts';
import { toAwsCallError } from './aws-call-error.ts';

export interface SdkRolePoliciesOptions {
  /** With the region of the partition's IAM, and `maxAttempts: 1`: the answer is then that of the one try. */
  readonly client: Pick<IAMClient, 'send'>;
  /** Milliseconds for a whole call. */
  readonly timeoutMs: number;
}

/** Inline policies of roles, by the AWS SDK. */
export function createSdkRolePolicies({ client, timeoutMs }: SdkRolePoliciesOptions): RolePolicies {
  const within = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });
  return {
    put: (RoleName, PolicyName, PolicyDocument) =>
      toAnswer('PutRolePolicy', () =>
        client.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }), within()),
      ),
    delete: async (RoleName, PolicyName) => {
      const answer = await toAnswer('DeleteRolePolicy', () =>
        client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }), within()),
      );
      // The role is gone, or somebody was quicker.
      return answer.state === 'FAILED' && answer.detail.startsWith(goneDetail) ? { state: 'DONE' } : answer;
    },
  };
}

const goneDetail = 'NoSuchEntity';

/** IAM's own refusals, by which nothing was changed. Source: IAM API Reference, PutRolePolicy, and its common errors. */
const refusals: Readonly<Record<string, string>> = {
  NoSuchEntityException: 'NoSuchEntity: there is no such role in this account',
  LimitExceededException:
    'the inline policies of the role would be longer than IAM takes together (10 240 characters): take old ones off, or revoke all of the role before an instant, which is one statement',
  UnmodifiableEntityException: 'AWS itself manages the role',
  MalformedPolicyDocumentException: 'IAM does not take the policy',
  AccessDenied: 'the function may not change this role',
  AccessDeniedException: 'the function may not change this role',
  Throttling: 'IAM throttles changes',
  ThrottlingException: 'IAM throttles changes',
};

async function toAnswer(operation: string, call: () => Promise<unknown>): Promise<RevokerAnswer> {
  try {
    await call();
    return { state: 'DONE' };
  } catch (error) {
    const { code, message } = toAwsCallError(operation, error);
    const refusal = Object.hasOwn(refusals, code) ? refusals[code] : undefined;
    return { state: 'FAILED', isCertain: refusal !== undefined, detail: refusal ?? message };
  }
}
