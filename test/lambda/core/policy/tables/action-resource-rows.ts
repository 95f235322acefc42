import type { DecisionRow, RequestData } from './decision-row.ts';

const allow = (elements: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', ...elements }],
});
const onActions = (...actions: readonly string[]) => allow({ Action: actions, Resource: '*' });
const onResources = (...resources: readonly string[]) => allow({ Action: '*', Resource: resources });

type Row = readonly [name: string, policy: unknown, request: RequestData, expected: DecisionRow['expected']];

const assumeRole = onActions('sts:AssumeRole');
const tagging = onActions('sts:Tag*', 'sts:Set?ourceIdentity');
const notActions = allow({ NotAction: ['sts:AssumeRole*', 'iam:*'], Resource: '*' });

const actions: readonly Row[] = [
  ['an action', assumeRole, { action: 'sts:AssumeRole' }, 'Allow'],
  ['an action in another case', assumeRole, { action: 'STS:assumerole' }, 'Allow'],
  ['a longer action', assumeRole, { action: 'sts:AssumeRoleWithSAML' }, 'ImplicitDeny'],
  ['a shorter action', assumeRole, { action: 'sts:Assume' }, 'ImplicitDeny'],
  ['an action of another service', assumeRole, { action: 'xsts:AssumeRole' }, 'ImplicitDeny'],
  ['an action without its service', assumeRole, { action: 'AssumeRole' }, 'ImplicitDeny'],
  ['a wildcard in the request', assumeRole, { action: 'sts:*' }, 'ImplicitDeny'],
  [
    'an action with the Kelvin sign',
    onActions('kms:Decrypt'),
    { action: '\u212ams:Decrypt' },
    'ImplicitDeny',
  ],
  ['* in an action', tagging, { action: 'sts:TagSession' }, 'Allow'],
  ['* does not begin earlier', tagging, { action: 'sts:UntagSession' }, 'ImplicitDeny'],
  ['? in an action', tagging, { action: 'sts:SetSourceIdentity' }, 'Allow'],
  ['? is never nothing', tagging, { action: 'sts:SetourceIdentity' }, 'ImplicitDeny'],
  ['a service of all actions', onActions('sts:*'), { action: 'iam:PassRole' }, 'ImplicitDeny'],
  ['all actions of all services', onActions('*:*'), { action: 'iam:PassRole' }, 'Allow'],
  ['NotAction leaves its actions out', notActions, { action: 'sts:AssumeRole' }, 'ImplicitDeny'],
  ['NotAction leaves them out in any case', notActions, { action: 'STS:ASSUMEROLE' }, 'ImplicitDeny'],
  ['NotAction leaves its second pattern out', notActions, { action: 'iam:PassRole' }, 'ImplicitDeny'],
  ['NotAction takes all others', notActions, { action: 'sts:TagSession' }, 'Allow'],
];

const role = onResources('arn:aws:iam::222222222222:role/daypass/ReadOnly');
const roles = onResources('arn:aws:iam::222222222222:role/daypass/*', 'arn:aws:iam::33333333333?:role/x');
const bucket = onResources('arn:aws:s3:::reports/*/2026/*');
const notRoles = allow({ Action: '*', NotResource: 'arn:aws:iam::222222222222:role/admin/*' });

const resources: readonly Row[] = [
  ['a resource', role, { resource: 'arn:aws:iam::222222222222:role/daypass/ReadOnly' }, 'Allow'],
  [
    'a resource in another case',
    role,
    { resource: 'arn:aws:iam::222222222222:role/daypass/readonly' },
    'ImplicitDeny',
  ],
  [
    'a resource with another path',
    role,
    { resource: 'arn:aws:iam::222222222222:role/ReadOnly' },
    'ImplicitDeny',
  ],
  [
    'a longer resource',
    role,
    { resource: 'arn:aws:iam::222222222222:role/daypass/ReadOnly2' },
    'ImplicitDeny',
  ],
  [
    'a resource of another account',
    role,
    { resource: 'arn:aws:iam::222222222223:role/daypass/ReadOnly' },
    'ImplicitDeny',
  ],
  [
    'a resource of another partition',
    role,
    { resource: 'arn:aws-us-gov:iam::222222222222:role/daypass/ReadOnly' },
    'ImplicitDeny',
  ],
  ['a star as resource of the request', role, { resource: '*' }, 'ImplicitDeny'],
  [
    'a star at the end of a resource',
    roles,
    { resource: 'arn:aws:iam::222222222222:role/daypass/a/b' },
    'Allow',
  ],
  [
    'a star wants the slash before it',
    roles,
    { resource: 'arn:aws:iam::222222222222:role/daypassx' },
    'ImplicitDeny',
  ],
  [
    'a star in the request is a character',
    roles,
    { resource: 'arn:aws:iam::222222222222:role/*' },
    'ImplicitDeny',
  ],
  ['the second resource', roles, { resource: 'arn:aws:iam::333333333331:role/x' }, 'Allow'],
  ['dots climb nowhere', roles, { resource: 'arn:aws:iam::222222222222:role/../daypass/x' }, 'ImplicitDeny'],
  ['a star within a resource', bucket, { resource: 'arn:aws:s3:::reports/web/a/2026/x' }, 'Allow'],
  [
    'a star within a resource wants the rest',
    bucket,
    { resource: 'arn:aws:s3:::reports/web/2025/x' },
    'ImplicitDeny',
  ],
  [
    'a star within a resource wants what is before',
    bucket,
    { resource: 'arn:aws:s3:::xreports/web/2026/x' },
    'ImplicitDeny',
  ],
  [
    'NotResource leaves its resource out',
    notRoles,
    { resource: 'arn:aws:iam::222222222222:role/admin/x' },
    'ImplicitDeny',
  ],
  ['NotResource takes all others', notRoles, { resource: 'arn:aws:iam::222222222222:role/admin' }, 'Allow'],
];

const statements = (...list: readonly object[]) => ({ Version: '2012-10-17', Statement: list });
const allowAll = { Effect: 'Allow', Action: '*', Resource: '*' };

const effects: readonly Row[] = [
  [
    'a Deny after an Allow',
    statements(allowAll, { Effect: 'Deny', Action: 'sts:*', Resource: '*' }),
    {},
    'ExplicitDeny',
  ],
  [
    'a Deny before an Allow',
    statements({ Effect: 'Deny', Action: 'sts:*', Resource: '*' }, allowAll),
    {},
    'ExplicitDeny',
  ],
  [
    'a Deny of another action',
    statements({ Effect: 'Deny', Action: 'iam:*', Resource: '*' }, allowAll),
    {},
    'Allow',
  ],
  [
    'a Deny of all but another action',
    statements(allowAll, { Effect: 'Deny', NotAction: 'iam:*', Resource: '*' }),
    {},
    'ExplicitDeny',
  ],
  [
    'a Deny of all but another resource',
    statements(allowAll, { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::x' }),
    {},
    'ExplicitDeny',
  ],
  ['a Deny alone', statements({ Effect: 'Deny', Action: 'iam:*', Resource: '*' }), {}, 'ImplicitDeny'],
  [
    'action and resource must match in one statement',
    statements(
      { Effect: 'Allow', Action: 'sts:*', Resource: 'arn:aws:s3:::x' },
      { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    ),
    {},
    'ImplicitDeny',
  ],
  ['two Allows are no more than one', statements(allowAll, allowAll), {}, 'Allow'],
];

export const actionResourceRows: readonly DecisionRow[] = [...actions, ...resources, ...effects].map(
  ([name, policy, request, expected]) => ({ name, policy, request, expected }),
);
