import type { Deployment } from '../configuration.ts';
import { NotRevocableError } from '../errors.ts';
import { toRolePath } from '../function-roles.ts';
import type { Issuance } from '../issuance.ts';
import { stsLimits } from '../sts-limits.ts';
import {
  chainCaveat,
  type RevocableSession,
  skewMs,
  toChainCaveat,
  toIssuedBefore,
  toLatestBeginMs,
  toRevocableSession,
} from './revocable-session.ts';
import type { EndedSessions, RevocationPolicy } from './revocation.ts';
import { maxPolicyCharacters, toPolicyLength } from './revocation-document.ts';

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
/** Longest that one lasts that is made from another role's. */
const longestChainedSessionMs = stsLimits.chainedDuration.max * 1000;
/** Longest that one lasts that a user's key gives. */
const longestUserSessionMs = stsLimits.longTermKeyDuration.max * 1000;

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
        ends: [{ issuedBefore: toIssuedBefore(beforeMs) }],
        removableAt: toIso(toLatestBeginMs(beforeMs) + longestRoleSessionMs),
      },
    ],
    cannotEnd: [
      'it ends every session of the role that began before, or up to six seconds later, also those that were not made by Daypass; whose call was still under way may begin later yet: repeat it after a minute',
      chainCaveat,
    ],
  };
}

/** What a list that was too long to read through may have held, told without one. */
export interface Unlisted {
  readonly sourceIdentity: string;
  readonly roleArns: readonly string[];
  readonly userArns: readonly string[];
}

/**
 * Of all that a principal was given. Where Daypass set the source identity, that tells the principal's sessions
 * of a role from others'; where it did not, each is told by its name. Names tell as well what may begin after the
 * instant: the row was there before.
 */
export function planPrincipalRevocation(
  issuances: readonly Issuance[],
  {
    beforeMs,
    unlisted,
    ...options
  }: PlanOptions & { readonly beforeMs: number; readonly unlisted?: Unlisted },
): PlannedRevocation {
  const sessions: ListedSession[] = unlisted === undefined ? [] : toUnlistedSessions(unlisted, beforeMs);
  const notEnded: string[] = [];
  for (const issuance of issuances) {
    try {
      const session = toRevocableSession(issuance, options);
      sessions.push({ ...session, isLate: isLate(issuance, beforeMs), isWhole: false });
    } catch (error) {
      if (!(error instanceof NotRevocableError)) throw error;
      if (mayLast(issuance, options.nowMs)) notEnded.push(error.message);
    }
  }
  const policies = [];
  for (const ofHolder of groupByHolder(sessions)) {
    const { policy, caveats } = toPolicy(ofHolder, { ...options, beforeMs });
    if (policy !== undefined) policies.push(policy);
    notEnded.push(...caveats);
  }
  const caveats = sessions.flatMap((session) => session.caveats);
  return { policies, cannotEnd: [...new Set([...notEnded, ...caveats])] };
}

/** `isLate`: it may begin after the instant. `isWhole`: it stands for all sessions of its user. */
interface ListedSession extends RevocableSession {
  readonly isLate: boolean;
  readonly isWhole: boolean;
}

const isLate = ({ state, finishedAt }: Issuance, beforeMs: number): boolean =>
  state === 'PENDING' || finishedAt === undefined || Date.parse(finishedAt) >= beforeMs - skewMs;

function toUnlistedSessions({ sourceIdentity, roleArns, userArns }: Unlisted, beforeMs: number) {
  const common = { ends: {}, isLate: false, expiresAtMs: toLatestBeginMs(beforeMs) + longestRoleSessionMs };
  return [
    ...roleArns.map((arn): ListedSession => {
      const caveats = [toChainCaveat(sourceIdentity)];
      return { ...common, holder: { type: 'role', arn }, sourceIdentity, isWhole: false, caveats };
    }),
    ...userArns.map((arn): ListedSession => {
      const expiresAtMs = beforeMs + longestUserSessionMs;
      return { ...common, holder: { type: 'user', arn }, expiresAtMs, isWhole: true, caveats: [] };
    }),
  ];
}

/** Refused and expired ones need no word. */
const mayLast = ({ state, purpose, expiration }: Issuance, nowMs: number): boolean =>
  (state === 'ISSUED' || state === 'UNKNOWN' || state === 'PENDING') &&
  purpose !== 'authorization-message' &&
  purpose !== 'probe' &&
  (expiration === undefined || Date.parse(expiration) > nowMs);

const toTooMany = (arn: string, count: number) =>
  `${count} sessions of ${arn} that only their names tell apart are more than one policy holds: revoke all of that role before the same instant`;

const toWhole = (arn: string) =>
  `the policy ends every temporary session of the user ${arn} that began before, other people's as well: more names than one policy of a user holds`;

const toLate = (arn: string, count: number) =>
  `${count} sessions of the user ${arn} may have begun at that instant or after it, and are more names than one policy of a user holds: they go on; repeat it with a later instant, after a minute`;

function groupByHolder(sessions: readonly ListedSession[]): Iterable<readonly ListedSession[]> {
  const groups = new Map<string, ListedSession[]>();
  for (const session of sessions) {
    const { arn } = session.holder;
    groups.set(arn, [...(groups.get(arn) ?? []), session]);
  }
  return groups.values();
}

/** The first of these that IAM takes: each session, what needs no list with what is late, what needs no list. */
function toPolicy(
  sessions: readonly ListedSession[],
  { deployment, id, beforeMs }: PlanOptions & { readonly beforeMs: number },
): { readonly policy?: PlannedRevocation['policies'][number]; readonly caveats: readonly string[] } {
  const [first] = sessions;
  if (first === undefined) throw new TypeError('a group has one session at least');
  const { holder } = first;
  const issuedBefore = toIssuedBefore(beforeMs);
  const identities = new Set(sessions.flatMap(({ sourceIdentity }) => sourceIdentity ?? []));
  const byIdentity = [...identities].map((sourceIdentity) => ({ sourceIdentity, issuedBefore }));
  const named = toNamed(
    sessions.filter(({ sourceIdentity, isLate }) => isLate || sourceIdentity === undefined),
  );
  const unnamed = [
    ...(holder.type === 'user' ? [{ ...toAllOf(holder.arn, deployment), issuedBefore }] : byIdentity),
  ];
  const isWhole = sessions.some((session) => session.isWhole);
  const late = sessions.filter((session) => session.isLate);
  const tries = [...(isWhole ? [] : [[...byIdentity, ...named]]), [...unnamed, ...toNamed(late)], unnamed];
  const ends = tries.find((one) => one.length > 0 && toPolicyLength(one) <= maxPolicyCharacters[holder.type]);
  if (ends === undefined) return { caveats: [toTooMany(holder.arn, sessions.length)] };
  const lastMs = Math.max(
    ...sessions.map(({ expiresAtMs }) => expiresAtMs),
    ...(holder.type === 'user' && ends !== tries[0] ? [beforeMs + longestUserSessionMs] : []),
    // Whoever had one made more of it, of which no row tells: they end as well, and would go on without the policy.
    ...(byIdentity.length === 0 ? [] : [toLatestBeginMs(beforeMs) + longestChainedSessionMs]),
  );
  const policy = { holder, policyName: toPolicyName(id), ends, removableAt: toIso(lastMs) };
  if (holder.type === 'user' && (isWhole || ends !== tries[0]))
    return {
      policy,
      caveats: [
        toWhole(holder.arn),
        ...(ends === unnamed && late.length > 0 ? [toLate(holder.arn, late.length)] : []),
      ],
    };
  return { policy, caveats: ends === tries[0] ? [] : [toTooMany(holder.arn, toCount(sessions))] };
}

const toCount = (sessions: readonly ListedSession[]): number =>
  sessions.filter(({ sourceIdentity, isLate }) => isLate || sourceIdentity === undefined).length;

/** A name that is an issuance's alone needs no more to tell its session; others need their time as well. */
function toNamed(sessions: readonly ListedSession[]): readonly EndedSessions[] {
  const told = sessions.filter(({ isWhole }) => !isWhole);
  const isNamed = ({ ends }: RevocableSession) => ends.issuedBefore === undefined;
  const userIds = told.filter(isNamed).flatMap(({ ends }) => ends.userIds ?? []);
  return [
    ...(userIds.length === 0 ? [] : [{ userIds: [...new Set(userIds)] }]),
    ...told.filter((session) => !isNamed(session)).map(({ ends }) => ends),
  ];
}

/** The federator's sessions have names; other users' have none, and a long-term key has no time of issue. */
function toAllOf(arn: string, deployment: Deployment): EndedSessions {
  const { partition, accountId } = deployment;
  const federators = `arn:${partition}:iam::${accountId}:user${toRolePath(deployment)}daypass-`;
  return arn.startsWith(federators) ? { userIds: [`${accountId}:*`] } : {};
}

const toIso = (ms: number) => new Date(ms).toISOString();
