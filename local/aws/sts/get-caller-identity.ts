import type { StsOperation } from './sts-call.ts';

/** Answers whoever has signed, even when a policy denies it: so it does on AWS. */
export const getCallerIdentity: StsOperation = {
  run: ({ caller }) => ({
    result: { Arn: caller.arn, UserId: caller.id, Account: caller.accountId },
    responseElements: null,
  }),
  toRequestParameters: () => null,
};
