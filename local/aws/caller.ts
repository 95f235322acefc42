import type { Policy, RequestPrincipal } from '../../lambda/core/policy/policy.ts';
import type { Role, User } from '../world.ts';
import type { Session } from './sealed-session.ts';

/** Whoever signed the request, once the signature is proven. */
export type Caller = UserCaller | SessionCaller;

export interface UserCaller {
  readonly type: 'user';
  readonly arn: string;
  readonly accountId: string;
  /** What GetCallerIdentity calls UserId. */
  readonly id: string;
  readonly accessKeyId: string;
  readonly user: User;
  readonly identityPolicies: readonly Policy[];
}

export interface SessionCaller {
  readonly type: 'session';
  readonly arn: string;
  readonly accountId: string;
  readonly id: string;
  readonly accessKeyId: string;
  readonly session: Session;
  readonly role: Role;
  readonly identityPolicies: readonly Policy[];
  /** Present when the session was given any: then they intersect with the role's. */
  readonly sessionPolicies?: readonly Policy[];
}

export function toUserCaller(user: User): UserCaller {
  const { arn, accountId, id, accessKeyId, policies } = user;
  return { type: 'user', arn, accountId, id, accessKeyId, user, identityPolicies: policies };
}

export function toSessionCaller(
  session: Session,
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

/** The role's path is not in it. */
export const toSessionArn = (role: Role, sessionName: string): string =>
  `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${sessionName}`;

export function toRequestPrincipal(caller: Caller): RequestPrincipal {
  const { arn, accountId } = caller;
  return caller.type === 'user'
    ? { type: 'AWS', arn, accountId }
    : { type: 'AWS', arn, accountId, roleArn: caller.role.arn };
}
