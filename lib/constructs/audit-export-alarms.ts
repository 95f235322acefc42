import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  ComparisonOperator,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { toAlarmNames } from './alarm-names.ts';

/** By the tables that they lead to. */
type Names = Readonly<Record<string, string>>;

export interface AuditExportAlarmsProps {
  readonly stage: string;
  /** Of the rules that take events from the bus. */
  readonly ruleNames: Names;
  /** Of the streams that write them. */
  readonly streamNames: Names;
}

/**
 * Tells when events are missing in the export, or late. EventBridge and Firehose try for a day, and drop what is left
 * without a word. Each alarm has an entry of its name in docs/runbook.md.
 */
export function addAuditExportAlarms(
  scope: Construct,
  { stage, ruleNames, streamNames }: AuditExportAlarmsProps,
): readonly Alarm[] {
  const add = (name: string, what: string, { metric, ...options }: Watched) =>
    metric.createAlarm(scope, name, {
      ...options,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...toAlarmNames(stage, { name, what }),
    });
  return [
    add(
      'audit-export-incomplete',
      'Events did not get from the bus to the export of the audit',
      watchRules(ruleNames),
    ),
    add(
      'audit-export-behind',
      'Events wait for half an hour to be written to the export of the audit',
      watchStreams(streamNames),
    ),
  ];
}

interface Watched {
  readonly metric: MathExpression;
  readonly threshold: number;
  readonly evaluationPeriods: number;
}

function watchRules(names: Names): Watched {
  const usingMetrics = toMetrics(names, (RuleName) => ({
    ...{ namespace: 'AWS/Events', metricName: 'FailedInvocations', dimensionsMap: { RuleName } },
    statistic: 'Sum',
  }));
  // It is not there where nothing fails.
  const expression = Object.keys(usingMetrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
  const metric = new MathExpression({ expression, usingMetrics, period: Duration.minutes(5) });
  return { metric, threshold: 1, evaluationPeriods: 1 };
}

/**
 * A stream of which nothing at all can be written has no age, as one to which nothing comes: Firehose tells the age where
 * it writes. What it tries in vain tells of the other. Twice: one put that fails and is repeated is nothing.
 */
function watchStreams(names: Names): Watched {
  const period = Duration.minutes(15);
  const toStreamMetrics = (what: string, suffix: string) =>
    toMetrics(
      names,
      (DeliveryStreamName) => ({
        ...{ namespace: 'AWS/Firehose', metricName: `DeliveryToS3.${what}` },
        ...{ dimensionsMap: { DeliveryStreamName }, statistic: 'Maximum' },
      }),
      suffix,
    );
  const ages = toStreamMetrics('DataFreshness', 'Age');
  const successes = toStreamMetrics('Success', 'Success');
  const threshold = period.toSeconds();
  const seconds = [
    ...Object.keys(ages).map((id) => `FILL(${id}, 0)`),
    ...Object.keys(successes).map((id) => `IF(FILL(${id}, 1) == 0, ${threshold}, 0)`),
  ];
  const metric = new MathExpression({
    ...{ expression: `MAX([${seconds.join(', ')}])`, usingMetrics: { ...ages, ...successes }, period },
  });
  return { metric, threshold, evaluationPeriods: 2 };
}

const toMetrics = (
  names: Names,
  toProps: (name: string) => ConstructorParameters<typeof Metric>[0],
  suffix = '',
): Record<string, Metric> =>
  Object.fromEntries(
    Object.entries(names).map(([table, name]) => [`${table}${suffix}`, new Metric(toProps(name))]),
  );
