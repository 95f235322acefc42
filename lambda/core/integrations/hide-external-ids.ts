import type { SecurityTokenService } from '../ports.ts';

type AssumesRoles = Pick<SecurityTokenService, 'assumeRole'>;

/** STS's words go into rows and logs; where they quote the request, they must not take the ExternalId there. */
export const hideExternalIds = (sts: AssumesRoles): AssumesRoles => ({
  assumeRole: async (request, credentials) => {
    const answer = await sts.assumeRole(request, credentials);
    const { externalId } = request;
    if (answer.state === 'ISSUED' || externalId === undefined || externalId === '') return answer;
    return { ...answer, detail: answer.detail.replaceAll(externalId, '(ExternalId)') };
  },
});
