import { describe, expect, it } from '@jest/globals';
import { toStsUrl } from '../../../lambda/core/sts-url.ts';
import { aConfiguration, aConfigurationDocument } from '../../support/a-configuration.ts';
import { linesOf } from '../../support/problems-of.ts';

const issuers = {
  okta: {
    ...{ type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
    claims: { groups: { claim: '/groups', type: 'list' } },
  },
  aws: { type: 'iam', organizationId: 'o-exampleorg1' },
};

const allow = (federated: string, condition?: object) => ({
  ...{ Effect: 'Allow', Principal: { Federated: federated } },
  ...(condition === undefined ? {} : { Condition: condition }),
});

const linesOfSections = (sections: object) => linesOf(aConfigurationDocument({ issuers, ...sections }));
const linesOfTokens = (...trust: readonly object[]) => linesOfSections({ sessionTokens: { trust } });
const linesOfMessages = (...trust: readonly object[]) =>
  linesOfSections({ authorizationMessages: { trust } });

describe('without its section', () => {
  it('a route is nobody’s', () => {
    const configuration = aConfiguration();

    expect(configuration).not.toHaveProperty('sessionTokens');
    expect(configuration).not.toHaveProperty('authorizationMessages');
  });
});

describe('the section sessionTokens', () => {
  const toSection = (more: object = {}) =>
    aConfiguration({ issuers, sessionTokens: { trust: [allow('aws')], ...more } }).sessionTokens;

  it('gives what AWS gives where nothing is asked for, and no more', () => {
    expect(toSection()?.duration).toEqual({ maxSeconds: 43_200 });
    expect(toSection({ duration: {} })?.duration).toEqual({ maxSeconds: 43_200 });
    expect(toSection()?.trust.statements).toHaveLength(1);
  });

  it.each([900, 43_199, 129_600])('takes %i seconds', (maxSeconds) => {
    expect(toSection({ duration: { maxSeconds } })?.duration).toEqual({ maxSeconds });
  });

  it.each([899, 129_601, 0, -900, 900.5, '900'])('refuses %j seconds', (maxSeconds) => {
    expect(linesOfSections({ sessionTokens: { trust: [allow('aws')], duration: { maxSeconds } } })).toEqual([
      expect.stringMatching(/^sessionTokens\.duration\.maxSeconds: .* an integer, 900–129600 seconds$/),
    ]);
  });

  it('has no default to apply, and says why', () => {
    const duration = { defaultSeconds: 900 };

    expect(linesOfSections({ sessionTokens: { trust: [allow('aws')], duration } })).toEqual([
      expect.stringContaining('the presigned request says how long'),
    ]);
  });

  it.each([
    ['an account', { StringEquals: { 'aws:PrincipalAccount': '222222222222' } }],
    ['a user', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:user/*' } }],
    ['a kind of identity', { StringEquals: { 'claims:principalType': 'User' } }],
    ['a duration', { NumericLessThanEquals: { 'daypass:RequestedDuration': '3600' } }],
    ['a reason', { StringLike: { 'daypass:Reason': 'INC-*' } }],
    ['an address', { IpAddress: { 'daypass:SourceIp': '203.0.113.0/24' } }],
  ])('trusts by %s', (_what, condition) => {
    expect(linesOfTokens(allow('aws', condition))).toEqual([]);
  });

  it.each([
    'daypass:MultiFactorAuthPresent',
    'daypass:MultiFactorAuthAge',
    'daypass:AuthTime',
    'daypass:TokenAge',
    'daypass:Profile',
    'claims:sessionName',
    'claims:groups',
  ])('does not by %s, which no long-term key has', (key) => {
    expect(linesOfTokens(allow('aws', { StringEquals: { [key]: 'x' } }))).toHaveLength(1);
  });

  it('trusts callers of the issuer of type iam alone, since nobody else gets there', () => {
    expect(linesOfTokens(allow('okta'))).toEqual([
      expect.stringContaining('{ Federated: <issuer> } with a configured issuer (aws)'),
    ]);
    expect(linesOfTokens(allow('aws'), { Effect: 'Deny', Principal: '*' })).toEqual([]);
  });

  it('says so where there is none', () => {
    const { okta } = issuers;
    const document = aConfigurationDocument({ issuers: { okta }, sessionTokens: { trust: [allow('okta')] } });

    expect(linesOf(document)).toEqual([expect.stringContaining('there is none for this section')]);
  });
});

describe('the section authorizationMessages', () => {
  it.each([
    ['people with MFA', allow('okta', { Bool: { 'daypass:MultiFactorAuthPresent': 'true' } })],
    ['people of a group', allow('okta', { 'ForAnyValue:StringEquals': { 'claims:groups': 'sre' } })],
    ['a role', allow('aws', { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:role/Ci' } })],
    ['whoever says why', allow('okta', { StringLike: { 'daypass:Reason': 'INC-*' } })],
  ])('trusts %s', (_whom, statement) => {
    expect(linesOfMessages(statement)).toEqual([]);
  });

  it.each(['daypass:Profile', 'daypass:RequestedDuration', 'claims:team', 'aws:PrincipalArn'])(
    'does not by %s',
    (key) => {
      expect(linesOfMessages(allow('okta', { StringEquals: { [key]: 'x' } }))).toHaveLength(1);
    },
  );
});

describe.each(['sessionTokens', 'authorizationMessages'])('each section, as %s,', (name) => {
  it.each([
    ['no trust', {}],
    ['no statements', { trust: [] }],
    ['text', 'everybody'],
    ['nothing', null],
    ['true', true],
    ['a list', []],
    ['another key', { trust: [allow('aws')], profiles: [] }],
    ['an unknown issuer', { trust: [allow('github')] }],
    ['everybody', { trust: [{ Effect: 'Allow', Principal: '*' }] }],
    ['an action', { trust: [{ ...allow('aws'), Action: 'sts:*' }] }],
    ['an operator of nobody', { trust: [allow('aws', { StringIs: { 'daypass:Subject': 'x' } })] }],
    ['one good statement beside a bad one', { trust: [allow('aws'), { Effect: 'Permit' }] }],
  ])('is not taken with %s', (_what, section) => {
    const lines = linesOfSections({ [name]: section });

    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(new RegExp(`^${name}`));
  });
});

describe('toStsUrl', () => {
  it.each([
    ['eu-west-1', 'aws', 'https://sts.eu-west-1.amazonaws.com'],
    ['cn-north-1', 'aws-cn', 'https://sts.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'aws-us-gov', 'https://sts.us-gov-west-1.amazonaws.com'],
  ])('is the endpoint of %s in %s', (region, partition, url) => {
    expect(toStsUrl({ region, partition })).toBe(url);
  });
});
