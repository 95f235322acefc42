import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { checkCanaryAccess } from '../../../lib/canaries.ts';
import { aConfigurationDocument, aProfileDocument } from '../../support/a-configuration.ts';
import { aDaypassStack, toTemplate } from '../../support/a-daypass-stack.ts';

const allowedArn = 'arn:aws:iam::111111111111:role/daypass-prod-eu-west-1-canary-allowed';
const trust = [
  {
    Effect: 'Allow',
    Principal: { Federated: 'aws' },
    Condition: { ArnEquals: { 'aws:PrincipalArn': allowedArn } },
  },
];
const admitOne = trust.map(({ Effect, Condition }) => ({ Effect, Condition }));
const canary = {
  roleArn: 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-canary-target',
  duration: { defaultSeconds: 900, maxSeconds: 900 },
  trust,
};

const aDocument = (profile: object, issuers: object = { aws: { type: 'iam', accounts: ['111111111111'] } }) =>
  aConfigurationDocument({
    issuers: { okta: aConfigurationDocument().issuers.okta, ...issuers },
    profiles: { 'prod-readonly': aProfileDocument(), canary: aProfileDocument({ ...canary, ...profile }) },
  });

const withCanaries = (document: object) => aDaypassStack({ document, canaryProfile: 'canary' });

const template = toTemplate(withCanaries(aDocument({})).stack);

const rolesNamed = (end: string) =>
  Object.values(template.findResources('AWS::IAM::Role'))
    .map(({ Properties }) => Properties)
    .filter(({ RoleName }) => RoleName?.endsWith(end));

describe('Canaries', () => {
  it.each(['allowed', 'refused'])('asks every five minutes, once: the %s one', (expected) => {
    const [[id]] = Object.entries(
      template.findResources('AWS::Lambda::Function', {
        Properties: { Environment: { Variables: { DAYPASS_CANARY_EXPECTED: expected } } },
      }),
    ) as [[string, unknown]];

    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': [id, 'Arn'] },
          RetryPolicy: Match.objectLike({ MaximumRetryAttempts: 0 }),
        }),
      ],
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: id },
      MaximumRetryAttempts: 0,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `daypass-prod-canary-${expected}`,
      ...{ MetricName: 'Errors', Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }] },
      ...{ Threshold: 1, TreatMissingData: 'breaching' },
    });
  });

  it('lets both ask for that one profile, and do nothing else', () => {
    const policies = ['canary-allowed', 'canary-refused'].map((name) => {
      const [role] = rolesNamed(name);
      expect(role?.ManagedPolicyArns).toBeUndefined();
      return role?.Policies[0].PolicyDocument.Statement;
    });

    for (const [logs, asking] of policies) {
      expect(logs.Action).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
      expect(asking.Action).toBe('execute-api:Invoke');
      expect(JSON.stringify(asking.Resource)).toContain('/prod/POST/iam/v1/profiles/canary/credentials');
      expect(JSON.stringify(asking.Resource)).not.toContain('*');
    }
    expect(policies[0][1]).toEqual(policies[1][1]);
  });

  it('makes the role that they ask for, for the issuer alone and without a permission', () => {
    const [role, ...others] = rolesNamed('canary-target');

    expect(others).toEqual([]);
    expect(role?.Policies).toBeUndefined();
    expect(role?.ManagedPolicyArns).toBeUndefined();
    expect(JSON.stringify(role?.AssumeRolePolicyDocument)).toContain('daypass-prod-eu-west-1-issuer');
    expect(JSON.stringify(role?.AssumeRolePolicyDocument)).not.toContain('canary-allowed');
  });

  it.each([
    [
      'no issuer of type iam',
      { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }] },
      {},
      'issuer of type iam',
    ],
    ['another role', { roleArn: 'arn:aws:iam::111111111111:role/daypass/Other' }, undefined, 'canary-target'],
    ['another mechanism', { mechanism: 'web-identity' }, undefined, 'mechanism assume-role'],
    [
      'trust of everybody',
      { trust: [{ Effect: 'Allow', Principal: { Federated: 'aws' } }] },
      undefined,
      'alone',
    ],
    [
      'trust of nobody of theirs',
      { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }] },
      undefined,
      'statements that allow',
    ],
    [
      "an account's limit that leaves them out",
      {},
      { aws: { type: 'iam', accounts: ['222222222222'] } },
      'statements that allow',
    ],
    [
      'an issuer that admits the one alone',
      {},
      { aws: { type: 'iam', accounts: ['111111111111'], admit: admitOne } },
      'hear both canaries',
    ],
    ['a reason that they have not', { reasonRequired: true }, undefined, 'reasonRequired'],
  ])('is refused with %s', (_, profile, issuers, problem) => {
    expect(() => withCanaries(aDocument(profile, issuers))).toThrow(problem);
  });

  it.each([
    ['in a VPC', { privateAccess: {} }],
    ['that wants a certificate', { domain: { mutualTls: {} } }],
  ])('is refused for an API %s', (_, api) => {
    expect(() => checkCanaryAccess(api)).toThrow('canaryProfile');
  });

  it('is not refused for any other', () => {
    expect(() => checkCanaryAccess({ domain: {} })).not.toThrow();
    expect(() => checkCanaryAccess()).not.toThrow();
  });

  it('is refused with a profile that is not there', () => {
    expect(() => aDaypassStack({ document: aDocument({}), canaryProfile: 'other' })).toThrow(
      'profiles.other',
    );
  });
});
