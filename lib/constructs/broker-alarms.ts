import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  type Alarm,
  ComparisonOperator,
  type CreateAlarmOptions,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../../lambda/core/configuration.ts';
import { type MetricName, toMetricNamespace } from '../../lambda/core/metrics/metrics.ts';
import { type OwnAlarm, toOwnAlarms } from '../own-alarms.ts';
import { toAlarmNames } from './alarm-names.ts';

export interface BrokerAlarmsProps {
  readonly deployment: Pick<Deployment, 'stage'>;
  readonly restApi: RestApi;
  /** By their names. */
  readonly functions: Readonly<Record<string, IFunction>>;
  /** Whatever could not be handled in the end waits there. */
  readonly deadLetters: Readonly<Record<string, IQueue>>;
  /** Whether the audit is compared with CloudTrail here: where it is not, nobody is missed who would. @default true */
  readonly readsTrail?: boolean;
  /** Names of the trail's objects that wait to be read. @default none */
  readonly trailQueue?: IQueue;
  /** Days until the certificate of the API's own domain expires. @default it has none */
  readonly certificateDays?: Metric | undefined;
}

/** Tells when something is wrong. Each alarm has an entry of its name in docs/runbook.md. */
export class BrokerAlarms extends Construct {
  /** For whoever has actions to add. */
  readonly alarms: readonly Alarm[];
  private readonly stage: string;

  constructor(scope: Construct, id: string, props: BrokerAlarmsProps) {
    super(scope, id);
    this.stage = props.deployment.stage;
    this.alarms = [
      ...Object.entries(toOwnAlarms(comparing(props))).map(([name, alarm]) => this.addOwnAlarm(name, alarm)),
      this.addApiAlarm(props.restApi),
      ...Object.entries(props.functions).flatMap(([name, handler]) => this.addFunctionAlarm(name, handler)),
      ...toList(props.functions['publisher']).map((publisher) => this.addLagAlarm(publisher)),
      ...Object.entries(props.deadLetters).map(([name, queue]) => this.addDeadLetterAlarm(name, queue)),
      ...toList(props.trailQueue).map((queue) => this.addTrailAlarm(queue)),
      ...toList(props.certificateDays).map((days) => this.addCertificateAlarm(days)),
    ];
  }

  private addOwnAlarm(name: string, { metric, minutes, isMissing, ...alarm }: OwnAlarm): Alarm {
    const counted = ownMetric(this.stage, metric, { period: Duration.minutes(minutes) });
    return this.addAlarm(counted, { name, ...alarm, ...(isMissing ? silent : atLeast) });
  }

  private addApiAlarm({ deploymentStage }: RestApi): Alarm {
    return this.addAlarm(
      deploymentStage.metricServerError({ statistic: 'Sum', period: Duration.minutes(5) }),
      {
        name: 'api-server-errors',
        threshold: 5,
        what: 'The API answered 5xx five times in five minutes',
        ...atLeast,
      },
    );
  }

  private addFunctionAlarm(name: string, handler: IFunction): readonly Alarm[] {
    // Its refusals that wait for their time are errors for Lambda; `key-rotation-failed` tells them apart, and where it
    // does not start or is not done in time `key-rotation-silent` rings.
    if (name === 'rotation') return [];
    const period = Duration.minutes(5);
    const throttles = handler.metricThrottles({ period });
    const metric =
      // API Gateway hears of a refused token by an error alone: `authorizer-errors` tells of the others.
      name === 'authorizer'
        ? throttles
        : new MathExpression({
            // A function that finds no room at all has no errors, and what a sum is then is not documented.
            expression: 'FILL(errors, 0) + FILL(throttles, 0)',
            usingMetrics: { errors: handler.metricErrors({ period }), throttles },
            label: `Errors and throttles of ${name}`,
            period,
          });
    return [
      this.addAlarm(metric, {
        name: `function-errors-${name}`,
        threshold: 1,
        what: `Function ${name} ended with an error, or found no room to run`,
        anchor: 'function-errors',
        ...atLeast,
      }),
    ];
  }

  private addLagAlarm(publisher: IFunction): Alarm {
    const metric = publisher.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) });
    return this.addAlarm(metric, {
      name: 'events-behind',
      threshold: Duration.minutes(15).toMilliseconds(),
      what: 'Events are told a quarter of an hour late',
      ...atLeast,
    });
  }

  private addDeadLetterAlarm(name: string, queue: IQueue): Alarm {
    const metric = queue.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      period: Duration.minutes(5),
    });
    return this.addAlarm(metric, {
      name: `dead-letters-${name}`,
      threshold: 1,
      what: `Something waits among the dead letters of ${name}`,
      anchor: 'dead-letters',
      ...atLeast,
    });
  }

  private addTrailAlarm(queue: IQueue): Alarm {
    const metric = queue.metricApproximateAgeOfOldestMessage({
      statistic: 'Maximum',
      period: Duration.minutes(5),
    });
    return this.addAlarm(metric, {
      name: 'reconciliation-behind',
      threshold: Duration.minutes(30).toSeconds(),
      what: 'An object of the trail waits for half an hour to be compared with the audit',
      ...atLeast,
    });
  }

  private addCertificateAlarm(days: Metric): Alarm {
    return this.addAlarm(days.with({ statistic: 'Minimum', period: Duration.days(1) }), {
      name: 'certificate-age',
      // ACM renews its own 60 days before: what has 30 left did not renew.
      threshold: 30,
      what: "The certificate of the API's domain expires within 30 days",
      comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  private addAlarm(metric: Metric | MathExpression, { name, what, anchor, ...options }: Described): Alarm {
    return metric.createAlarm(this, name, {
      evaluationPeriods: 1,
      ...options,
      ...toAlarmNames(this.stage, { name, what, ...(anchor === undefined ? {} : { anchor }) }),
    });
  }
}

/** Has each alarm say so at that topic. */
export function notify(alarms: readonly Alarm[], topic: ITopic): void {
  const action = new SnsAction(topic);
  for (const alarm of alarms) alarm.addAlarmAction(action);
}

/** One of the broker's own metrics. @default the sum over 5 minutes */
export const ownMetric = (
  stage: string,
  metricName: MetricName,
  options: {
    readonly period?: Duration;
    readonly statistic?: string;
    readonly dimensions?: Readonly<Record<string, string>>;
    readonly label?: string;
  } = {},
): Metric => {
  const { period = Duration.minutes(5), statistic = 'Sum', dimensions, label } = options;
  return new Metric({
    ...{ namespace: toMetricNamespace(stage), metricName, statistic, period },
    ...(dimensions === undefined ? {} : { dimensionsMap: { ...dimensions } }),
    ...(label === undefined ? {} : { label }),
  });
};

type Described = Omit<CreateAlarmOptions, 'alarmName' | 'alarmDescription' | 'evaluationPeriods'> & {
  readonly name: string;
  /** What is wrong, in a sentence without its full stop. */
  readonly what: string;
  /** Heading of the runbook. @default the name */
  readonly anchor?: string;
  readonly evaluationPeriods?: number;
};

const atLeast = {
  comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  treatMissingData: TreatMissingData.NOT_BREACHING,
};

const silent = {
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  treatMissingData: TreatMissingData.BREACHING,
};

const toList = <Item>(item: Item | undefined): readonly Item[] => (item === undefined ? [] : [item]);

/** Names of the functions that do here what their alarms are about. */
const comparing = ({ functions, readsTrail = true }: BrokerAlarmsProps): readonly string[] =>
  Object.keys(functions).filter((name) => readsTrail || name !== 'reconciler');
