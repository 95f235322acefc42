import { stringify } from 'yaml';
import { sha256 } from '../lambda/core/sha256.ts';
import { webIdentityAudience } from '../lambda/core/web-identity-claims.ts';
import { distinct } from './distinct.ts';
import type { TargetRole } from './target-role.ts';

export const templateFormats = ['yaml', 'json'] as const;
export type TemplateFormat = (typeof templateFormats)[number];

/** A template as text, for CloudFormation and its StackSets. */
export const renderTargetTemplate = (roles: readonly TargetRole[], format: TemplateFormat): string =>
  format === 'json'
    ? `${JSON.stringify(createTargetTemplate(roles), undefined, 2)}\n`
    : // CloudFormation reads YAML 1.1, in which an unquoted 2012-10-17 is a date.
      stringify(createTargetTemplate(roles), { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });

/**
 * One template for all accounts: each makes what is its own. What sessions may do, and their boundary, are parameters,
 * because the accounts' owners say that.
 */
export function createTargetTemplate(roles: readonly TargetRole[]): object {
  const accounts = distinct(roles.map(({ accountId }) => accountId));
  const providers = distinct(roles.flatMap(({ oidcProvider }) => oidcProvider?.arn ?? []));
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Roles that Daypass enters',
    Parameters: {
      ManagedPolicyArns: {
        Type: 'CommaDelimitedList',
        Default: '',
        Description: 'ARNs of the policies that say what the sessions may do, with commas between them',
      },
      PermissionsBoundary: {
        Type: 'String',
        Default: '',
        Description: 'ARN of the boundary of the roles; empty: none',
      },
      ...(providers.length === 0 ? {} : { MakeOidcProvider: makeOidcProvider }),
    },
    Conditions: {
      HasManagedPolicies: isNot({ 'Fn::Join': ['', ref('ManagedPolicyArns')] }, ''),
      HasPermissionsBoundary: isNot(ref('PermissionsBoundary'), ''),
      ...Object.fromEntries(accounts.map((id) => [isIn(id), { 'Fn::Equals': [ref('AWS::AccountId'), id] }])),
      ...Object.fromEntries(toProviderAccounts(roles).map((id) => [makesProvider(id), toBoth(id)])),
    },
    Resources: Object.fromEntries([...toProviders(roles), ...roles.map(toResource)]),
  };
}

/** An account has one provider for a URL, whatever stack has made it. */
const makeOidcProvider = {
  Type: 'String',
  AllowedValues: ['true', 'false'],
  Default: 'true',
  Description: "false where the account has IAM's OIDC provider for Daypass already",
};

const isIn = (accountId: string) => `In${accountId}`;
const makesProvider = (accountId: string) => `MakesOidcProviderIn${accountId}`;
const ref = (name: string) => ({ Ref: name });
const isNot = (value: unknown, other: string) => ({ 'Fn::Not': [{ 'Fn::Equals': [value, other] }] });
const toBoth = (accountId: string) => ({
  'Fn::And': [{ Condition: isIn(accountId) }, { 'Fn::Equals': [ref('MakeOidcProvider'), 'true'] }],
});

const toProviderAccounts = (roles: readonly TargetRole[]) =>
  distinct(roles.flatMap(({ accountId, oidcProvider }) => (oidcProvider === undefined ? [] : [accountId])));

/** Without thumbprints: IAM trusts the authority of the certificate. Source: IAM guide, "Create an OpenID Connect identity provider". */
const toProviders = (roles: readonly TargetRole[]): readonly (readonly [string, object])[] =>
  toProviderAccounts(roles).map((accountId) => {
    const url = roles.find((role) => role.accountId === accountId && role.oidcProvider)?.oidcProvider?.url;
    return [
      `OidcProvider${accountId}`,
      {
        Type: 'AWS::IAM::OIDCProvider',
        Condition: makesProvider(accountId),
        Properties: { Url: url, ClientIdList: [webIdentityAudience] },
      },
    ];
  });

function toResource(role: TargetRole): readonly [string, object] {
  const { accountId, path, name, description, maxSessionSeconds, trust, onward } = role;
  const orNothing = (condition: string, value: unknown) => ({
    'Fn::If': [condition, value, ref('AWS::NoValue')],
  });
  const onTheWay = {
    Policies: [{ PolicyName: 'GoOn', PolicyDocument: { Version: '2012-10-17', Statement: onward } }],
  };
  const atTheEnd = { ManagedPolicyArns: orNothing('HasManagedPolicies', ref('ManagedPolicyArns')) };
  return [
    toLogicalId(role),
    {
      Type: 'AWS::IAM::Role',
      Condition: isIn(accountId),
      Properties: {
        RoleName: name,
        Path: path,
        Description: description,
        MaxSessionDuration: maxSessionSeconds,
        AssumeRolePolicyDocument: trust,
        // A role on the way goes on, and does nothing else.
        ...(onward.length > 0 ? onTheWay : atTheEnd),
        PermissionsBoundary: orNothing('HasPermissionsBoundary', ref('PermissionsBoundary')),
      },
    },
  ];
}

/** Of letters and digits, and another for each role, however like they are spelt. */
const toLogicalId = ({ roleArn, name }: TargetRole): string =>
  `${name.replaceAll(/[^0-9A-Za-z]/g, '')}${sha256(roleArn).toString('hex').slice(0, 8).toUpperCase()}`;
