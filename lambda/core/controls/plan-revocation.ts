import type { Deployment } from '../configuration.ts';
import { NotRevocableError } from '../errors.ts';
import type { Issuance } from '../issuance.ts';
import { chainCaveat, type RevocableSession, toIsoSeconds, toRevocableSession } from './revocable-session.ts';
import type { EndedSessions, RevocationPolicy } from './revocation.ts';
import { maxRolePolicyCharacters, toPolicyLength } from './revocation-document.ts';

export interface PlannedRevocation {
  /** As they are to be applied. */
  readonly policies: readonly Omit<RevocationPolicy, 'state' | 'detail'>[];
  /** What is not ended by them, and why. */
  readonly cannotEnd: readonly string[];
}

interface PlanOptions {
  readonly deployment: Deployment;
  readonly nowMs: number;
  /** Of the revocation. */
  readonly id: string;
}

export const toPolicyName = (id: string) => `daypass-revoked-${id}`;

/** @throws NotRevocableError */
export function planIssuanceRevocation(issuance: Issuance, options: PlanOptions): PlannedRevocation {
  const { holder, ends, expiresAtMs, caveats } = toRevocableSession(issuance, options);
  return {
    policies: [
      { holder, policyName: toPolicyName(options.id), ends: [ends], removableAt: toIso(expiresAtMs) },
    ],
    cannotEnd: caveats,
  };
}

/** Longest that a session of a role lasts. */
const longestRoleSessionMs = 43_200_000;

/** Of all sessions of a role, whoever made them. @throws NotRevocableError */
export function planRoleRevocation(
  { roleArn, beforeMs }: { readonly roleArn: string; readonly beforeMs: number },
  { id, nowMs }: Pick<PlanOptions, 'id' | 'nowMs'>,
): PlannedRevocation {
  if (beforeMs + longestRoleSessionMs <= nowMs)
    throw new NotRevocableError(
      'no session of a role lasts that began before that instant: twelve hours at most',
    );
  return {
    policies: [
      {
        holder: { type: 'role', arn: roleArn },
        policyName: toPolicyName(id),
        ends: [{ issuedBefore: toIsoSeconds(beforeMs) }],
        removableAt: toIso(beforeMs + longestRoleSessionMs),
      },
    ],
    cannotEnd: [
      'it ends every session of the role that began before, also those that were not made by Daypass',
      chainCaveat,
    ],
  };
}

/**
 * Of all that a principal was given. Where Daypass set the source identity, that tells the principal's sessions
 * of a role from others'; where it did not, each is told by its name.
 */
export function planPrincipalRevocation(
  issuances: readonly Issuance[],
  { beforeMs, ...options }: PlanOptions & { readonly beforeMs: number },
): PlannedRevocation {
  const sessions: RevocableSession[] = [];
  const notEnded: string[] = [];
  for (const issuance of issuances) {
    try {
      sessions.push(toRevocableSession(issuance, options));
    } catch (error) {
      if (!(error instanceof NotRevocableError)) throw error;
      if (mayLast(issuance, options.nowMs)) notEnded.push(error.message);
    }
  }
  const policies = [];
  for (const ofHolder of groupByHolder(sessions)) {
    const policy = toPolicy(ofHolder, { ...options, beforeMs });
    if (toPolicyLength(policy.ends) <= maxRolePolicyCharacters) policies.push(policy);
    else notEnded.push(toTooMany(policy.holder.arn, ofHolder.length));
  }
  const caveats = sessions.flatMap((session) => session.caveats);
  return { policies, cannotEnd: [...new Set([...notEnded, ...caveats])] };
}

/** Refused and expired ones need no word. */
const mayLast = ({ state, purpose, expiration }: Issuance, nowMs: number): boolean =>
  (state === 'ISSUED' || state === 'UNKNOWN' || state === 'PENDING') &&
  purpose !== 'authorization-message' &&
  purpose !== 'probe' &&
  (expiration === undefined || Date.parse(expiration) > nowMs);

const toTooMany = (arn: string, count: number) =>
  `${count} sessions of ${arn} that only their names tell apart are more than one policy holds: revoke all of that role before the same instant`;

function groupByHolder(sessions: readonly RevocableSession[]): Iterable<readonly RevocableSession[]> {
  const groups = new Map<string, RevocableSession[]>();
  for (const session of sessions) {
    const { arn } = session.holder;
    groups.set(arn, [...(groups.get(arn) ?? []), session]);
  }
  return groups.values();
}

function toPolicy(
  sessions: readonly RevocableSession[],
  { id, beforeMs }: { readonly id: string; readonly beforeMs: number },
): PlannedRevocation['policies'][number] {
  const [first] = sessions;
  if (first === undefined) throw new TypeError('a group has one session at least');
  const issuedBefore = toIsoSeconds(beforeMs);
  const identities = new Set(sessions.flatMap(({ sourceIdentity }) => sourceIdentity ?? []));
  const others = sessions.filter(({ sourceIdentity }) => sourceIdentity === undefined);
  // A name that is an issuance's alone needs no more to tell its session; others need their time as well.
  const isNamed = ({ ends }: RevocableSession) => ends.issuedBefore === undefined;
  const userIds = others.filter(isNamed).flatMap(({ ends }) => ends.userIds ?? []);
  const ends: EndedSessions[] = [
    ...[...identities].map((sourceIdentity) => ({ sourceIdentity, issuedBefore })),
    ...(userIds.length === 0 ? [] : [{ userIds }]),
    ...others.filter((session) => !isNamed(session)).map(({ ends: one }) => one),
  ];
  const lastMs = Math.max(...sessions.map(({ expiresAtMs }) => expiresAtMs));
  return { holder: first.holder, policyName: toPolicyName(id), ends, removableAt: toIso(lastMs) };
}

const toIso = (ms: number) => new Date(ms).toISOString();
