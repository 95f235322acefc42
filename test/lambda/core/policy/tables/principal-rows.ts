import type { RequestPrincipal } from '../../../../../lambda/core/policy/policy.ts';
import type { DecisionRow } from './decision-row.ts';

export const user: RequestPrincipal = {
  type: 'AWS',
  arn: 'arn:aws:iam::111111111111:user/ops/jo',
  accountId: '111111111111',
};
export const session: RequestPrincipal = {
  type: 'AWS',
  arn: 'arn:aws:sts::111111111111:assumed-role/issuer/jo',
  accountId: '111111111111',
  roleArn: 'arn:aws:iam::111111111111:role/daypass/issuer',
};
const root: RequestPrincipal = {
  type: 'AWS',
  arn: 'arn:aws:iam::111111111111:root',
  accountId: '111111111111',
};
const lambda: RequestPrincipal = { type: 'Service', service: 'lambda.amazonaws.com' };
const okta: RequestPrincipal = { type: 'Federated', provider: 'okta' };
const federatedUser: RequestPrincipal = {
  type: 'AWS',
  arn: 'arn:aws:sts::111111111111:federated-user/jo',
  accountId: '111111111111',
};

export function trust(principal: unknown, elements: object = {}): unknown {
  const statement = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...elements };
  return { Version: '2012-10-17', Statement: [statement] };
}

type Row = readonly [
  name: string,
  principal: unknown,
  caller: RequestPrincipal,
  expected: DecisionRow['expected'],
];

const sessionArn = 'arn:aws:sts::111111111111:assumed-role/issuer/jo';
const roleArn = 'arn:aws:iam::111111111111:role/daypass/issuer';
const userArn = 'arn:aws:iam::111111111111:user/ops/jo';

const rows: readonly Row[] = [
  ['a user by its ARN', { AWS: userArn }, user, 'Allow'],
  ['a user without its path', { AWS: 'arn:aws:iam::111111111111:user/jo' }, user, 'ImplicitDeny'],
  ['a user in another case', { AWS: 'arn:aws:iam::111111111111:user/ops/Jo' }, user, 'ImplicitDeny'],
  ['a user whose name begins alike', { AWS: 'arn:aws:iam::111111111111:user/ops/jo2' }, user, 'ImplicitDeny'],
  [
    'a user of the same name elsewhere',
    { AWS: 'arn:aws:iam::222222222222:user/ops/jo' },
    user,
    'ImplicitDeny',
  ],
  ['a user of another partition', { AWS: 'arn:aws-cn:iam::111111111111:user/ops/jo' }, user, 'ImplicitDeny'],
  ['a role for a user of its name', { AWS: 'arn:aws:iam::111111111111:role/ops/jo' }, user, 'ImplicitDeny'],
  ['a role for its session', { AWS: roleArn }, session, 'Allow'],
  [
    'a role without its path for its session',
    { AWS: 'arn:aws:iam::111111111111:role/issuer' },
    session,
    'ImplicitDeny',
  ],
  [
    'a role of another account for a session',
    { AWS: 'arn:aws:iam::222222222222:role/daypass/issuer' },
    session,
    'ImplicitDeny',
  ],
  ['a session by its ARN', { AWS: sessionArn }, session, 'Allow'],
  ['a session by the ARN of another', { AWS: `${sessionArn}x` }, session, 'ImplicitDeny'],
  [
    'a session by its ARN in another case',
    { AWS: sessionArn.replace('/jo', '/Jo') },
    session,
    'ImplicitDeny',
  ],
  [
    'a session of another role of that session name',
    { AWS: 'arn:aws:sts::111111111111:assumed-role/issuer2/jo' },
    session,
    'ImplicitDeny',
  ],
  [
    'a session by its own role-like ARN',
    { AWS: 'arn:aws:iam::111111111111:role/issuer/jo' },
    session,
    'ImplicitDeny',
  ],
  [
    'a federated user by its ARN',
    { AWS: 'arn:aws:sts::111111111111:federated-user/jo' },
    federatedUser,
    'Allow',
  ],
  [
    'a user for a federated user of its name',
    { AWS: 'arn:aws:iam::111111111111:user/jo' },
    federatedUser,
    'ImplicitDeny',
  ],
  ['an account id', { AWS: '111111111111' }, user, 'Allow'],
  ['an account by its root', { AWS: 'arn:aws:iam::111111111111:root' }, session, 'Allow'],
  ['an account by its root, for the root', { AWS: 'arn:aws:iam::111111111111:root' }, root, 'Allow'],
  ['another account id', { AWS: '111111111112' }, user, 'ImplicitDeny'],
  ['another account by its root', { AWS: 'arn:aws:iam::222222222222:root' }, session, 'ImplicitDeny'],
  ['an account for a service', { AWS: '111111111111' }, lambda, 'ImplicitDeny'],
  ['an account for a federated caller', { AWS: '111111111111' }, okta, 'ImplicitDeny'],
  ['everybody, for a user', '*', user, 'Allow'],
  ['everybody as AWS, for a session', { AWS: '*' }, session, 'Allow'],
  ['everybody, for a service', '*', lambda, 'Allow'],
  ['a service', { Service: 'lambda.amazonaws.com' }, lambda, 'Allow'],
  ['another service', { Service: 'ec2.amazonaws.com' }, lambda, 'ImplicitDeny'],
  ['a service of a longer name', { Service: 'edgelambda.amazonaws.com' }, lambda, 'ImplicitDeny'],
  ['a service for a user', { Service: 'lambda.amazonaws.com' }, user, 'ImplicitDeny'],
  ['a provider', { Federated: 'okta' }, okta, 'Allow'],
  ['another provider', { Federated: 'okta2' }, okta, 'ImplicitDeny'],
  ['a provider in another case', { Federated: 'Okta' }, okta, 'ImplicitDeny'],
  ['a provider for a service of its name', { Federated: 'lambda.amazonaws.com' }, lambda, 'ImplicitDeny'],
  ['one of a list', { AWS: ['222222222222', userArn] }, user, 'Allow'],
  ['none of a list', { AWS: ['222222222222', roleArn] }, user, 'ImplicitDeny'],
  ['one of several types', { Service: 'lambda.amazonaws.com', Federated: ['aws', 'okta'] }, okta, 'Allow'],
  [
    'none of several types',
    { Service: 'lambda.amazonaws.com', Federated: ['aws', 'okta'] },
    user,
    'ImplicitDeny',
  ],
];

const others: readonly DecisionRow[] = [
  {
    name: 'another action',
    policy: trust('*'),
    request: { principal: user, action: 'sts:TagSession' },
    expected: 'ImplicitDeny',
  },
  {
    name: 'a condition that fails',
    policy: trust('*', { Condition: { StringEquals: { 'sts:ExternalId': 'a1' } } }),
    request: { principal: user, context: { 'sts:ExternalId': 'A1' } },
    expected: 'ImplicitDeny',
  },
  {
    name: 'a condition on a missing external id',
    policy: trust('*', { Condition: { StringEquals: { 'sts:ExternalId': 'a1' } } }),
    request: { principal: user },
    expected: 'ImplicitDeny',
  },
  {
    name: 'a condition that holds',
    policy: trust('*', { Condition: { StringEquals: { 'sts:ExternalId': 'a1' } } }),
    request: { principal: user, context: { 'sts:externalid': 'a1' } },
    expected: 'Allow',
  },
  {
    name: 'an empty condition',
    policy: trust({ AWS: '111111111111' }, { Condition: {} }),
    request: { principal: user },
    expected: 'Allow',
  },
  {
    name: 'a Deny of the account beside an Allow of the user',
    policy: denyBeside({ AWS: '111111111111' }),
    request: { principal: user },
    expected: 'ExplicitDeny',
  },
  {
    name: 'a Deny of the role beside an Allow, for its session',
    policy: denyBeside({ AWS: roleArn }),
    request: { principal: session },
    expected: 'ExplicitDeny',
  },
  {
    name: 'a Deny of another account beside an Allow',
    policy: denyBeside({ AWS: '222222222222' }),
    request: { principal: user },
    expected: 'Allow',
  },
  {
    name: 'a Deny of everybody beside an Allow',
    policy: denyBeside('*'),
    request: { principal: okta },
    expected: 'ExplicitDeny',
  },
];

function denyBeside(principal: unknown): unknown {
  const allow = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
  return { Version: '2012-10-17', Statement: [allow, { ...allow, Effect: 'Deny', Principal: principal }] };
}

export const principalRows: readonly DecisionRow[] = [
  ...rows.map(([name, principal, caller, expected]) => ({
    name,
    policy: trust(principal),
    request: { principal: caller },
    expected,
  })),
  ...others,
];
