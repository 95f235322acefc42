import type { Deployment } from '../configuration.ts';
import { NotRevocableError } from '../errors.ts';
import { toFederatorUserArn } from '../federator-user-arn.ts';
import type { Issuance } from '../issuance.ts';
import type { EndedSessions, PolicyHolder } from './revocation.ts';

/** A session that an issuance gave, or may have given, as a policy can tell it from all others. */
export interface RevocableSession {
  readonly holder: PolicyHolder;
  readonly ends: EndedSessions;
  /** Where it has one that Daypass set: it stays with whatever is chained from the session. */
  readonly sourceIdentity?: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  /** What else holds for sessions of this kind. */
  readonly caveats: readonly string[];
}

/**
 * The session of an issuance.
 *
 * @throws NotRevocableError where there is none, none any more, or none that a policy can single out
 */
export function toRevocableSession(
  issuance: Issuance,
  { deployment, nowMs }: { readonly deployment: Deployment; readonly nowMs: number },
): RevocableSession {
  const { state, purpose, id } = issuance;
  if (state !== 'ISSUED' && state !== 'UNKNOWN' && state !== 'PENDING')
    throw refuse(`issuance ${id} is ${state}: it gave nothing that could be revoked`);
  if (purpose === 'web-identity-token')
    throw refuse(
      `issuance ${id} gave a token that AWS signed, and nobody can call that back: whoever trusts it has to refuse it until it expires`,
    );
  if (purpose === 'authorization-message' || purpose === 'probe')
    throw refuse(`issuance ${id} gave nobody any credentials`);
  const expiresAtMs = toExpiryMs(issuance);
  if (expiresAtMs <= nowMs) throw refuse(`what issuance ${id} gave expired by itself`);
  return { ...toTold(issuance, deployment), expiresAtMs };
}

function toTold(issuance: Issuance, deployment: Deployment): Omit<RevocableSession, 'expiresAtMs'> {
  const { id, mechanism, roleSessionName, principal } = issuance;
  const { partition, accountId } = deployment;
  switch (mechanism) {
    case 'assume-role':
    case 'web-identity':
      return {
        holder: { type: 'role', arn: requireRole(issuance) },
        // Name and id of the role are parted by a colon, which no session name has, and no name holds a wildcard.
        ends: { userIds: [`*:${requireName(issuance)}`] },
        ...(issuance.sourceIdentity === undefined ? {} : { sourceIdentity: issuance.sourceIdentity }),
        caveats: [
          toChainCaveat(issuance.sourceIdentity),
          ...(issuance.enforcement === 'recorded' ? [proofCaveat] : []),
        ],
      };
    case 'federation-token':
      return {
        // Each region has a federator of its own.
        holder: {
          type: 'user',
          arn: toFederatorUserArn({ ...deployment, region: issuance.region ?? deployment.region }),
        },
        ends: { userIds: [`${accountId}:${requireName(issuance)}`] },
        // Source: IAM guide, "GetFederationToken": such a session calls nothing of STS but GetCallerIdentity.
        caveats: [],
      };
    case 'saml':
      return {
        holder: { type: 'role', arn: requireRole(issuance) },
        // The assertion chose the name, and another assertion may choose it again.
        ends: {
          ...(roleSessionName === undefined ? {} : { userIds: [`*:${roleSessionName}`] }),
          ...toWindow(issuance),
        },
        caveats: [samlCaveat, proofCaveat, chainCaveat],
      };
    case 'session-token': {
      if (!principal.subject.startsWith(`arn:${partition}:iam::`) || !principal.subject.includes(':user/'))
        throw refuse(`issuance ${id} gave a session of ${principal.subject}, which is no IAM user`);
      return {
        holder: { type: 'user', arn: principal.subject },
        ends: toWindow(issuance),
        caveats: [sessionTokenCaveat, chainCaveat],
      };
    }
    case 'assume-root':
      throw refuse(
        `issuance ${id} gave a session of a root user, which no policy of its account denies anything; it lasts 15 minutes at most, and a service control policy with aws:AssumedRoot closes all of them`,
      );
    default:
      throw refuse(`issuance ${id} gave nobody any credentials`);
  }
}

export const chainCaveat =
  'sessions of other roles that were made from it (role chaining) go on until they expire, an hour at most';

export const toChainCaveat = (sourceIdentity: string | undefined): string =>
  sourceIdentity === undefined
    ? chainCaveat
    : `${chainCaveat}; each still has the source identity ${sourceIdentity}, by which the same Deny can be put onto those roles`;

const proofCaveat =
  "whoever holds the caller's own proof can have another session of STS without Daypass: end it at the identity provider, and in the role's trust policy";
const samlCaveat =
  'the assertion chose the name of the session: others of the same name that began within the same seconds end with it';
const sessionTokenCaveat =
  "a session token has no name: all temporary sessions of this user that began within the same seconds end. The user's long-term key still makes new ones, without Daypass: deactivate it";

/** How far the clocks of STS and of the broker may be apart. */
export const skewMs = 5000;
/** Longest that a call of STS is waited for, and then some. */
const longestCallMs = 60_000;

function toWindow({ createdAt, finishedAt }: Issuance): EndedSessions {
  const fromMs = Date.parse(createdAt) - skewMs;
  const toMs = finishedAt === undefined ? Date.parse(createdAt) + longestCallMs : Date.parse(finishedAt);
  return { issuedFrom: toIsoSeconds(fromMs), issuedBefore: toIssuedBefore(toMs) };
}

/** Behind every session that began until then, by a clock of STS that may be ahead: up to six seconds too many end. */
export const toIssuedBefore = (ms: number): string => toIsoSeconds(toLatestBeginMs(ms));

/** Until when a session may begin that ends by `toIssuedBefore`. */
export const toLatestBeginMs = (ms: number): number => ms + skewMs + 1000;

/** As `aws:TokenIssueTime` is written: whole seconds, rounded down. */
const toIsoSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Of what may have been given, the latest that it can be. */
export const toExpiryMs = ({ expiration, createdAt, durationSeconds = 0 }: Issuance): number =>
  expiration === undefined
    ? Date.parse(createdAt) + durationSeconds * 1000 + longestCallMs
    : Date.parse(expiration);

function requireRole({ id, roleArns = [] }: Issuance): string {
  const roleArn = roleArns.at(-1);
  if (roleArn === undefined) throw refuse(`issuance ${id} names no role`);
  return roleArn;
}

function requireName({ id, roleSessionName }: Issuance): string {
  if (roleSessionName === undefined) throw refuse(`issuance ${id} names no session`);
  return roleSessionName;
}

const refuse = (message: string) => new NotRevocableError(message);
