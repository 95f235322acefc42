import * as z from 'zod';
import type { RevokeTask } from '../core/controls/revoke-task.ts';
import type { Revoker, RevokerAnswer } from '../core/controls/revoker.ts';
import { type InvokeFunctionOptions, invokeFunction } from './invoke-function.ts';

const answer = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('DONE') }),
  z.strictObject({ state: z.literal('FAILED'), isCertain: z.boolean(), detail: z.string() }),
]);

/** The function `revoker`, by an invocation for each policy. Never rejects. */
export function createLambdaRevoker(options: InvokeFunctionOptions): Revoker {
  const ask = async (task: RevokeTask): Promise<RevokerAnswer> => {
    const invoked = await invokeFunction(options, task);
    if (invoked.state === 'FAILED') {
      const { hasRun, errorCode, detail } = invoked;
      return { state: 'FAILED', isCertain: !hasRun, detail: `${errorCode}: ${detail}` };
    }
    const { data } = answer.safeParse(invoked.answer);
    return data ?? { state: 'FAILED', isCertain: false, detail: 'the function answered something else' };
  };
  return {
    apply: (policy) => ask({ task: 'apply', ...policy }),
    remove: (policy) => ask({ task: 'remove', ...policy }),
  };
}
