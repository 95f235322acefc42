import type { KitRole } from './kit-role.ts';
import {
  assumeRoleStatement,
  type BrokerPrincipals,
  setSourceIdentityStatement,
  type TrustPolicy,
  tagSessionStatement,
  toRootArn,
} from './kit-trust-policy.ts';
import { toYaml } from './to-yaml.ts';

/** A template of the one role, with everything filled in but for what the sessions may do. */
export const toCloudFormation = (role: KitRole, trustPolicy: TrustPolicy): string =>
  toTemplate({
    description: role.description,
    parameters: {},
    conditions: {},
    role: {
      RoleName: role.name,
      Path: role.path,
      Description: role.description,
      AssumeRolePolicyDocument: trustPolicy,
    },
  });

/**
 * The template of every integration of a deployment, for quick-create links: whoever runs Daypass puts it into a
 * bucket of S3 once, where partners can read it. The links fill in its parameters, so that it holds no ExternalId.
 */
export function toSharedCloudFormation(broker: BrokerPrincipals): string {
  const principal = { AWS: toRootArn(broker) };
  const ref = (name: string) => ({ Ref: name });
  const orNothing = (condition: string, value: unknown) => ({
    'Fn::If': [condition, value, ref('AWS::NoValue')],
  });
  return toTemplate({
    description: 'A role that Daypass enters with an ExternalId',
    parameters: {
      ExternalIds: { Type: 'CommaDelimitedList', Description: 'From the onboarding kit' },
      RoleName: { Type: 'String', Description: 'From the onboarding kit' },
      RolePath: { Type: 'String', Default: '/' },
      SetSourceIdentity: { Type: 'String', AllowedValues: ['true', 'false'], Default: 'true' },
      TagKeys: {
        Type: 'CommaDelimitedList',
        Default: '',
        Description: 'Keys of the session tags; empty: none',
      },
    },
    conditions: {
      SetsSourceIdentity: { 'Fn::Equals': [ref('SetSourceIdentity'), 'true'] },
      TagsSessions: isGiven('TagKeys'),
    },
    role: {
      RoleName: ref('RoleName'),
      Path: ref('RolePath'),
      Description: 'Entered by Daypass',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          assumeRoleStatement(broker, ref('ExternalIds')),
          orNothing('SetsSourceIdentity', setSourceIdentityStatement(principal)),
          orNothing(
            'TagsSessions',
            tagSessionStatement(principal, {
              'ForAllValues:StringEquals': { 'aws:TagKeys': ref('TagKeys') },
            }),
          ),
        ],
      },
    },
  });
}

/** An empty list has one empty text in it. */
const isGiven = (list: string) => ({
  'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: list }] }, ''] }],
});

function toTemplate({
  description,
  parameters,
  conditions,
  role,
}: {
  readonly description: string;
  readonly parameters: object;
  readonly conditions: object;
  readonly role: object;
}): string {
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: description,
    Parameters: {
      ...parameters,
      ManagedPolicyArns: {
        Type: 'CommaDelimitedList',
        Default: '',
        Description: 'ARNs of the policies that say what the sessions may do, with commas between them',
      },
    },
    Conditions: { ...conditions, HasManagedPolicies: isGiven('ManagedPolicyArns') },
    Resources: {
      DaypassRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          ...role,
          ManagedPolicyArns: {
            'Fn::If': ['HasManagedPolicies', { Ref: 'ManagedPolicyArns' }, { Ref: 'AWS::NoValue' }],
          },
        },
      },
    },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['DaypassRole', 'Arn'] } } },
  };
  return toYaml(template).trimStart();
}
