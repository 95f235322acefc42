import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AuditExport } from '../../../lib/constructs/audit-export.ts';
import { anApp } from '../../support/an-app.ts';

const stack = new Stack(anApp(), 'Test', { env: { account: '111111111111', region: 'eu-west-1' } });
new AuditExport(stack, 'Export', { deployment: { stage: 'blue-1' }, retentionDays: 400 });
const template = Template.fromStack(stack);
const ofType = (type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

describe('AuditExport', () => {
  it('lets Firehose and EventBridge use its roles for this account alone', () => {
    const trusts = ofType('AWS::IAM::Role').flatMap((role) => role['AssumeRolePolicyDocument'].Statement);

    expect(trusts.map(({ Principal }) => Principal.Service).sort()).toEqual([
      'events.amazonaws.com',
      'firehose.amazonaws.com',
    ]);
    for (const { Condition } of trusts)
      expect(Condition).toEqual({ StringEquals: { 'aws:SourceAccount': '111111111111' } });
  });

  it('writes encrypted files, a line for each event, of which Athena has a table', () => {
    const streams = ofType('AWS::KinesisFirehose::DeliveryStream').map(
      (stream) => stream['ExtendedS3DestinationConfiguration'],
    );
    const tables = ofType('AWS::Glue::Table').map((table) => table['TableInput'].Name);

    expect(tables).toEqual(['issuances', 'findings', 'controls']);
    expect(streams.map(({ Prefix }) => Prefix.split('/')[0])).toEqual(tables);
    for (const { EncryptionConfiguration, ProcessingConfiguration } of streams) {
      expect(EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN).toBeDefined();
      expect(ProcessingConfiguration.Processors).toEqual([{ Type: 'AppendDelimiterToRecord' }]);
    }
  });

  it('takes events of its own stage alone: another may share the bus', () => {
    const patterns = ofType('AWS::Events::Rule').map((rule) => rule['EventPattern']);

    expect(patterns).toHaveLength(3);
    for (const pattern of patterns)
      expect(pattern).toMatchObject({ source: ['daypass'], detail: { stage: ['blue-1'] } });
  });

  it('rings when events do not arrive, or late: by its own rules and streams', () => {
    const alarms = ofType('AWS::CloudWatch::Alarm').map(({ AlarmName, Metrics }) => ({
      AlarmName,
      metrics: Metrics.flatMap(({ MetricStat }: { readonly MetricStat?: { readonly Metric: object } }) =>
        MetricStat === undefined ? [] : [MetricStat.Metric],
      ),
    }));
    const idsOf = (type: string) => Object.keys(template.findResources(type));
    const toMetric = (Namespace: string, MetricName: string, Name: string) => (Ref: string) => ({
      ...{ Namespace, MetricName, Dimensions: [{ Name, Value: { Ref } }] },
    });

    expect(alarms).toEqual([
      {
        AlarmName: 'daypass-blue-1-audit-export-incomplete',
        metrics: idsOf('AWS::Events::Rule').map(toMetric('AWS/Events', 'FailedInvocations', 'RuleName')),
      },
      {
        AlarmName: 'daypass-blue-1-audit-export-behind',
        metrics: ['DeliveryToS3.DataFreshness', 'DeliveryToS3.Success'].flatMap((name) =>
          idsOf('AWS::KinesisFirehose::DeliveryStream').map(
            toMetric('AWS/Firehose', name, 'DeliveryStreamName'),
          ),
        ),
      },
    ]);
  });

  it('rings when nothing can be written for half an hour, of which Firehose tells no age', () => {
    const [, behind = {}] = ofType('AWS::CloudWatch::Alarm');
    const [{ Expression }, ...metrics] = behind['Metrics'];

    expect(behind).toMatchObject({ Threshold: 900, EvaluationPeriods: 2, TreatMissingData: 'notBreaching' });
    expect(behind).not.toHaveProperty('DatapointsToAlarm');
    for (const { MetricStat } of metrics) expect(MetricStat).toMatchObject({ Period: 900, Stat: 'Maximum' });
    for (const table of ['issuances', 'findings', 'controls'])
      expect(Expression).toContain(`IF(FILL(${table}Success, 1) == 0, 900, 0)`);
    expect(metrics.map(({ Id }: { readonly Id: string }) => Id)).toEqual(
      ['Age', 'Success'].flatMap((what) => ['issuances', 'findings', 'controls'].map((name) => name + what)),
    );
  });

  it('has a database of a name that Athena takes without quotes', () => {
    expect(ofType('AWS::Glue::Database')[0]?.['DatabaseInput'].Name).toBe('daypass_blue_1');
  });
});
