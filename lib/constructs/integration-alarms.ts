import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Deployment } from '../../lambda/core/configuration.ts';

export interface IntegrationAlarmsProps {
  readonly deployment: Pick<Deployment, 'stage'>;
  /** Of the function that manages third parties and verifies them again. */
  readonly logGroup: ILogGroup;
}

/** Says when a third party's role no longer does what was proven of it, and when nobody looks any more. */
export class IntegrationAlarms extends Construct {
  /** For whoever has actions to add. */
  readonly alarms: readonly Alarm[];
  private readonly metrics: Readonly<Record<keyof typeof messages, Metric>>;

  constructor(scope: Construct, id: string, { deployment: { stage }, logGroup }: IntegrationAlarmsProps) {
    super(scope, id);
    const count = (name: keyof typeof messages) =>
      new MetricFilter(this, name, {
        logGroup,
        // A filter's metric can have no stage among its dimensions, and two stages may share an account.
        metricNamespace: `Daypass/${stage}`,
        metricName: name,
        filterPattern: FilterPattern.stringValue('$.message', '=', messages[name]),
        metricValue: '1',
      }).metric({ statistic: 'Sum', period: Duration.minutes(5) });
    this.metrics = {
      IntegrationDrift: count('IntegrationDrift'),
      BrokenIntegrations: count('BrokenIntegrations'),
      UnprovenIntegrations: count('UnprovenIntegrations'),
      LeftOutIntegrations: count('LeftOutIntegrations'),
      VerificationRuns: count('VerificationRuns'),
    };
    const alarmName = (what: string) => `daypass-${stage}-${what}`;
    const atLeast = (threshold: number) => ({
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.alarms = [
      this.metricDrift().createAlarm(this, 'DriftAlarm', {
        ...atLeast(1),
        alarmName: alarmName('integration-drift'),
        alarmDescription:
          "A third party's role no longer enforces its ExternalId. docs/runbook.md says what to do",
      }),
      this.metricBroken().createAlarm(this, 'BrokenAlarm', {
        ...atLeast(1),
        alarmName: alarmName('integration-broken'),
        alarmDescription:
          "A third party's role no longer lets the broker in. docs/runbook.md says what to do",
      }),
      // Said again in each run: the alarm lasts as long as it is true.
      this.metricUnproven({ period: Duration.hours(1) }).createAlarm(this, 'UnprovenAlarm', {
        ...atLeast(1),
        alarmName: alarmName('integration-unproven'),
        alarmDescription:
          'An integration issues that nobody could prove for three days. docs/runbook.md says what to do',
      }),
      // One that is left out once is looked at in the next run; one that stays so is left out of six an hour.
      this.metricLeftOut({ period: Duration.hours(1) }).createAlarm(this, 'LeftOutAlarm', {
        ...atLeast(3),
        alarmName: alarmName('integration-left-out'),
        alarmDescription:
          'Integrations cannot be read, or what was seen of them cannot be kept. docs/runbook.md says what to do',
      }),
      this.metricRuns({ period: Duration.hours(1) }).createAlarm(this, 'NoRunAlarm', {
        threshold: 1,
        evaluationPeriods: 2,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
        alarmName: alarmName('integration-schedule-stopped'),
        alarmDescription:
          "No run of the schedule that verifies third parties' roles ended for two hours. docs/runbook.md says what to do",
      }),
    ];
  }

  /** Roles that were proven and no longer enforce their ExternalIds. @default the sum over 5 minutes */
  metricDrift(props: MetricProps = {}): Metric {
    return this.metrics.IntegrationDrift.with(props);
  }

  /** Roles that were proven and no longer let the broker in. @default the sum over 5 minutes */
  metricBroken(props: MetricProps = {}): Metric {
    return this.metrics.BrokenIntegrations.with(props);
  }

  /** Integrations that issue and were not proven for three days, once in each run. @default the sum over 5 minutes */
  metricUnproven(props: MetricProps = {}): Metric {
    return this.metrics.UnprovenIntegrations.with(props);
  }

  /** Integrations that a run could not read or write. @default the sum over 5 minutes */
  metricLeftOut(props: MetricProps = {}): Metric {
    return this.metrics.LeftOutIntegrations.with(props);
  }

  /** Runs of the schedule that ended well. @default the sum over 5 minutes */
  metricRuns(props: MetricProps = {}): Metric {
    return this.metrics.VerificationRuns.with(props);
  }
}

export interface MetricProps {
  readonly period?: Duration;
  readonly statistic?: string;
}

/** What the function logs, to the letter. */
const messages = {
  IntegrationDrift: 'integration drift',
  BrokenIntegrations: 'integration no longer works',
  UnprovenIntegrations: 'integration unproven',
  LeftOutIntegrations: 'integration left out',
  VerificationRuns: 'integrations verified',
} as const;
