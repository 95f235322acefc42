import { type BrokenRow, missing, refused } from './broken-row.ts';

const operatorAllowed =
  'StringEquals, StringNotEquals, StringEqualsIgnoreCase, StringNotEqualsIgnoreCase, StringLike, StringNotLike, NumericEquals, NumericNotEquals, NumericLessThan, NumericLessThanEquals, NumericGreaterThan, NumericGreaterThanEquals, DateEquals, DateNotEquals, DateLessThan, DateLessThanEquals, DateGreaterThan, DateGreaterThanEquals, Bool, BinaryEquals, IpAddress, NotIpAddress, ArnEquals, ArnLike, ArnNotEquals, ArnNotLike, Null; ForAllValues: or ForAnyValue: before it or IfExists after it, but for Null, and not ForAnyValue with IfExists';
const issuerAllowed = '{ Federated: <issuer> } with a configured issuer (okta, github); "*" in a Deny only';
const elementAllowed = 'one of the elements Sid, Effect, Principal, Condition';
const claimAllowed = 'a claim of okta: claims:groups, claims:team';
const auditKeys =
  'daypass:Issuer, daypass:Subject, daypass:MultiFactorAuthPresent, daypass:MultiFactorAuthAge, daypass:AuthTime, daypass:TokenAge, daypass:SourceIp, daypass:CurrentTime, daypass:EpochTime';
const auditKeyAllowed = `claims:<name> or one of ${auditKeys}`;
const keyAllowed = `${auditKeyAllowed}, daypass:Profile, daypass:RequestedDuration, daypass:Reason`;
const keyFormAllowed = "a condition key such as aws:SourceIp: prefix, colon, name, without * ? { } ' or ,";
const valueAllowed = 'a string, number or boolean, or a list with at least one of them';
const addressAllowed =
  'an IPv4 or IPv6 address, alone or with a prefix length, such as 203.0.113.0/24 or 2001:db8::/32';
const presenceAllowed =
  'ForAllValues in an Allow with Null: { "claims:groups": "false" } beside it, because it is true for a missing key';

const place = 'profiles.reports.trust[0]';
const principal = '        Principal: { Federated: okta }\n        Condition:\n';
const condition = '"ForAnyValue:StringEquals": { "claims:groups": [sre] }';
const trust = `    trust:
      - Sid: Teams
        Effect: Allow
        Principal: { Federated: okta }
        Condition:
          ${condition}
`;

/** A Principal, as JSON, of which one part is refused. */
const badPrincipal = (value: unknown, path: string, part: unknown, allowed = issuerAllowed): BrokenRow => ({
  name: `Principal: ${JSON.stringify(value)}`,
  change: [principal, `        Principal: ${JSON.stringify(value)}\n        Condition:\n`],
  says: [
    [`        Principal: ${JSON.stringify(value)}`, refused(`${place}.Principal${path}`, part, allowed)],
  ],
});

/** An element that a profile's statements have not. */
const badElement = (name: string, value: unknown, allowed = elementAllowed): BrokenRow => ({
  name: `the element ${name}`,
  change: [
    principal,
    principal.replace(
      '        Condition',
      () => `        ${name}: ${JSON.stringify(value)}\n        Condition`,
    ),
  ],
  says: [[`        ${name}: ${JSON.stringify(value)}`, refused(`${place}.${name}`, value, allowed)]],
});

/** A condition of one operator, key and value that is refused at the depth of the operator, the key or its value. */
const badCondition = (
  operator: string,
  block: unknown,
  allowed: string,
  { key, value }: { readonly key?: string; readonly value?: unknown } = {},
): BrokenRow => ({
  name: `${operator}: ${JSON.stringify(block)}`,
  change: [condition, `${JSON.stringify(operator)}: ${JSON.stringify(block)}`],
  says: [
    [
      `          ${JSON.stringify(operator)}: `,
      refused(
        `${place}.Condition.${quote(operator)}${key === undefined ? '' : `.${quote(key)}`}`,
        key === undefined ? block : value,
        allowed,
      ),
    ],
  ],
});

const quote = (key: string) => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

/** The same for one key of the operator. */
const badKey = (operator: string, key: string, value: unknown, allowed: string): BrokenRow =>
  badCondition(operator, { [key]: value }, allowed, { key, value });

export const trustRows: readonly BrokenRow[] = [
  badPrincipal({ Federated: 'okto' }, '.Federated', 'okto'),
  badPrincipal({ Federated: 'Okta' }, '.Federated', 'Okta'),
  badPrincipal({ Federated: ['okta', 'gitlab'] }, '.Federated[1]', 'gitlab'),
  badPrincipal({ Federated: 'constructor' }, '.Federated', 'constructor'),
  badPrincipal('*', '', '*'),
  badPrincipal({ AWS: '*' }, '.AWS', '*'),
  badPrincipal({ Federated: 'okta', AWS: '*' }, '.AWS', '*'),
  badPrincipal({ AWS: '222222222222' }, '.AWS', '222222222222'),
  badPrincipal({ Service: 'lambda.amazonaws.com' }, '.Service', 'lambda.amazonaws.com'),
  badPrincipal(
    { Federated: '*' },
    '.Federated',
    '*',
    'the name or ARN of an identity provider, without wildcards',
  ),
  badPrincipal({ Federated: [] }, '.Federated', [], 'at least one principal'),
  badPrincipal('okta', '', 'okta', '"*", or an object with AWS, Service or Federated'),
  badPrincipal({}, '', {}, '"*", or an object with AWS, Service or Federated'),
  badPrincipal(
    { federated: 'okta' },
    '.federated',
    'okta',
    'AWS, Service or Federated as a type of principal',
  ),
  badElement(
    'NotPrincipal',
    { Federated: 'github' },
    'Principal; to leave somebody out, write a Deny or a condition on the principal, because NotPrincipal allows everybody who was forgotten',
  ),
  badElement('Action', 'sts:AssumeRole'),
  badElement('NotAction', '*'),
  badElement('Resource', '*'),
  badElement('NotResource', '*'),
  badElement('effect', 'Allow'),
  badElement('Conditions', {}),
  badElement('constructor', {}),
  {
    name: 'no Principal',
    change: [principal, '        Condition:\n'],
    says: [['      - Sid: Teams', missing(`${place}.Principal`, 'a Principal')]],
  },
  {
    name: 'no Effect',
    change: ['      - Sid: Teams\n        Effect: Allow\n', '      - Sid: Teams\n'],
    says: [['      - Sid: Teams', missing(`${place}.Effect`, '"Allow" or "Deny"')]],
  },
  {
    name: 'an Effect in small letters',
    change: ['      - Sid: Teams\n        Effect: Allow\n', '      - Sid: Teams\n        Effect: allow\n'],
    says: [['Effect: allow', refused(`${place}.Effect`, 'allow', '"Allow" or "Deny"')]],
  },
  {
    name: 'a Sid with a dash',
    change: ['Sid: Teams', 'Sid: the-teams'],
    says: [['Sid: the-teams', refused(`${place}.Sid`, 'the-teams', 'letters and digits')]],
  },
  {
    name: 'a Sid that stands there twice',
    change: [
      '      - Sid: Teams\n',
      '      - { Sid: Teams, Effect: Deny, Principal: "*" }\n      - Sid: Teams\n',
    ],
    says: [
      [
        '      - Sid: Teams',
        refused('profiles.reports.trust[1].Sid', 'Teams', 'a Sid that no other statement has'),
      ],
    ],
  },
  {
    name: 'a trust without statements',
    change: [trust, '    trust: []\n'],
    says: [['trust: []', refused('profiles.reports.trust', [], 'at least one statement')]],
  },
  {
    name: 'no trust',
    change: [trust, ''],
    says: [['  reports:', missing('profiles.reports.trust', 'a list of statements')]],
  },
  {
    name: 'a trust that is one statement',
    change: [trust, '    trust: { Effect: Allow, Principal: { Federated: okta } }\n'],
    says: [
      [
        'trust: {',
        refused(
          'profiles.reports.trust',
          { Effect: 'Allow', Principal: { Federated: 'okta' } },
          'a list of statements',
        ),
      ],
    ],
  },
  {
    name: 'a trust of names',
    change: [trust, '    trust: [okta]\n'],
    says: [
      ['trust: [', refused(place, 'okta', 'a statement: an object with Sid, Effect, Principal, Condition')],
    ],
  },
  {
    name: 'a trust that denies only, with templates that nobody fills',
    change: ['      - Sid: Teams\n        Effect: Allow', '      - Sid: Teams\n        Effect: Deny'],
    says: [
      [
        'sessionTags:',
        refused(
          'profiles.reports.sessionTags.Team',
          '${claims:team}',
          'a variable that a trusted issuer provides: none has claims configured',
        ),
      ],
      [
        'Resource:',
        refused(
          'profiles.reports.sessionPolicy.Statement[0].Resource',
          'arn:aws:s3:::reports/${claims:team}/*',
          'a variable that a trusted issuer provides: none has claims configured',
        ),
      ],
    ],
  },
  {
    name: 'conditions in a list',
    change: [`        Condition:\n          ${condition}`, '        Condition: []'],
    says: [['Condition: []', refused(`${place}.Condition`, [], 'an object of condition operators')]],
  },
  ...[
    'StringEqual',
    'StringEquals ',
    'AnyValue:StringEquals',
    'ForAnyValue:StringEqualsIfExists',
    'NullIfExists',
    'ForAnyValue:Null',
    'IfExists',
    'constructor',
  ].map((operator) => badCondition(operator, { 'claims:groups': ['sre'] }, operatorAllowed)),
  badCondition('StringEquals', {}, 'at least one condition key'),
  badCondition('StringEquals', 'sre', 'an object of condition keys'),
  ...['claims:tema', 'claims:owner', 'claims:sub'].map((key) =>
    badKey('StringEquals', key, 'a', claimAllowed),
  ),
  ...['aws:PrincipalArn', 'daypass:SourceIP2', 'daypass:Role', 'sts:ExternalId', 'claim:team'].map((key) =>
    badKey('StringEquals', key, 'a', keyAllowed),
  ),
  ...['team', 'claims:', 'claims:*', ' claims:team'].map((key) =>
    badKey('StringEquals', key, 'a', keyFormAllowed),
  ),
  badKey(
    'StringEquals',
    'claims:groups',
    ['sre'],
    'ForAnyValue:StringEquals or ForAllValues:StringEquals, because claims:groups is a list',
  ),
  badKey(
    'StringNotLike',
    'claims:groups',
    'sre*',
    'ForAnyValue:StringNotLike or ForAllValues:StringNotLike, because claims:groups is a list',
  ),
  badKey(
    'ForAnyValue:StringEquals',
    'claims:team',
    'a',
    'StringEquals without ForAnyValue:, because claims:team is a single value',
  ),
  badKey(
    'ForAnyValue:IpAddress',
    'daypass:SourceIp',
    '203.0.113.0/24',
    'IpAddress without ForAnyValue:, because daypass:SourceIp is a single value',
  ),
  badKey('ForAllValues:StringEquals', 'claims:groups', ['sre'], presenceAllowed),
  {
    name: 'ForAllValues with Null: true beside it',
    change: [
      condition,
      '"ForAllValues:StringEquals": { "claims:groups": [sre] }\n          Null: { "claims:groups": "true" }',
    ],
    says: [
      [
        'ForAllValues:',
        refused(`${place}.Condition."ForAllValues:StringEquals"."claims:groups"`, ['sre'], presenceAllowed),
      ],
    ],
  },
  {
    name: 'ForAllValues with Null of another key beside it',
    change: [
      condition,
      '"ForAllValues:StringEquals": { "claims:groups": [sre] }\n          Null: { "claims:team": "false" }',
    ],
    says: [
      [
        'ForAllValues:',
        refused(`${place}.Condition."ForAllValues:StringEquals"."claims:groups"`, ['sre'], presenceAllowed),
      ],
    ],
  },
  badKey('StringEquals', 'claims:team', [], valueAllowed),
  badKey('StringEquals', 'claims:team', null, valueAllowed),
  badKey('StringEquals', 'claims:team', { a: 1 }, valueAllowed),
  badKey(
    'StringEquals',
    'claims:team',
    '${claims:team',
    "text in which a variable is ${prefix:name} or ${prefix:name, 'default'}, and ${*}, ${?} or ${$} is that character",
  ),
  badKey(
    'StringEquals',
    'claims:team',
    '${claims:groups}',
    'a variable of a single value; claims:groups is a list',
  ),
  badKey('StringEquals', 'claims:team', '${claims:owner}', `a variable of ${claimAllowed}`),
  badKey('StringEquals', 'claims:team', '${aws:username}', `a variable of ${keyAllowed}`),
  badKey('Bool', 'daypass:MultiFactorAuthPresent', 'yes', 'true or false'),
  badKey('Bool', 'daypass:MultiFactorAuthPresent', 1, 'true or false'),
  badKey('Null', 'claims:team', 'maybe', 'true or false'),
  badKey('IpAddress', 'daypass:SourceIp', '203.0.113.0/33', addressAllowed),
  badKey('IpAddress', 'daypass:SourceIp', '203.0.113', addressAllowed),
  badKey('IpAddress', 'daypass:SourceIp', '010.0.0.1', addressAllowed),
  badKey('IpAddress', 'daypass:SourceIp', 'office.example.com', addressAllowed),
  {
    name: 'an operator that stands there twice but for case',
    change: [condition, `StringEquals: { "claims:team": a }\n          stringEquals: { "claims:team": b }`],
    says: [
      [
        'stringEquals',
        refused(
          `${place}.Condition.stringEquals`,
          { 'claims:team': 'b' },
          'each operator once, without regard to case',
        ),
      ],
    ],
  },
  {
    name: 'a key that stands there twice but for case',
    change: [condition, 'StringEquals: { "claims:team": a, "claims:TEAM": b }'],
    says: [
      [
        'claims:TEAM',
        refused(
          `${place}.Condition.StringEquals."claims:TEAM"`,
          'b',
          'each key once, without regard to case',
        ),
      ],
    ],
  },
  {
    name: 'a Deny for everybody on a claim that no issuer has',
    change: [
      '      - Sid: Teams\n',
      '      - { Effect: Deny, Principal: "*", Condition: { StringEquals: { "claims:org": a } } }\n      - Sid: Teams\n',
    ],
    says: [
      [
        'claims:org',
        refused(
          `${place}.Condition.StringEquals."claims:org"`,
          'a',
          'a claim of okta, github: claims:groups, claims:team, claims:owner',
        ),
      ],
    ],
  },
  {
    name: "a profile's key in the audit's trust",
    change: [
      'Condition: { Bool: { "daypass:MultiFactorAuthPresent": "true" } }',
      'Condition: { Null: { "daypass:Profile": true } }',
    ],
    says: [
      ['daypass:Profile', refused('audit.trust[0].Condition.Null."daypass:Profile"', true, auditKeyAllowed)],
    ],
  },
  {
    name: 'an unknown issuer in the audit',
    change: [
      '  trust:\n    - Effect: Allow\n      Principal: { Federated: okta }',
      '  trust:\n    - Effect: Allow\n      Principal: { Federated: acme }',
    ],
    says: [['Federated: acme', refused('audit.trust[0].Principal.Federated', 'acme', issuerAllowed)]],
  },
];
