import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  controlDetail,
  eventSchemas,
  findingDetail,
  issuanceDetail,
} from '../../../lambda/core/publishing/event-schemas.ts';
import { toGlueColumns } from '../../../lib/glue-columns.ts';
import { toOwnAlarms } from '../../../lib/own-alarms.ts';
import { aConfigurationDocument } from '../../support/a-configuration.ts';
import { aDaypassStack, toTemplate } from '../../support/a-daypass-stack.ts';
import { anApp } from '../../support/an-app.ts';
import { type EmittedMetric, everyMetric } from '../../support/emitted-metrics.ts';

/*
 * What tells an operator how the broker does, as the example deployment has it: alarms, the dashboard, events and their
 * export. One synthesis for all of it.
 */
const topicArn = 'arn:aws:sns:eu-west-1:111111111111:alarms';
const topic = Topic.fromTopicArn(new Stack(anApp(), 'Elsewhere'), 'Topic', topicArn);
let template: Template;
let alarms: readonly Alarm[];
beforeAll(() => {
  template = toTemplate(aDaypassStack({ alarmTopic: topic }).stack);
  alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties as Alarm,
  );
});

interface MetricReference {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

interface Alarm extends Partial<MetricReference> {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions?: readonly unknown[];
  readonly Period?: number;
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: MetricReference };
  }[];
}

const metricsOf = ({
  Namespace,
  MetricName,
  Dimensions,
  Metrics = [],
}: Alarm): readonly MetricReference[] => [
  ...(Namespace === undefined || MetricName === undefined
    ? []
    : [{ Namespace, MetricName, ...(Dimensions === undefined ? {} : { Dimensions }) }]),
  ...Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric])),
];

/** Names of metrics that a log line is counted as by a filter. */
const filtered = () =>
  Object.values(template.findResources('AWS::Logs::MetricFilter')).map(
    ({ Properties }) => Properties.MetricTransformations[0].MetricName,
  );

/** As a heading of markdown can be linked. */
const toAnchor = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');

describe('the alarms', () => {
  it('are those of the broker, of its parts and of third parties', () => {
    const names = alarms.map(({ AlarmName }) => AlarmName.replace('daypass-prod-', ''));
    const own = Object.keys(toOwnAlarms(['rotation', 'reconciler', 'revoker']));

    expect(names).toEqual(expect.arrayContaining(own));
    expect(names).toEqual(
      expect.arrayContaining([
        ...['api-server-errors', 'events-behind', 'reconciliation-behind', 'dead-letters-publishing'],
        ...[
          'dead-letters-trail',
          'function-errors-issuer',
          'key-rotation-silent',
          'function-errors-authorizer',
          'integration-drift',
        ],
      ]),
    );
    expect(names).not.toContain('function-errors-rotation');
    expect(new Set(names).size).toBe(names.length);
  });

  it('each say so at the topic', () => {
    expect(
      alarms.filter(({ AlarmActions }) => AlarmActions?.[0] !== topicArn).map(({ AlarmName }) => AlarmName),
    ).toEqual([]);
  });

  it('each lead to an entry of the runbook', () => {
    const runbook = readFileSync('docs/runbook.md', 'utf8');
    const anchors = [...runbook.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => toAnchor(heading));
    const withoutEntry = alarms.filter(({ AlarmName, AlarmDescription }) => {
      const [, anchor] = /docs\/runbook\.md#([\w-]+)$/.exec(AlarmDescription) ?? [];
      return anchor === undefined ? !runbook.includes(`\`${AlarmName}\``) : !anchors.includes(anchor);
    });

    expect(withoutEntry.map(({ AlarmName }) => AlarmName)).toEqual([]);
  });

  it('watch metrics that the functions’ own code emits, with these very dimensions', async () => {
    const emitted = (await everyMetric()).map(toReference);
    const own = alarms.flatMap(metricsOf).filter(({ Namespace }) => Namespace === 'Daypass/prod');
    const counted = new Set(filtered());

    expect(own.length).toBeGreaterThan(10);
    expect(
      own
        .filter(({ MetricName }) => !counted.has(MetricName))
        .map((metric) => JSON.stringify([metric.MetricName, metric.Dimensions ?? []]))
        .filter((reference) => !emitted.includes(reference)),
    ).toEqual([]);
  });

  it('watch for the rest metrics of AWS’s own', () => {
    const namespaces = alarms.flatMap(metricsOf).map(({ Namespace }) => Namespace);

    expect([...new Set(namespaces)].sort()).toEqual([
      'AWS/ApiGateway',
      'AWS/Events',
      'AWS/Firehose',
      'AWS/Lambda',
      'AWS/SQS',
      'Daypass/prod',
    ]);
  });

  it('are silent without data, but for those that tell of silence', () => {
    const silent = alarms.filter(
      (alarm) => (alarm as { TreatMissingData?: string }).TreatMissingData === 'breaching',
    );

    expect(silent.map(({ AlarmName }) => AlarmName).sort()).toEqual([
      'daypass-prod-integration-schedule-stopped',
      ...['daypass-prod-key-rotation-silent', 'daypass-prod-reconciler-silent'],
      'daypass-prod-trail-silent',
    ]);
    expect(alarms.filter((alarm) => !('TreatMissingData' in alarm))).toEqual([]);
  });

  it('ring once for what an hourly run finds each time, though no two runs are an hour apart to the second', () => {
    const periods = alarms
      .filter(({ MetricName }) => ['RotationFailures', 'RevocationsNotCleanedUp'].includes(MetricName ?? ''))
      .map(({ AlarmName, Period }) => [AlarmName, Period]);

    expect(periods).toEqual([
      ['daypass-prod-key-rotation-failed', 7200],
      ['daypass-prod-revocations-not-cleaned-up', 7200],
    ]);
  });

  it('add up metrics of which one may have no data, as errors of a function that finds no room to run', () => {
    const expressions = alarms.flatMap(({ Metrics = [] }) =>
      Metrics.flatMap(({ Expression = [] }) => Expression),
    );

    expect(new Set(expressions)).toEqual(
      new Set([
        'FILL(errors, 0) + FILL(throttles, 0)',
        'FILL(issuances, 0) + FILL(findings, 0) + FILL(controls, 0)',
        'MAX([FILL(issuancesAge, 0), FILL(findingsAge, 0), FILL(controlsAge, 0), ' +
          'IF(FILL(issuancesSuccess, 1) == 0, 900, 0), IF(FILL(findingsSuccess, 1) == 0, 900, 0), ' +
          'IF(FILL(controlsSuccess, 1) == 0, 900, 0)])',
      ]),
    );
  });

  it('count tokens that are refused for no error of the authorizer', () => {
    const authorizer = alarms.find(({ AlarmName }) => AlarmName.endsWith('function-errors-authorizer'));

    expect(authorizer && metricsOf(authorizer).map(({ MetricName }) => MetricName)).toEqual(['Throttles']);
  });
});

const toReference = ({ name, dimensions }: EmittedMetric) =>
  JSON.stringify([name, Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))]);

describe('the alarm trail-silent', () => {
  it('rings when no object of the own account was read for two hours, whatever else is told of', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{ AlarmName: 'daypass-prod-trail-silent', Namespace: 'Daypass/prod', MetricName: 'OwnTrailObjects' },
      ...{ Statistic: 'Sum', Period: 7200, EvaluationPeriods: 1, Threshold: 1 },
      ...{ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
    });
  });
});

describe('the buckets', () => {
  it('keep their policies when the stack goes, as they are kept themselves', () => {
    const policies = Object.values(template.findResources('AWS::S3::BucketPolicy'));

    expect(policies).toHaveLength(2);
    for (const policy of policies)
      expect(policy).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});

describe('the dashboard', () => {
  it('has at most twelve graphs, of the stage', () => {
    const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    const body = JSON.stringify(dashboard?.['Properties']);

    expect(dashboard?.['Properties'].DashboardName).toBe('daypass-prod-eu-west-1');
    expect(body.match(/\\"type\\":\\"metric\\"/g)?.length).toBeLessThanOrEqual(12);
    expect(body).toContain('Daypass/prod');
  });
});

describe('the events', () => {
  const tables = ['ControlTable', 'Findings', 'IntegrationTable', 'Issuances'];

  it('are of the tables’ changes, from their first one on, handed over in order and again where it failed', () => {
    const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')).filter(
      ({ Properties }) => JSON.stringify(Properties.EventSourceArn).includes('StreamArn'),
    );

    expect(mappings.map(({ Properties }) => Properties.EventSourceArn['Fn::GetAtt'][0]).sort()).toEqual(
      tables.map((name) => expect.stringMatching(`^Daypass${name}`)),
    );
    for (const { Properties } of mappings) {
      expect(Properties).toMatchObject({
        ...{ StartingPosition: 'TRIM_HORIZON', BisectBatchOnFunctionError: true },
        ...{ FunctionResponseTypes: ['ReportBatchItemFailures'], MaximumRecordAgeInSeconds: 43_200 },
        DestinationConfig: { OnFailure: { Destination: expect.anything() } },
      });
    }
  });

  it('wake nobody for an attempt that has only begun, and miss no change of its row', () => {
    const [filter] = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')).flatMap(
      ({ Properties }) =>
        Properties.FilterCriteria === undefined ? [] : [Properties.FilterCriteria.Filters],
    );

    expect(filter.map(({ Pattern }: { readonly Pattern: string }) => JSON.parse(Pattern))).toEqual([
      { dynamodb: { NewImage: { state: { S: [{ 'anything-but': ['PENDING'] }] } } } },
      { eventName: ['MODIFY', 'REMOVE'] },
    ]);
  });

  it('may be put by one function, of our own source and types alone', () => {
    const statement = { Sid: 'PutEvents', Action: 'events:PutEvents' };

    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: 'daypass-prod-eu-west-1-publisher',
      Policies: [
        {
          PolicyDocument: {
            Statement: Match.arrayWith([
              Match.objectLike({
                ...statement,
                Resource: 'arn:aws:events:eu-west-1:111111111111:event-bus/default',
                Condition: {
                  StringEquals: {
                    'events:source': 'daypass',
                    'events:detail-type': Object.keys(eventSchemas),
                  },
                },
              }),
            ]),
          },
        },
      ],
    });
  });

  it('leave where they stood in the stream when they could not be told, and nothing of a row', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    });
  });
});

describe('the export of the audit', () => {
  it.each([
    ['issuances', 'Daypass Issuance', issuanceDetail],
    ['findings', 'Daypass Finding', findingDetail],
    ['controls', 'Daypass Control Change', controlDetail],
  ])('has a table of %s, with a column for each field of the event', (name, detailType, schema) => {
    template.hasResourceProperties('AWS::Glue::Table', {
      DatabaseName: 'daypass_prod',
      TableInput: {
        Name: name,
        PartitionKeys: [{ Name: 'day', Type: 'string' }],
        Parameters: Match.objectLike({ 'projection.enabled': 'true' }),
        StorageDescriptor: {
          Columns: toGlueColumns(schema).map(({ name: Name, type: Type }) => ({ Name, Type })),
        },
      },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['daypass'], 'detail-type': [detailType] },
      Targets: [Match.objectLike({ InputPath: '$.detail' })],
    });
  });

  it('is encrypted, closed to the public and to plain HTTP, and kept when the stack goes', () => {
    const [bucket] = Object.values(template.findResources('AWS::S3::Bucket')).filter(({ Properties }) =>
      JSON.stringify(Properties).includes('INTELLIGENT_TIERING'),
    );

    expect(bucket).toMatchObject({
      ...{ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
        },
        PublicAccessBlockConfiguration: {
          ...{
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
        },
        LifecycleConfiguration: { Rules: [{ ExpirationInDays: 400 }] },
      },
    });
  });

  it('has a line for each event', () => {
    template.allResourcesProperties('AWS::KinesisFirehose::DeliveryStream', {
      ExtendedS3DestinationConfiguration: {
        ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'AppendDelimiterToRecord' }] },
        CompressionFormat: 'GZIP',
      },
    });
  });

  it('can be declined, with the dashboard', () => {
    const without = toTemplate(
      aDaypassStack({ document: aConfigurationDocument(), auditExport: false, dashboard: false }).stack,
    );

    for (const type of [
      'AWS::Glue::Table',
      'AWS::KinesisFirehose::DeliveryStream',
      'AWS::CloudWatch::Dashboard',
    ])
      without.resourceCountIs(type, 0);
  });
});
