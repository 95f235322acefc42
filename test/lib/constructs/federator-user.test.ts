import { describe, expect, it } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { compilePolicy, resourcePolicyGrammar } from '../../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../../lambda/core/policy/evaluate-policy.ts';
import { aConfigurationDocument } from '../../support/a-configuration.ts';
import { aDaypassStack, toTemplate } from '../../support/a-daypass-stack.ts';
import { aFederatedDocument, aFederatedProfile, aSessionPolicy } from '../../support/federated-profiles.ts';

const template = toTemplate(aDaypassStack({ document: aFederatedDocument() }).stack);
const withoutFederator = toTemplate(aDaypassStack({ document: aConfigurationDocument() }).stack);

function only(type: string, from: Template = template) {
  const [found, ...others] = findOwn(type, from);
  if (found === undefined || others.length > 0) throw new TypeError(`not one ${type}`);
  const [id, resource] = found;
  return { id, resource };
}

/** Rules are many: the federator's is told by its id. */
function findOwn(type: string, from: Template) {
  const all = Object.entries(from.findResources(type));
  return type === 'AWS::Events::Rule' ? all.filter(([id]) => id.includes('Federator')) : all;
}

const rotationOf = (from: Template) =>
  Object.entries(from.findResources('AWS::Lambda::Function')).filter(([id]) => /rotation/i.test(id));
const [rotationId = ''] = rotationOf(template)[0] ?? [];
const rotationArn = { 'Fn::GetAtt': [rotationId, 'Arn'] };

describe('FederatorUser', () => {
  it.each([
    'AWS::IAM::User',
    'AWS::SecretsManager::Secret',
    'AWS::SecretsManager::RotationSchedule',
    'AWS::Events::Rule',
  ])('is not there where no profile needs it: %s', (type) => {
    expect(findOwn(type, withoutFederator)).toEqual([]);
    expect(rotationOf(withoutFederator)).toEqual([]);
    expect(JSON.stringify(withoutFederator.toJSON())).not.toMatch(/FEDERATOR/);
  });

  it('is a user with a name and a path, without console, key, group or policy inside', () => {
    const { resource } = only('AWS::IAM::User');

    expect(Object.keys(resource['Properties']).sort()).toEqual(['Path', 'Tags', 'UserName']);
    expect(resource['Properties']).toMatchObject({
      Path: '/daypass/',
      UserName: 'daypass-prod-eu-west-1-federator',
    });
    template.resourceCountIs('AWS::IAM::AccessKey', 0);
  });

  it('outlives the stack but for a deployment that fails, because it has keys that CloudFormation did not make', () => {
    expect(only('AWS::IAM::User').resource).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('has policies that hang on it and go with the last profile', () => {
    const user = { Ref: only('AWS::IAM::User').id };
    const { resource } = only('AWS::IAM::ManagedPolicy');

    expect(resource['Properties']).toMatchObject({ Path: '/daypass/', Users: [user] });
    expect(resource['DeletionPolicy']).toBeUndefined();
    expect(
      resource['Properties'].PolicyDocument.Statement.map(({ Sid }: { readonly Sid: string }) => Sid),
    ).toEqual(['Federate', 'DenyOtherRegions', 'DenyAllButFederation', 'Sessions0']);
  });

  it('has several policies where one does not hold all', () => {
    const profiles = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [
        `p${index}`,
        aFederatedProfile(
          aSessionPolicy({
            Effect: 'Allow',
            Action: 's3:GetObject',
            Resource: `arn:aws:s3:::p${index}${'x'.repeat(1500)}/*`,
          }),
        ),
      ]),
    );

    const { stack } = aDaypassStack({ document: aFederatedDocument(profiles) });

    const policies = Object.values(toTemplate(stack).findResources('AWS::IAM::ManagedPolicy'));
    expect(policies.length).toBeGreaterThan(2);
    expect(policies.every(({ Properties }) => Properties.Users.length === 1)).toBe(true);
  });

  it('has a secret that begins without a key, and goes with the last profile', () => {
    const { resource } = only('AWS::SecretsManager::Secret');

    expect(resource['DeletionPolicy']).toBe('Delete');
    expect(resource['Properties'].GenerateSecretString).toEqual({
      SecretStringTemplate: '{"state":"awaits its first rotation"}',
      GenerateStringKey: 'unused',
    });
    expect(resource['Properties']).not.toHaveProperty('SecretString');
    expect(JSON.stringify(template.toJSON())).not.toMatch(/AKIA|resolve:secretsmanager/);
  });

  it('has its key replaced every 30 days, for the first time at once, by the rotation function', () => {
    const { resource } = only('AWS::SecretsManager::RotationSchedule');

    expect(resource['Properties']).toEqual({
      SecretId: { Ref: only('AWS::SecretsManager::Secret').id },
      RotationLambdaARN: rotationArn,
      RotationRules: { AutomaticallyAfterDays: 30 },
      RotateImmediatelyOnUpdate: true,
    });
  });

  it('waits with the first rotation until everything is there that it takes', () => {
    const { resource } = only('AWS::SecretsManager::RotationSchedule');
    const permission = Object.entries(template.findResources('AWS::Lambda::Permission')).find(
      ([, { Properties }]) => Properties.Principal === 'secretsmanager.amazonaws.com',
    );

    // The function itself waits for its role, which has its permissions within.
    expect(resource['DependsOn']).toEqual(
      expect.arrayContaining([
        permission?.[0],
        rotationId,
        only('AWS::IAM::ManagedPolicy').id,
        only('AWS::SecretsManager::ResourcePolicy').id,
      ]),
    );
  });

  it('has an hourly rule with the one task', () => {
    const { resource } = only('AWS::Events::Rule');

    expect(resource['Properties']).toMatchObject({
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Targets: [{ Arn: rotationArn, Input: '{"task":"deactivate-previous-key"}' }],
    });
  });

  it('lets Secrets Manager call the function for this secret of this account alone', () => {
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: rotationArn,
      Principal: 'secretsmanager.amazonaws.com',
      SourceArn: { Ref: only('AWS::SecretsManager::Secret').id },
      SourceAccount: '111111111111',
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: rotationArn,
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [only('AWS::Events::Rule').id, 'Arn'] },
    });
    const callers = Object.values(template.findResources('AWS::Lambda::Permission')).filter(
      ({ Properties }) => JSON.stringify(Properties.FunctionName) === JSON.stringify(rotationArn),
    );
    expect(callers).toHaveLength(2);
  });

  it('runs the rotation for five minutes at most, and tests a key over one', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 256,
      Timeout: 300,
      ReservedConcurrentExecutions: Match.absent(),
      Environment: {
        Variables: {
          DAYPASS_FEDERATOR_SECRET_ARN: { Ref: only('AWS::SecretsManager::Secret').id },
          DAYPASS_FEDERATOR_USER_NAME: 'daypass-prod-eu-west-1-federator',
          DAYPASS_KEY_TEST_SECONDS: '60',
        },
      },
    });
  });
});

describe('the policy of the secret', () => {
  const document = only('AWS::SecretsManager::ResourcePolicy').resource['Properties'].ResourcePolicy;
  const policy = compilePolicy(document, resourcePolicyGrammar);
  const isDenied = (role: string | undefined, action: string) => {
    const context = role === undefined ? [] : [['aws:principalarn', role] as const];
    return (
      evaluatePolicy([policy], {
        principal: { type: 'AWS', arn: 'arn:aws:iam::111111111111:user/any', accountId: '111111111111' },
        ...{ action: `secretsmanager:${action}`, resource: '*', context: new Map(context) },
      }).effect === 'ExplicitDeny'
    );
  };
  const of = (name: string) => `arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-${name}`;
  const others = [
    ...[of('audit'), of('authorizer'), of('saml'), of('issuer2')],
    'arn:aws:iam::222222222222:role/daypass/daypass-prod-eu-west-1-issuer',
    'arn:aws:iam::111111111111:role/daypass-prod-eu-west-1-issuer',
    'arn:aws:iam::111111111111:user/operator',
    'arn:aws:iam::111111111111:root',
    undefined,
  ];

  it.each([
    ['GetSecretValue', [of('issuer'), of('rotation')]],
    ['PutSecretValue', [of('rotation')]],
    ['UpdateSecret', [of('rotation')]],
    ['UpdateSecretVersionStage', [of('rotation')]],
  ])('denies %s to everybody but %j', (action, allowed) => {
    const everybody = [of('issuer'), of('rotation'), ...others];

    expect(everybody.filter((role) => !isDenied(role, action))).toEqual(allowed);
  });

  it('leaves to operators and CloudFormation what shows no key', () => {
    for (const action of ['DescribeSecret', 'RotateSecret', 'DeleteSecret', 'PutResourcePolicy']) {
      expect([action, isDenied('arn:aws:iam::111111111111:user/operator', action)]).toEqual([action, false]);
    }
  });
});
