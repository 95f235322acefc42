import { type BrokenRow, badValues, missing, refused } from './broken-row.ts';

const roleAllowed =
  "an IAM role ARN such as arn:aws:iam::222222222222:role/path/Name, of the deployment's partition";
const ownRole = "a role that is not one of the broker's own";
const secondsAllowed = 'an integer, 900–3600 seconds (role chaining)';
const tagKeyAllowed = '1–128 letters, digits, spaces or _ . : / = + - @, not beginning with "aws:"';
const tagValueAllowed =
  'at most 256 letters, digits, spaces or _ . : / = + - @, and ${claims:<name>} and ${daypass:<key>} among them';
const equalKeys = 'a key of its own: STS compares tag keys without regard to case';
const tooManyTags = 'at most 50 tags, accepted ones included';
const policyArnAllowed = 'an IAM policy ARN such as arn:aws:iam::aws:policy/ReadOnlyAccess';
const foreignPolicy =
  "a policy of the role's own account 222222222222 or an AWS managed one, of partition aws";
const profileNameAllowed = 'a profile name of 1–63 characters: a–z, 0–9 and -, beginning with a letter';
const prototypeAllowed = 'a key that JavaScript does not keep for itself';
const daypassVariables = '${daypass:Issuer}, ${daypass:Subject}, ${daypass:Profile}';

const roleLine = 'roleArn: arn:aws:iam::222222222222:role/daypass/Reports';
const tags = 'sessionTags: { Team: "${claims:team}" }';
const policies = 'managedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]';

const role = (name: string, account = '222222222222') => `arn:aws:iam::${account}:role/${name}`;

/** A session tag whose template is refused. */
const badTag = (name: string, template: string, allowed: string): BrokenRow => ({
  name: `a session tag ${name}`,
  change: [tags, `sessionTags: { Team: ${JSON.stringify(template)} }`],
  says: [['sessionTags:', refused('profiles.reports.sessionTags.Team', template, allowed)]],
});

export const profileRows: readonly BrokenRow[] = [
  {
    name: 'an unknown key of a profile, at the line of the key and not of its value',
    change: ['    mechanism: assume-role\n', '    mechanism: assume-role\n    through:\n      - a-role\n'],
    says: [
      [
        'through:',
        refused(
          'profiles.reports.through',
          'through',
          'one of the keys description, mechanism, roleArn, via, duration, owner, requestAccessUrl, reasonRequired, sessionTags, transitiveTagKeys, acceptedTagKeys, sessionPolicy, acceptsSessionPolicy, managedPolicyArns, setSourceIdentity, subjectInSessionName, console, externalId, webIdentityToken, trust',
        ),
      ],
    ],
  },
  {
    name: 'a policy of the caller taken whole beside policies of the profile',
    change: [policies, `acceptsSessionPolicy: true\n    ${policies}`],
    says: [
      [
        'acceptsSessionPolicy',
        refused(
          'profiles.reports.acceptsSessionPolicy',
          true,
          'false beside sessionPolicy or managedPolicyArns: a caller may always add Deny statements to those, and never an Allow',
        ),
      ],
    ],
  },
  {
    name: 'an unknown key of a duration',
    change: ['maxSeconds: 3600', 'maxSeconds: 3600, minSeconds: 900'],
    says: [
      [
        'minSeconds',
        refused(
          'profiles.reports.duration.minSeconds',
          'minSeconds',
          'one of the keys defaultSeconds, maxSeconds',
        ),
      ],
    ],
  },
  ...['Reports', 'a'.repeat(64), 'a/b', '1a', '..', ''].map((name) => ({
    name: `a profile called ${JSON.stringify(name)}`,
    change: ['  reports:\n', `  ${JSON.stringify(name)}:\n`] as const,
    says: [
      [
        `  ${JSON.stringify(name)}:\n`,
        refused(`profiles.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}`, name, profileNameAllowed),
      ] as const,
    ],
  })),
  {
    name: 'a mechanism that there is not',
    change: ['mechanism: assume-role', 'mechanism: session-token'],
    says: [
      [
        'session-token',
        refused(
          'profiles.reports.mechanism',
          'session-token',
          'assume-role, web-identity, federation-token, saml or assume-root',
        ),
      ],
    ],
  },
  {
    name: 'an ExternalId of a web identity',
    change: ['mechanism: assume-role', 'mechanism: web-identity'],
    says: [
      [
        'externalId:',
        refused(
          'profiles.reports.externalId',
          'daypass-7f3a9c52',
          'no such key here: AssumeRoleWithWebIdentity takes no ExternalId; the role trusts the audience and the subject of the token',
        ),
      ],
    ],
  },
  {
    name: 'no mechanism',
    change: ['    mechanism: assume-role\n', ''],
    says: [
      [
        '  reports:',
        missing(
          'profiles.reports.mechanism',
          'assume-role, web-identity, federation-token, saml or assume-root',
        ),
      ],
    ],
  },
  ...badValues({
    line: roleLine,
    path: 'profiles.reports.roleArn',
    allowed: roleAllowed,
    values: {
      'an account of 11 digits': role('R', '22222222222'),
      'an account of 13 digits': role('R', '2222222222222'),
      'full-width digits': role('R', '２２２２２２２２２２２２'),
      'every role': role('*'),
      'a pattern': role('daypass/Rep*'),
      'a question mark': role('Report?'),
      'a path upwards': role('../x'),
      'a path upwards at its end': role('daypass/..'),
      'a dot segment': role('./x'),
      'an encoded path upwards': role('%2e%2e/x'),
      'an empty segment': role('/x'),
      'a path without a name': role('x/'),
      'a name of 65 characters': role('r'.repeat(65)),
      'a line break at its end': role('R\n'),
      'a space at its end': role('R '),
      'a variable': role('${claims:team}'),
      'a Cyrillic letter': role('Rеports'),
      'a user': 'arn:aws:iam::222222222222:user/x',
      'an account': 'arn:aws:iam::222222222222:root',
      'a session': 'arn:aws:sts::222222222222:assumed-role/R/s',
      'a region': 'arn:aws:iam:eu-west-1:222222222222:role/R',
      'a capital in the partition': 'arn:AWS:iam::222222222222:role/R',
      'an account alone': 222222222222,
    },
  }),
  ...badValues({
    line: roleLine,
    path: 'profiles.reports.roleArn',
    allowed: `${roleAllowed}: aws`,
    values: {
      'the Chinese partition': 'arn:aws-cn:iam::222222222222:role/R',
      'the government partition': 'arn:aws-us-gov:iam::222222222222:role/R',
      'an isolated partition': 'arn:aws-iso:iam::222222222222:role/R',
      'no partition at all': 'arn:awsx:iam::222222222222:role/R',
    },
  }),
  ...badValues({
    line: roleLine,
    path: 'profiles.reports.roleArn',
    allowed: ownRole,
    values: {
      'the issuer function': role('daypass/daypass-prod-eu-west-1-issuer', '111111111111'),
      'the audit function': role('daypass/daypass-prod-eu-west-1-audit', '111111111111'),
      'the authorizer function': role('daypass/daypass-prod-eu-west-1-authorizer', '111111111111'),
      'the issuer function in other case': role('daypass/Daypass-Prod-eu-west-1-ISSUER', '111111111111'),
    },
  }),
  ...['defaultSeconds: 899', 'defaultSeconds: 3601', 'defaultSeconds: 900.5', 'defaultSeconds: 1e999'].map(
    (seconds) => ({
      name: `a duration with ${seconds}`,
      change: ['defaultSeconds: 900', seconds] as const,
      says: [
        [
          'duration:',
          `profiles.reports.duration.defaultSeconds: ${Number(seconds.split(' ')[1])} is not allowed; allowed: ${secondsAllowed}`,
        ] as const,
      ],
    }),
  ),
  ...[899, 3601, 43_200, '3600'].map((seconds) => ({
    name: `a duration of at most ${JSON.stringify(seconds)}`,
    change: ['maxSeconds: 3600', `maxSeconds: ${JSON.stringify(seconds)}`] as const,
    says: [['duration:', refused('profiles.reports.duration.maxSeconds', seconds, secondsAllowed)] as const],
  })),
  {
    name: 'a default duration above the longest',
    change: ['defaultSeconds: 900, maxSeconds: 3600', 'defaultSeconds: 1801, maxSeconds: 1800'],
    says: [
      [
        'duration:',
        refused('profiles.reports.duration.defaultSeconds', 1801, 'at most duration.maxSeconds, 1800'),
      ],
    ],
  },
  {
    name: 'a duration that is a number',
    change: ['{ defaultSeconds: 900, maxSeconds: 3600 }', '900'],
    says: [
      [
        'duration:',
        refused('profiles.reports.duration', 900, 'an object with the keys defaultSeconds, maxSeconds'),
      ],
    ],
  },
  ...badValues({
    line: 'externalId: daypass-7f3a9c52',
    path: 'profiles.reports.externalId',
    allowed: '2–1224 characters of A–Z a–z 0–9 _ + = , . @ : / -',
    values: {
      'a space': 'a b',
      'one character': 'a',
      nothing: '',
      '1225 characters': 'a'.repeat(1225),
      'a wildcard': 'a*',
      'a letter beyond ASCII': 'ä1',
      'a line break': 'ab\n',
      'a number': 12_345,
    },
  }),
  ...['aws:x', 'AWS:x', 'k'.repeat(129), 'a*', 'a\tb', ''].map((key) => ({
    name: `a session tag called ${JSON.stringify(key)}`,
    change: [tags, `sessionTags: { ${JSON.stringify(key)}: x, Team: x }`] as const,
    says: [
      [
        'sessionTags:',
        refused(
          `profiles.reports.sessionTags.${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)}`,
          key,
          tagKeyAllowed,
        ),
      ] as const,
    ],
  })),
  badTag('that is too long', 'v'.repeat(257), tagValueAllowed),
  badTag('with a wildcard', 'a*', tagValueAllowed),
  badTag("with a variable of AWS's", '${aws:username}', tagValueAllowed),
  badTag('with an escape', '${*}', tagValueAllowed),
  badTag('whose variable is not closed', '${claims:team', tagValueAllowed),
  badTag('whose variable has no name', '${}', tagValueAllowed),
  badTag('whose variable has no prefix', '${team}', tagValueAllowed),
  badTag('whose variable holds another', '${claims:${claims:team}}', tagValueAllowed),
  badTag('whose variable has a default', "${claims:team, 'x'}", tagValueAllowed),
  badTag(
    'of a claim that no issuer has',
    '${claims:tema}',
    'a variable that a trusted issuer provides: ${claims:team}',
  ),
  badTag(
    'of a claim that only an issuer has which is not trusted',
    '${claims:owner}',
    'a variable that a trusted issuer provides: ${claims:team}',
  ),
  badTag('of a list', '${claims:groups}', 'a claim that is one value, not a list'),
  badTag('of the address', '${daypass:SourceIp}', daypassVariables),
  badTag('of the reason', '${daypass:Reason}', daypassVariables),
  {
    name: 'a session tag that is a number',
    change: [tags, 'sessionTags: { Team: 1 }'],
    says: [['sessionTags:', refused('profiles.reports.sessionTags.Team', 1, 'a string')]],
  },
  {
    name: 'session tags equal but for case',
    change: [tags, 'sessionTags: { Team: a, TEAM: b }'],
    says: [['sessionTags:', refused('profiles.reports.sessionTags.TEAM', 'TEAM', equalKeys)]],
  },
  {
    name: 'an accepted tag that would override a session tag',
    change: ['acceptedTagKeys: [Purpose]', 'acceptedTagKeys: [team]'],
    says: [['acceptedTagKeys:', refused('profiles.reports.acceptedTagKeys[0]', 'team', equalKeys)]],
  },
  {
    name: 'an accepted tag that stands there twice',
    change: ['acceptedTagKeys: [Purpose]', 'acceptedTagKeys: [Purpose, PURPOSE]'],
    says: [['acceptedTagKeys:', refused('profiles.reports.acceptedTagKeys[1]', 'PURPOSE', equalKeys)]],
  },
  {
    name: 'an accepted tag that AWS keeps for itself',
    change: ['acceptedTagKeys: [Purpose]', 'acceptedTagKeys: ["aws:x"]'],
    says: [['acceptedTagKeys:', refused('profiles.reports.acceptedTagKeys[0]', 'aws:x', tagKeyAllowed)]],
  },
  {
    name: 'more than 50 tags',
    change: [
      tags,
      `sessionTags: { Team: x, ${Array.from({ length: 50 }, (_, n) => `k${n}: v`).join(', ')} }`,
    ],
    says: [['sessionTags:', refused('profiles.reports.sessionTags', 52, tooManyTags)]],
  },
  {
    name: 'more than 50 tags with the accepted ones',
    change: [
      'acceptedTagKeys: [Purpose]',
      `acceptedTagKeys: [${Array.from({ length: 50 }, (_, n) => `k${n}`).join(', ')}]`,
    ],
    says: [['sessionTags:', refused('profiles.reports.sessionTags', 51, tooManyTags)]],
  },
  {
    name: 'a transitive tag that is none',
    change: ['transitiveTagKeys: [Team]', 'transitiveTagKeys: [team]'],
    says: [
      [
        'transitiveTagKeys:',
        refused('profiles.reports.transitiveTagKeys[0]', 'team', 'a key of sessionTags or acceptedTagKeys'),
      ],
    ],
  },
  {
    name: 'a transitive tag that stands there twice',
    change: ['transitiveTagKeys: [Team]', 'transitiveTagKeys: [Team, Team]'],
    says: [['transitiveTagKeys:', refused('profiles.reports.transitiveTagKeys[1]', 'Team', 'each key once')]],
  },
  {
    name: '11 managed policies',
    change: [
      policies,
      `managedPolicyArns: [${Array.from({ length: 11 }, (_, n) => `arn:aws:iam::aws:policy/P${n}`).join(', ')}]`,
    ],
    says: [
      [
        'managedPolicyArns:',
        refused(
          'profiles.reports.managedPolicyArns',
          Array.from({ length: 11 }, (_, n) => `arn:aws:iam::aws:policy/P${n}`),
          'at most 10 policy ARNs',
        ),
      ],
    ],
  },
  {
    name: 'a managed policy outside a list',
    change: [policies, 'managedPolicyArns: arn:aws:iam::aws:policy/ReadOnlyAccess'],
    says: [
      [
        'managedPolicyArns:',
        refused(
          'profiles.reports.managedPolicyArns',
          'arn:aws:iam::aws:policy/ReadOnlyAccess',
          'a list of IAM policy ARNs',
        ),
      ],
    ],
  },
  ...['arn:aws:iam::333333333333:policy/P', 'arn:aws-cn:iam::aws:policy/P'].map((arn) => ({
    name: `a managed policy ${arn}`,
    change: [policies, `managedPolicyArns: ["${arn}"]`] as const,
    says: [
      ['managedPolicyArns:', refused('profiles.reports.managedPolicyArns[0]', arn, foreignPolicy)] as const,
    ],
  })),
  ...[
    'arn:aws:iam::aws:policy/*',
    'arn:aws:iam::aws:policy/../P',
    'arn:aws:iam::222222222222:role/P',
    'ReadOnlyAccess',
  ].map((arn) => ({
    name: `a managed policy ${arn}`,
    change: [policies, `managedPolicyArns: ["${arn}"]`] as const,
    says: [
      [
        'managedPolicyArns:',
        refused('profiles.reports.managedPolicyArns[0]', arn, policyArnAllowed),
      ] as const,
    ],
  })),
  ...['setSourceIdentity', 'subjectInSessionName', 'reasonRequired', 'console'].map((key) => ({
    name: `${key} in words`,
    change: ['    externalId:', `    ${key}: "yes"\n    externalId:`] as const,
    says: [[`${key}:`, refused(`profiles.reports.${key}`, 'yes', 'true or false')] as const],
  })),
  {
    name: '__proto__ as a profile',
    change: ['  reports:\n', '  __proto__:\n'],
    says: [['__proto__:', refused('profiles.__proto__', '__proto__', prototypeAllowed)]],
  },
  {
    name: '__proto__ as an issuer',
    change: [
      'profiles:\n',
      '  __proto__: { type: oidc, issuer: "https://a.example", audience: a }\nprofiles:\n',
    ],
    says: [['__proto__:', refused('issuers.__proto__', '__proto__', prototypeAllowed)]],
  },
  {
    name: '__proto__ as a claim',
    change: ['    mfa:', '      __proto__: { claim: /x, type: string }\n    mfa:'],
    says: [['__proto__:', refused('issuers.okta.claims.__proto__', '__proto__', prototypeAllowed)]],
  },
  {
    name: '__proto__ as a session tag',
    change: [tags, 'sessionTags: { Team: x, __proto__: y }'],
    says: [['__proto__:', refused('profiles.reports.sessionTags.__proto__', '__proto__', prototypeAllowed)]],
  },
  {
    name: '__proto__ as an accepted tag',
    change: ['acceptedTagKeys: [Purpose]', 'acceptedTagKeys: [__proto__]'],
    says: [['__proto__', refused('profiles.reports.acceptedTagKeys[0]', '__proto__', prototypeAllowed)]],
  },
];
