import { type BrokenRow, badValues, missing, refused } from './broken-row.ts';

const issuerKeys =
  'one of the keys type, preset, issuer, audience, algorithms, subjectClaim, audienceClaim, requiredClaims, claims, mfa, tokenTypes, maxLifetimeSeconds, maxAgeSeconds, jwks, login, admit';
const urlAllowed = 'an https URL without credentials, query or fragment (http for a loopback host only)';
const notThisMachine = 'an https URL of a host that is not this machine';
const issuerNameAllowed =
  'an issuer name of 1–24 characters: a–z, 0–9 and -, beginning with a letter, and not daypass';
const claimNameAllowed = 'a name of 1–64 letters, digits, _ and -, beginning with a letter';
const pointerAllowed = 'a JSON pointer into the token, such as /groups';
const audienceAllowed = 'a string or a list of strings, 1–256 characters each';
const gitHubOwners =
  '/repository_owner_id, /repository_owner, /repository_id, /repository, /enterprise_id, /enterprise, /sub';
const toAdmitMissing = (claim: string) =>
  `statements that admit your own organization by ${claim}: anybody can get a token of this issuer`;
const admitMissing = toAdmitMissing(`one of ${gitHubOwners}`);
const admitOpen = `an Allow with a Condition by which StringEquals or StringLike compares one of ${gitHubOwners} with an owner of your own, without a wildcard in its name: anybody can get a token of this issuer`;
const algorithmsAllowed = 'RS256, ES256, ES384 or EdDSA';
const secondsAllowed = 'an integer, 60–604800 seconds';

const claims = 'team: { claim: /team, type: string }';
const admit = `    admit:
      - Effect: Allow
        Condition: { StringEquals: { "claims:owner": "1234567" } }
`;
const owned = '{ StringEquals: { "claims:owner": "1234567" } }';

/** Conditions of an admit statement that single nobody out: each is shown whole. */
const openConditions: Readonly<Record<string, object>> = {
  'an empty one': {},
  'any value': { StringLike: { 'claims:owner': '*' } },
  'any value among others': { StringLike: { 'claims:owner': ['12', '*?'] } },
  'all but one': { StringNotEquals: { 'claims:owner': '1' } },
  'whoever lacks the claim': { StringEqualsIfExists: { 'claims:owner': '1' } },
  'whoever has the claim': { Null: { 'claims:owner': 'false' } },
  'the issuer itself': { StringEquals: { 'daypass:Issuer': 'github' } },
  'a claim with itself': { StringEquals: { 'claims:owner': '${claims:owner}' } },
};

const gitLabOwners = 'one of /namespace_id, /namespace_path, /project_id, /project_path, /sub';
const people = 'one of /sub, /oid, /email';

/** By what each says that its statements must compare. */
const sharedUrls: Readonly<Record<string, string>> = {
  'https://gitlab.com': gitLabOwners,
  'https://gitlab.com/': gitLabOwners,
  'https://GitLab.com': gitLabOwners,
  'https://accounts.google.com': 'one of /hd, /sub',
  'https://agent.buildkite.com':
    'one of /organization_id, /organization_slug, /pipeline_id, /cluster_id, /sub',
  'https://app.terraform.io':
    'one of /terraform_organization_id, /terraform_organization_name, /terraform_project_id, /terraform_workspace_id, /sub',
  'https://oidc.vercel.com': 'one of /owner_id, /owner, /project_id, /sub',
  'https://login.microsoftonline.com/common/v2.0': 'one of /tid',
  'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0': people,
  'https://token.actions.githubusercontent.com/an-enterprise': `one of ${gitHubOwners}`,
  'https://api.pulumi.com/oidc': 'one of its claims',
};

export const issuerRows: readonly BrokenRow[] = [
  {
    name: 'an unknown key of an issuer',
    change: ['    maxAgeSeconds: 3600', '    maxAge: 3600'],
    says: [['maxAge:', refused('issuers.okta.maxAge', 'maxAge', issuerKeys)]],
  },
  {
    name: 'an unknown key of a claim',
    change: [claims, 'team: { claim: /team, type: string, required: true }'],
    says: [
      ['required', refused('issuers.okta.claims.team.required', 'required', 'one of the keys claim, type')],
    ],
  },
  {
    name: 'an unknown key of mfa',
    change: ['mfa: { amr: [mfa] }', 'mfa: { amr: [mfa], level: 2 }'],
    says: [['level', refused('issuers.okta.mfa.level', 'level', 'one of the keys amr, acr')]],
  },
  {
    name: 'an issuer of another type',
    change: ['    type: oidc\n    issuer: https://example', '    type: OIDC\n    issuer: https://example'],
    says: [['OIDC', refused('issuers.okta.type', 'OIDC', 'oidc, iam, saml or integration')]],
  },
  ...badValues({
    line: 'issuer: https://example.okta.com',
    path: 'issuers.okta.issuer',
    allowed: urlAllowed,
    values: {
      credentials: 'https://u:p@example.okta.com',
      'a query': 'https://example.okta.com?x=1',
      'a fragment': 'https://example.okta.com#x',
      'no slashes': 'https:example.okta.com',
      'three slashes': 'https:///example.okta.com',
      'an empty path segment': 'https://example.okta.com//a',
      'a backslash': 'https://example.okta.com\\a',
      'a line break': 'https://example.okta.com\n',
      'no scheme': 'example.okta.com',
      'a number': 1,
    },
  }),
  ...badValues({
    line: 'issuer: https://example.okta.com',
    path: 'issuers.okta.issuer',
    allowed: notThisMachine,
    values: {
      http: 'http://example.okta.com',
      'http on this machine': 'http://127.0.0.1:9000/okta',
      'https on this machine': 'https://localhost:9000',
      'this machine in IPv6': 'https://[::1]:9000',
      'this machine in one number': 'https://2130706433',
    },
  }),
  ...Object.entries(sharedUrls).map(([url, claim]) => ({
    name: `${url}, which the whole world shares, without admit`,
    change: ['https://example.okta.com', url] as const,
    says: [['  okta:', missing('issuers.okta.admit', toAdmitMissing(claim))] as const],
  })),
  {
    name: 'a preset without the URL that it needs',
    change: ['    issuer: https://example.okta.com\n', '    preset: cognito\n'],
    says: [
      [
        '  okta:',
        missing('issuers.okta.issuer', 'https://cognito-idp.<region>.amazonaws.com/<user pool id>'),
      ],
    ],
  },
  {
    name: 'a preset that is none',
    change: ['    issuer: https://example.okta.com\n', '    preset: github\n'],
    says: [
      [
        'preset: github',
        refused(
          'issuers.okta.preset',
          'github',
          'github-actions, gitlab, kubernetes, cognito, entra, google, aws',
        ),
      ],
    ],
  },
  {
    name: 'a preset of an issuer that the whole world shares, without admit',
    change: ['    issuer: https://example.okta.com\n', '    preset: gitlab\n'],
    says: [['  okta:', missing('issuers.okta.admit', toAdmitMissing(gitLabOwners))]],
  },
  {
    name: 'the URL of another issuer, by a preset',
    change: [
      'profiles:\n',
      '  other: { type: oidc, preset: github-actions, audience: a, admit: [{ Effect: Allow, Condition: { StringEquals: { "claims:owner": "7" } } }] }\nprofiles:\n',
    ],
    says: [
      [
        '  other:',
        refused(
          'issuers.other.issuer',
          'https://token.actions.githubusercontent.com',
          'a URL of its own: github has this one',
        ),
      ],
    ],
  },
  {
    name: 'a claim that differs in case alone from one of the preset',
    change: [claims, `${claims}\n      Scope: { claim: /scp, type: string }\n    preset: cognito`],
    says: [['Scope:', refused('issuers.okta.claims.Scope', 'Scope', 'a name of its own, case apart')]],
  },
  {
    name: 'a required claim that is no pointer, beside those of the preset',
    change: ['maxAgeSeconds: 3600', 'preset: cognito\n    requiredClaims: { token_use: id }'],
    says: [
      ['requiredClaims:', refused('issuers.okta.requiredClaims.token_use', 'token_use', pointerAllowed)],
    ],
  },
  {
    name: 'a required claim of two values',
    change: ['maxAgeSeconds: 3600', 'requiredClaims: { /token_use: [access, id] }'],
    says: [
      [
        'requiredClaims:',
        refused('issuers.okta.requiredClaims."/token_use"', ['access', 'id'], '1–512 printable characters'),
      ],
    ],
  },
  {
    name: 'an issuer of type iam that hears everybody',
    change: ['profiles:\n', '  aws: { type: iam }\nprofiles:\n'],
    says: [
      [
        '  aws:',
        missing(
          'issuers.aws.accounts',
          'a list of account ids, organizationId beside it or in its place: without either every AWS identity in the world is heard',
        ),
      ],
    ],
  },
  {
    name: 'the URL of another issuer',
    change: ['https://token.actions.githubusercontent.com', 'https://example.okta.com # twice'],
    says: [
      [
        '# twice',
        refused('issuers.github.issuer', 'https://example.okta.com', 'a URL of its own: okta has this one'),
      ],
    ],
  },
  {
    name: 'no admit',
    change: [admit, ''],
    says: [['  github:', missing('issuers.github.admit', admitMissing)]],
  },
  {
    name: 'an admit without statements',
    change: [admit, '    admit: []\n'],
    says: [['admit:', refused('issuers.github.admit', [], 'at least one statement')]],
  },
  {
    name: 'an admit that is no list',
    change: [admit, '    admit: everybody\n'],
    says: [['admit:', refused('issuers.github.admit', 'everybody', 'a list of statements')]],
  },
  {
    name: 'an admit of words',
    change: [admit, '    admit: [everybody]\n'],
    says: [
      [
        'admit:',
        refused('issuers.github.admit[0]', 'everybody', 'a statement: an object with Sid, Effect, Condition'),
      ],
    ],
  },
  {
    name: 'an admit without condition',
    change: [`        Condition: ${owned}\n`, ''],
    says: [
      [
        '      - Effect: Allow\nprofiles:',
        refused('issuers.github.admit[0]', { Effect: 'Allow' }, admitOpen),
      ],
    ],
  },
  ...Object.entries(openConditions).map(([name, condition]) => ({
    name: `an admit that admits ${name}`,
    change: [
      `      - Effect: Allow\n        Condition: ${owned}`,
      `      - { Effect: Allow, Condition: ${JSON.stringify(condition)} }`,
    ] as const,
    says: [
      [
        '      - { Effect: Allow, Condition',
        refused('issuers.github.admit[0]', { Effect: 'Allow', Condition: condition }, admitOpen),
      ] as const,
    ],
  })),
  {
    name: 'an admit by a claim that the issuer has not',
    change: [owned, '{ StringEquals: { "claims:org": "1" } }'],
    says: [
      [
        'claims:org',
        refused(
          'issuers.github.admit[0].Condition.StringEquals."claims:org"',
          '1',
          'a claim of github: claims:owner',
        ),
      ],
    ],
  },
  {
    name: 'an admit by address',
    change: [
      owned,
      '{ StringEquals: { "claims:owner": "1" }, IpAddress: { "daypass:SourceIp": 203.0.113.0/24 } }',
    ],
    says: [
      [
        'daypass:SourceIp',
        refused(
          'issuers.github.admit[0].Condition.IpAddress."daypass:SourceIp"',
          '203.0.113.0/24',
          'claims:<name> or one of daypass:Issuer, daypass:Subject',
        ),
      ],
    ],
  },
  {
    name: 'an admit with a Principal',
    change: [owned, `${owned}\n        Principal: "*"`],
    says: [
      [
        'Principal: "*"',
        refused('issuers.github.admit[0].Principal', '*', 'one of the elements Sid, Effect, Condition'),
      ],
    ],
  },
  {
    name: 'claims that differ in case alone',
    change: [claims, `${claims}\n      Team: { claim: /other, type: string }`],
    says: [['Team: {', refused('issuers.okta.claims.Team', 'Team', 'a name of its own, case apart')]],
  },
  {
    name: 'claims that differ in case alone, the capital first',
    change: [claims, `Team: { claim: /other, type: string }\n      ${claims}`],
    says: [['team: {', refused('issuers.okta.claims.team', 'team', 'a name of its own, case apart')]],
  },
  ...['a:b', 'a.b', '1a', 'gruppe ä', 'a'.repeat(65), ''].map((name) => ({
    name: `a claim called ${JSON.stringify(name)}`,
    change: [claims, `${JSON.stringify(name)}: { claim: /team, type: string }`] as const,
    says: [
      [
        '{ claim: /team',
        refused(
          `issuers.okta.claims.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}`,
          name,
          claimNameAllowed,
        ),
      ] as const,
    ],
  })),
  ...['team', '/', '', '/a~2', '/a//b', '/team\n'].map((pointer) => ({
    name: `a claim at ${JSON.stringify(pointer)}`,
    change: [claims, `team: { claim: ${JSON.stringify(pointer)}, type: string }`] as const,
    says: [['      team:', refused('issuers.okta.claims.team.claim', pointer, pointerAllowed)] as const],
  })),
  {
    name: 'a claim of an unknown type',
    change: [claims, 'team: { claim: /team, type: text }'],
    says: [
      ['type: text', refused('issuers.okta.claims.team.type', 'text', 'string, number, boolean or list')],
    ],
  },
  ...badValues({
    line: 'audience: [daypass]',
    path: 'issuers.okta.audience',
    allowed: audienceAllowed,
    values: { 'an empty list': [], nothing: '', 'a number': 1, 'a list of numbers': [1] },
  }),
  {
    name: 'no audience',
    change: ['    audience: [daypass]\n', ''],
    says: [['  okta:', missing('issuers.okta.audience', audienceAllowed)]],
  },
  {
    name: 'no signature',
    change: ['algorithms: [RS256]', 'algorithms: [none]'],
    says: [['algorithms:', refused('issuers.okta.algorithms[0]', 'none', algorithmsAllowed)]],
  },
  {
    name: 'a shared secret',
    change: ['algorithms: [RS256]', 'algorithms: [RS256, HS256]'],
    says: [['algorithms:', refused('issuers.okta.algorithms[1]', 'HS256', algorithmsAllowed)]],
  },
  {
    name: 'no algorithms',
    change: ['algorithms: [RS256]', 'algorithms: []'],
    says: [['algorithms:', refused('issuers.okta.algorithms', [], `at least one of ${algorithmsAllowed}`)]],
  },
  ...badValues({
    line: 'maxAgeSeconds: 3600',
    path: 'issuers.okta.maxAgeSeconds',
    allowed: secondsAllowed,
    values: { 'too short': 59, 'too long': 604_801, 'a half': 60.5, words: '1h' },
  }),
  {
    name: 'a lifetime without end',
    change: ['maxAgeSeconds: 3600', 'maxLifetimeSeconds: .inf'],
    says: [
      [
        'maxLifetimeSeconds',
        `issuers.okta.maxLifetimeSeconds: Infinity is not allowed; allowed: ${secondsAllowed}`,
      ],
    ],
  },
  {
    name: 'a token type with application/',
    change: ['maxAgeSeconds: 3600', 'tokenTypes: [application/at+jwt]'],
    says: [
      [
        'tokenTypes',
        refused(
          'issuers.okta.tokenTypes[0]',
          'application/at+jwt',
          'a media type without "application/", such as at+jwt',
        ),
      ],
    ],
  },
  {
    name: 'a subject that is no pointer',
    change: ['maxAgeSeconds: 3600', 'subjectClaim: sub'],
    says: [['subjectClaim', refused('issuers.okta.subjectClaim', 'sub', pointerAllowed)]],
  },
  {
    name: 'an amr that is no list',
    change: ['mfa: { amr: [mfa] }', 'mfa: { amr: mfa }'],
    says: [['amr: mfa', refused('issuers.okta.mfa.amr', 'mfa', 'a list of strings')]],
  },
  ...['Extra', 'ex.tra', 'ex=tra', 'e'.repeat(25), '1extra', 'daypass', ''].map((name) => ({
    name: `an issuer called ${JSON.stringify(name)}`,
    change: [
      'profiles:\n',
      `  ${JSON.stringify(name)}: { type: oidc, issuer: "https://extra.example", audience: a }\nprofiles:\n`,
    ] as const,
    says: [
      [
        'https://extra.example',
        refused(`issuers.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}`, name, issuerNameAllowed),
      ] as const,
    ],
  })),
];
