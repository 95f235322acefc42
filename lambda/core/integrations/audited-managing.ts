import { AccessDeniedError, ProofReplayedError } from '../errors.ts';
import { type IssuePorts, toAttempt } from '../issue.ts';
import { type Caller, isIntegrationItself } from './integration-authority.ts';
import { isIntegrationName } from './integration-schema.ts';
import { requireVersion } from './integration-versions.ts';
import type { Change, ManageIntegrations } from './manage-integrations.ts';

/** As `ManageIntegrations`, for callers that come from outside. */
export interface AuditedManaging extends Omit<ManageIntegrations, 'requireManager' | 'recordVerification'> {
  /** Before something is done that nobody else may ask for; a proof that may have one effect has it in this. */
  requireManager(caller: Caller, name: string): Promise<{ readonly statement: string }>;
}

/**
 * Keeps two rules of the API: every 403 leaves a row, and a proof that may have one effect changes one thing. It is
 * consumed by what changes something, once the caller may and says for which version: reading may be repeated.
 */
export function createAuditedManaging(manage: ManageIntegrations, ports: IssuePorts): AuditedManaging {
  const recordDenial = async (caller: Caller, name: string | undefined, detail: string): Promise<string> => {
    // What cannot name an integration is whatever a caller likes.
    const integration = name !== undefined && isIntegrationName(name) ? { integration: name } : {};
    const asked = { ...integration, purpose: 'integration' } as const;
    const attempt = toAttempt({ ...caller, asked }, { nowMs: ports.now(), ports });
    await ports.issuances.recordDenial({ ...attempt, detail });
    return attempt.id;
  };

  const audited = async <Value>(
    caller: Caller,
    name: string | undefined,
    act: () => Value | Promise<Value>,
  ): Promise<Value> => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof AccessDeniedError)) throw error;
      const { message, detail = '', extensions } = error;
      const issuanceId = await recordDenial(caller, name, detail);
      throw new AccessDeniedError(message, { detail, extensions: { issuanceId, ...extensions } });
    }
  };

  const consumeProof = async (caller: Caller, name: string | undefined): Promise<void> => {
    const { proofId, expiresAt } = caller.principal;
    if (proofId === undefined) return;
    if (await ports.proofs.consume({ id: proofId, expiresAtSeconds: expiresAt })) return;
    const issuanceId = await recordDenial(caller, name, 'the proof had its one effect before');
    throw new ProofReplayedError(
      'the jti of this token has been used; sign a new token with a jti of its own for each change',
      { extensions: { issuanceId } },
    );
  };

  /** Authority first, so that a proof is not lost to a request that changes nothing. */
  const changing =
    <Rest extends Change, Value>(
      act: (caller: Caller, name: string, change: Rest) => Promise<Value>,
      requireAuthority: (caller: Caller, name: string) => unknown = manage.requireManager,
    ) =>
    (caller: Caller, name: string, change: Rest): Promise<Value> =>
      audited(caller, name, async () => {
        requireAuthority(caller, name);
        requireVersion(change.ifMatch);
        await consumeProof(caller, name);
        return act(caller, name, change);
      });

  return {
    requireManager: (caller, name) =>
      audited(caller, name, async () => {
        const authority = manage.requireManager(caller);
        await consumeProof(caller, name);
        return authority;
      }),
    create: (caller, body) =>
      audited(caller, undefined, async () => {
        manage.requireManager(caller);
        await consumeProof(caller, undefined);
        return manage.create(caller, body);
      }),
    find: (caller, name) => audited(caller, name, () => manage.find(caller, name)),
    findOwn: (caller) => audited(caller, caller.principal.issuer, () => manage.findOwn(caller)),
    list: (caller, page) => audited(caller, undefined, () => manage.list(caller, page)),
    history: (caller, name, page) => audited(caller, name, () => manage.history(caller, name, page)),
    update: changing(manage.update),
    suspend: changing(manage.suspend),
    resume: changing(manage.resume),
    delete: changing(manage.delete),
    rotateExternalId: changing(manage.rotateExternalId),
    retireExternalId: changing(manage.retireExternalId),
    rotateKeys: changing(manage.rotateKeys, (caller, name) => {
      if (!isIntegrationItself(caller.principal, name, ports.configuration)) manage.requireManager(caller);
    }),
  };
}
