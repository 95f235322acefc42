import type { Audited } from '../audit-denials.ts';
import type { Configuration } from '../configuration.ts';
import {
  InvalidRequestError,
  IssuanceNotFoundError,
  NotRevocableError,
  VersionConflictError,
} from '../errors.ts';
import type { Caller } from '../integrations/integration-authority.ts';
import { type Issuance, isIssuanceId } from '../issuance.ts';
import type { IssuanceQuery, IssuanceReader } from '../ports.ts';
import { toSourceIdentity } from '../source-identity.ts';
import { stsLimits } from '../sts-limits.ts';
import { createApplyRevocation } from './apply-revocation.ts';
import { createControlled } from './control-authority.ts';
import type { Listed, ListPage, RevocationStore } from './control-ports.ts';
import {
  type PlannedRevocation,
  planIssuanceRevocation,
  planPrincipalRevocation,
  planRoleRevocation,
} from './plan-revocation.ts';
import type { Revocation, RevocationScope } from './revocation.ts';
import type { Revoker } from './revoker.ts';
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
      ...rest
    }: { readonly caller: Caller } & Pick<Revocation, 'id' | 'version' | 'scope' | 'reason'>,
  ): Promise<AnsweredRevocation> => {
    const nowMs = now();
    const revocation = await apply({
      ...rest,
      by: toActor(caller.principal),
      at: new Date(nowMs).toISOString(),
      gatewayRequestId: caller.origin.gatewayRequestId,
      policies,
      expiresAtSeconds: Math.floor(nowMs / 1000) + configuration.audit.retentionDays * secondsPerDay,
    });
    if (revocation === undefined)
      throw new VersionConflictError(
        'somebody else revokes the same at the same time; read the revocations, and repeat what is still wanted',
      );
    return { revocation, cannotEnd };
  };

  return {
    revokeIssuance: (caller, issuanceId, reason) =>
      controlled(caller, reason, async () => {
        const issuance = isIssuanceId(issuanceId) ? await issuances.find(issuanceId) : undefined;
        if (issuance === undefined)
          throw new IssuanceNotFoundError(
            'no issuance with this id; an id is 26 characters, as the answer or the session name shows it',
          );
        const planned = planIssuanceRevocation(issuance, { deployment, nowMs: now(), id: issuanceId });
        const before = await store.find(issuanceId);
        const version = (before?.version ?? 0) + 1;
        const scope = { kind: 'issuance', issuanceId } as const;
        return carryOut(planned, { caller, id: issuanceId, version, scope, reason });
      }),

    revokeAll: (caller, scope, reason) =>
      controlled(caller, reason, async () => {
        const nowMs = now();
        const beforeMs = Date.parse(scope.before);
        if (beforeMs > nowMs + skewMs)
          throw new InvalidRequestError('before; allowed: an instant that is not in the future');
        const id = newId(nowMs);
        const planned =
          scope.kind === 'role'
            ? planRoleRevocation({ roleArn: scope.roleArn, beforeMs }, { id, nowMs })
            : planPrincipalRevocation(await findLasting(issuances, { ...scope, beforeMs, nowMs }), {
                ...{ deployment, nowMs, id, beforeMs },
              });
        if (planned.policies.length === 0)
          throw new NotRevocableError(
            [
              'no session of this principal before that instant lasts that a policy could end',
              ...planned.cannotEnd,
            ].join('; '),
          );
        return carryOut(planned, { caller, id, version: 1, scope, reason });
      }),

    list: (caller, page) => controlled(caller, undefined, () => store.list(page)),
  };
}

const secondsPerDay = 86_400;

/** Clocks of callers may be a little ahead. */
const skewMs = 60_000;

/** Longest that anything lasts that STS gives. */
const longestSessionMs = stsLimits.longTermKeyDuration.max * 1000;

const pageSize = 100;
/** As many pages as a request has time for: 2000 issuances in 36 hours. */
const maxPages = 20;

/** The principal's issuances whose sessions may still last. @throws NotRevocableError for too many to look at */
async function findLasting(
  issuances: Pick<IssuanceReader, 'page'>,
  {
    beforeMs,
    nowMs,
    ...principal
  }: {
    readonly issuer: string;
    readonly subject: string;
    readonly beforeMs: number;
    readonly nowMs: number;
  },
): Promise<readonly Issuance[]> {
  const query = {
    principalId: toSourceIdentity(principal),
    fromMs: nowMs - longestSessionMs - skewMs,
    toMs: beforeMs,
    limit: pageSize,
  };
  if (query.fromMs >= query.toMs) return [];
  // Another index has those. They are read first: one that finishes meanwhile is then found by the other.
  const pending = await findAll(issuances, { ...query, state: 'PENDING' });
  const finished = await findAll(issuances, { ...query, states: ['ISSUED', 'UNKNOWN'] });
  return [...pending, ...finished];
}

async function findAll(
  issuances: Pick<IssuanceReader, 'page'>,
  query: IssuanceQuery,
): Promise<readonly Issuance[]> {
  const found: Issuance[] = [];
  let before: string | undefined;
  for (let page = 1; page <= maxPages; page += 1) {
    const { issuances: some, next } = await issuances.page({
      ...query,
      ...(before === undefined ? {} : { before }),
    });
    found.push(...some);
    if (next === undefined) return found;
    before = next;
  }
  throw new NotRevocableError(
    `the principal has more issuances than this looks through (${pageSize * maxPages}); revoke all of each role before the same instant`,
  );
}
