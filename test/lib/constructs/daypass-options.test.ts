import { describe, expect, it } from '@jest/globals';
import { CfnWaitConditionHandle, Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { parseConfiguration } from '../../../lambda/core/parse-configuration.ts';
import { readConfigurationFile } from '../../../lib/config.ts';
import { DaypassStack } from '../../../lib/daypass-stack.ts';
import {
  aPlatform,
  aVpc,
  certificateArn,
  domain,
  env,
  type Resource,
  readStack,
  subnetIds,
} from '../../support/a-platform.ts';
import { anApp } from '../../support/an-app.ts';
import { deployedContext } from '../../support/deployed-context.ts';

const mutualTls = { truststoreBucket: 'trust', truststoreKey: 'partners.pem', truststoreVersion: 'v1' };

/** The example deployment, by a company's rules. */
function aCompanysStack() {
  const app = anApp(deployedContext());
  // CDK refuses a stack without resources.
  const others = new Stack(app, 'Others', { env });
  new CfnWaitConditionHandle(others, 'Nothing');
  const written = readConfigurationFile('config/daypass.yaml').document as {
    readonly deployment: object;
  };
  const document = { ...written, deployment: { ...written.deployment, url: 'https://daypass.example.com' } };
  const stack = new DaypassStack(app, 'Daypass-prod', {
    document,
    configuration: parseConfiguration(document),
    api: {
      domain: { ...domain, hostedZoneId: 'Z0123456789ABCDEFGHIJ' },
      webAcl: { requestsPerFiveMinutes: 500 },
    },
    network: { vpc: aVpc(others) },
    concurrency: {
      authorizer: { reserved: 50, provisioned: 5 },
      issuer: { provisioned: 2 },
      audit: { reserved: 3 },
    },
    permissionsBoundary: ManagedPolicy.fromManagedPolicyArn(
      others,
      'Boundary',
      'arn:aws:iam::111111111111:policy/CompanyBoundary',
    ),
    encryptionKey: Key.fromKeyArn(
      others,
      'CompanyKey',
      'arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0000-4000-8000-00000000c0de',
    ),
    tags: { CostCenter: '4711' },
  });
  // As CDK's own custom resources have them, beside the broker.
  new Role(stack, 'CustomResource', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  return { ...readStack(app, stack), stack };
}

const company = aCompanysStack();

describe("the stack by a company's rules", () => {
  it('has no finding of AwsSolutions that is not accepted', () => {
    expect(company.findings).toEqual([]);
  });

  it("leaves room below CloudFormation's 500 resources", () => {
    expect(Object.keys(company.template.toJSON()['Resources']).length).toBeLessThan(475);
  });

  it('bounds every role and every user, those of CDK included', () => {
    const bounded = [...company.ofType('AWS::IAM::Role'), ...company.ofType('AWS::IAM::User')];

    expect(bounded.length).toBeGreaterThan(10);
    for (const { PermissionsBoundary } of bounded)
      expect(PermissionsBoundary).toBe('arn:aws:iam::111111111111:policy/CompanyBoundary');
  });

  it('encrypts tables and logs with the one key, and has none of its own for them', () => {
    const keys = company.ofType('AWS::KMS::Key').map(({ Description }) => Description);
    const logKeys = company.ofType('AWS::Logs::LogGroup').map(({ KmsKeyId }) => KmsKeyId);

    expect(new Set(logKeys)).toEqual(
      new Set(['arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0000-4000-8000-00000000c0de']),
    );
    expect(keys.filter((description) => /table|logs/.test(String(description)))).toEqual([]);
    expect(JSON.stringify(company.ofType('AWS::DynamoDB::GlobalTable'))).toContain('00000000c0de');
    // So is the trail's: CloudTrail needs a key whose policy names it, which that of an imported key can't be told.
    expect(keys).toContain("Daypass: CloudTrail's record");
    expect(JSON.stringify(company.ofType('AWS::CloudTrail::Trail'))).not.toContain('00000000c0de');
    // Signing keys are another thing, and stay.
    expect(keys).toContain("Daypass: signs the broker's own tokens");
  });

  it('puts every function of the broker into the VPC, behind one security group that lets HTTPS out and nothing in', () => {
    const [group, ...more] = Object.entries(company.template.findResources('AWS::EC2::SecurityGroup'));
    const functions = Object.entries(company.template.findResources('AWS::Lambda::Function')).filter(
      ([id]) => !id.startsWith('AWS679'),
    );

    expect(more).toEqual([]);
    expect(functions.length).toBeGreaterThan(7);
    for (const [, { Properties }] of functions)
      expect(Properties.VpcConfig).toEqual({
        SubnetIds: subnetIds,
        SecurityGroupIds: [{ 'Fn::GetAtt': [group?.[0], 'GroupId'] }],
      });
    expect(group?.[1]['Properties'].SecurityGroupIngress).toBeUndefined();
    expect(group?.[1]['Properties'].SecurityGroupEgress).toMatchObject([
      { FromPort: 443, ToPort: 443, IpProtocol: 'tcp' },
    ]);
  });

  it("lets Lambda make the interfaces with the function's role, and the function itself not", () => {
    const roles = company
      .ofType('AWS::IAM::Role')
      .filter(({ Description }) => /^Daypass: the [\w-]+ function$/.test(String(Description)));
    const statements = roles.map(({ Policies, ManagedPolicyArns }) => {
      expect(JSON.stringify(ManagedPolicyArns ?? [])).not.toContain('AWSLambdaVPCAccessExecutionRole');
      return (Policies as { PolicyDocument: { Statement: Resource[] } }[]).flatMap(
        ({ PolicyDocument }) => PolicyDocument.Statement,
      );
    });

    expect(roles.length).toBeGreaterThan(7);
    for (const ofRole of statements) {
      const own = ofRole.filter(({ Action }) => JSON.stringify(Action).includes('ec2:'));
      expect(own).toMatchObject([
        { Sid: 'ManageNetworkInterfaces', Effect: 'Allow' },
        { Effect: 'Deny', Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } } },
      ]);
      expect(own[1]?.['Action']).toEqual(own[0]?.['Action']);
    }
  });

  it('keeps versions of the two ready, which API Gateway then calls, and leaves the alias for proofs alone', () => {
    const aliases = Object.entries(company.template.findResources('AWS::Lambda::Alias'));
    const ready = aliases.filter(([, { Properties }]) => Properties.Name === 'ready');
    const methods = company
      .ofType('AWS::ApiGateway::Method')
      .map(({ Integration }) => JSON.stringify(Integration));
    const [authorizer] = company.ofType('AWS::ApiGateway::Authorizer');
    const readyIds = ready.map(([id]) => id);
    const issuerAlias = readyIds.find((id) => id.startsWith('DaypassIssuer')) ?? '';
    const authorizerAlias = readyIds.find((id) => id.startsWith('DaypassAuthorizer')) ?? '';

    expect(ready.map(([, { Properties }]) => Properties.ProvisionedConcurrencyConfig)).toEqual(
      expect.arrayContaining([
        { ProvisionedConcurrentExecutions: 5 },
        { ProvisionedConcurrentExecutions: 2 },
      ]),
    );
    const ofLatest = aliases.filter(([, { Properties }]) => Properties.FunctionVersion === '$LATEST');
    expect(ofLatest.map(([, { Properties }]) => Properties.Name).sort()).toEqual(['verify', 'witness']);
    expect(JSON.stringify(authorizer?.['AuthorizerUri'])).toContain(`"Ref":"${authorizerAlias}"`);
    expect(methods.filter((integration) => /DaypassIssuerFunction/.test(integration))).toEqual([]);
    expect(
      methods.filter((integration) => integration.includes(`"Ref":"${issuerAlias}"`)).length,
    ).toBeGreaterThan(5);
  });

  it('lets API Gateway call those versions and no other of the functions', () => {
    const functions = company
      .ofType('AWS::Lambda::Permission')
      .filter(({ Principal }) => Principal === 'apigateway.amazonaws.com')
      .map(({ FunctionName }) => JSON.stringify(FunctionName));

    expect(functions.filter((name) => /Daypass(Issuer|Authorizer)Function/.test(name))).toEqual([]);
    expect(functions.filter((name) => /DaypassIssuerReady/.test(name)).length).toBeGreaterThan(5);
  });

  it('reserves what it is told, and nothing else', () => {
    const reserved = Object.entries(company.template.findResources('AWS::Lambda::Function'))
      .map(([id, { Properties }]) => [id, Properties.ReservedConcurrentExecutions] as const)
      .filter(([, count]) => count !== undefined);

    expect(reserved.map(([id, count]) => [id.slice(0, 'DaypassAu'.length), count]).sort()).toEqual([
      ['DaypassAu', 3],
      ['DaypassAu', 50],
    ]);
  });

  it('keeps the tag of its own beside them', () => {
    expect(company.stack.tags.tagValues()).toEqual({ Application: 'daypass', CostCenter: '4711' });
  });

  it('has the rate of an address that it is told', () => {
    const [{ Rules: [rate] = [] } = {}] = company.ofType('AWS::WAFv2::WebACL') as {
      readonly Rules?: readonly Resource[];
    }[];

    expect(rate?.['Statement']).toMatchObject({ RateBasedStatement: { Limit: 500 } });
  });

  it('tags what takes tags with the tags of the company as well', () => {
    for (const type of ['AWS::Lambda::Function', 'AWS::KMS::Key', 'AWS::WAFv2::WebACL'])
      for (const resource of company.ofType(type))
        expect(resource['Tags']).toEqual(expect.arrayContaining([{ Key: 'CostCenter', Value: '4711' }]));
  });

  it('gives the domain TLS 1.3 alone, the API the same, and no other way in', () => {
    expect(company.ofType('AWS::ApiGateway::DomainName')).toMatchObject([
      {
        DomainName: 'daypass.example.com',
        RegionalCertificateArn: certificateArn,
        EndpointConfiguration: { Types: ['REGIONAL'] },
        SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
        EndpointAccessMode: 'STRICT',
      },
    ]);
    expect(company.ofType('AWS::ApiGateway::DomainName')[0]).not.toHaveProperty('MutualTlsAuthentication');
    expect(company.ofType('AWS::ApiGateway::RestApi')).toMatchObject([
      { DisableExecuteApiEndpoint: true, SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09' },
    ]);
    expect(company.ofType('AWS::Route53::RecordSet')).toMatchObject([
      { Name: 'daypass.example.com', Type: 'A', HostedZoneId: 'Z0123456789ABCDEFGHIJ' },
    ]);
  });

  it('maps the domain to the stage once the stage is there, and tells its address', () => {
    const [mapping] = Object.values(company.template.findResources('AWS::ApiGateway::BasePathMapping'));
    const [stage] = Object.keys(company.template.findResources('AWS::ApiGateway::Stage'));

    expect(mapping?.['Properties'].BasePath).toBeUndefined();
    expect(mapping?.['DependsOn']).toContain(stage);
    expect(company.template.findOutputs('ApiUrl')['ApiUrl']?.['Value']).toBe('https://daypass.example.com/');
  });
});

describe('a key of the same app', () => {
  const made = aPlatform((stack) => ({
    encryptionKey: new Key(stack, 'CompanyKey', { enableKeyRotation: true }),
    network: {
      vpc: aVpc(stack),
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
    },
    api: { webAcl: false },
  }));

  it('is told that CloudWatch Logs may use it', () => {
    const [key] = made.ofType('AWS::KMS::Key').filter(({ KeySpec }) => KeySpec === undefined);

    expect(JSON.stringify(key?.['KeyPolicy'])).toContain('"Sid":"CloudWatchLogs"');
  });

  it('leaves out the firewall where it was declined, which is a finding that is accepted with a reason', () => {
    expect(made.template.findResources('AWS::WAFv2::WebACL')).toEqual({});
    expect(made.findings).toEqual([]);
  });

  it('makes no security group where some are given', () => {
    expect(made.template.findResources('AWS::EC2::SecurityGroup')).toEqual({});
  });
});

describe('an API behind mutual TLS', () => {
  const { ofType, findings, daypass } = aPlatform(() => ({ api: { domain: { ...domain, mutualTls } } }));

  it('takes certificates of one version of the truststore, with the one policy that goes with it', () => {
    expect(ofType('AWS::ApiGateway::DomainName')).toMatchObject([
      {
        MutualTlsAuthentication: { TruststoreUri: 's3://trust/partners.pem', TruststoreVersion: 'v1' },
        SecurityPolicy: 'TLS_1_2',
      },
    ]);
    expect(ofType('AWS::ApiGateway::DomainName')[0]).not.toHaveProperty('EndpointAccessMode');
    expect(ofType('AWS::ApiGateway::RestApi')).toMatchObject([
      { DisableExecuteApiEndpoint: true, SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09' },
    ]);
    expect(findings).toEqual([]);
  });

  it("tells how long the domain's certificate is good", () => {
    expect(daypass.api.metricCertificateDaysToExpiry()?.toMetricConfig().metricStat).toMatchObject({
      namespace: 'AWS/CertificateManager',
      metricName: 'DaysToExpiry',
      dimensions: [{ name: 'CertificateArn', value: certificateArn }],
      statistic: 'Minimum',
    });
  });
});

describe('a domain for callers that know no TLS 1.3', () => {
  const { ofType } = aPlatform(() => ({ api: { domain: { ...domain, minimumTls: '1.2' } } }));

  it('takes 1.2 with forward secrecy, as the API behind it does', () => {
    const older = { SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09', EndpointAccessMode: 'STRICT' };

    expect(ofType('AWS::ApiGateway::DomainName')).toMatchObject([older]);
    expect(ofType('AWS::ApiGateway::RestApi')).toMatchObject([{ ...older, DisableExecuteApiEndpoint: true }]);
  });
});

describe('a private API by endpoints that are there', () => {
  const vpcEndpointIds = ['vpce-0123456789abcdef0', 'vpce-0fedcba9876543210'];
  const { ofType, findings } = aPlatform(() => ({ api: { domain, privateAccess: { vpcEndpointIds } } }));

  it('is reached by them alone, under its name as under its own', () => {
    const denial = { Effect: 'Deny', Condition: { StringNotEquals: { 'aws:SourceVpce': vpcEndpointIds } } };
    const [restApi] = ofType('AWS::ApiGateway::RestApi');
    const [name] = ofType('AWS::ApiGateway::DomainNameV2');

    expect(restApi?.['EndpointConfiguration']).toEqual({
      Types: ['PRIVATE'],
      VpcEndpointIds: vpcEndpointIds,
    });
    expect(restApi?.['Policy']).toMatchObject({
      Statement: expect.arrayContaining([expect.objectContaining({ Sid: 'DenyOtherNetworks', ...denial })]),
    });
    expect(name).toMatchObject({
      EndpointConfiguration: { Types: ['PRIVATE'] },
      SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
      Policy: { Statement: [{ Effect: 'Allow' }, denial] },
    });
    expect(ofType('AWS::ApiGateway::DomainName')).toEqual([]);
    expect(
      ofType('AWS::ApiGateway::DomainNameAccessAssociation').map(
        ({ AccessAssociationSource }) => AccessAssociationSource,
      ),
    ).toEqual(vpcEndpointIds);
    expect(findings).toEqual([]);
  });

  it('has a firewall, too', () => {
    expect(ofType('AWS::WAFv2::WebACLAssociation')).toHaveLength(1);
  });
});

describe('a private API by an endpoint that is made', () => {
  const { ofType, template, findings } = aPlatform((scope) => {
    const vpc = aVpc(scope);
    return {
      api: {
        privateAccess: { vpc, securityGroups: [], privateDns: false },
        domain: { ...domain, hostedZoneId: 'Z0123456789ABCDEFGHIJ' },
      },
      network: { vpc, securityGroups: [] },
    };
  });
  const [endpoint = ''] = Object.keys(template.findResources('AWS::EC2::VPCEndpoint'));

  it("leads to this account's APIs alone, from the VPC's own addresses", () => {
    expect(ofType('AWS::EC2::VPCEndpoint')).toMatchObject([
      {
        ServiceName: 'com.amazonaws.eu-west-1.execute-api',
        PrivateDnsEnabled: false,
        PolicyDocument: {
          Statement: [
            {
              Action: 'execute-api:Invoke',
              Resource: 'arn:aws:execute-api:eu-west-1:111111111111:*',
            },
          ],
        },
      },
    ]);
    expect(findings).toEqual([]);
  });

  it('takes an empty list of security groups for none given, which AWS would take for the default one', () => {
    const groups = ofType('AWS::EC2::SecurityGroup').map(({ SecurityGroupIngress, SecurityGroupEgress }) => [
      SecurityGroupIngress,
      SecurityGroupEgress,
    ]);

    expect(groups).toHaveLength(2);
    expect(groups).toEqual(
      expect.arrayContaining([
        [[expect.objectContaining({ CidrIp: '10.0.0.0/16', FromPort: 443, ToPort: 443 })], expect.anything()],
        [undefined, [expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })]],
      ]),
    );
  });

  it('is what the API, its policy and its name name', () => {
    const reference = { Ref: endpoint };
    const [restApi] = ofType('AWS::ApiGateway::RestApi');

    expect(restApi?.['EndpointConfiguration']).toEqual({ Types: ['PRIVATE'], VpcEndpointIds: [reference] });
    expect(JSON.stringify(restApi?.['Policy'])).toContain(`"aws:SourceVpce":[{"Ref":"${endpoint}"}]`);
    expect(ofType('AWS::ApiGateway::DomainNameAccessAssociation')).toMatchObject([
      { AccessAssociationSource: reference },
    ]);
    expect(JSON.stringify(ofType('AWS::Route53::RecordSet')[0]?.['AliasTarget'])).toContain(
      `{"Fn::GetAtt":["${endpoint}","DnsEntries"]}`,
    );
  });
});

describe('options that cannot be', () => {
  it('stop the synthesis, with words', () => {
    expect(() =>
      aPlatform((scope) => ({
        api: { domain: { ...domain, mutualTls }, privateAccess: { vpc: aVpc(scope) } },
      })),
    ).toThrow(/^api\.domain\.mutualTls: .* API Gateway gives a private API no mutual TLS$/);
  });
});
