import { describe, expect, it } from '@jest/globals';
import { CfnResource } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { toRoleArns } from '../../lambda/core/configuration.ts';
import { functionNames, toRoleName } from '../../lambda/core/function-roles.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import { createStrangerRole } from '../../lib/integration-permissions.ts';
import { aConfigurationDocument } from '../support/a-configuration.ts';
import { aDaypassStack, toTemplate } from '../support/a-daypass-stack.ts';
import { acceptedWildcards, findWildcards } from '../support/accepted-wildcards.ts';

const { app, stack } = aDaypassStack();
const template = toTemplate(stack);
const { configuration } = readConfigurationFile('config/daypass.yaml');

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const roles = Object.values(template.findResources('AWS::IAM::Role')).map(({ Properties }) => Properties);

function statementsOf(name: (typeof functionNames)[number]): readonly Statement[] {
  const roleName = toRoleName(configuration.deployment, name);
  const role = roles.find(({ RoleName }) => RoleName === roleName);
  return role?.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
  );
}

const strangerName = 'daypass-prod-eu-west-1-stranger';
const allStatements = functionNames.flatMap(statementsOf);
const actionsOf = (name: (typeof functionNames)[number], effect = 'Allow') =>
  statementsOf(name)
    .filter(({ Effect }) => Effect === effect)
    .flatMap(({ Action }) => listOf(Action));

describe('the roles of the functions', () => {
  it('have their fixed names and path, are for Lambda alone, and have no policy but their own', () => {
    const own = roles.filter(({ Path, RoleName }) => Path === '/daypass/' && RoleName !== strangerName);

    expect(own.map(({ RoleName }) => RoleName).sort()).toEqual([
      'daypass-prod-eu-west-1-audit',
      'daypass-prod-eu-west-1-authorizer',
      'daypass-prod-eu-west-1-controls',
      'daypass-prod-eu-west-1-integration-issuer',
      'daypass-prod-eu-west-1-integrations',
      'daypass-prod-eu-west-1-issuer',
      'daypass-prod-eu-west-1-prober',
      'daypass-prod-eu-west-1-publisher',
      'daypass-prod-eu-west-1-reconciler',
      'daypass-prod-eu-west-1-revoker',
      'daypass-prod-eu-west-1-rotation',
      'daypass-prod-eu-west-1-saml',
    ]);
    for (const { AssumeRolePolicyDocument, ManagedPolicyArns } of own) {
      expect(AssumeRolePolicyDocument.Statement).toEqual([
        { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } },
      ]);
      expect(ManagedPolicyArns).toBeUndefined();
    }
    // Of the services that write the export.
    const policies = Object.values(template.findResources('AWS::IAM::Policy'));
    expect(JSON.stringify(policies.map(({ Properties }) => Properties.Roles))).not.toMatch(
      /"Daypass(?!AuditExport)/,
    );
    expect(policies).toHaveLength(2);
  });

  it('name every action in full', () => {
    const actions = allStatements.flatMap(({ Action }) => listOf(Action));

    expect(actions.filter((action) => !/^[a-z0-9]+:[A-Za-z]+$/.test(String(action)))).toEqual([]);
    expect(allStatements.filter((statement) => 'NotAction' in statement)).toEqual([]);
  });

  it('have a wildcard resource where the action knows no other, and in a Deny', () => {
    const wild = allStatements.filter(({ Resource }) => /[*?]/.test(JSON.stringify(Resource) ?? ''));

    expect([...new Set(wild.map(({ Effect, Sid }) => `${Effect} ${Sid}`))].sort()).toEqual([
      'Allow ChangeRevocations',
      'Allow DecodeAuthorizationMessages',
      'Allow EnterPartnersRoles',
      'Allow ListStreams',
      'Allow ReadTrail',
      'Allow WriteTraces',
      'Deny DenyBrokersRoles',
      'Deny DenyOtherRegions',
      'Deny DenyOwnAccounts',
      'Deny DenyOwnOrganization',
      'Deny DenyRolesThatNoProfileNames',
      'Deny DenyWithoutExternalId',
      'Deny DenyWithoutSourceIdentity',
    ]);
  });

  it('write their own log group alone', () => {
    const groups = functionNames.flatMap((name) =>
      statementsOf(name)
        .filter(({ Action }) => listOf(Action).some((action) => String(action).startsWith('logs:')))
        .map(({ Resource }) => JSON.stringify(Resource)),
    );

    expect(groups).toHaveLength(functionNames.length);
    expect(new Set(groups).size).toBe(functionNames.length);
  });

  it('let the authorizer read the public half of a key and third parties’ keys, log and trace', () => {
    expect(actionsOf('authorizer').sort()).toEqual([
      ...['dynamodb:Query', 'kms:Decrypt', 'kms:DescribeKey'],
      'kms:GetPublicKey',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  it('let the audit read and nothing else', () => {
    expect(actionsOf('audit').filter((action) => !/^(logs|xray):/.test(String(action)))).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
      'kms:Decrypt',
      'kms:DescribeKey',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:GetPublicKey',
    ]);
  });

  it('let the function that takes assertions sign, and remember what it took', () => {
    expect(actionsOf('saml').filter((action) => !/^(logs|xray):/.test(String(action)))).toEqual([
      'kms:Sign',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
    ]);
  });

  it("let the rotation replace the federator's key, the revoker the policies of roles, and nobody else anything of IAM", () => {
    expect(actionsOf('rotation').filter((action) => !/^(logs|xray):/.test(String(action)))).toEqual([
      'iam:CreateAccessKey',
      'iam:DeleteAccessKey',
      'iam:ListAccessKeys',
      'iam:UpdateAccessKey',
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ]);
    const ofIam = (names: readonly (typeof functionNames)[number][]) =>
      names.flatMap((name) => actionsOf(name)).filter((action) => /^iam:/.test(String(action)));
    expect(ofIam(['revoker']).sort()).toEqual(['iam:DeleteRolePolicy', 'iam:PutRolePolicy']);
    expect(ofIam(functionNames.filter((name) => name !== 'rotation' && name !== 'revoker'))).toEqual([]);
  });

  it('let nobody delete a row', () => {
    expect(JSON.stringify(allStatements)).not.toMatch(/DeleteItem|BatchWriteItem|PartiQL|DeleteTable/);
  });

  it("let the issuer assume exactly the roles of the configuration's profiles, of a chain the first, of tokens none", () => {
    const allowed = statementsOf('issuer')
      .filter(({ Action, Effect }) => Effect === 'Allow' && listOf(Action).includes('sts:AssumeRole'))
      .flatMap(({ Resource }) => listOf(Resource));

    expect(allowed.sort()).toEqual(
      [
        ...new Set(
          [...configuration.profiles.values()].flatMap((profile) =>
            profile.mechanism === 'assume-role' || profile.mechanism === 'assume-root'
              ? toRoleArns(profile).slice(0, 1)
              : [],
          ),
        ),
      ].sort(),
    );
  });

  it('deny the issuer other roles, other regions and anonymous sessions', () => {
    const denies = statementsOf('issuer').filter(({ Effect }) => Effect === 'Deny');

    expect(denies.map(({ Sid }) => Sid).sort()).toEqual([
      'DenyOtherRegions',
      'DenyRolesThatNoProfileNames',
      'DenyWithoutSourceIdentity',
    ]);
    expect(denies).toContainEqual(
      expect.objectContaining({ Condition: { Null: { 'sts:SourceIdentity': 'true' } } }),
    );
  });
});

describe('every policy of the template', () => {
  it('has no wildcard in an Allow but those that are accepted, with a reason, and accepts no more than there are', () => {
    expect(findWildcards(template)).toEqual(Object.keys(acceptedWildcards).sort());
    expect(Object.values(acceptedWildcards).filter((reason) => reason.length < 30)).toEqual([]);
  });
});

describe('the stranger', () => {
  it('is the role that the permissions say, with their trust policy, and no function has it', () => {
    const { deployment, integrations: settings } = configuration;
    if (settings === undefined) throw new TypeError('the example has no third parties');
    const access = createStrangerRole({ deployment, settings });
    const role = roles.find(({ RoleName }) => RoleName === strangerName);

    expect(role).toMatchObject({
      Path: '/daypass/',
      AssumeRolePolicyDocument: access.trust,
      Policies: [{ PolicyDocument: { Statement: access.statements } }],
    });
    expect(role.ManagedPolicyArns).toBeUndefined();
  });

  it('is not there where the configuration has no third parties, nor is anything of theirs', () => {
    const without = toTemplate(aDaypassStack({ document: aConfigurationDocument() }).stack);

    expect(JSON.stringify(without.findResources('AWS::IAM::Role'))).not.toMatch(
      /stranger|prober|integration/i,
    );
    without.resourceCountIs('AWS::DynamoDB::GlobalTable', 6);
    expect(JSON.stringify(without.findResources('AWS::Events::Rule'))).not.toMatch(
      /stranger|prober|verify-integrations/i,
    );
    expect(JSON.stringify(without.findResources('AWS::CloudWatch::Alarm'))).not.toMatch(/integration-/);
    without.resourceCountIs('AWS::Logs::MetricFilter', 0);
    // The reconciler's, by which it hears of the access log.
    without.resourceCountIs('AWS::Lambda::Alias', 1);
    expect(Object.keys(without.findOutputs('*')).join()).not.toMatch(/Stranger|Prober|Integration/);
    expect(JSON.stringify(without.findResources('AWS::ApiGateway::Resource'))).not.toContain('integrations');
  });
});

describe('the schedule of verifications', () => {
  const integrations = { Ref: Match.stringLikeRegexp('^DaypassIntegrationsFunction') };

  it('sends the function that manages third parties its task', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        { Arn: { 'Fn::GetAtt': [integrations.Ref, 'Arn'] }, Input: '{"task":"verify-integrations"}' },
      ],
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { FunctionName: integrations });
  });

  it('can be begun by an operator, by a name that is known', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'daypass-prod-eu-west-1-integrations',
    });
  });

  it('has alarms on that function’s own log', () => {
    const groups = Object.values(template.findResources('AWS::Logs::MetricFilter')).map(
      ({ Properties }) => Properties.LogGroupName.Ref,
    );

    expect(new Set(groups).size).toBe(1);
    expect(groups[0]).toMatch(/^DaypassIntegrationsLogs/);
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'daypass-prod-eu-west-1-integrations',
      LoggingConfig: { LogGroup: { Ref: groups[0] } },
    });
    expect(statementsOf('integrations')).toContainEqual(
      expect.objectContaining({ Sid: 'AnnounceRuns', Action: 'events:PutEvents' }),
    );
  });
});

describe('the verification of a role', () => {
  it('is asked for by an alias of the function that issues, and may be by no other name of it', () => {
    const [alias] = Object.values(
      template.findResources('AWS::Lambda::Alias', { Properties: { Name: 'verify' } }),
    );
    const invoking = statementsOf('integrations').filter(({ Action }) => Action === 'lambda:InvokeFunction');

    expect(alias?.['Properties']).toEqual({
      FunctionName: { Ref: expect.stringMatching(/^DaypassIntegrationIssuerFunction/) },
      ...{ FunctionVersion: '$LATEST', Name: 'verify' },
    });
    expect(invoking.map(({ Resource }) => Resource)).toEqual([
      'arn:aws:lambda:eu-west-1:111111111111:function:daypass-prod-eu-west-1-integration-issuer:verify',
    ]);
  });
});

describe('DaypassStack', () => {
  it('stands in the account and region of the configuration, protected against termination', () => {
    expect(stack.environment).toBe('aws://111111111111/eu-west-1');
    expect(stack.terminationProtection).toBe(true);
  });

  it('tells where the API is, which roles to trust and where the rows are', () => {
    expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
      'ApiUrl',
      'AuditRoleArn',
      'AuthorizerRoleArn',
      'ControlTableName',
      'FederatorSecretArn',
      'FederatorUserArn',
      'FindingTableName',
      ...['IntegrationIssuerRoleArn', 'IntegrationTableName', 'IntegrationsRoleArn'],
      'IssuanceTableName',
      'IssuerRoleArn',
      'OidcIssuerUrl',
      'ProberRoleArn',
      'ProofTableName',
      'ReconcilerRoleArn',
      'SamlAcsUrl',
      'SamlEntityId',
      'SamlRoleArn',
      'StrangerRoleArn',
      'TokenKeyArn',
      'TrailBucketName',
      'WitnessTableName',
    ]);
  });

  it('tags everything that takes tags', () => {
    const untagged = stack.node
      .findAll()
      .filter((construct) => CfnResource.isCfnResource(construct))
      .filter((resource) => 'tags' in resource && resource.tags !== undefined)
      .map((resource) => [resource.node.path, JSON.stringify(stack.resolve(resource._toCloudFormation()))])
      .filter(([, json]) => !json?.includes('daypass:deployment'));

    expect(untagged).toEqual([]);
    expect(stack.tags.tagValues()).toMatchObject({ Application: 'daypass' });
  });

  it('needs nothing looked up', () => {
    expect(app.synth().manifest.missing).toBeUndefined();
  });

  it('has no finding of AwsSolutions that is not accepted, with a reason, and accepts no more than there are', () => {
    const findings = new AwsSolutionsChecks(app).validateScope(app).violations;
    const unforgiving = new AwsSolutionsChecks(app);
    Object.defineProperty(unforgiving, 'isAcknowledged', { value: () => false });
    const withoutMercy = unforgiving.validateScope(app).violations.map(({ ruleName }) => ruleName);

    expect(findings).toEqual([]);
    expect(withoutMercy.sort()).toEqual([...new Set(Object.keys(acceptedFindings()))].sort());
    expect(Object.values(acceptedFindings()).filter((reason) => reason.length < 40)).toEqual([]);
  });

  it('has its roles and its user under another path, and nothing else is different', () => {
    const { document } = readConfigurationFile('config/daypass.yaml');
    // As long as the one that is left, so that policies are packed alike.
    const rolePath = '/brokers/';
    const moved = withRolePath(document, rolePath);
    const ofMoved = toTemplate(aDaypassStack({ document: moved }).stack).toJSON();

    const text = JSON.stringify(ofMoved);
    const asBefore = text.replace(/:(role|user)\/brokers\//g, ':$1/daypass/');
    // Those that may be changed have the other path still, and the Deny that leaves the broker's own out of it.
    expect(text.match(/:(?:role|user)\/daypass\/daypass-[^"]*/g)).toEqual([':role/daypass/daypass-*']);
    expect(pathsOf(ofMoved)).toEqual(pathsOf(ofMoved).map(() => rolePath));
    expect(withoutPaths(asBefore)).toEqual(withoutPaths(JSON.stringify(template.toJSON())));
  });

  it('synthesizes the template that was reviewed', () => {
    expect(withoutAssetHashes(template.toJSON())).toMatchSnapshot();
  });
});

/** Id of each accepted finding to its reason. */
function acceptedFindings(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    stack.node
      .findAll()
      .flatMap((construct) => construct.node.metadata)
      .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
      .flatMap(({ data }) => Object.entries<string>(data))
      .map(([id, reason]) => [id.replace(/^annotation::/i, ''), reason]),
  );
}

interface Identities {
  readonly Resources: Readonly<Record<string, { Type: string; Properties?: { Path?: string } }>>;
}

const identitiesOf = (synthesized: unknown) =>
  Object.values((synthesized as Identities).Resources).filter(({ Type }) =>
    ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::ManagedPolicy'].includes(Type),
  );

const pathsOf = (synthesized: unknown) => identitiesOf(synthesized).map(({ Properties }) => Properties?.Path);

function withoutPaths(text: string): unknown {
  const synthesized: unknown = withoutAssetHashes(JSON.parse(text));
  for (const { Properties } of identitiesOf(synthesized)) delete Properties?.Path;
  return synthesized;
}

const withRolePath = (document: unknown, rolePath: string) => {
  const deployment: unknown = Reflect.get(Object(document), 'deployment');
  return { ...Object(document), deployment: { ...Object(deployment), rolePath } };
};

/** Hashes change with every line of the functions; the resources must not. */
function withoutAssetHashes(synthesized: unknown): unknown {
  return JSON.parse(JSON.stringify(synthesized).replace(/[0-9a-f]{64}/g, '<asset>'));
}
