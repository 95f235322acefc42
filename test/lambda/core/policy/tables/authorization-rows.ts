import type { AuthorizationOutcome } from '../../../../../lambda/core/policy/authorize.ts';
import type { RequestPrincipal } from '../../../../../lambda/core/policy/policy.ts';
import { session, trust, user } from './principal-rows.ts';

/** One row: with these policies on each side, sts:AssumeRole is decided so, by that side. */
export interface AuthorizationRow {
  readonly name: string;
  readonly principal: RequestPrincipal;
  readonly identity?: readonly unknown[];
  readonly session?: readonly unknown[];
  readonly trust?: unknown;
  readonly account: string;
  readonly expected: AuthorizationOutcome['effect'];
  readonly source: AuthorizationOutcome['source'];
}

const own = '111111111111';
const other = '222222222222';
const lambda: RequestPrincipal = { type: 'Service', service: 'lambda.amazonaws.com' };
const provider: RequestPrincipal = { type: 'Federated', provider: 'accounts.google.com' };

function policy(effect: 'Allow' | 'Deny', action = 'sts:AssumeRole'): unknown {
  return { Version: '2012-10-17', Statement: [{ Effect: effect, Action: action, Resource: '*' }] };
}
const allows = policy('Allow');
const allowsElse = policy('Allow', 's3:GetObject');
const denies = policy('Deny');

const byUser = trust({ AWS: 'arn:aws:iam::111111111111:user/ops/jo' });
const byRole = trust({ AWS: 'arn:aws:iam::111111111111:role/daypass/issuer' });
const bySession = trust({ AWS: 'arn:aws:sts::111111111111:assumed-role/issuer/jo' });
const byAccount = trust({ AWS: own });
const byEverybody = trust('*');
const byOther = trust({ AWS: '333333333333' });
const byRoleAndAccount = trust({ AWS: [own, 'arn:aws:iam::111111111111:role/daypass/issuer'] });

const sameAccount: readonly AuthorizationRow[] = [
  {
    name: 'same account: the user named suffices',
    principal: user,
    trust: byUser,
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'same account: the role named suffices',
    principal: session,
    trust: byRole,
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'same account: the session named suffices',
    principal: session,
    trust: bySession,
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'same account: everybody named suffices',
    principal: user,
    trust: byEverybody,
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'same account: the account named and an own Allow',
    principal: user,
    identity: [allows],
    trust: byAccount,
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'same account: the account named delegates only',
    principal: user,
    trust: byAccount,
    account: own,
    expected: 'ImplicitDeny',
    source: 'identity',
  },
  {
    name: 'same account: the account named and an Allow of something else',
    principal: user,
    identity: [allowsElse],
    trust: byAccount,
    account: own,
    expected: 'ImplicitDeny',
    source: 'identity',
  },
  {
    name: 'same account: another named, whatever the caller may',
    principal: user,
    identity: [allows],
    trust: byOther,
    account: own,
    expected: 'ImplicitDeny',
    source: 'resource',
  },
  {
    name: 'same account: the user named, an own Deny',
    principal: user,
    identity: [allows, denies],
    trust: byUser,
    account: own,
    expected: 'ExplicitDeny',
    source: 'identity',
  },
  {
    name: 'same account: a Deny in the trust policy',
    principal: user,
    identity: [allows],
    trust: trust('*', { Effect: 'Deny' }),
    account: own,
    expected: 'ExplicitDeny',
    source: 'resource',
  },
  {
    name: 'same account: a Deny of something else',
    principal: user,
    identity: [policy('Deny', 's3:*')],
    trust: byUser,
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
];

const sessions: readonly AuthorizationRow[] = [
  {
    name: 'the role named, within its session policy',
    principal: session,
    session: [allows],
    trust: byRole,
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'the role named, outside its session policy',
    principal: session,
    identity: [allows],
    session: [allowsElse],
    trust: byRole,
    account: own,
    expected: 'ImplicitDeny',
    source: 'session',
  },
  {
    name: 'the role named, with a session policy that is none',
    principal: session,
    identity: [allows],
    session: [],
    trust: byRole,
    account: own,
    expected: 'ImplicitDeny',
    source: 'session',
  },
  {
    name: 'the session named, outside its session policy',
    principal: session,
    session: [allowsElse],
    trust: bySession,
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'the session named, denied by its session policy',
    principal: session,
    session: [denies],
    trust: bySession,
    account: own,
    expected: 'ExplicitDeny',
    source: 'session',
  },
  {
    name: 'everybody named, denied by the session policy',
    principal: session,
    session: [denies],
    trust: byEverybody,
    account: own,
    expected: 'ExplicitDeny',
    source: 'session',
  },
  {
    name: 'the account named, allowed by the identity policy alone',
    principal: session,
    identity: [allows],
    session: [allowsElse],
    trust: byAccount,
    account: own,
    expected: 'ImplicitDeny',
    source: 'session',
  },
  {
    name: 'the account named, allowed by the session policy alone',
    principal: session,
    identity: [],
    session: [allows],
    trust: byAccount,
    account: own,
    expected: 'ImplicitDeny',
    source: 'identity',
  },
  {
    name: 'the account named, allowed by both',
    principal: session,
    identity: [allows],
    session: [allowsElse, allows],
    trust: byAccount,
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'the account and the role named: the role suffices',
    principal: session,
    trust: byRoleAndAccount,
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'the account and the role named, outside the session policy',
    principal: session,
    identity: [allows],
    session: [allowsElse],
    trust: byRoleAndAccount,
    account: own,
    expected: 'ImplicitDeny',
    source: 'session',
  },
];

const crossAccount: readonly AuthorizationRow[] = [
  {
    name: 'across accounts: both sides',
    principal: user,
    identity: [allows],
    trust: byUser,
    account: other,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'across accounts: the account named, and an own Allow',
    principal: session,
    identity: [allows],
    trust: byAccount,
    account: other,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'across accounts: the user named, no own Allow',
    principal: user,
    trust: byUser,
    account: other,
    expected: 'ImplicitDeny',
    source: 'identity',
  },
  {
    name: 'across accounts: the session named, no own Allow',
    principal: session,
    trust: bySession,
    account: other,
    expected: 'ImplicitDeny',
    source: 'identity',
  },
  {
    name: 'across accounts: the session named, outside its session policy',
    principal: session,
    identity: [allows],
    session: [allowsElse],
    trust: bySession,
    account: other,
    expected: 'ImplicitDeny',
    source: 'session',
  },
  {
    name: 'across accounts: everybody named, no own Allow',
    principal: user,
    trust: byEverybody,
    account: other,
    expected: 'ImplicitDeny',
    source: 'identity',
  },
  {
    name: 'across accounts: own Allow, another named',
    principal: user,
    identity: [allows],
    trust: byOther,
    account: other,
    expected: 'ImplicitDeny',
    source: 'resource',
  },
  {
    name: "across accounts: the account of the role named, not the caller's",
    principal: user,
    identity: [allows],
    trust: trust({ AWS: other }),
    account: other,
    expected: 'ImplicitDeny',
    source: 'resource',
  },
  {
    name: 'across accounts: own Allow, no resource policy',
    principal: user,
    identity: [allows],
    account: other,
    expected: 'ImplicitDeny',
    source: 'resource',
  },
  {
    name: 'across accounts: both sides, and an own Deny',
    principal: user,
    identity: [allows, denies],
    trust: byUser,
    account: other,
    expected: 'ExplicitDeny',
    source: 'identity',
  },
  {
    name: 'across accounts: both sides, and a session Deny',
    principal: session,
    identity: [allows],
    session: [allows, denies],
    trust: byAccount,
    account: other,
    expected: 'ExplicitDeny',
    source: 'session',
  },
];

const others: readonly AuthorizationRow[] = [
  {
    name: 'no resource policy: an own Allow',
    principal: user,
    identity: [allows],
    account: own,
    expected: 'Allow',
    source: 'identity',
  },
  {
    name: 'no resource policy: no Allow',
    principal: user,
    identity: [allowsElse],
    account: own,
    expected: 'ImplicitDeny',
    source: 'identity',
  },
  {
    name: 'no resource policy: an own Allow outside the session policy',
    principal: session,
    identity: [allows],
    session: [allowsElse],
    account: own,
    expected: 'ImplicitDeny',
    source: 'session',
  },
  {
    name: 'no resource policy: a session policy alone',
    principal: session,
    session: [allows],
    account: own,
    expected: 'ImplicitDeny',
    source: 'identity',
  },
  {
    name: 'no resource policy: an own Deny',
    principal: user,
    identity: [allows, denies],
    account: own,
    expected: 'ExplicitDeny',
    source: 'identity',
  },
  {
    name: 'a service: the trust policy alone',
    principal: lambda,
    trust: trust({ Service: 'lambda.amazonaws.com' }),
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'a service: another named',
    principal: lambda,
    identity: [allows],
    trust: trust({ Service: 'ec2.amazonaws.com' }),
    account: own,
    expected: 'ImplicitDeny',
    source: 'resource',
  },
  {
    name: 'a service: no resource policy',
    principal: lambda,
    identity: [allows],
    account: own,
    expected: 'ImplicitDeny',
    source: 'resource',
  },
  {
    name: 'a federated caller: the trust policy alone',
    principal: provider,
    trust: trust({ Federated: 'accounts.google.com' }),
    account: own,
    expected: 'Allow',
    source: 'resource',
  },
  {
    name: 'a federated caller: another named',
    principal: provider,
    identity: [allows],
    trust: trust({ Federated: 'accounts.google.co' }),
    account: own,
    expected: 'ImplicitDeny',
    source: 'resource',
  },
  {
    name: 'a federated caller: an account named',
    principal: provider,
    trust: byAccount,
    account: own,
    expected: 'ImplicitDeny',
    source: 'resource',
  },
];

export const authorizationRows = [...sameAccount, ...sessions, ...crossAccount, ...others];
