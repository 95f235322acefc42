import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  ComparisonOperator,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/** By the tables that they lead to. */
type Names = Readonly<Record<string, string>>;

export interface AuditExportAlarmsProps {
  readonly stage: string;
  /** Of the rules that take events from the bus. */
  readonly ruleNames: Names;
  /** Of the streams that write them. */
  readonly streamNames: Names;
}

const period = Duration.minutes(5);

/**
 * Tells when events are missing in the export, or late. EventBridge and Firehose try for a day, and drop what is left
 * without a word. Each alarm has an entry of its name in docs/runbook.md.
 */
export function addAuditExportAlarms(
  scope: Construct,
  { stage, ruleNames, streamNames }: AuditExportAlarmsProps,
): readonly Alarm[] {
  const failures = toMetrics(ruleNames, (RuleName) => ({
    ...{ namespace: 'AWS/Events', metricName: 'FailedInvocations', dimensionsMap: { RuleName } },
    statistic: 'Sum',
  }));
  const ages = toMetrics(streamNames, (DeliveryStreamName) => ({
    ...{ namespace: 'AWS/Firehose', metricName: 'DeliveryToS3.DataFreshness' },
    ...{ dimensionsMap: { DeliveryStreamName }, statistic: 'Maximum' },
  }));
  const add = (name: string, what: string, threshold: number, metric: MathExpression) =>
    metric.createAlarm(scope, name, {
      ...{ threshold, evaluationPeriods: 1 },
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmName: `daypass-${stage}-${name}`,
      alarmDescription: `${what}. docs/runbook.md#${name}`,
    });
  // Neither is there where nothing fails, or nothing comes.
  const filled = Object.keys(ruleNames).map((table) => `FILL(${table}, 0)`);
  return [
    add(
      'audit-export-incomplete',
      'Events did not get from the bus to the export of the audit',
      1,
      new MathExpression({ expression: filled.join(' + '), usingMetrics: failures, period }),
    ),
    add(
      'audit-export-behind',
      'Events wait for half an hour to be written to the export of the audit',
      Duration.minutes(30).toSeconds(),
      new MathExpression({ expression: `MAX([${filled.join(', ')}])`, usingMetrics: ages, period }),
    ),
  ];
}

const toMetrics = (
  names: Names,
  toProps: (name: string) => ConstructorParameters<typeof Metric>[0],
): Record<string, Metric> =>
  Object.fromEntries(
    Object.entries(names).map(([table, name]) => [table, new Metric({ ...toProps(name), period })]),
  );
