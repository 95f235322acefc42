import { IntegrationSuspendedError } from './errors.ts';
import type { Principal } from './principal.ts';

/** Whether the caller is a third party whose integration is suspended: its key opens nothing anywhere then. */
export const isSuspended = ({ integration }: Principal): boolean => integration?.suspension !== undefined;

/** For the audit record of what it asked for. */
export const suspendedDetail = 'the integration of this third party is suspended, and its keys with it';

/**
 * What it reads, whatever it asked for: why, and where more is told. `undefined` for everybody else.
 *
 * @param issuanceId of the row that was written; none where none was
 */
export function toSuspendedCallerError(
  { issuer, integration }: Principal,
  issuanceId?: string,
): IntegrationSuspendedError | undefined {
  if (integration?.suspension === undefined) return undefined;
  const { reason } = integration.suspension;
  return new IntegrationSuspendedError(
    `integration ${issuer} is suspended, and its keys open nothing until it is resumed: ${reason}; GET /v1/integrations/self says whom to ask`,
    {
      detail: suspendedDetail,
      extensions: { ...(issuanceId === undefined ? {} : { issuanceId }), suspension: { reason } },
    },
  );
}
