import { AccessDeniedError, ProofReplayedError } from '../errors.ts';
import { type IssuePorts, toAttempt } from '../issue.ts';
import { isSuspended, suspendedDetail, toSuspendedCallerError } from '../suspended-caller.ts';
import type { Caller } from './integration-authority.ts';
import { isIntegrationName } from './integration-schema.ts';
import type { ManageIntegrations, ManageIntegrationsPorts } from './manage-integrations.ts';

/** As `ManageIntegrations`, for callers that come from outside. */
export interface AuditedManaging extends Omit<ManageIntegrations, 'requireManager' | 'recordVerification'> {
  /** Before something is done that nobody else may ask for; a proof that may have one effect has it in this. */
  requireManager(caller: Caller, name: string): Promise<{ readonly statement: string }>;
}

type RecordDenial = (caller: Caller, name: string | undefined, detail: string) => Promise<string>;

/** Writes the row of a 403. @returns its id */
const createRecordDenial =
  (ports: IssuePorts): RecordDenial =>
  async (caller, name, detail) => {
    // What cannot name an integration is whatever a caller likes.
    const integration = name !== undefined && isIntegrationName(name) ? { integration: name } : {};
    const asked = { ...integration, purpose: 'integration' } as const;
    const attempt = toAttempt({ ...caller, asked }, { nowMs: ports.now(), ports });
    await ports.issuances.recordDenial({ ...attempt, detail });
    return attempt.id;
  };

/** A proof that may have one effect changes one thing; reading may be repeated. @throws ProofReplayedError */
export function createConsumeProof(ports: IssuePorts): ManageIntegrationsPorts['consumeProof'] {
  const recordDenial = createRecordDenial(ports);
  return async (caller, name) => {
    const { proofId, expiresAt } = caller.principal;
    if (proofId === undefined) return;
    if (await ports.proofs.consume({ id: proofId, expiresAtSeconds: expiresAt })) return;
    const issuanceId = await recordDenial(caller, name, 'the proof had its one effect before');
    throw new ProofReplayedError(
      'the jti of this token has been used; sign a new token with a jti of its own for each change',
      { extensions: { issuanceId } },
    );
  };
}

/** Keeps a rule of the API: every 403 leaves a row, and a third party that is suspended is told so. */
export function createAuditedManaging(manage: ManageIntegrations, ports: IssuePorts): AuditedManaging {
  const recordDenial = createRecordDenial(ports);
  const consumeProof = createConsumeProof(ports);

  const audited = async <Value>(
    caller: Caller,
    name: string | undefined,
    act: () => Value | Promise<Value>,
  ): Promise<Value> => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof AccessDeniedError)) throw error;
      const { message, extensions } = error;
      const detail = isSuspended(caller.principal) ? suspendedDetail : (error.detail ?? '');
      const issuanceId = await recordDenial(caller, name, detail);
      const suspended = toSuspendedCallerError(caller.principal, issuanceId);
      if (suspended !== undefined) throw suspended;
      throw new AccessDeniedError(message, { detail, extensions: { issuanceId, ...extensions } });
    }
  };

  const named =
    <Rest, Value>(act: (caller: Caller, name: string, rest: Rest) => Promise<Value>) =>
    (caller: Caller, name: string, rest: Rest): Promise<Value> =>
      audited(caller, name, () => act(caller, name, rest));

  return {
    requireManager: (caller, name) =>
      audited(caller, name, async () => {
        const authority = manage.requireManager(caller);
        await consumeProof(caller, name);
        return authority;
      }),
    create: (caller, body) => audited(caller, undefined, () => manage.create(caller, body)),
    find: (caller, name) => audited(caller, name, () => manage.find(caller, name)),
    findOwn: (caller) => audited(caller, caller.principal.issuer, () => manage.findOwn(caller)),
    list: (caller, page) => audited(caller, undefined, () => manage.list(caller, page)),
    history: named(manage.history),
    update: named(manage.update),
    suspend: named(manage.suspend),
    resume: named(manage.resume),
    delete: named(manage.delete),
    rotateExternalId: named(manage.rotateExternalId),
    retireExternalId: named(manage.retireExternalId),
    rotateKeys: named(manage.rotateKeys),
  };
}
