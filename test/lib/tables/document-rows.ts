import { type BrokenRow, badValues, missing, refused } from './broken-row.ts';

const personAllowed = '1–256 printable characters, such as an address or a team';
const accountIdAllowed = 'an account id of 12 digits, in quotes';
const urlAllowed = 'an https URL of at most 512 characters, without spaces and credentials';
const brokerUrlAllowed =
  'an https URL without query, fragment and a slash at its end, such as https://daypass.example.com';

const controlsKeyAllowed =
  'claims:<name> or one of daypass:Issuer, daypass:Subject, daypass:MultiFactorAuthPresent, daypass:MultiFactorAuthAge, daypass:AuthTime, daypass:TokenAge, daypass:SourceIp, daypass:CurrentTime, daypass:EpochTime';

/** The sections beside issuers and profiles. */
export const documentRows: readonly BrokenRow[] = [
  {
    name: 'an unknown section',
    change: ['owner: platform', 'ownr: 1\nowner: platform'],
    says: [
      [
        'ownr',
        refused(
          'ownr',
          'ownr',
          'one of the keys deployment, owner, requestAccessUrl, issuers, profiles, audit, trail, integrations, webIdentity, sessionTokens, authorizationMessages, controls, limits, revocation',
        ),
      ],
    ],
  },
  {
    name: 'a section that has a name of every object',
    change: ['owner: platform', 'constructor: {}\nowner: platform'],
    says: [
      [
        'constructor',
        refused(
          'constructor',
          'constructor',
          'one of the keys deployment, owner, requestAccessUrl, issuers, profiles, audit, trail, integrations, webIdentity, sessionTokens, authorizationMessages, controls, limits, revocation',
        ),
      ],
    ],
  },
  {
    name: 'an unknown key of the deployment',
    change: ['  stage: prod\n', '  stage: prod\n  vpc:\n    id: vpc-1\n'],
    says: [
      [
        'vpc:',
        refused('deployment.vpc', 'vpc', 'one of the keys accountId, region, regions, stage, rolePath, url'),
      ],
    ],
  },
  {
    name: 'an unknown key of the audit',
    change: ['retentionDays: 400', 'retentionDays: 400\n  years: 1'],
    says: [['years', refused('audit.years', 'years', 'one of the keys trust, retentionDays')]],
  },
  {
    name: 'no owner',
    change: ['owner: platform@example.com\n', ''],
    says: [['deployment:', missing('owner', personAllowed)]],
  },
  {
    name: 'no deployment',
    change: ['deployment:\n  accountId: "111111111111"\n  region: eu-west-1\n  stage: prod\n', ''],
    says: [
      [
        'owner: platform',
        missing('deployment', 'an object with the keys accountId, region, regions, stage, rolePath, url'),
      ],
    ],
  },
  ...Object.entries({
    'https://daypass.example.com/': brokerUrlAllowed,
    'https://daypass.example.com/v1/': brokerUrlAllowed,
    'https://daypass.example.com?x=1': brokerUrlAllowed,
    'https://daypass.example.com#x': brokerUrlAllowed,
    'http://daypass.example.com': urlAllowed,
    'https://u:p@daypass.example.com': urlAllowed,
    'daypass.example.com': urlAllowed,
  }).map(([url, allowed]) => ({
    name: `the URL ${url} of the deployment`,
    change: ['  stage: prod\n', `  stage: prod\n  url: ${JSON.stringify(url)}\n`] as const,
    says: [['  url:', refused('deployment.url', url, allowed)] as const],
  })),
  {
    name: 'no account id',
    change: ['  accountId: "111111111111"\n', ''],
    says: [['deployment:', missing('deployment.accountId', accountIdAllowed)]],
  },
  ...badValues({
    line: 'accountId: "111111111111"',
    path: 'deployment.accountId',
    allowed: accountIdAllowed,
    values: {
      'a number': 111111111111,
      '11 digits': '11111111111',
      '13 digits': '1111111111111',
      'full-width digits': '１１１１１１１１１１１１',
      'a line break at its end': '111111111111\n',
      'a line break at its beginning': '\n111111111111',
      'dashes between its digits': '1111-1111-1111',
      nothing: null,
    },
  }),
  ...badValues({
    line: 'region: eu-west-1',
    path: 'deployment.region',
    allowed: 'a region such as eu-west-1, of the partitions aws, aws-cn and aws-us-gov',
    values: {
      'a name of a continent': 'Europe',
      'a zone': 'eu-west-1a',
      'a wildcard': 'eu-*-1',
      'a line break': 'eu-west-1\n',
      'a partition without support': 'us-iso-east-1',
      'another one': 'us-isob-east-1',
      'more than a role name can hold': 'eu-westwestwestwestwestwest-1',
      'a number': 1,
    },
  }),
  ...badValues({
    line: 'stage: prod',
    path: 'deployment.stage',
    allowed: '1–16 characters of a–z, 0–9 and -, beginning with a letter',
    values: {
      'a capital': 'Prod',
      '17 characters': 'a1234567890123456',
      'a boolean': true,
      nothing: '',
      'an underscore': 'a_b',
    },
  }),
  ...badValues({
    line: 'owner: platform@example.com',
    path: 'owner',
    allowed: personAllowed,
    values: {
      nothing: '',
      'two lines': 'a\nb',
      'an escape sequence': '\u001b[31mroot',
      'a list': ['a'],
      '257 characters': 'o'.repeat(257),
    },
  }),
  ...badValues({
    line: 'requestAccessUrl: https://wiki.example.com/aws',
    path: 'requestAccessUrl',
    allowed: urlAllowed,
    values: {
      http: 'http://wiki.example.com/aws',
      'a script': 'javascript:alert(1)',
      credentials: 'https://a:b@wiki.example.com/aws',
      'a line break within': 'https://wiki.exam\nple.com/aws',
      'a space': 'https://wiki.example.com/a b',
      'no slashes': 'https:wiki.example.com',
      'no host': 'https://',
    },
  }),
  ...badValues({
    line: 'retentionDays: 400',
    path: 'audit.retentionDays',
    allowed: 'an integer, 1–3653 days',
    values: { none: 0, 'too many': 3654, 'a half': 1.5, 'a string': '400', 'a negative number': -1 },
  }),
  {
    name: 'controls that trust nobody',
    change: ['owner: platform', 'controls: { trust: [] }\nowner: platform'],
    says: [['controls:', refused('controls.trust', [], 'at least one statement')]],
  },
  {
    name: "a profile's key in the controls' trust",
    change: [
      'owner: platform',
      'controls:\n  trust:\n    - { Effect: Allow, Principal: { Federated: github }, Condition: { StringEquals: { "daypass:Reason": x } } }\nowner: platform',
    ],
    says: [
      [
        'daypass:Reason',
        refused('controls.trust[0].Condition.StringEquals."daypass:Reason"', 'x', controlsKeyAllowed),
      ],
    ],
  },
  ...[0, 6001, 1.5, '60'].map((value) => ({
    name: `a quota of ${JSON.stringify(value)}`,
    change: [
      'owner: platform',
      `limits: { attemptsPerMinute: ${JSON.stringify(value)} }\nowner: platform`,
    ] as const,
    says: [['limits:', refused('limits.attemptsPerMinute', value, 'an integer, 1–6000 attempts')]] as const,
  })),
  {
    name: 'revocations applied somehow',
    change: ['owner: platform', 'revocation: { apply: automatically }\nowner: platform'],
    says: [['revocation:', refused('revocation.apply', 'automatically', 'true or false')]],
  },
];
