import { describe, expect, it } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { readConfigurationFile } from '../../../lib/config.ts';
import { BrokeredRole, type BrokeredRoleProps } from '../../../lib/constructs/brokered-role.ts';
import { toTargetRoles } from '../../../lib/target-role.ts';
import { createTargetTemplate } from '../../../lib/target-template.ts';

const { configuration } = readConfigurationFile('config/daypass.yaml');
const url = 'https://daypass.example.com';

function synthesize(profile: string, account: string, props: Partial<BrokeredRoleProps> = {}) {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Target', {
    env: { account, region: 'eu-west-1' },
  });
  const { role } = new BrokeredRole(stack, 'Brokered', { configuration, profile, ...props });
  return { stack, role, template: Template.fromStack(stack) };
}

const onlyRole = (template: Template) => {
  const [role, ...others] = Object.values(template.findResources('AWS::IAM::Role'));
  expect(others).toEqual([]);
  return role?.['Properties'];
};

describe('BrokeredRole', () => {
  it('is the role of the profile, by name and path, and trusts as its template does', () => {
    const { template } = synthesize('prod-readonly', '222222222222');

    const [target] = toTargetRoles('prod-readonly', { configuration });
    expect(onlyRole(template)).toEqual({
      RoleName: 'ReadOnly',
      Path: '/daypass/',
      Description: 'Entered by Daypass: prod-operations, prod-readonly',
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: target?.trust,
    });
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  it('has the permissions and the boundary that its account gives it', () => {
    const boundary = 'arn:aws:iam::222222222222:policy/Boundary';
    const scope = new Stack();
    const { template } = synthesize('ci-deploy', '222222222222', {
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
      permissionsBoundary: ManagedPolicy.fromManagedPolicyArn(scope, 'Boundary', boundary),
    });

    const { ManagedPolicyArns, PermissionsBoundary } = onlyRole(template);
    expect(JSON.stringify(ManagedPolicyArns)).toContain(':iam::aws:policy/ReadOnlyAccess');
    expect(PermissionsBoundary).toBe(boundary);
  });

  it('comes with the OIDC provider where the broker’s tokens open it, or without where there is one', () => {
    const { template } = synthesize('data-long', '333333333333', { url });

    const [provider] = Object.entries(template.findResources('AWS::IAM::OIDCProvider'));
    expect(provider?.[1]['Properties']).toEqual({ Url: url, ClientIdList: ['sts.amazonaws.com'] });
    template.hasResource('AWS::IAM::Role', { DependsOn: [provider?.[0]] });
    expect(onlyRole(template).MaxSessionDuration).toBe(43_200);
    synthesize('data-long', '333333333333', { url, oidcProvider: false }).template.resourceCountIs(
      'AWS::IAM::OIDCProvider',
      0,
    );
    expect(() => synthesize('data-long', '333333333333')).toThrow(/^deployment\.url: is missing/);
  });

  it('of a chain is the end, or the one that is named, which may go on', () => {
    const roleArn = 'arn:aws:iam::222222222222:role/daypass/WarehouseGateway';

    const end = onlyRole(synthesize('data-via-production', '333333333333').template);
    const onTheWay = onlyRole(synthesize('data-via-production', '222222222222', { roleArn }).template);

    expect([end.RoleName, onTheWay.RoleName]).toEqual(['Reader', 'WarehouseGateway']);
    expect(end.Policies).toBeUndefined();
    expect(onTheWay.Policies[0].PolicyDocument.Statement).toEqual([
      {
        ...{ Sid: 'GoOn0', Effect: 'Allow', Resource: 'arn:aws:iam::333333333333:role/warehouse/Reader' },
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
      },
    ]);
  });

  it('is not made in another account, of another profile’s role, or of a profile without one', () => {
    expect(() => synthesize('prod-readonly', '333333333333')).toThrow(
      "the stack's account is 333333333333, but the role is arn:aws:iam::222222222222:role/daypass/ReadOnly; they must be the same",
    );
    expect(() =>
      synthesize('prod-readonly', '222222222222', { roleArn: 'arn:aws:iam::222222222222:role/x' }),
    ).toThrow(
      'profiles.prod-readonly: "arn:aws:iam::222222222222:role/x" is not allowed; allowed: arn:aws:iam::222222222222:role/daypass/ReadOnly',
    );
    expect(() => synthesize('saml-reports', '222222222222')).toThrow(/^profiles\.saml-reports\.mechanism: /);
  });

  it('can be given more by the account’s own stack', () => {
    const { stack, role } = synthesize('prod-readonly', '222222222222');

    expect(stack.resolve(role.roleArn)).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^BrokeredRole/), 'Arn'],
    });
  });
});

/** As of a template, without CDK. */
interface TargetTemplate {
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<
    Record<string, { readonly Condition: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
}

describe('the template of a profile', () => {
  const toTemplate = (profile: string) =>
    createTargetTemplate(toTargetRoles(profile, { configuration, url })) as TargetTemplate;

  it.each(['prod-readonly', 'ci-deploy', 'team-data', 'data-long', 'acme-reports', 'partner-token'])(
    'makes what the construct makes: %s',
    (profile) => {
      const account = configuration.profiles.get(profile) as { readonly roleArn: string };
      const { template } = synthesize(profile, account.roleArn.split(':')[4] ?? '', { url });

      const ofTemplate = Object.values(toTemplate(profile).Resources).map(({ Properties }) => Properties);
      const resources: Readonly<Record<string, { readonly Properties: object }>> =
        template.toJSON()['Resources'];
      const ofConstruct = Object.values(resources).map(({ Properties }) => Properties);
      expect(ofTemplate).toHaveLength(ofConstruct.length);
      for (const properties of ofConstruct)
        expect(ofTemplate).toContainEqual(expect.objectContaining(properties));
    },
  );

  it('makes each role in its own account alone', () => {
    const { Conditions, Resources } = toTemplate('data-via-production');

    expect(
      Object.values(Resources).map(({ Condition, Properties }) => [Condition, Properties['RoleName']]),
    ).toEqual([
      ['In222222222222', 'WarehouseGateway'],
      ['In333333333333', 'Reader'],
    ]);
    expect(Conditions['In222222222222']).toEqual({
      'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '222222222222'],
    });
  });

  it('leaves permissions and boundary to the account, and asks of no provider where none is needed', () => {
    const { Parameters, Resources } = toTemplate('prod-readonly');

    expect(Object.keys(Parameters)).toEqual(['ManagedPolicyArns', 'PermissionsBoundary']);
    expect(Object.values(Resources)[0]?.Properties).toMatchObject({
      ManagedPolicyArns: {
        'Fn::If': ['HasManagedPolicies', { Ref: 'ManagedPolicyArns' }, { Ref: 'AWS::NoValue' }],
      },
      PermissionsBoundary: {
        'Fn::If': ['HasPermissionsBoundary', { Ref: 'PermissionsBoundary' }, { Ref: 'AWS::NoValue' }],
      },
    });
    expect(Object.keys(toTemplate('data-long').Parameters)).toContain('MakeOidcProvider');
  });

  it('refers to nothing that it does not have', () => {
    for (const profile of ['prod-readonly', 'data-long', 'data-via-production', 'root-audit']) {
      const template = toTemplate(profile);
      const text = JSON.stringify(template);
      const refs = [...text.matchAll(/"Ref":"(?!AWS::)([^"]+)"/g)].map(([, name = '']) => name);
      const conditions = [...text.matchAll(/"(?:Fn::If":\[|Condition":)"([^"]+)"/g)].map(
        ([, name = '']) => name,
      );
      expect(refs.filter((name) => !(name in template.Parameters))).toEqual([]);
      expect(conditions.filter((name) => !(name in template.Conditions))).toEqual([]);
      expect(Object.keys(template.Resources).filter((id) => !/^[A-Za-z0-9]{1,255}$/.test(id))).toEqual([]);
    }
  });
});
