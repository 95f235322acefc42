import { describe, expect, it } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { FindingTable } from '../../../lib/constructs/finding-table.ts';
import { Reconciliation } from '../../../lib/constructs/reconciliation.ts';
import { Trail } from '../../../lib/constructs/trail.ts';
import { TrailQueue } from '../../../lib/constructs/trail-queue.ts';
import { WitnessTable } from '../../../lib/constructs/witness-table.ts';
import { aConfiguration } from '../../support/a-configuration.ts';
import { anApp } from '../../support/an-app.ts';

const topicArn = 'arn:aws:sns:eu-central-1:999999999999:trail';
const trailArn = 'arn:aws:cloudtrail:eu-west-1:111111111111:trail/daypass-prod-eu-west-1';

/** With a trail of its own, or with an existing one's topic. */
function synthesize(existing?: { readonly topicArn: string }): Template {
  const stack = new Stack(anApp(), 'Test', { env: { account: '111111111111', region: 'eu-west-1' } });
  const configuration = aConfiguration();
  const queue = new TrailQueue(stack, 'TrailQueue', {
    visibilityTimeout: Duration.minutes(6),
    ...existing,
  });
  if (existing === undefined)
    new Trail(stack, 'Trail', { deployment: configuration.deployment, retention: Duration.days(400), queue });
  const reconciler = new LambdaFunction(stack, 'Reconciler', {
    ...{ runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('//') },
    timeout: Duration.seconds(60),
  });
  const accessLogs = new LogGroup(stack, 'AccessLogs');
  new Reconciliation(stack, 'Reconciliation', { configuration, reconciler, queue, accessLogs });
  new FindingTable(stack, 'Findings');
  new WitnessTable(stack, 'Witnesses');
  return Template.fromStack(stack);
}

const own = synthesize();
const foreign = synthesize({ topicArn });

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation is JSON of many shapes.
type Properties = any;

const only = (template: Template, type: string, properties: unknown = {}): Properties => {
  const found = Object.values(template.findResources(type, properties));
  expect(found).toHaveLength(1);
  return found[0]?.['Properties'];
};

const invocationsOf = (Qualifier: string): Properties =>
  only(own, 'AWS::Lambda::EventInvokeConfig', { Properties: { Qualifier } });

const bucketStatements = (): Properties[] => only(own, 'AWS::S3::BucketPolicy').PolicyDocument.Statement;

describe('Trail', () => {
  it('has reading and writing calls of every region and the global endpoint, digests and a key of its own', () => {
    own.hasResourceProperties('AWS::CloudTrail::Trail', {
      TrailName: 'daypass-prod-eu-west-1',
      IsLogging: true,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
      EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
      KMSKeyId: Match.anyValue(),
    });
  });

  it('delivers into a bucket that keeps every object, is not public and takes TLS alone', () => {
    own.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        ObjectLockEnabled: true,
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } },
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) },
          ],
        },
      },
    });
    expect(bucketStatements()).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  it('lets CloudTrail write for this very trail, and nobody else', () => {
    const allows = bucketStatements().filter(({ Effect }) => Effect === 'Allow');
    const denials = Object.fromEntries(bucketStatements().map((statement) => [statement.Sid, statement]));

    expect(allows.map(({ Sid, Action }) => [Sid, Action])).toEqual([
      ['CloudTrailLooks', 's3:GetBucketAcl'],
      ['CloudTrailDelivers', 's3:PutObject'],
    ]);
    for (const { Condition, Principal } of allows) {
      expect(Principal).toEqual({ Service: 'cloudtrail.amazonaws.com' });
      expect(Condition.StringEquals['aws:SourceArn']).toBe(trailArn);
    }
    expect(denials['NobodyElseWrites']).toMatchObject({
      ...{ Effect: 'Deny', Principal: '*' },
      Action: ['s3:PutObject', 's3:ReplicateObject', 's3:ReplicateDelete'],
      Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' } },
    });
    expect(denials['NobodyShortensRetention']).toMatchObject({
      ...{ Effect: 'Deny', Principal: '*' },
      Action: ['s3:BypassGovernanceRetention', 's3:PutObjectRetention'],
    });
  });

  it('encrypts for this very trail', () => {
    const statements: Properties[] = only(own, 'AWS::KMS::Key', {
      Properties: { Description: "Daypass: CloudTrail's record" },
    }).KeyPolicy.Statement;
    const ofCloudTrail = statements.filter(
      ({ Principal }) => Principal.Service === 'cloudtrail.amazonaws.com',
    );

    expect(ofCloudTrail.map(({ Action }) => Action)).toEqual([
      ...['kms:GenerateDataKey*', 'kms:Decrypt', 'kms:DescribeKey'],
    ]);
    for (const { Condition } of ofCloudTrail)
      expect(Condition.StringEquals).toEqual({ 'aws:SourceArn': trailArn });
  });

  it('tells the queue of events alone, not of digests, without a function of CDK’s', () => {
    own.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            Event: 's3:ObjectCreated:*',
            Filter: {
              S3Key: {
                Rules: [
                  { Name: 'prefix', Value: 'AWSLogs/111111111111/CloudTrail/' },
                  { Name: 'suffix', Value: '.json.gz' },
                ],
              },
            },
          },
        ],
      },
    });
    own.resourceCountIs('Custom::S3BucketNotifications', 0);
  });

  it('is not made where the configuration names an existing one', () => {
    for (const type of ['AWS::CloudTrail::Trail', 'AWS::S3::Bucket']) foreign.resourceCountIs(type, 0);
    foreign.hasResourceProperties('AWS::SNS::Subscription', {
      ...{ TopicArn: topicArn, Protocol: 'sqs', Region: 'eu-central-1', RawMessageDelivery: true },
    });
  });
});

describe('TrailQueue', () => {
  it('gives a message back five times, after six times the function’s time, and keeps what is left', () => {
    own.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 360,
      SqsManagedSseEnabled: true,
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 5 }),
      MessageRetentionPeriod: 1_209_600,
    });
  });

  it.each([
    ['s3.amazonaws.com', own, { StringEquals: { 'aws:SourceAccount': '111111111111' } }],
    ['sns.amazonaws.com', foreign, { ArnEquals: { 'aws:SourceArn': topicArn } }],
  ])('takes messages of %s alone, and over TLS', (Service, template, Condition) => {
    const policies = Object.values(template.findResources('AWS::SQS::QueuePolicy')) as Properties[];
    const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const allows = statements.filter(({ Effect }) => Effect === 'Allow');

    expect(allows).toMatchObject([{ Action: 'sqs:SendMessage', Principal: { Service }, Condition }]);
    expect(statements.filter(({ Effect }) => Effect === 'Deny')).toHaveLength(2);
  });
});

describe('Reconciliation', () => {
  it('takes some messages at once, and repeats the failed ones alone', () => {
    own.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });

  it('hears of reading calls by a rule that truly gets them, of the broker’s own roles and user', () => {
    const roles = [{ prefix: 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-' }];

    expect(only(own, 'AWS::Events::Rule', { Properties: { EventPattern: Match.anyValue() } })).toMatchObject({
      State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
      EventPattern: {
        source: ['aws.sts'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: {
          eventSource: ['sts.amazonaws.com'],
          $or: [
            { userIdentity: { sessionContext: { sessionIssuer: { arn: roles } } } },
            {
              userIdentity: {
                arn: ['arn:aws:iam::111111111111:user/daypass/daypass-prod-eu-west-1-federator'],
              },
            },
            { requestParameters: { roleArn: roles } },
          ],
        },
      },
    });
  });

  it('leaves an event nowhere: no rule and no invocation has a dead-letter queue or a destination', () => {
    const targets = Object.values(own.findResources('AWS::Events::Rule')).flatMap(
      ({ Properties }) => Properties.Targets as Properties[],
    );

    expect(targets).toHaveLength(3);
    for (const target of targets) expect(target).not.toHaveProperty('DeadLetterConfig');
    expect(invocationsOf('$LATEST')).toMatchObject({
      ...{ MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 300 },
    });
    expect(invocationsOf('$LATEST')).not.toHaveProperty('DestinationConfig');
  });

  it('tries a line of the access log, which holds no token, for as long as Lambda does', () => {
    const [[aliasId, alias] = []] = Object.entries(own.findResources('AWS::Lambda::Alias'));
    const { DestinationArn } = only(own, 'AWS::Logs::SubscriptionFilter');
    const ofLogs = { Properties: { Principal: 'logs.eu-west-1.amazonaws.com' } };

    expect(alias?.['Properties']).toMatchObject({ Name: 'witness', FunctionVersion: '$LATEST' });
    expect(DestinationArn).toEqual({ Ref: aliasId });
    expect(only(own, 'AWS::Lambda::Permission', ofLogs).FunctionName).toEqual({ Ref: aliasId });
    expect(invocationsOf('witness')).toMatchObject({
      ...{ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600 },
    });
  });

  it('sweeps each minute and settles each ten', () => {
    for (const [rate, task] of [
      ['rate(1 minute)', 'sweep'],
      ['rate(10 minutes)', 'settle'],
    ])
      own.hasResourceProperties('AWS::Events::Rule', {
        ScheduleExpression: rate,
        Targets: [Match.objectLike({ Input: JSON.stringify({ task }) })],
      });
  });

  it('hears of the access log’s lines of routes that issue, as a witness', () => {
    const { FilterPattern } = only(own, 'AWS::Logs::SubscriptionFilter');

    expect(FilterPattern.length).toBeLessThan(1024);
    for (const ending of ['credentials', 'container-credentials', 'console', 'session-tokens', 'decode'])
      expect(FilterPattern).toContain(`($.resourcePath = "*/${ending}")`);
    for (const other of ['explain', 'whoami', 'issuances']) expect(FilterPattern).not.toContain(other);
  });

  it('may be invoked by its rules, its log group and nobody else', () => {
    const permissions = Object.values(own.findResources('AWS::Lambda::Permission')).map(
      ({ Properties }) => Properties as Properties,
    );

    expect(permissions.map(({ Principal }) => Principal).sort()).toEqual([
      'events.amazonaws.com',
      'events.amazonaws.com',
      'events.amazonaws.com',
      'logs.eu-west-1.amazonaws.com',
    ]);
    for (const { SourceArn } of permissions) expect(SourceArn).toHaveProperty('Fn::GetAtt');
  });
});

describe('the tables', () => {
  it('of findings is kept, and that of witnesses is not', () => {
    own.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Retain',
      Properties: {
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'byDay' })],
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { AttributeName: 'expiresAtSeconds', Enabled: true },
      },
    });
    own.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Delete',
      Properties: {
        GlobalSecondaryIndexes: Match.absent(),
        TimeToLiveSpecification: { AttributeName: 'expiresAtSeconds', Enabled: true },
      },
    });
  });
});
