import type { Audited } from '../audit-denials.ts';
import { type Configuration, usesFederator } from '../configuration.ts';
import {
  InvalidRequestError,
  IssuanceNotFoundError,
  NotRevocableError,
  VersionConflictError,
} from '../errors.ts';
import { toFederatorUserArn } from '../federator-user-arn.ts';
import type { Caller } from '../integrations/integration-authority.ts';
import { isIssuanceId } from '../issuance.ts';
import type { IssuanceReader } from '../ports.ts';
import { toSourceIdentity } from '../source-identity.ts';
import { createApplyRevocation } from './apply-revocation.ts';
import { createControlled } from './control-authority.ts';
import type { Listed, ListPage, RevocationStore } from './control-ports.ts';
import { callerSkewMs, findLasting } from './find-lasting.ts';
import {
  type PlannedRevocation,
  planIssuanceRevocation,
  planPrincipalRevocation,
  planRoleRevocation,
  type Unlisted,
} from './plan-revocation.ts';
import { toRecordedPrincipals } from './require-known-target.ts';
import type { Revocation, RevocationScope } from './revocation.ts';
import type { Revoker } from './revoker.ts';
import { maxHistory } from './suspension.ts';
import { toActor } from './to-actor.ts';

/** A revocation as it was recorded, and what it does not end. */
export interface AnsweredRevocation {
  readonly revocation: Revocation;
  readonly cannotEnd: readonly string[];
}

/** What the configuration's `controls` section lets people do about sessions. Everybody else: AccessDeniedError, with a row. */
export interface ManageRevocations {
  /** Of one issuance, and nothing else. @throws IssuanceNotFoundError, NotRevocableError, VersionConflictError */
  revokeIssuance(caller: Caller, issuanceId: string, reason: string): Promise<AnsweredRevocation>;
  /** Of a principal or a role, all before an instant that is not in the future. @throws NotRevocableError */
  revokeAll(
    caller: Caller,
    scope: Exclude<RevocationScope, { readonly kind: 'issuance' }>,
    reason: string,
  ): Promise<AnsweredRevocation>;
  list(caller: Caller, page: ListPage): Promise<Listed<Revocation>>;
}

export interface ManageRevocationsPorts {
  readonly configuration: Configuration;
  readonly issuances: IssuanceReader;
  readonly store: RevocationStore;
  /** Absent: policies are printed. */
  readonly revoker?: Revoker;
  readonly audited: Audited;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new ULID for this instant. */
  readonly newId: (nowMs: number) => string;
}

export function createManageRevocations(ports: ManageRevocationsPorts): ManageRevocations {
  const { configuration, issuances, store, now, newId } = ports;
  const { deployment } = configuration;
  const apply = createApplyRevocation({ ...ports, deployment });

  const controlled = createControlled(ports);

  const carryOut = async (
    { policies, cannotEnd }: PlannedRevocation,
    {
      caller,
      startedMs,
      before,
      ...rest
    }: { readonly caller: Caller; readonly startedMs: number; readonly before?: Revocation } & Pick<
      Revocation,
      'id' | 'scope' | 'reason'
    >,
  ): Promise<AnsweredRevocation> => {
    const nowMs = now();
    const planned = {
      ...rest,
      version: (before?.version ?? 0) + 1,
      history: toHistory(before),
      by: toActor(caller.principal),
      at: new Date(nowMs).toISOString(),
      gatewayRequestId: caller.origin.gatewayRequestId,
      policies,
      expiresAtSeconds: Math.floor(nowMs / 1000) + configuration.audit.retentionDays * secondsPerDay,
    };
    const revocation = await apply(planned, { startedMs, before: before?.policies });
    if (revocation === undefined)
      throw new VersionConflictError(
        'somebody else revokes the same at the same time; read the revocations, and repeat what is still wanted',
      );
    return { revocation, cannotEnd };
  };

  const planOfPrincipal = async (
    scope: { readonly issuer: string; readonly subject: string },
    { id, nowMs, beforeMs }: { readonly id: string; readonly nowMs: number; readonly beforeMs: number },
  ): Promise<PlannedRevocation> => {
    const { issuer, subject } = scope;
    const lasting = await findLasting(issuances, { issuer, subject, beforeMs, nowMs });
    const options = { deployment, nowMs, id, beforeMs };
    if (lasting.isComplete) return planPrincipalRevocation(lasting.issuances, options);
    const unlisted = toUnlisted(configuration, scope);
    const planned = planPrincipalRevocation(lasting.issuances, { ...options, unlisted });
    return { ...planned, cannotEnd: [toIncomplete(unlisted), ...planned.cannotEnd] };
  };

  /** Of the first of its names by which there is anything. */
  const planOfFirst = async (
    asked: Extract<RevocationScope, { readonly kind: 'principal' }>,
    times: Parameters<typeof planOfPrincipal>[1],
  ) => {
    const [first, ...others] = toRecordedPrincipals(asked, configuration);
    let scope = { ...asked, ...first };
    let planned = await planOfPrincipal(scope, times);
    for (const other of others) {
      if (planned.policies.length + planned.cannotEnd.length > 0) break;
      scope = { ...asked, ...other };
      planned = await planOfPrincipal(scope, times);
    }
    return { scope, planned };
  };

  return {
    revokeIssuance: (caller, issuanceId, reason) => {
      const startedMs = now();
      return controlled(caller, reason, async () => {
        const issuance = isIssuanceId(issuanceId) ? await issuances.find(issuanceId) : undefined;
        if (issuance === undefined)
          throw new IssuanceNotFoundError(
            'no issuance with this id; an id is 26 characters, as the answer or the session name shows it',
          );
        const planned = planIssuanceRevocation(issuance, { deployment, nowMs: now(), id: issuanceId });
        const before = await store.find(issuanceId);
        const scope = { kind: 'issuance', issuanceId } as const;
        return carryOut(planned, {
          ...{ caller, startedMs, id: issuanceId, scope, reason },
          ...(before === undefined ? {} : { before }),
        });
      });
    },

    revokeAll: (caller, asked, reason) => {
      const startedMs = now();
      return controlled(caller, reason, async () => {
        const nowMs = now();
        const beforeMs = Date.parse(asked.before);
        if (beforeMs > nowMs + callerSkewMs)
          throw new InvalidRequestError('before; allowed: an instant that is not in the future');
        const id = newId(nowMs);
        const { scope, planned } =
          asked.kind === 'role'
            ? {
                scope: asked,
                planned: planRoleRevocation({ roleArn: asked.roleArn, beforeMs }, { id, nowMs }),
              }
            : await planOfFirst(asked, { id, nowMs, beforeMs });
        if (planned.policies.length === 0)
          throw new NotRevocableError(
            [
              'no session of this principal before that instant lasts that a policy could end',
              ...planned.cannotEnd,
            ].join('; '),
          );
        return carryOut(planned, { caller, startedMs, id, scope, reason });
      });
    },

    list: (caller, page) => controlled(caller, undefined, () => store.list(page)),
  };
}

function toHistory(before: Revocation | undefined): Revocation['history'] {
  if (before === undefined) return [];
  const { version, reason, by, at, gatewayRequestId, history } = before;
  return [{ version, reason, by, at, gatewayRequestId }, ...history].slice(0, maxHistory);
}

const secondsPerDay = 86_400;

/** Where the list is not complete: all that the configuration lets Daypass give anybody. */
function toUnlisted(
  configuration: Configuration,
  principal: { readonly issuer: string; readonly subject: string },
): Unlisted {
  const { deployment, profiles } = configuration;
  const roleArns = [...profiles.values()].flatMap((profile) =>
    (profile.mechanism === 'assume-role' || profile.mechanism === 'web-identity') && profile.setSourceIdentity
      ? [profile.roleArn]
      : [],
  );
  const userArns = usesFederator(configuration)
    ? (deployment.regions ?? [deployment.region]).map((region) =>
        toFederatorUserArn({ ...deployment, region }),
      )
    : [];
  return {
    sourceIdentity: toSourceIdentity(principal),
    roleArns: [...new Set(roleArns)],
    userArns,
  };
}

const toIncomplete = ({ roleArns, userArns }: Unlisted) =>
  `the principal has more issuances than this looks through: beside the newest, its sessions with a source identity end, of these roles of the configuration: ${roleArns.join(', ') || 'none'}, and all older sessions of these users: ${userArns.join(', ') || 'none'}; older ones that only their names tell apart go on: revoke all of each role before the same instant`;
