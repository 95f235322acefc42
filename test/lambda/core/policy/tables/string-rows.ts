import { allowIf, type ConditionRow, denyIf, toDecisionRows } from './decision-row.ts';

const isTeam = allowIf({ StringEquals: { 'claims:team': 'payments' } });
const isNotTeam = allowIf({ StringNotEquals: { 'claims:team': 'payments' } });
const isTeamInAnyCase = allowIf({ StringEqualsIgnoreCase: { 'claims:team': 'Kiosk' } });
const isBranch = allowIf({ StringLike: { 'claims:ref': 'refs/heads/release-?/*' } });
const isOneOfTwo = allowIf({ StringEquals: { 'claims:team': ['payments', 'web'] } });
const isNoneOfTwo = allowIf({ StringNotEquals: { 'claims:team': ['payments', 'web'] } });
const isBoth = allowIf({
  StringEquals: { 'claims:team': 'payments', 'claims:role': 'lead' },
  StringLike: { 'claims:ref': 'refs/*' },
});

const equality: readonly ConditionRow[] = [
  ['StringEquals takes the same string', isTeam, { 'claims:team': 'payments' }, 'Allow'],
  ['StringEquals takes no prefix', isTeam, { 'claims:team': 'payment' }, 'ImplicitDeny'],
  ['StringEquals takes no longer string', isTeam, { 'claims:team': 'payments2' }, 'ImplicitDeny'],
  ['StringEquals takes no suffix', isTeam, { 'claims:team': 'ayments' }, 'ImplicitDeny'],
  ['StringEquals takes no other case', isTeam, { 'claims:team': 'Payments' }, 'ImplicitDeny'],
  ['StringEquals takes no empty string', isTeam, { 'claims:team': '' }, 'ImplicitDeny'],
  ['StringEquals takes no space before', isTeam, { 'claims:team': ' payments' }, 'ImplicitDeny'],
  ['StringEquals takes no newline after', isTeam, { 'claims:team': 'payments\n' }, 'ImplicitDeny'],
  ['StringEquals takes no wildcard in the request', isTeam, { 'claims:team': '*' }, 'ImplicitDeny'],
  ['StringEquals takes no pattern in the request', isTeam, { 'claims:team': 'payment?' }, 'ImplicitDeny'],
  ['StringEquals takes no list', isTeam, { 'claims:team': ['payments'] }, 'ImplicitDeny'],
  ['StringEquals takes no list that has it', isTeam, { 'claims:team': ['web', 'payments'] }, 'ImplicitDeny'],
  ['StringEquals takes no list joined', isTeam, { 'claims:team': 'web,payments' }, 'ImplicitDeny'],
  [
    'StringEquals takes no other normal form of a letter',
    allowIf({ StringEquals: { 'claims:team': 'caf\u00e9' } }),
    { 'claims:team': 'cafe\u0301' },
    'ImplicitDeny',
  ],
  [
    'StringEquals takes * in the policy as a character',
    allowIf({ StringEquals: { 'claims:team': 'pay*' } }),
    { 'claims:team': 'payments' },
    'ImplicitDeny',
  ],
  [
    'StringEquals finds that character',
    allowIf({ StringEquals: { 'claims:team': 'pay*' } }),
    { 'claims:team': 'pay*' },
    'Allow',
  ],
  [
    'StringEquals compares a number as it is written',
    allowIf({ StringEquals: { 'claims:id': 42 } }),
    { 'claims:id': '42' },
    'Allow',
  ],
  [
    'StringEquals compares no number by its value',
    allowIf({ StringEquals: { 'claims:id': 42 } }),
    { 'claims:id': '42.0' },
    'ImplicitDeny',
  ],
  [
    'StringEquals compares true as a string',
    allowIf({ StringEquals: { 'claims:mfa': true } }),
    { 'claims:mfa': 'True' },
    'ImplicitDeny',
  ],
  [
    'keys are compared without regard to case',
    allowIf({ StringEquals: { 'CLAIMS:Team': 'payments' } }),
    { 'claims:team': 'payments' },
    'Allow',
  ],
  [
    'a key with the same ending is another key',
    isTeam,
    { 'claims:subteam': 'payments', team: 'payments' },
    'ImplicitDeny',
  ],
  [
    'operators are read without regard to case',
    allowIf({ stringequals: { 'claims:team': 'payments' } }),
    { 'claims:team': 'web' },
    'ImplicitDeny',
  ],
];

const negation: readonly ConditionRow[] = [
  ['StringNotEquals takes another string', isNotTeam, { 'claims:team': 'web' }, 'Allow'],
  ['StringNotEquals refuses the string', isNotTeam, { 'claims:team': 'payments' }, 'ImplicitDeny'],
  [
    'StringNotEquals refuses a list without a set operator',
    isNotTeam,
    { 'claims:team': ['web'] },
    'ImplicitDeny',
  ],
  [
    'a Deny with StringNotEquals denies another string',
    denyIf({ StringNotEquals: { 'claims:team': 'payments' } }),
    { 'claims:team': 'web' },
    'ExplicitDeny',
  ],
  [
    'a Deny with StringNotEquals denies another case',
    denyIf({ StringNotEquals: { 'claims:team': 'payments' } }),
    { 'claims:team': 'PAYMENTS' },
    'ExplicitDeny',
  ],
  [
    'a Deny with StringEquals spares another string',
    denyIf({ StringEquals: { 'claims:team': 'contractors' } }),
    { 'claims:team': 'payments' },
    'Allow',
  ],
  [
    'a Deny with StringEquals denies the string',
    denyIf({ StringEquals: { 'claims:team': 'contractors' } }),
    { 'claims:team': 'contractors' },
    'ExplicitDeny',
  ],
  [
    'StringNotEqualsIgnoreCase refuses another case',
    allowIf({ StringNotEqualsIgnoreCase: { 'claims:team': 'payments' } }),
    { 'claims:team': 'PayMents' },
    'ImplicitDeny',
  ],
  [
    'StringNotLike refuses what its pattern matches',
    allowIf({ StringNotLike: { 'claims:ref': 'refs/pull/*' } }),
    { 'claims:ref': 'refs/pull/7/merge' },
    'ImplicitDeny',
  ],
  [
    'StringNotLike takes what its pattern does not match',
    allowIf({ StringNotLike: { 'claims:ref': 'refs/pull/*' } }),
    { 'claims:ref': 'refs/heads/main' },
    'Allow',
  ],
];

const ignoringCase: readonly ConditionRow[] = [
  ['StringEqualsIgnoreCase takes another case', isTeamInAnyCase, { 'claims:team': 'kIOSK' }, 'Allow'],
  ['StringEqualsIgnoreCase takes no prefix', isTeamInAnyCase, { 'claims:team': 'kios' }, 'ImplicitDeny'],
  [
    'StringEqualsIgnoreCase takes no Kelvin sign for k',
    isTeamInAnyCase,
    { 'claims:team': '\u212aiosk' },
    'ImplicitDeny',
  ],
  [
    'StringEqualsIgnoreCase takes no dotless i for i',
    isTeamInAnyCase,
    { 'claims:team': 'k\u0131osk' },
    'ImplicitDeny',
  ],
  [
    'StringEqualsIgnoreCase takes no long s for s',
    isTeamInAnyCase,
    { 'claims:team': 'kio\u017fk' },
    'ImplicitDeny',
  ],
  ['StringEqualsIgnoreCase takes no wildcard', isTeamInAnyCase, { 'claims:team': 'k*' }, 'ImplicitDeny'],
];

const patterns: readonly ConditionRow[] = [
  [
    'StringLike takes what its pattern matches',
    isBranch,
    { 'claims:ref': 'refs/heads/release-1/a' },
    'Allow',
  ],
  ['StringLike lets * be nothing', isBranch, { 'claims:ref': 'refs/heads/release-1/' }, 'Allow'],
  [
    'StringLike wants one character for ?',
    isBranch,
    { 'claims:ref': 'refs/heads/release-/a' },
    'ImplicitDeny',
  ],
  [
    'StringLike wants no two characters for ?',
    isBranch,
    { 'claims:ref': 'refs/heads/release-10/a' },
    'ImplicitDeny',
  ],
  [
    'StringLike wants the whole string: before',
    isBranch,
    { 'claims:ref': 'xrefs/heads/release-1/a' },
    'ImplicitDeny',
  ],
  [
    'StringLike wants the whole string: after',
    allowIf({ StringLike: { 'claims:ref': '*main' } }),
    { 'claims:ref': 'main2' },
    'ImplicitDeny',
  ],
  ['StringLike regards case', isBranch, { 'claims:ref': 'refs/heads/Release-1/a' }, 'ImplicitDeny'],
  ['StringLike takes no pattern in the request', isBranch, { 'claims:ref': '*' }, 'ImplicitDeny'],
  ['StringLike takes no list', isBranch, { 'claims:ref': ['refs/heads/release-1/a'] }, 'ImplicitDeny'],
  [
    'a bar is no alternative',
    allowIf({ StringLike: { 'claims:team': 'web|payments' } }),
    { 'claims:team': 'payments' },
    'ImplicitDeny',
  ],
  [
    'a dot is no wildcard',
    allowIf({ StringLike: { 'claims:host': 'a.example.com' } }),
    { 'claims:host': 'a-example.com' },
    'ImplicitDeny',
  ],
  [
    'brackets are no class',
    allowIf({ StringLike: { 'claims:team': '[a-z]*' } }),
    { 'claims:team': 'web' },
    'ImplicitDeny',
  ],
  ['* crosses lines', allowIf({ StringLike: { 'claims:note': 'a*b' } }), { 'claims:note': 'a\n:b' }, 'Allow'],
  [
    '? is one character outside the basic plane',
    allowIf({ StringLike: { 'claims:note': '?' } }),
    { 'claims:note': '\u{1f511}' },
    'Allow',
  ],
];

const logic: readonly ConditionRow[] = [
  ['values are alternatives: the first', isOneOfTwo, { 'claims:team': 'payments' }, 'Allow'],
  ['values are alternatives: the second', isOneOfTwo, { 'claims:team': 'web' }, 'Allow'],
  ['values are alternatives: neither', isOneOfTwo, { 'claims:team': 'ops' }, 'ImplicitDeny'],
  ['values are no sequence', isOneOfTwo, { 'claims:team': 'paymentsweb' }, 'ImplicitDeny'],
  [
    'values of a negation are all excluded: the first',
    isNoneOfTwo,
    { 'claims:team': 'payments' },
    'ImplicitDeny',
  ],
  [
    'values of a negation are all excluded: the second',
    isNoneOfTwo,
    { 'claims:team': 'web' },
    'ImplicitDeny',
  ],
  ['values of a negation are all excluded: neither', isNoneOfTwo, { 'claims:team': 'ops' }, 'Allow'],
  [
    'keys and operators must all hold',
    isBoth,
    { 'claims:team': 'payments', 'claims:role': 'lead', 'claims:ref': 'refs/x' },
    'Allow',
  ],
  [
    'one key of an operator fails',
    isBoth,
    { 'claims:team': 'payments', 'claims:role': 'dev', 'claims:ref': 'refs/x' },
    'ImplicitDeny',
  ],
  [
    'another key of it fails',
    isBoth,
    { 'claims:team': 'web', 'claims:role': 'lead', 'claims:ref': 'refs/x' },
    'ImplicitDeny',
  ],
  [
    'one operator fails',
    isBoth,
    { 'claims:team': 'payments', 'claims:role': 'lead', 'claims:ref': 'x' },
    'ImplicitDeny',
  ],
  ['one key is missing', isBoth, { 'claims:team': 'payments', 'claims:ref': 'refs/x' }, 'ImplicitDeny'],
  [
    'the values are those of the other key',
    isBoth,
    { 'claims:team': 'lead', 'claims:role': 'payments', 'claims:ref': 'refs/x' },
    'ImplicitDeny',
  ],
];

export const stringRows = toDecisionRows([...equality, ...negation, ...ignoringCase, ...patterns, ...logic]);
