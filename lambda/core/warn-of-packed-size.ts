import type { IssueCredentials } from './issue-credentials.ts';
import type { Logger } from './logger.ts';

/** Percent of STS's space for policies and tags from which its owner should know: above 100 nothing is issued. */
export const packedSizeWarnedFrom = 80;

/** The use case, with a line in the log for each session whose policies and tags nearly fill STS's space. */
export function warnOfPackedSize(
  issueCredentials: IssueCredentials,
  logger: Pick<Logger, 'warn'>,
): IssueCredentials {
  return async (...request) => {
    const issued = await issueCredentials(...request);
    const { packedPolicySize = 0 } = issued.answer;
    if (packedPolicySize >= packedSizeWarnedFrom) {
      const { id, profile } = issued.intent;
      logger.warn('packed policy size', { issuanceId: id, profile, packedPolicySize });
    }
    return issued;
  };
}
