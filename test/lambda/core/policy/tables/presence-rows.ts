import { allowIf, type ConditionRow, denyIf, toDecisionRows } from './decision-row.ts';

const missing: readonly ConditionRow[] = [
  ['StringEquals without the key', allowIf({ StringEquals: { 'claims:team': 'web' } }), {}, 'ImplicitDeny'],
  [
    'StringEquals of an empty string without the key',
    allowIf({ StringEquals: { 'claims:team': '' } }),
    {},
    'ImplicitDeny',
  ],
  ['StringLike * without the key', allowIf({ StringLike: { 'claims:team': '*' } }), {}, 'ImplicitDeny'],
  [
    'StringEquals with an empty list',
    allowIf({ StringEquals: { 'claims:team': '' } }),
    { 'claims:team': [] },
    'ImplicitDeny',
  ],
  ['NumericLessThan without the key', allowIf({ NumericLessThan: { 'claims:n': 9 } }), {}, 'ImplicitDeny'],
  [
    'DateLessThan without the key',
    allowIf({ DateLessThan: { 'claims:d': '2030-01-01' } }),
    {},
    'ImplicitDeny',
  ],
  ['ArnLike without the key', allowIf({ ArnLike: { 'aws:SourceArn': 'arn:*:*:*:*:*' } }), {}, 'ImplicitDeny'],
  ['StringNotEquals without the key', allowIf({ StringNotEquals: { 'claims:team': 'web' } }), {}, 'Allow'],
  [
    'a Deny with StringNotEquals without the key',
    denyIf({ StringNotEquals: { 'claims:team': 'web' } }),
    {},
    'ExplicitDeny',
  ],
  [
    'a Deny with StringNotLike without the key',
    denyIf({ StringNotLike: { 'claims:team': '*' } }),
    {},
    'ExplicitDeny',
  ],
  [
    'a Deny with NumericNotEquals without the key',
    denyIf({ NumericNotEquals: { 'claims:n': 1 } }),
    {},
    'ExplicitDeny',
  ],
  [
    'a Deny with StringEquals without the key',
    denyIf({ StringEquals: { 'claims:team': 'web' } }),
    {},
    'Allow',
  ],
  [
    'StringEqualsIfExists without the key',
    allowIf({ StringEqualsIfExists: { 'claims:team': 'web' } }),
    {},
    'Allow',
  ],
  [
    'StringEqualsIfExists with another value',
    allowIf({ StringEqualsIfExists: { 'claims:team': 'web' } }),
    { 'claims:team': 'ops' },
    'ImplicitDeny',
  ],
  [
    'StringEqualsIfExists with an empty value',
    allowIf({ StringEqualsIfExists: { 'claims:team': 'web' } }),
    { 'claims:team': '' },
    'ImplicitDeny',
  ],
  [
    'StringEqualsIfExists with a list',
    allowIf({ StringEqualsIfExists: { 'claims:team': 'web' } }),
    { 'claims:team': ['web'] },
    'ImplicitDeny',
  ],
  [
    'a Deny with StringNotEqualsIfExists without the key',
    denyIf({ StringNotEqualsIfExists: { 'claims:team': 'web' } }),
    {},
    'ExplicitDeny',
  ],
  [
    'NumericLessThanIfExists with what is no number',
    allowIf({ NumericLessThanIfExists: { 'claims:n': 9 } }),
    { 'claims:n': 'x' },
    'ImplicitDeny',
  ],
  [
    'IfExists makes no other condition optional',
    allowIf({ StringEqualsIfExists: { 'claims:team': 'web' }, Bool: { 'aws:SecureTransport': true } }),
    {},
    'ImplicitDeny',
  ],
];

const nulls: readonly ConditionRow[] = [
  ['Null true without the key', allowIf({ Null: { 'aws:TokenIssueTime': 'true' } }), {}, 'Allow'],
  [
    'Null true with the key',
    allowIf({ Null: { 'aws:TokenIssueTime': 'true' } }),
    { 'aws:TokenIssueTime': '2026-01-01' },
    'ImplicitDeny',
  ],
  ['Null false with the key', allowIf({ Null: { 'claims:team': false } }), { 'claims:team': 'web' }, 'Allow'],
  ['Null false without the key', allowIf({ Null: { 'claims:team': 'false' } }), {}, 'ImplicitDeny'],
  [
    'Null false with an empty value',
    allowIf({ Null: { 'claims:team': 'false' } }),
    { 'claims:team': '' },
    'ImplicitDeny',
  ],
  [
    'Null false with an empty list',
    allowIf({ Null: { 'claims:team': 'false' } }),
    { 'claims:team': [] },
    'ImplicitDeny',
  ],
  [
    'Null false with a list of an empty value',
    allowIf({ Null: { 'claims:team': 'false' } }),
    { 'claims:team': [''] },
    'ImplicitDeny',
  ],
  [
    'Null false with the word null, which is a value',
    allowIf({ Null: { 'claims:team': 'true' } }),
    { 'claims:team': 'null' },
    'ImplicitDeny',
  ],
  [
    'a Deny with Null true without the key',
    denyIf({ Null: { 'sts:SourceIdentity': 'true' } }),
    {},
    'ExplicitDeny',
  ],
  [
    'a Deny with Null true with the key',
    denyIf({ Null: { 'sts:SourceIdentity': 'true' } }),
    { 'sts:SourceIdentity': 'okta.jo' },
    'Allow',
  ],
];

const any = allowIf({ 'ForAnyValue:StringEquals': { 'claims:groups': ['sre', 'oncall'] } });
const anyLike = allowIf({ 'ForAnyValue:StringLike': { 'claims:groups': 'sre-*' } });
const anyOther = allowIf({ 'ForAnyValue:StringNotEquals': { 'claims:groups': 'guest' } });
const all = allowIf({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team', 'Stage'] } });
const allPresent = allowIf({
  'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team', 'Stage'] },
  Null: { 'aws:TagKeys': 'false' },
});
const noneOf = allowIf({ 'ForAllValues:StringNotEquals': { 'claims:groups': ['guest', 'contractor'] } });

const sets: readonly ConditionRow[] = [
  ['ForAnyValue finds one of several', any, { 'claims:groups': ['dev', 'sre'] }, 'Allow'],
  ['ForAnyValue finds none', any, { 'claims:groups': ['dev', 'srex', 'SRE'] }, 'ImplicitDeny'],
  ['ForAnyValue finds no part of a value', any, { 'claims:groups': ['sre,oncall'] }, 'ImplicitDeny'],
  ['ForAnyValue without the key', any, {}, 'ImplicitDeny'],
  ['ForAnyValue with an empty list', any, { 'claims:groups': [] }, 'ImplicitDeny'],
  [
    'ForAnyValue with an empty value',
    allowIf({ 'ForAnyValue:StringEquals': { 'claims:groups': '' } }),
    { 'claims:groups': '' },
    'ImplicitDeny',
  ],
  ['ForAnyValue with a star in the request', any, { 'claims:groups': ['*'] }, 'ImplicitDeny'],
  ['ForAnyValue takes a single value as a list of one', any, { 'claims:groups': 'sre' }, 'Allow'],
  ['ForAnyValue with a pattern', anyLike, { 'claims:groups': ['dev', 'sre-eu'] }, 'Allow'],
  [
    'ForAnyValue with a pattern that matches none',
    anyLike,
    { 'claims:groups': ['dev-sre-', 'sre'] },
    'ImplicitDeny',
  ],
  ['ForAnyValue negated finds one other', anyOther, { 'claims:groups': ['guest', 'dev'] }, 'Allow'],
  ['ForAnyValue negated finds no other', anyOther, { 'claims:groups': ['guest', 'guest'] }, 'ImplicitDeny'],
  ['ForAnyValue negated without the key', anyOther, {}, 'ImplicitDeny'],
  [
    'a Deny with ForAnyValue',
    denyIf({ 'ForAnyValue:StringEquals': { 'claims:groups': 'guest' } }),
    { 'claims:groups': ['sre', 'guest'] },
    'ExplicitDeny',
  ],
  ['ForAllValues with a subset', all, { 'aws:TagKeys': ['Team'] }, 'Allow'],
  ['ForAllValues with one more', all, { 'aws:TagKeys': ['Team', 'Owner'] }, 'ImplicitDeny'],
  ['ForAllValues with another case', all, { 'aws:TagKeys': ['team'] }, 'ImplicitDeny'],
  ['ForAllValues with an empty value among others', all, { 'aws:TagKeys': ['Team', ''] }, 'ImplicitDeny'],
  ['ForAllValues without the key', all, {}, 'Allow'],
  ['ForAllValues without the key, beside Null', allPresent, {}, 'ImplicitDeny'],
  ['ForAllValues with an empty list, beside Null', allPresent, { 'aws:TagKeys': [] }, 'ImplicitDeny'],
  ['ForAllValues with an empty value, beside Null', allPresent, { 'aws:TagKeys': '' }, 'ImplicitDeny'],
  [
    'ForAllValues with a subset, beside Null',
    allPresent,
    { 'aws:TagKeys': ['Stage', 'Team', 'Team'] },
    'Allow',
  ],
  ['ForAllValues negated with one of them', noneOf, { 'claims:groups': ['sre', 'guest'] }, 'ImplicitDeny'],
  ['ForAllValues negated with the other', noneOf, { 'claims:groups': ['contractor'] }, 'ImplicitDeny'],
  ['ForAllValues negated with none of them', noneOf, { 'claims:groups': ['sre', 'dev'] }, 'Allow'],
  [
    'a Deny with ForAllValues without the key',
    denyIf({ 'ForAllValues:StringNotEquals': { 'claims:groups': 'sre' } }),
    {},
    'ExplicitDeny',
  ],
  [
    'a Deny with ForAllValues and an empty value, whatever it compares',
    denyIf({ 'ForAllValues:StringEquals': { 'claims:groups': 'sre' } }),
    { 'claims:groups': '' },
    'ExplicitDeny',
  ],
  [
    'a Deny with ForAllValues and an empty value',
    denyIf({ 'ForAllValues:StringNotEquals': { 'claims:groups': 'sre' } }),
    { 'claims:groups': '' },
    'ExplicitDeny',
  ],
  [
    'set operators compare numbers',
    allowIf({ 'ForAnyValue:NumericGreaterThan': { 'claims:levels': 3 } }),
    { 'claims:levels': ['1', '2', 'x'] },
    'ImplicitDeny',
  ],
  [
    'set operators compare addresses',
    allowIf({ 'ForAllValues:IpAddress': { 'aws:VpcSourceIp': '10.0.0.0/8' } }),
    { 'aws:VpcSourceIp': ['10.0.0.1', '11.0.0.1'] },
    'ImplicitDeny',
  ],
];

export const presenceRows = toDecisionRows([...missing, ...nulls, ...sets]);
