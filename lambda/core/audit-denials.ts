import type { Admission } from './controls/admission.ts';
import { toSuspendedError, toSuspensionDetail } from './controls/suspension-denial.ts';
import { AccessDeniedError } from './errors.ts';
import type { Caller } from './integrations/integration-authority.ts';
import type { Attempt } from './issuance.ts';
import { type IssuePorts, toAttempt } from './issue.ts';
import { isSuspended, suspendedDetail, toSuspendedCallerError } from './suspended-caller.ts';

/** What the row of a refusal says was asked for. */
export type AskedOfManaging = Pick<Attempt, 'integration' | 'purpose' | 'reason'>;

export type DenialPorts = Omit<IssuePorts, 'admission' | 'proofs'>;

/** Writes the row of a 403. @returns its id */
export type RecordDenial = (caller: Caller, asked: AskedOfManaging, detail: string) => Promise<string>;

export const createRecordDenial =
  (ports: DenialPorts): RecordDenial =>
  async (caller, asked, detail) => {
    const attempt = toAttempt({ ...caller, asked }, { nowMs: ports.now(), ports });
    await ports.issuances.recordDenial({ ...attempt, detail });
    return attempt.id;
  };

export type Audited = <Value>(
  caller: Caller,
  asked: AskedOfManaging,
  act: () => Value | Promise<Value>,
) => Promise<Value>;

/**
 * Keeps rules of the API for what is managed: who is suspended manages nothing, every 403 leaves a row, those refused
 * have a quota, and whoever is suspended is told so.
 */
export function createAuditDenials(
  ports: DenialPorts & { readonly admission: Pick<Admission, 'count' | 'findOwn'> },
): Audited {
  const { admission, configuration } = ports;
  const recordDenial = createRecordDenial(ports);

  /** Before the row, as wherever one is written. */
  const record: RecordDenial = async (caller, asked, detail) => {
    await admission.count(caller.principal);
    return recordDenial(caller, asked, detail);
  };

  return async (caller, asked, act) => {
    const suspended = await admission.findOwn(caller.principal);
    if (suspended.length > 0) {
      const detail = toSuspensionDetail(suspended);
      const issuanceId = await record(caller, asked, detail);
      const { owner } = configuration;
      throw (
        toSuspendedError(suspended, issuanceId, configuration) ??
        new AccessDeniedError(`you may not do this; ${owner} can say more about this issuance`, {
          detail,
          extensions: { issuanceId, owner },
        })
      );
    }
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof AccessDeniedError)) throw error;
      const { message, extensions } = error;
      const detail = isSuspended(caller.principal) ? suspendedDetail : (error.detail ?? '');
      const issuanceId = await record(caller, asked, detail);
      const known = toSuspendedCallerError(caller.principal, issuanceId);
      if (known !== undefined) throw known;
      throw new AccessDeniedError(message, { detail, extensions: { issuanceId, ...extensions } });
    }
  };
}
