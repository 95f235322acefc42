import {
  type AskedOfManaging,
  createAuditDenials,
  createRecordDenial,
  type DenialPorts,
} from '../audit-denials.ts';
import type { Admission } from '../controls/admission.ts';
import { ProofReplayedError } from '../errors.ts';
import type { IssuePorts } from '../issue.ts';
import type { Caller } from './integration-authority.ts';
import { isIntegrationName } from './integration-schema.ts';
import type { ManageIntegrations, ManageIntegrationsPorts } from './manage-integrations.ts';

/** As `ManageIntegrations`, for callers that come from outside. */
export interface AuditedManaging extends Omit<ManageIntegrations, 'requireManager' | 'recordVerification'> {
  /**
   * Before something is done that nobody else may ask for and that calls STS: it counts as an attempt, and a proof that
   * may have one effect has it in this.
   */
  requireManager(caller: Caller, name: string): Promise<{ readonly statement: string }>;
}

/** What cannot name an integration is whatever a caller likes. */
const toAsked = (name: string | undefined): AskedOfManaging => ({
  ...(name !== undefined && isIntegrationName(name) ? { integration: name } : {}),
  purpose: 'integration',
});

/** A proof that may have one effect changes one thing; reading may be repeated. @throws ProofReplayedError */
export function createConsumeProof(
  ports: DenialPorts & Pick<IssuePorts, 'proofs'> & { readonly admission: Pick<Admission, 'count'> },
): ManageIntegrationsPorts['consumeProof'] {
  const recordDenial = createRecordDenial(ports);
  return async (caller, name) => {
    const { proofId, expiresAt } = caller.principal;
    if (proofId === undefined) return;
    if (await ports.proofs.consume({ id: proofId, expiresAtSeconds: expiresAt })) return;
    await ports.admission.count(caller.principal);
    const issuanceId = await recordDenial(caller, toAsked(name), 'the proof had its one effect before');
    throw new ProofReplayedError(
      'the jti of this token has been used; sign a new token with a jti of its own for each change',
      { extensions: { issuanceId } },
    );
  };
}

/** Keeps a rule of the API: every 403 leaves a row, and who is suspended is told so. */
export function createAuditedManaging(
  manage: ManageIntegrations,
  ports: DenialPorts &
    Pick<IssuePorts, 'proofs'> & { readonly admission: Pick<Admission, 'count' | 'findOwn'> },
): AuditedManaging {
  const consumeProof = createConsumeProof(ports);
  const auditDenials = createAuditDenials(ports);

  const audited = <Value>(
    caller: Caller,
    name: string | undefined,
    act: () => Value | Promise<Value>,
  ): Promise<Value> => auditDenials(caller, toAsked(name), act);

  const named =
    <Rest, Value>(act: (caller: Caller, name: string, rest: Rest) => Promise<Value>) =>
    (caller: Caller, name: string, rest: Rest): Promise<Value> =>
      audited(caller, name, () => act(caller, name, rest));

  return {
    requireManager: (caller, name) =>
      audited(caller, name, async () => {
        const authority = manage.requireManager(caller);
        await ports.admission.count(caller.principal);
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
