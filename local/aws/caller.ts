import type { Authorization } from '../../lambda/core/policy/authorize.ts';
import type { Policy, RequestPrincipal } from '../../lambda/core/policy/policy.ts';
import type { Role, User } from '../world.ts';
import type { FederatedSession, RoleSession, RootSession, UserSession } from './sealed-session.ts';

/** Whoever signed the request, once the signature is proven. */
export type Caller = UserCaller | SessionCaller | FederatedCaller | RootCaller;

interface Identity {
  readonly arn: string;
  readonly accountId: string;
  /** What GetCallerIdentity calls UserId. */
  readonly id: string;
  readonly accessKeyId: string;
  readonly identityPolicies: readonly Policy[];
  /**
   * Present when they limit the session: then they intersect with `identityPolicies`, and an empty list allows nothing.
   * Whoever hands the one to `authorize` hands it the other, see `toCallerPolicies`.
   */
  readonly sessionPolicies?: readonly Policy[];
}

export interface UserCaller extends Identity {
  readonly type: 'user';
  readonly user: User;
  /** Of GetSessionToken; absent when the user's long-term key signed. */
  readonly session?: UserSession;
}

/** The session of a role. */
export interface SessionCaller extends Identity {
  readonly type: 'session';
  readonly session: RoleSession;
  readonly role: Role;
}

/** The session that a user made with GetFederationToken. */
export interface FederatedCaller extends Identity {
  readonly type: 'federated-user';
  readonly session: FederatedSession;
  readonly user: User;
  readonly sessionPolicies: readonly Policy[];
}

/** The root user of a member account, in a session of AssumeRoot: what the task policy allows, it may. */
export interface RootCaller extends Identity {
  readonly type: 'root';
  readonly session: RootSession;
}

export function toUserCaller(user: User, accessKeyId: string): UserCaller {
  const { arn, accountId, id, policies } = user;
  return { type: 'user', arn, accountId, id, accessKeyId, user, identityPolicies: policies };
}

export function toSessionCaller(
  session: RoleSession,
  role: Role,
  sessionPolicies: readonly Policy[] | undefined,
): SessionCaller {
  return {
    type: 'session',
    arn: toSessionArn(role, session.sessionName),
    accountId: role.accountId,
    id: `${role.id}:${session.sessionName}`,
    accessKeyId: session.accessKeyId,
    session,
    role,
    identityPolicies: role.policies,
    ...(sessionPolicies === undefined ? {} : { sessionPolicies }),
  };
}

export function toUserSessionCaller(session: UserSession, user: User): UserCaller {
  return { ...toUserCaller(user, session.accessKeyId), session };
}

/** @param sessionPolicies empty when it was given none: it has the user's permissions only as far as they go */
export function toFederatedCaller(
  session: FederatedSession,
  user: User,
  sessionPolicies: readonly Policy[],
): FederatedCaller {
  return {
    type: 'federated-user',
    arn: toFederatedArn(user, session.name),
    accountId: user.accountId,
    id: toFederatedId(user, session.name),
    accessKeyId: session.accessKeyId,
    session,
    user,
    identityPolicies: user.policies,
    sessionPolicies,
  };
}

export const toRootCaller = (session: RootSession, taskPolicy: Policy): RootCaller => ({
  type: 'root',
  arn: `arn:aws:iam::${session.accountId}:root`,
  accountId: session.accountId,
  id: session.accountId,
  accessKeyId: session.accessKeyId,
  session,
  identityPolicies: [taskPolicy],
});

export const toFederatedArn = ({ accountId }: User, name: string): string =>
  `arn:aws:sts::${accountId}:federated-user/${name}`;
export const toFederatedId = ({ accountId }: User, name: string): string => `${accountId}:${name}`;

/** The role's path is not in it. */
export const toSessionArn = (role: Role, sessionName: string): string =>
  `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${sessionName}`;

/**
 * A resource policy that names the user names its federated sessions too, within their session policies, as one that
 * names a role does with its sessions. Source: IAM guide, "Cross-account resource access", "Resource-based policies".
 */
export function toRequestPrincipal(caller: Caller): RequestPrincipal {
  const { arn, accountId } = caller;
  switch (caller.type) {
    case 'user':
    case 'root':
      return { type: 'AWS', arn, accountId };
    case 'session':
      return { type: 'AWS', arn, accountId, roleArn: caller.role.arn };
    case 'federated-user':
      return { type: 'AWS', arn, accountId, roleArn: caller.user.arn };
  }
}

/** The caller's side of an authorization, whole: identity policies without the session's would allow too much. */
export const toCallerPolicies = ({
  identityPolicies,
  sessionPolicies,
}: Caller): Pick<Authorization, 'identityPolicies' | 'sessionPolicies'> => ({
  identityPolicies,
  ...(sessionPolicies === undefined ? {} : { sessionPolicies }),
});
