import { describe, expect, it } from '@jest/globals';
import { aConfigurationDocument, aProfileDocument } from '../../support/a-configuration.ts';
import { issuerLines, linesOf } from '../../support/problems-of.ts';

const claims = {
  team: { claim: '/team', type: 'string' },
  sessionName: { claim: '/session', type: 'string' },
};

const issuers = {
  okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass', claims },
  aws: { type: 'iam', organizationId: 'o-exampleorg1', identityCenter: { accounts: ['222222222222'] } },
  acme: {
    type: 'integration',
    audience: 'daypass',
    algorithms: ['EdDSA'],
    jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] },
  },
};

type Condition = Readonly<Record<string, Readonly<Record<string, string>>>>;

const statement = (federated: string | readonly string[], condition: Condition, effect = 'Allow') => ({
  Effect: effect,
  Principal: { Federated: federated },
  Condition: condition,
});

const linesOfTrust = (...trust: readonly object[]) =>
  issuerLines(issuers, { reports: aProfileDocument({ trust }) });

const arn = 'arn:aws:iam::222222222222:role/Reports';
const selfAsserted =
  'what AWS vouches for, such as claims:user of Identity Center accounts: whoever assumes a role chooses its session name';
const keysAllowed =
  'claims:<name> or one of daypass:Issuer, daypass:Subject, daypass:MultiFactorAuthPresent, daypass:MultiFactorAuthAge, daypass:AuthTime, daypass:TokenAge, daypass:SourceIp, daypass:CurrentTime, daypass:EpochTime, daypass:Profile, daypass:RequestedDuration, daypass:Reason';

describe('trust in issuers of other kinds than oidc', () => {
  it.each<[string, string | readonly string[], Condition]>([
    ['the ARN of a role', 'aws', { ArnEquals: { 'aws:PrincipalArn': arn } }],
    ['roles of a name', 'aws', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:role/ci-*' } }],
    ['an account', 'aws', { StringEquals: { 'aws:PrincipalAccount': '222222222222' } }],
    ['an organization', 'aws', { StringEquals: { 'aws:principalorgid': 'o-exampleorg1' } }],
    ['a permission set', 'aws', { StringEquals: { 'claims:permissionSet': 'Operators' } }],
    ['a person of Identity Center', 'aws', { StringEquals: { 'claims:user': 'alice' } }],
    ['a kind of identity', 'aws', { StringEquals: { 'claims:principalType': 'AssumedRole' } }],
    ['a subject', 'acme', { StringEquals: { 'daypass:Subject': 'acme' } }],
    ['no more than an integration', 'acme', { Bool: { 'daypass:MultiFactorAuthPresent': 'false' } }],
    ['several kinds at once', ['okta', 'aws', 'acme'], { StringLike: { 'daypass:Subject': '*' } }],
    ['a claim called sessionName of a provider', 'okta', { StringEquals: { 'claims:sessionName': 'x' } }],
  ])('can name %s', (_name, federated, condition) => {
    expect(linesOfTrust(statement(federated, condition))).toEqual([]);
  });

  it.each([
    ['ArnEquals', 'arn:aws:iam::222222222222:role/ci/Runner'],
    ['ArnLike', 'arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*'],
    ['StringEquals', 'arn:aws:sts::222222222222:assumed-role/Runner/build-17'],
    ['ArnNotEquals', 'arn:aws:iam::222222222222:role/a/b/Runner'],
  ])('cannot name by %s what the subject of a session never is: %j', (operator, value) => {
    const [line, ...more] = linesOfTrust(statement('aws', { [operator]: { 'aws:PrincipalArn': value } }));

    expect(more).toEqual([]);
    expect(line).toContain("arn:aws:iam::<account>:role/<name>, without the role's path");
  });

  it.each<[string, string | readonly string[], Condition, string, string]>([
    [
      'the ARN of an OpenID user',
      'okta',
      { ArnEquals: { 'aws:PrincipalArn': arn } },
      'ArnEquals."aws:PrincipalArn"',
      keysAllowed,
    ],
    [
      'the account of an integration',
      'acme',
      { StringEquals: { 'aws:PrincipalAccount': '2' } },
      'StringEquals."aws:PrincipalAccount"',
      keysAllowed,
    ],
    [
      'the session name',
      'aws',
      { StringEquals: { 'claims:sessionName': 'alice' } },
      'StringEquals."claims:sessionName"',
      selfAsserted,
    ],
    [
      'the session name in other letters',
      'aws',
      { StringEquals: { 'Claims:SESSIONNAME': 'alice' } },
      'StringEquals."Claims:SESSIONNAME"',
      selfAsserted,
    ],
    [
      'the session name beside another issuer that has such a claim',
      ['okta', 'aws'],
      { StringEquals: { 'claims:sessionName': 'alice' } },
      'StringEquals."claims:sessionName"',
      selfAsserted,
    ],
    [
      'another key of AWS',
      'aws',
      { StringEquals: { 'aws:PrincipalTag/team': 'x' } },
      'StringEquals."aws:PrincipalTag/team"',
      `${keysAllowed}, aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalOrgID`,
    ],
    [
      'a claim of an integration',
      'acme',
      { StringEquals: { 'claims:team': 'x' } },
      'StringEquals."claims:team"',
      'a claim of acme: none is configured',
    ],
    [
      'a claim that no AWS identity has',
      'aws',
      { StringEquals: { 'claims:team': 'x' } },
      'StringEquals."claims:team"',
      'a claim of aws: claims:principalType, claims:permissionSet, claims:user',
    ],
  ])('cannot name %s', (_name, federated, condition, key, allowed) => {
    const [operator] = Object.values(condition);
    const [value] = Object.values(operator ?? {});

    expect(linesOfTrust(statement(federated, condition))).toEqual([
      `profiles.reports.trust[0].Condition.${key}: ${JSON.stringify(value)} is not allowed; allowed: ${allowed}`,
    ]);
  });

  it('cannot deny by the session name either, of one issuer or of all', () => {
    const open = { Effect: 'Allow', Principal: { Federated: 'okta' } };
    const condition = { StringEquals: { 'claims:sessionName': 'mallory' } };

    expect(linesOfTrust(open, statement('aws', condition, 'Deny'))).toHaveLength(1);
    expect(linesOfTrust(open, { Effect: 'Deny', Principal: '*', Condition: condition })).toHaveLength(1);
  });

  it('cannot name an issuer that is none', () => {
    expect(linesOfTrust(statement('Aws', {}))).toEqual([
      expect.stringContaining('{ Federated: <issuer> } with a configured issuer (okta, aws, acme)'),
    ]);
  });

  it('is the same in the audit, and in the admit of the issuer itself', () => {
    const sessionName = { StringEquals: { 'claims:sessionName': 'x' } };
    const account = { StringEquals: { 'aws:PrincipalAccount': '222222222222', 'claims:user': 'alice' } };
    const lines = (condition: Condition) =>
      linesOf(
        aConfigurationDocument({
          issuers: {
            ...issuers,
            aws: { ...issuers.aws, admit: [{ Effect: 'Allow', Condition: condition }] },
          },
          profiles: {},
          audit: { trust: [statement('aws', condition)] },
        }),
      );

    expect(lines(account)).toEqual([]);
    expect(lines(sessionName)).toEqual([
      `issuers.aws.admit[0].Condition.StringEquals."claims:sessionName": "x" is not allowed; allowed: ${selfAsserted}`,
      `audit.trust[0].Condition.StringEquals."claims:sessionName": "x" is not allowed; allowed: ${selfAsserted}`,
    ]);
  });
});

describe('a template for callers of AWS', () => {
  const linesOfTag = (federated: string | readonly string[], text: string) =>
    issuerLines(issuers, {
      reports: aProfileDocument({ trust: [statement(federated, {})], sessionTags: { Who: text } }),
    });

  it('can hold the person of Identity Center', () => {
    expect(linesOfTag('aws', '${claims:user}-${claims:permissionSet}')).toEqual([]);
  });

  it.each<[string | readonly string[]]>([['aws'], [['okta', 'aws']]])(
    'cannot hold the session name, trusting %j',
    (federated) => {
      expect(linesOfTag(federated, '${claims:sessionName}')).toEqual([
        `profiles.reports.sessionTags.Who: "\${claims:sessionName}" is not allowed; allowed: ${selfAsserted}`,
      ]);
    },
  );

  it('can hold a claim of that name where AWS is not trusted', () => {
    expect(linesOfTag('okta', '${claims:sessionName}')).toEqual([]);
  });

  it('cannot hold the session name in a session policy either', () => {
    const sessionPolicy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::home/${claims:sessionName}/*' },
      ],
    };
    const reports = aProfileDocument({ trust: [statement('aws', {})], sessionPolicy });

    expect(issuerLines(issuers, { reports })).toEqual([
      `profiles.reports.sessionPolicy.Statement[0].Resource: "arn:aws:s3:::home/\${claims:sessionName}/*" is not allowed; allowed: ${selfAsserted}`,
    ]);
  });
});
