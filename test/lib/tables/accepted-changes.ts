import type { BrokenRow } from './broken-row.ts';
import { longestPolicy } from './session-policy-rows.ts';

const roleLine = 'roleArn: arn:aws:iam::222222222222:role/daypass/Reports';
const condition = '"ForAnyValue:StringEquals": { "claims:groups": [sre] }';
const resource = 'Resource: "arn:aws:s3:::reports/${claims:team}/*"';

const many = (count: number, toItem: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => toItem(n)).join(', ');

/** What stands next to a mistake and is none. */
export const acceptedChanges: readonly Pick<BrokenRow, 'name' | 'change'>[] = [
  { name: 'a stage of 16 characters', change: ['stage: prod', 'stage: a123456789-12345'] },
  { name: 'no stage', change: ['  stage: prod\n', ''] },
  {
    name: 'no audit',
    change: [
      'audit:\n  retentionDays: 400\n  trust:\n    - Effect: Allow\n      Principal: { Federated: okta }\n      Condition: { Bool: { "daypass:MultiFactorAuthPresent": "true" } }\n',
      '',
    ],
  },
  {
    name: 'an @ in the path of a URL',
    change: ['https://wiki.example.com/aws', 'https://wiki.example.com/@team?x=1#y'],
  },
  {
    name: 'an issuer whose host begins as a shared one',
    change: ['https://example.okta.com', 'https://gitlab.com.example.com'],
  },
  {
    name: 'an issuer whose path begins as a shared one',
    change: [
      'https://example.okta.com',
      'https://login.microsoftonline.com/8f1c2a7e-0000-4000-8000-000000000000/v2.0',
    ],
  },
  {
    name: 'a preset beside settings of its own',
    change: [
      '    issuer: https://example.okta.com\n',
      '    issuer: https://example.okta.com\n    preset: entra\n',
    ],
  },
  {
    name: 'an issuer of type iam',
    change: ['profiles:\n', '  aws: { type: iam, accounts: ["222222222222"] }\nprofiles:\n'],
  },
  {
    name: 'a URL of the deployment, with a path',
    change: ['  stage: prod\n', '  stage: prod\n  url: https://tools.example.com/daypass\n'],
  },
  {
    name: 'an issuer with a slash at its end',
    change: ['https://example.okta.com', 'https://example.okta.com/'],
  },
  {
    name: 'a Deny without condition in admit',
    change: [
      '    admit:\n',
      '    admit:\n      - { Effect: Deny, Condition: { StringEquals: { "daypass:Subject": x } } }\n',
    ],
  },
  {
    name: 'an issuer called constructor',
    change: [
      'profiles:\n',
      '  constructor: { type: oidc, issuer: "https://a.example", audience: a }\nprofiles:\n',
    ],
  },
  { name: 'a profile called constructor', change: ['  reports:\n', '  constructor:\n'] },
  {
    name: 'a claim called toString',
    change: ['    mfa:', '      toString: { claim: /a~1b~0c, type: string }\n    mfa:'],
  },
  { name: 'a role without a path', change: [roleLine, 'roleArn: arn:aws:iam::222222222222:role/Reports'] },
  {
    name: 'a role with a dot in its path',
    change: [roleLine, 'roleArn: arn:aws:iam::222222222222:role/a.b/..c/Reports'],
  },
  {
    name: 'a role of 64 characters',
    change: [roleLine, `roleArn: arn:aws:iam::222222222222:role/${'r'.repeat(64)}`],
  },
  {
    name: 'a role called as the issuer of another stage',
    change: [roleLine, 'roleArn: arn:aws:iam::111111111111:role/daypass/daypass-test-eu-west-1-issuer'],
  },
  { name: 'the shortest duration', change: ['maxSeconds: 3600', 'maxSeconds: 900'] },
  { name: 'the longest default duration', change: ['defaultSeconds: 900', 'defaultSeconds: 3600'] },
  { name: 'an ExternalId of 2 characters', change: ['externalId: daypass-7f3a9c52', 'externalId: a1'] },
  {
    name: 'an ExternalId of 1224 characters',
    change: ['externalId: daypass-7f3a9c52', `externalId: ${'a'.repeat(1224)}`],
  },
  {
    name: 'an ExternalId of all characters',
    change: ['externalId: daypass-7f3a9c52', 'externalId: "aZ09_+=,.@:/-"'],
  },
  {
    name: 'a tag key that begins like aws:',
    change: ['acceptedTagKeys: [Purpose]', 'acceptedTagKeys: [awsome, "a ws:x", Größe]'],
  },
  {
    name: '50 tags',
    change: ['acceptedTagKeys: [Purpose]', `acceptedTagKeys: [${many(49, (n) => `k${n}`)}]`],
  },
  {
    name: 'a transitive tag that the caller sets',
    change: ['transitiveTagKeys: [Team]', 'transitiveTagKeys: [Team, Purpose]'],
  },
  {
    name: 'a template in other case',
    change: ['sessionTags: { Team: "${claims:team}" }', 'sessionTags: { Team: "${claims:TEAM}" }'],
  },
  {
    name: 'a template of several variables',
    change: [
      'sessionTags: { Team: "${claims:team}" }',
      'sessionTags: { Team: "${daypass:Issuer}/${daypass:Subject}=${daypass:Profile} ${claims:team}" }',
    ],
  },
  {
    name: '10 managed policies',
    change: [
      'managedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]',
      `managedPolicyArns: [${many(10, (n) => `arn:aws:iam::222222222222:policy/path/P${n}`)}]`,
    ],
  },
  { name: 'a session policy of 2048 characters', change: [resource, toResource(longestPolicy)] },
  {
    name: "variables of AWS's in a session policy",
    change: [
      resource,
      `Resource: ["arn:aws:s3:::reports/\${aws:PrincipalTag/Cost Center, 'none'}/*", "arn:aws:s3:::reports/\${*}\${?}\${$}"]`,
    ],
  },
  { name: 'a version without quotes', change: ['Version: "2012-10-17"', 'Version: 2012-10-17'] },
  {
    name: 'Null without quotes',
    change: [
      condition,
      '"ForAllValues:StringEquals": { "claims:groups": [sre] }\n          Null: { "claims:groups": false }',
    ],
  },
  { name: 'Null of a list', change: [condition, '"Null": { "claims:groups": "false" }'] },
  {
    name: 'several issuers',
    change: [
      'Principal: { Federated: okta }\n        Condition',
      'Principal: { Federated: [okta, github] }\n        Condition',
    ],
  },
  {
    name: 'a Deny for everybody on a claim of one issuer',
    change: [
      '      - Sid: Teams\n',
      '      - { Effect: Deny, Principal: "*", Condition: { StringEquals: { "claims:owner": x } } }\n      - Sid: Teams\n',
    ],
  },
  {
    name: 'ForAllValues without Null in a Deny',
    change: [
      '      - Sid: Teams\n',
      '      - { Effect: Deny, Principal: { Federated: okta }, Condition: { "ForAllValues:StringEquals": { "claims:groups": x } } }\n      - Sid: Teams\n',
    ],
  },
  {
    name: 'a condition key in other case',
    change: [condition, '"forAnyValue:stringEquals": { "claims:GROUPS": [sre] }'],
  },
  { name: 'an alias', change: ['audience: [daypass]', 'audience: &names [daypass]\n    tokenTypes: *names'] },
];

/** The line of a text that begins with Resource. */
function toResource(text: string): string {
  return (
    text
      .split('\n')
      .map((line) => line.trim())
      .find((line) => line.startsWith('Resource:')) ?? ''
  );
}
