import { type BrokenRow, refused } from './broken-row.ts';

const misread = (why: string) =>
  `cannot be read (${why}); allowed: one YAML 1.2 document of objects, lists and scalars without tags, each key once in its object`;

const issuerKeys =
  'one of the keys type, preset, issuer, audience, algorithms, subjectClaim, audienceClaim, requiredClaims, claims, mfa, tokenTypes, maxLifetimeSeconds, maxAgeSeconds, jwks, login, admit';

/** What is wrong before anything is a configuration. */
export const yamlRows: readonly BrokenRow[] = [
  {
    name: 'a key that stands there twice',
    change: ['owner: platform', 'owner: somebody\nowner: platform'],
    says: [['owner: platform', misread('Map keys must be unique')]],
  },
  {
    name: 'a key that stands there twice on one line',
    change: ['{ claim: /team, type: string }', '{ claim: /team, type: string, type: list }'],
    says: [['type: string, type: list', misread('Map keys must be unique')]],
  },
  {
    name: 'a profile that stands there twice',
    change: ['audit:\n', '  reports: {}\naudit:\n'],
    says: [['reports: {}', misread('Map keys must be unique')]],
  },
  {
    name: 'a string without end',
    change: ['audience: daypass-ci', 'audience: "daypass-ci'],
    says: [['audience: "daypass-ci', misread('Missing closing "quote')]],
  },
  {
    name: 'two documents',
    change: ['audit:\n', '---\naudit:\n'],
    says: [['---', misread('Source contains multiple documents; please use YAML.parseAllDocuments()')]],
  },
  {
    name: 'a tag of its own',
    change: ['maxAgeSeconds: 3600', 'maxAgeSeconds: !seconds 3600'],
    says: [['!seconds', misread('Unresolved tag: !seconds')]],
  },
  {
    name: 'bytes',
    change: ['owner: platform@example.com', 'owner: !!binary aGVsbG8='],
    says: [['!!binary', misread('Unresolved tag: tag:yaml.org,2002:binary')]],
  },
  {
    name: 'an alias of nothing',
    change: ['audience: [daypass]', 'audience: *nobody'],
    says: [['*nobody', misread('nothing before it is called &nobody')]],
  },
  {
    name: 'a key that is a list',
    change: ['mfa: { amr: [mfa] }', '? [mfa]\n    : 1'],
    says: [['? [mfa]', misread('With stringKeys, all keys must be strings')]],
  },
  {
    name: 'an error behind an alias, at the line of the alias',
    change: ['audience: [daypass]', 'audience: &names ["a b"]\n    tokenTypes: *names'],
    says: [
      [
        '*names',
        refused('issuers.okta.tokenTypes[0]', 'a b', 'a media type without "application/", such as at+jwt'),
      ],
    ],
  },
  {
    name: 'a merge key, which YAML 1.2 has not',
    change: ['    mfa: { amr: [mfa] }', '    <<: { mfa: { amr: [mfa] } }'],
    says: [['<<:', refused('issuers.okta."<<"', '<<', issuerKeys)]],
  },
  {
    name: 'null as a key, which is its name',
    change: ['    mfa: { amr: [mfa] }', '    null: 1'],
    says: [['null: 1', refused('issuers.okta.null', 'null', issuerKeys)]],
  },
];
