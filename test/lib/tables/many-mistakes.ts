import { type BrokenRow, missing, refused } from './broken-row.ts';

const trust = 'profiles.reports.trust[0]';

/** One mistake in each part of the configuration and several in one profile: none hides another. */
export const manyMistakes: readonly BrokenRow[] = [
  {
    name: 'the stage',
    change: ['stage: prod', 'stage: Prod'],
    says: [
      [
        'stage:',
        refused('deployment.stage', 'Prod', '1–16 characters of a–z, 0–9 and -, beginning with a letter'),
      ],
    ],
  },
  {
    name: 'the issuer',
    change: ['algorithms: [RS256]', 'algorithms: [HS256]'],
    says: [['algorithms:', refused('issuers.okta.algorithms[0]', 'HS256', 'RS256, ES256, ES384 or EdDSA')]],
  },
  {
    name: "the issuer's claims",
    change: ['      team: {', '      Groups: { claim: /other, type: list }\n      team: {'],
    says: [['Groups: {', refused('issuers.okta.claims.Groups', 'Groups', 'a name of its own, case apart')]],
  },
  {
    name: "the other issuer's admit",
    change: ['"claims:owner": "1234567"', '"claims:org": "1234567"'],
    says: [
      [
        'claims:org',
        refused(
          'issuers.github.admit[0].Condition.StringEquals."claims:org"',
          '1234567',
          'a claim of github: claims:owner',
        ),
      ],
    ],
  },
  {
    name: 'the role',
    change: ['role/daypass/Reports', 'role/*'],
    says: [
      [
        'roleArn:',
        refused(
          'profiles.reports.roleArn',
          'arn:aws:iam::222222222222:role/*',
          "an IAM role ARN such as arn:aws:iam::222222222222:role/path/Name, of the deployment's partition",
        ),
      ],
    ],
  },
  {
    name: 'the duration',
    change: ['defaultSeconds: 900, maxSeconds: 3600', 'defaultSeconds: 1801, maxSeconds: 1800'],
    says: [
      [
        'duration:',
        refused('profiles.reports.duration.defaultSeconds', 1801, 'at most duration.maxSeconds, 1800'),
      ],
    ],
  },
  {
    name: 'the session tags',
    change: ['sessionTags: { Team: "${claims:team}" }', 'sessionTags: { Team: "${claims:tema}" }'],
    says: [
      [
        'sessionTags:',
        refused(
          'profiles.reports.sessionTags.Team',
          '${claims:tema}',
          'a variable that a trusted issuer provides: ${claims:team}',
        ),
      ],
    ],
  },
  {
    name: 'the ExternalId',
    change: ['externalId: daypass-7f3a9c52', 'externalId: a b'],
    says: [
      [
        'externalId:',
        refused('profiles.reports.externalId', 'a b', '2–1224 characters of A–Z a–z 0–9 _ + = , . @ : / -'),
      ],
    ],
  },
  {
    name: 'the session policy',
    change: ['Version: "2012-10-17"', 'Version: "2012-10-18"'],
    says: [
      [
        'Version:',
        refused('profiles.reports.sessionPolicy.Version', '2012-10-18', '"2012-10-17" or "2008-10-17"'),
      ],
    ],
  },
  {
    name: 'the audit',
    change: ['retentionDays: 400', 'retentionDays: 0'],
    says: [['retentionDays:', refused('audit.retentionDays', 0, 'an integer, 1–3653 days')]],
  },
  {
    name: "the audit's trust",
    change: [
      '  trust:\n    - Effect: Allow\n      Principal: { Federated: okta }',
      '  trust:\n    - Effect: Allow\n      Principal: { Federated: acme }',
    ],
    says: [
      [
        'Federated: acme',
        refused(
          'audit.trust[0].Principal.Federated',
          'acme',
          '{ Federated: <issuer> } with a configured issuer (okta, github); "*" in a Deny only',
        ),
      ],
    ],
  },
  {
    name: 'an unknown key',
    change: ['    trust:\n      - Sid', '    through: [x]\n    trust:\n      - Sid'],
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
];

/** Mistakes on which other parts depend: they are reported once, where they stand. */
export const consequences: readonly BrokenRow[] = [
  {
    name: 'trust statements in error, whose claims the templates name',
    change: ['      - Sid: Teams\n        Effect: Allow', '      - Sid: Teams\n        Effect: allow'],
    says: [['Effect: allow', refused(`${trust}.Effect`, 'allow', '"Allow" or "Deny"')]],
  },
  {
    name: 'an issuer in error, whose name and claims a profile names',
    change: ['    audience: [daypass]\n', ''],
    says: [
      ['  okta:', missing('issuers.okta.audience', 'a string or a list of strings, 1–256 characters each')],
    ],
  },
  {
    name: 'claims in error, which a profile names',
    change: ['groups: { claim: /groups, type: list }', 'groups: { claim: /groups, type: lists }'],
    says: [
      ['type: lists', refused('issuers.okta.claims.groups.type', 'lists', 'string, number, boolean or list')],
    ],
  },
  {
    name: 'session tags in error, which are transitive',
    change: ['sessionTags: { Team: "${claims:team}" }', 'sessionTags: { Team: 1 }'],
    says: [['sessionTags:', refused('profiles.reports.sessionTags.Team', 1, 'a string')]],
  },
  {
    name: "a role in error, whose account the managed policies' must be",
    change: ['role/daypass/Reports', 'user/Reports'],
    says: [
      [
        'roleArn:',
        refused(
          'profiles.reports.roleArn',
          'arn:aws:iam::222222222222:user/Reports',
          "an IAM role ARN such as arn:aws:iam::222222222222:role/path/Name, of the deployment's partition",
        ),
      ],
    ],
  },
  {
    name: 'a region in error, whose partition the roles have',
    change: ['region: eu-west-1', 'region: cn'],
    says: [
      [
        'region:',
        refused(
          'deployment.region',
          'cn',
          'a region such as eu-west-1, of the partitions aws, aws-cn and aws-us-gov',
        ),
      ],
    ],
  },
];
