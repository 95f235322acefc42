import { allow, inStatement, type Row, toRows, Version } from './refusal-row.ts';

const trusting = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
const without = (name: string) => Object.fromEntries(Object.entries(allow).filter(([key]) => key !== name));

const documents: readonly Row[] = [
  ['no object', 'Allow', [], 'an object with Version and Statement'],
  ['nothing', undefined, [], 'an object with Version and Statement'],
  ['null', null, [], 'an object with Version and Statement'],
  ['a bare list', [allow], [], 'an object with Version and Statement'],
  [
    'an unknown element',
    { Version, Statement: allow, Resource: '*' },
    ['Resource'],
    'Version, Id and Statement',
  ],
  [
    'an element in another case',
    { Version, version: Version, Statement: allow },
    ['version'],
    'Version, Id and Statement',
  ],
  [
    'an unknown Version',
    { Version: '2012-10-18', Statement: allow },
    ['Version'],
    '"2012-10-17" or "2008-10-17"',
  ],
  [
    'a Version that is null',
    { Version: null, Statement: allow },
    ['Version'],
    '"2012-10-17" or "2008-10-17"',
  ],
  ['an Id that is no string', { Version, Id: 7, Statement: allow }, ['Id'], 'a string'],
  ['no Statement', { Version }, ['Statement'], 'a statement'],
  ['an empty Statement', { Version, Statement: [] }, ['Statement'], 'at least one statement'],
  ['a statement that is no object', { Version, Statement: ['Allow'] }, ['Statement', 0], 'a statement'],
  ['a list in a list', { Version, Statement: [[allow]] }, ['Statement', 0], 'a statement'],
];

const elements: readonly Row[] = [
  ['no Effect', inStatement(without('Effect')), ['Statement', 0, 'Effect'], '"Allow" or "Deny"'],
  [
    'an Effect in lower case',
    inStatement({ ...allow, Effect: 'allow' }),
    ['Statement', 0, 'Effect'],
    '"Allow" or "Deny"',
  ],
  [
    'an Effect with a space',
    inStatement({ ...allow, Effect: 'Deny ' }),
    ['Statement', 0, 'Effect'],
    '"Allow" or "Deny"',
  ],
  [
    'an Effect that is a list',
    inStatement({ ...allow, Effect: ['Deny'] }),
    ['Statement', 0, 'Effect'],
    '"Allow" or "Deny"',
  ],
  [
    'an unknown element in a statement',
    inStatement({ ...allow, Conditions: {} }),
    ['Statement', 0, 'Conditions'],
    'Condition',
  ],
  [
    'an element of a statement in another case',
    inStatement({ ...allow, condition: {} }),
    ['Statement', 0, 'condition'],
    'Condition',
  ],
  [
    'the prototype as element',
    inStatement(JSON.parse('{"Effect":"Allow","Action":"*","Resource":"*","__proto__":{}}')),
    ['Statement', 0, '__proto__'],
    'Condition',
  ],
  ['a Sid with a dash', inStatement({ ...allow, Sid: 'a-b' }), ['Statement', 0, 'Sid'], 'letters and digits'],
  [
    'a Sid twice',
    {
      Version,
      Statement: [
        { ...allow, Sid: 'a' },
        { ...allow, Sid: 'a' },
      ],
    },
    ['Statement', 1, 'Sid'],
    'no other statement',
  ],
  [
    'a Principal in an identity policy',
    inStatement({ ...allow, Principal: '*' }),
    ['Statement', 0, 'Principal'],
    'one of the elements',
  ],
  [
    'a NotPrincipal in an identity policy',
    inStatement({ ...allow, NotPrincipal: '*' }),
    ['Statement', 0, 'NotPrincipal'],
    'one of the elements',
  ],
];

const patterns: readonly Row[] = [
  ['no Action', inStatement(without('Action')), ['Statement', 0, 'Action'], 'Action or NotAction'],
  [
    'Action and NotAction',
    inStatement({ ...allow, NotAction: 'iam:*' }),
    ['Statement', 0, 'NotAction'],
    'not both',
  ],
  [
    'no Action in a list',
    inStatement({ ...allow, Action: [] }),
    ['Statement', 0, 'Action'],
    'an action such as',
  ],
  ['an empty Action', inStatement({ ...allow, Action: '' }), ['Statement', 0, 'Action'], 'an action such as'],
  [
    'an Action that is a number',
    inStatement({ ...allow, Action: ['sts:*', 7] }),
    ['Statement', 0, 'Action', 1],
    'an action such as',
  ],
  [
    'an Action without its service',
    inStatement({ ...allow, Action: 'AssumeRole' }),
    ['Statement', 0, 'Action'],
    'an action such as',
  ],
  [
    'an Action with a wildcard in its service',
    inStatement({ ...allow, Action: 's?s:AssumeRole' }),
    ['Statement', 0, 'Action'],
    'after the colon only',
  ],
  [
    'an Action with a space',
    inStatement({ ...allow, Action: 'sts:AssumeRole ' }),
    ['Statement', 0, 'Action'],
    'an action such as',
  ],
  [
    'an Action with a variable',
    inStatement({ ...allow, Action: 'sts:${aws:username}' }),
    ['Statement', 0, 'Action'],
    'an action such as',
  ],
  ['no Resource', inStatement(without('Resource')), ['Statement', 0, 'Resource'], 'Resource or NotResource'],
  [
    'Resource and NotResource',
    inStatement({ ...allow, NotResource: '*' }),
    ['Statement', 0, 'NotResource'],
    'not both',
  ],
  [
    'a Resource that is no ARN',
    inStatement({ ...allow, Resource: 'reports/*' }),
    ['Statement', 0, 'Resource'],
    'all six fields',
  ],
  [
    'a Resource of five fields',
    inStatement({ ...allow, Resource: 'arn:aws:s3::reports' }),
    ['Statement', 0, 'Resource'],
    'all six fields',
  ],
  [
    'a Resource with a wildcard for its service',
    inStatement({ ...allow, Resource: 'arn:aws:*:::x' }),
    ['Statement', 0, 'Resource'],
    'without wildcards in the service',
  ],
  [
    'a Resource with a variable for its account',
    inStatement({ ...allow, Resource: 'arn:aws:iam::${aws:PrincipalAccount}:role/x' }),
    ['Statement', 0, 'Resource'],
    'without variables before the resource',
  ],
  [
    'a Resource that is a variable',
    inStatement({ ...allow, Resource: '${aws:PrincipalArn}' }),
    ['Statement', 0, 'Resource'],
    'all six fields',
  ],
  [
    'a Resource with an open variable',
    inStatement({ ...allow, Resource: 'arn:aws:s3:::${aws:username' }),
    ['Statement', 0, 'Resource'],
    '${prefix:name}',
  ],
  [
    'a Resource that is an object',
    inStatement({ ...allow, Resource: { 'Fn::Sub': 'x' } }),
    ['Statement', 0, 'Resource'],
    'all six fields',
  ],
  [
    'an empty NotResource',
    inStatement({ Effect: 'Deny', Action: '*', NotResource: [] }),
    ['Statement', 0, 'NotResource'],
    'an ARN',
  ],
];

const inTrust = (Principal: unknown) => inStatement({ ...trusting, Principal });
const atPrincipal = ['Statement', 0, 'Principal'] as const;

const principals: readonly Row[] = [
  ['no Principal', inStatement({ Effect: 'Allow', Action: 'sts:AssumeRole' }), atPrincipal, 'a Principal'],
  [
    'NotPrincipal',
    inStatement({ Effect: 'Deny', NotPrincipal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' }),
    ['Statement', 0, 'NotPrincipal'],
    'NotPrincipal allows everybody who was forgotten',
  ],
  [
    'NotPrincipal beside Principal',
    inStatement({ ...trusting, NotPrincipal: '*' }),
    ['Statement', 0, 'NotPrincipal'],
    'write a Deny',
  ],
  [
    'a Resource in a trust policy',
    inStatement({ ...trusting, Resource: '*' }),
    ['Statement', 0, 'Resource'],
    'one of the elements',
  ],
  [
    'a Principal that is an ARN alone',
    inTrust('arn:aws:iam::111111111111:root'),
    atPrincipal,
    '"*", or an object',
  ],
  ['a Principal that is a list', inTrust(['*']), atPrincipal, '"*", or an object'],
  ['a Principal that is empty', inTrust({}), atPrincipal, '"*", or an object'],
  [
    'a type of principal that is unknown',
    inTrust({ Federation: 'okta' }),
    [...atPrincipal, 'Federation'],
    'AWS, Service or Federated',
  ],
  [
    'a type of principal in another case',
    inTrust({ aws: '111111111111' }),
    [...atPrincipal, 'aws'],
    'AWS, Service or Federated',
  ],
  [
    'a type of principal from the prototype',
    inTrust({ constructor: 'x' }),
    [...atPrincipal, 'constructor'],
    'AWS, Service or Federated',
  ],
  ['no principal in a list', inTrust({ AWS: [] }), [...atPrincipal, 'AWS'], 'at least one principal'],
  [
    'an account id of eleven digits',
    inTrust({ AWS: '11111111111' }),
    [...atPrincipal, 'AWS'],
    'an account id',
  ],
  [
    'an account id that is a number',
    inTrust({ AWS: 111111111111 }),
    [...atPrincipal, 'AWS'],
    'an account id',
  ],
  [
    'a wildcard within an ARN',
    inTrust({ AWS: ['*', 'arn:aws:iam::111111111111:role/day*'] }),
    [...atPrincipal, 'AWS', 1],
    '"*" alone',
  ],
  [
    'a wildcard for the session',
    inTrust({ AWS: 'arn:aws:sts::111111111111:assumed-role/issuer/*' }),
    [...atPrincipal, 'AWS'],
    'the whole ARN',
  ],
  [
    'a wildcard for the account',
    inTrust({ AWS: 'arn:aws:iam::*:root' }),
    [...atPrincipal, 'AWS'],
    'the whole ARN',
  ],
  [
    'a variable in an ARN',
    inTrust({ AWS: 'arn:aws:iam::111111111111:user/${aws:username}' }),
    [...atPrincipal, 'AWS'],
    'the whole ARN',
  ],
  [
    'a group',
    inTrust({ AWS: 'arn:aws:iam::111111111111:group/ops' }),
    [...atPrincipal, 'AWS'],
    'the whole ARN',
  ],
  [
    'a session without its name',
    inTrust({ AWS: 'arn:aws:sts::111111111111:assumed-role/issuer' }),
    [...atPrincipal, 'AWS'],
    'the whole ARN',
  ],
  [
    "a deleted principal's id",
    inTrust({ AWS: 'AROAEXAMPLEEXAMPLE123' }),
    [...atPrincipal, 'AWS'],
    'the whole ARN',
  ],
  [
    'an ARN with a newline',
    inTrust({ AWS: 'arn:aws:iam::111111111111:role/x\n' }),
    [...atPrincipal, 'AWS'],
    'the whole ARN',
  ],
  [
    'a wildcard as service',
    inTrust({ Service: '*.amazonaws.com' }),
    [...atPrincipal, 'Service'],
    'without wildcards',
  ],
  ['a wildcard as provider', inTrust({ Federated: '*' }), [...atPrincipal, 'Federated'], 'without wildcards'],
];

const lists: readonly Row[] = [
  ['a single statement', { Effect: 'Allow', Principal: '*' }, [], 'a list of statements'],
  ['a document', { Version, Statement: [] }, [], 'a list of statements'],
  ['an empty list', [], [], 'at least one statement'],
  ['an Action', [trusting], [0, 'Action'], 'Sid, Effect, Principal, Condition'],
  ['no Principal', [{ Effect: 'Allow' }], [0, 'Principal'], 'a Principal'],
  ['a Version', [{ Version, Effect: 'Allow', Principal: '*' }], [0, 'Version'], 'one of the elements'],
];

export const refusalRows = [
  ...toRows('identity', [...documents, ...elements, ...patterns]),
  ...toRows('trust', principals),
  ...toRows('statements', lists),
];
