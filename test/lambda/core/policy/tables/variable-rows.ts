import {
  allowIf,
  allowIfWithoutVersion,
  aResource,
  type ConditionRow,
  type DecisionRow,
  denyIf,
  toDecisionRows,
} from './decision-row.ts';

const sameTeam = allowIf({ StringEquals: { 'aws:RequestTag/Team': '${claims:team}' } });
const teamPrefix = allowIf({ StringLike: { 'claims:path': '${claims:team}/*' } });
const notSameTeam = { StringNotEquals: { 'aws:RequestTag/Team': '${aws:PrincipalTag/Team}' } };
const withDefault = allowIf({ StringEquals: { 'claims:path': "${claims:team, 'company wide'}" } });
const ownRole = allowIf({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/${claims:team}' } });
const ownAccount = allowIf({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::${claims:account}:role/x' } });

const conditions: readonly ConditionRow[] = [
  [
    'a variable has the value of its key',
    sameTeam,
    { 'aws:RequestTag/Team': 'web', 'claims:team': 'web' },
    'Allow',
  ],
  [
    'a variable has no other value',
    sameTeam,
    { 'aws:RequestTag/Team': 'ops', 'claims:team': 'web' },
    'ImplicitDeny',
  ],
  [
    'a variable is no text',
    sameTeam,
    { 'aws:RequestTag/Team': '${claims:team}', 'claims:team': 'web' },
    'ImplicitDeny',
  ],
  ['a variable without a value matches nothing', sameTeam, { 'aws:RequestTag/Team': 'web' }, 'ImplicitDeny'],
  ['a variable without a value is not empty', sameTeam, { 'aws:RequestTag/Team': '' }, 'ImplicitDeny'],
  [
    'a variable with an empty value has none',
    sameTeam,
    { 'aws:RequestTag/Team': '', 'claims:team': '' },
    'ImplicitDeny',
  ],
  [
    'a variable with a list has none',
    sameTeam,
    { 'aws:RequestTag/Team': 'web', 'claims:team': ['web'] },
    'ImplicitDeny',
  ],
  [
    'a value is not read again for variables',
    sameTeam,
    { 'aws:RequestTag/Team': 'web', 'claims:team': '${claims:other}', 'claims:other': 'web' },
    'ImplicitDeny',
  ],
  [
    'a variable is found without regard to case',
    allowIf({ StringEquals: { 'claims:path': '${CLAIMS:Team}' } }),
    { 'claims:path': 'web', 'claims:team': 'web' },
    'Allow',
  ],
  ['a variable stands in a pattern', teamPrefix, { 'claims:path': 'web/a', 'claims:team': 'web' }, 'Allow'],
  [
    'a star in its value is no wildcard',
    teamPrefix,
    { 'claims:path': 'web/a', 'claims:team': '*' },
    'ImplicitDeny',
  ],
  [
    'a question mark in its value is no wildcard',
    teamPrefix,
    { 'claims:path': 'web/a', 'claims:team': 'we?' },
    'ImplicitDeny',
  ],
  ['a star in its value is a star', teamPrefix, { 'claims:path': '*/a', 'claims:team': '*' }, 'Allow'],
  [
    'an empty value is no pattern for all',
    teamPrefix,
    { 'claims:path': '/a', 'claims:team': '' },
    'ImplicitDeny',
  ],
  ['a default stands for a missing key', withDefault, { 'claims:path': 'company wide' }, 'Allow'],
  [
    'a default stands for an empty value',
    withDefault,
    { 'claims:path': 'company wide', 'claims:team': '' },
    'Allow',
  ],
  [
    'a default stands for no other value',
    withDefault,
    { 'claims:path': 'company wide', 'claims:team': 'web' },
    'ImplicitDeny',
  ],
  [
    'a default stands for no list',
    withDefault,
    { 'claims:path': 'company wide', 'claims:team': ['web'] },
    'ImplicitDeny',
  ],
  ['a default keeps no quotes', withDefault, { 'claims:path': "'company wide'" }, 'ImplicitDeny'],
  [
    'a star in a default is no wildcard',
    allowIf({ StringLike: { 'claims:path': "${claims:team, '*'}" } }),
    { 'claims:path': 'web' },
    'ImplicitDeny',
  ],
  [
    'negated: another value',
    allowIf(notSameTeam),
    { 'aws:RequestTag/Team': 'ops', 'aws:PrincipalTag/Team': 'web' },
    'Allow',
  ],
  [
    'negated: the value',
    allowIf(notSameTeam),
    { 'aws:RequestTag/Team': 'web', 'aws:PrincipalTag/Team': 'web' },
    'ImplicitDeny',
  ],
  ['negated in a Deny: no value', denyIf(notSameTeam), { 'aws:RequestTag/Team': 'web' }, 'ExplicitDeny'],
  [
    'negated in a Deny: an empty value on both sides',
    denyIf(notSameTeam),
    { 'aws:RequestTag/Team': '', 'aws:PrincipalTag/Team': '' },
    'ExplicitDeny',
  ],
  [
    'negated in a Deny: the value',
    denyIf(notSameTeam),
    { 'aws:RequestTag/Team': 'web', 'aws:PrincipalTag/Team': 'web' },
    'Allow',
  ],
  [
    'a variable stands in the resource of an ARN',
    ownRole,
    { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/web', 'claims:team': 'web' },
    'Allow',
  ],
  [
    'a star of a claim opens no ARN',
    ownRole,
    { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/admin', 'claims:team': '*' },
    'ImplicitDeny',
  ],
  [
    'a variable stands in the account of an ARN',
    ownAccount,
    { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/x', 'claims:account': '111111111111' },
    'Allow',
  ],
  [
    'a colon of a claim moves no field',
    ownAccount,
    {
      'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/admin:role/x',
      'claims:account': '111111111111:role/admin',
    },
    'ImplicitDeny',
  ],
  [
    'a missing variable in an ARN matches nothing',
    ownAccount,
    { 'aws:PrincipalArn': 'arn:aws:iam:::role/x' },
    'ImplicitDeny',
  ],
];

const escaped = allowIf({ StringLike: { 'claims:note': '5${*}?${?}${$}{x}*' } });
const escapedEquals = allowIf({ StringEquals: { 'claims:note': '${*}' } });

const escapes: readonly ConditionRow[] = [
  ['escapes are their characters', escaped, { 'claims:note': '5*a?${x}z' }, 'Allow'],
  ['an escaped star is no wildcard', escaped, { 'claims:note': '55a?${x}z' }, 'ImplicitDeny'],
  ['an escaped question mark is no wildcard', escaped, { 'claims:note': '5*aa${x}z' }, 'ImplicitDeny'],
  ['an escaped dollar begins no variable', escaped, { 'claims:note': '5*a?z', x: 'q' }, 'ImplicitDeny'],
  ['an escape stands in StringEquals too', escapedEquals, { 'claims:note': '*' }, 'Allow'],
  ['an escape in StringEquals is no text', escapedEquals, { 'claims:note': '${*}' }, 'ImplicitDeny'],
];

const old = { StringEquals: { 'claims:path': '${claims:team}' } };
const versions: readonly ConditionRow[] = [
  [
    'Version 2008-10-17 has text for a variable',
    allowIf(old, '2008-10-17'),
    { 'claims:path': '${claims:team}' },
    'Allow',
  ],
  [
    'Version 2008-10-17 has no variable',
    allowIf(old, '2008-10-17'),
    { 'claims:path': 'web', 'claims:team': 'web' },
    'ImplicitDeny',
  ],
  [
    'no Version has no variable',
    allowIfWithoutVersion(old),
    { 'claims:path': 'web', 'claims:team': 'web' },
    'ImplicitDeny',
  ],
  [
    'no Version has a wildcard in an escape',
    allowIfWithoutVersion({ StringLike: { 'claims:path': '${*}' } }),
    { 'claims:path': '*' },
    'ImplicitDeny',
  ],
  [
    'no Version reads an open variable as text',
    allowIfWithoutVersion({ StringEquals: { 'claims:path': '${' } }),
    { 'claims:path': '${x' },
    'ImplicitDeny',
  ],
];

const ownPath = 'arn:aws:iam::222222222222:role/${claims:team}/*';

function onResource(element: 'Resource' | 'NotResource', pattern: string, version = '2012-10-17'): unknown {
  return { Version: version, Statement: { Effect: 'Allow', Action: '*', [element]: pattern } };
}

const resources: readonly DecisionRow[] = [
  {
    name: 'a variable stands in a resource',
    policy: onResource('Resource', ownPath),
    request: { context: { 'claims:team': 'daypass' } },
    expected: 'Allow',
  },
  {
    name: 'a resource of another value',
    policy: onResource('Resource', ownPath),
    request: { context: { 'claims:team': 'web' } },
    expected: 'ImplicitDeny',
  },
  {
    name: 'a resource with a missing variable',
    policy: onResource('Resource', ownPath),
    request: {},
    expected: 'ImplicitDeny',
  },
  {
    name: 'a resource with an empty variable',
    policy: onResource('Resource', 'arn:aws:iam::222222222222:role/${claims:team}*'),
    request: { context: { 'claims:team': '' } },
    expected: 'ImplicitDeny',
  },
  {
    name: 'a resource with a star in its variable',
    policy: onResource('Resource', ownPath),
    request: { context: { 'claims:team': '*' } },
    expected: 'ImplicitDeny',
  },
  {
    name: 'a resource with a list in its variable',
    policy: onResource('Resource', ownPath),
    request: { context: { 'claims:team': ['daypass'] } },
    expected: 'ImplicitDeny',
  },
  {
    name: 'a resource in Version 2008-10-17',
    policy: onResource('Resource', ownPath, '2008-10-17'),
    request: { context: { 'claims:team': 'daypass' } },
    expected: 'ImplicitDeny',
  },
  {
    name: 'NotResource takes out what its variable names',
    policy: onResource('NotResource', ownPath),
    request: { context: { 'claims:team': 'daypass' } },
    expected: 'ImplicitDeny',
  },
  {
    name: 'NotResource takes out nothing when the variable is missing',
    policy: onResource('NotResource', ownPath),
    request: { resource: aResource },
    expected: 'Allow',
  },
];

export const variableRows = [...toDecisionRows([...conditions, ...escapes, ...versions]), ...resources];
