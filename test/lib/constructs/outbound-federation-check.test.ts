import { describe, expect, it } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import { aConfigurationDocument, aProfileDocument } from '../../support/a-configuration.ts';
import { aDaypassStack, toTemplate } from '../../support/a-daypass-stack.ts';

const ownRole = 'arn:aws:iam::111111111111:role/Partner';
const gives = { webIdentityToken: { audiences: ['https://partner.example'] } };

const integrations = { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }] };

const stackOf = (profile: object) =>
  aDaypassStack({
    document: aConfigurationDocument({
      integrations,
      profiles: { partner: aProfileDocument({ ...profile }) },
    }),
  });

interface Kept {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
}

const type = 'Custom::OutboundWebIdentityFederationIsEnabled';
const { app, stack } = stackOf({ ...gives, roleArn: ownRole });
const template = toTemplate(stack);

describe('OutboundFederationCheck', () => {
  it.each([
    ['no profile gives tokens', { roleArn: ownRole }],
    ['they are of a role in another account', gives],
    ['the own account is on the way alone', { ...gives, via: [ownRole] }],
  ])('is not there when %s', (_, profile) => {
    toTemplate(stackOf(profile).stack).resourceCountIs(type, 0);
  });

  it('asks IAM at each creation and change, and nothing at the end', () => {
    const [info] = Object.values(template.findResources(type));

    const { Create, Update, Delete, InstallLatestAwsSdk } = info?.['Properties'] ?? {};
    expect(JSON.parse(Create)).toEqual({
      service: 'IAM',
      action: 'GetOutboundWebIdentityFederationInfo',
      physicalResourceId: { id: 'outbound-web-identity-federation' },
      outputPaths: ['JwtVendingEnabled'],
    });
    expect([Update, Delete, InstallLatestAwsSdk]).toEqual([Create, undefined, false]);
  });

  it('fails for any answer but true, and says what the operator does', () => {
    const [id] = Object.keys(template.findResources(type));

    template.hasResourceProperties('AWS::SSM::Parameter', {
      AllowedPattern: '^true$',
      Value: { 'Fn::GetAtt': [id, 'JwtVendingEnabled'] },
    });
    const [parameter] = Object.values(template.findResources('AWS::SSM::Parameter'));
    expect(parameter?.['Properties'].Description).toContain(
      '"aws iam enable-outbound-web-identity-federation"',
    );
  });

  it('comes before all that is kept, but for what it writes its own log to', () => {
    const [check = ''] = Object.keys(template.findResources('AWS::SSM::Parameter'));
    const resources: Readonly<Record<string, Kept>> = template.toJSON()['Resources'];
    const before = Object.entries(resources)
      .filter(([, { Type }]) => Type !== 'AWS::Logs::LogGroup')
      .filter(
        ([, { DeletionPolicy, DependsOn = [] }]) => DeletionPolicy === 'Retain' && !DependsOn.includes(check),
      )
      .map(([id]) => id);

    // The other two are API Gateway's own way to its logs, which is the account's.
    expect(before).toEqual([
      expect.stringMatching(/^DaypassLogsKey/),
      expect.stringMatching(/^DaypassApiRestApiCloudWatchRole/),
      expect.stringMatching(/^DaypassApiRestApiAccount/),
    ]);
  });

  it('may ask that and write its own logs, and nothing else', () => {
    const roles = template.findResources('AWS::IAM::Role', {
      Properties: { Description: 'Daypass: asks IAM whether this account signs web identity tokens' },
    });

    const [[roleId, role] = []] = Object.entries(roles);
    const { Policies, ManagedPolicyArns } = role?.['Properties'] ?? {};
    expect(ManagedPolicyArns).toBeUndefined();
    expect(
      Policies[0].PolicyDocument.Statement.map(({ Sid, Action }: Record<string, unknown>) => [Sid, Action]),
    ).toEqual([
      ['ReadSwitch', 'iam:GetOutboundWebIdentityFederationInfo'],
      ['WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents']],
    ]);
    template.hasResourceProperties('AWS::Lambda::Function', { Role: { 'Fn::GetAtt': [roleId, 'Arn'] } });
    const attached = Object.values(template.findResources('AWS::IAM::Policy')).map(
      ({ Properties }) => Properties.Roles,
    );
    expect(JSON.stringify(attached)).not.toContain(roleId);
  });

  it('passes the checks of the stack', () => {
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });
});
