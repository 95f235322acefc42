import type { Issued } from './issue.ts';
import type { Logger } from './logger.ts';
import type { GivenSession } from './ports.ts';

/** Percent of STS's space for policies and tags from which its owner should know: above 100 nothing is issued. */
export const packedSizeWarnedFrom = 80;

/** The use case, with a line in the log for each session whose policies and tags nearly fill STS's space. */
export function warnOfPackedSize<Request extends readonly unknown[], Given extends Issued<GivenSession>>(
  issueCredentials: (...request: Request) => Promise<Given>,
  logger: Pick<Logger, 'warn'>,
): (...request: Request) => Promise<Given> {
  return async (...request) => {
    const issued = await issueCredentials(...request);
    const { packedPolicySize = 0 } = issued.answer;
    if (packedPolicySize >= packedSizeWarnedFrom) {
      const { id, profile, integration } = issued.intent;
      const named = integration === undefined ? { profile } : { integration };
      logger.warn('packed policy size', { issuanceId: id, ...named, packedPolicySize });
    }
    return issued;
  };
}
