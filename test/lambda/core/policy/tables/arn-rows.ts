import { allowIf, type ConditionRow, denyIf, toDecisionRows } from './decision-row.ts';

const roleOf = (account: string, name = 'deploy') => ({
  'aws:PrincipalArn': `arn:aws:iam::${account}:role/${name}`,
});

const deployRole = allowIf({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/deploy*' } });
const anyAccount = allowIf({ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/deploy' } });
const topic = allowIf({ ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:111111111111:*' } });
const withColons = allowIf({
  ArnLike: { 'aws:SourceArn': 'arn:aws:logs:*:111111111111:log-group:*:stream' },
});
const exact = allowIf({ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/deploy' } });
const deniedOthers = denyIf({
  ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/daypass/*' },
});

const rows: readonly ConditionRow[] = [
  ['ArnLike takes what its wildcard matches', deployRole, roleOf('111111111111', 'deploy-web'), 'Allow'],
  ['ArnLike takes no other account', deployRole, roleOf('222222222222'), 'ImplicitDeny'],
  ['ArnLike takes no other name', deployRole, roleOf('111111111111', 'xdeploy'), 'ImplicitDeny'],
  ['ArnLike takes no path before the name', deployRole, roleOf('111111111111', 'ops/deploy'), 'ImplicitDeny'],
  ['ArnLike takes no other case', deployRole, roleOf('111111111111', 'Deploy'), 'ImplicitDeny'],
  [
    'ArnLike takes no other partition',
    deployRole,
    { 'aws:PrincipalArn': 'arn:aws-cn:iam::111111111111:role/deploy' },
    'ImplicitDeny',
  ],
  [
    'ArnLike takes no other service',
    deployRole,
    { 'aws:PrincipalArn': 'arn:aws:sts::111111111111:role/deploy' },
    'ImplicitDeny',
  ],
  [
    'ArnLike takes no region where there is none',
    deployRole,
    { 'aws:PrincipalArn': 'arn:aws:iam:eu-west-1:111111111111:role/deploy' },
    'ImplicitDeny',
  ],
  [
    'ArnLike takes no wildcard in the request',
    deployRole,
    { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/*' },
    'ImplicitDeny',
  ],
  ['ArnLike takes no star for all', deployRole, { 'aws:PrincipalArn': '*' }, 'ImplicitDeny'],
  ['ArnLike takes no shortened ARN', deployRole, { 'aws:PrincipalArn': 'role/deploy' }, 'ImplicitDeny'],
  [
    'ArnLike takes no other kind of name',
    allowIf({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:*' } }),
    { 'aws:PrincipalArn': 'urn:aws:iam::111111111111:role/deploy' },
    'ImplicitDeny',
  ],
  ['ArnLike takes no empty string', deployRole, { 'aws:PrincipalArn': '' }, 'ImplicitDeny'],
  ['ArnEquals has wildcards too', anyAccount, roleOf('333333333333'), 'Allow'],
  ['ArnEquals has no prefix', anyAccount, roleOf('333333333333', 'deploy2'), 'ImplicitDeny'],
  [
    'a wildcard ends at its colon: the account',
    anyAccount,
    { 'aws:PrincipalArn': 'arn:aws:iam::1:2:role/deploy' },
    'ImplicitDeny',
  ],
  [
    'a wildcard ends at its colon: the region',
    topic,
    { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:999999999999:x:111111111111:y' },
    'ImplicitDeny',
  ],
  [
    'a wildcard in the sixth field takes colons',
    topic,
    { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:111111111111:a:b' },
    'Allow',
  ],
  [
    'the sixth field keeps its colons',
    withColons,
    { 'aws:SourceArn': 'arn:aws:logs:eu-west-1:111111111111:log-group:a:stream' },
    'Allow',
  ],
  [
    'the sixth field is matched to its end',
    withColons,
    { 'aws:SourceArn': 'arn:aws:logs:eu-west-1:111111111111:log-group:a:streams' },
    'ImplicitDeny',
  ],
  [
    '? is one character of the account',
    allowIf({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::11111111111?:root' } }),
    { 'aws:PrincipalArn': 'arn:aws:iam::111111111119:root' },
    'Allow',
  ],
  [
    '? is no colon',
    allowIf({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam?::111111111111:root' } }),
    { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:root' },
    'ImplicitDeny',
  ],
  ['ArnEquals takes the ARN', exact, roleOf('111111111111'), 'Allow'],
  [
    'ArnEquals takes no session of the role',
    exact,
    { 'aws:PrincipalArn': 'arn:aws:sts::111111111111:assumed-role/deploy/x' },
    'ImplicitDeny',
  ],
  [
    'ArnNotEquals refuses the ARN',
    allowIf({ ArnNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/deploy' } }),
    roleOf('111111111111'),
    'ImplicitDeny',
  ],
  ['a Deny with ArnNotLike denies others', deniedOthers, roleOf('111111111111', 'daypassx'), 'ExplicitDeny'],
  [
    'a Deny with ArnNotLike denies what is no ARN',
    deniedOthers,
    { 'aws:PrincipalArn': 'daypass' },
    'ExplicitDeny',
  ],
  ['a Deny with ArnNotLike denies a missing ARN', deniedOthers, {}, 'ExplicitDeny'],
  ['a Deny with ArnNotLike spares its own', deniedOthers, roleOf('111111111111', 'daypass/issuer'), 'Allow'],
];

export const arnRows = toDecisionRows(rows);
