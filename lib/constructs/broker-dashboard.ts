import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  type Metric,
  PeriodOverride,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Deployment } from '../../lambda/core/configuration.ts';
import { issuanceStates } from '../../lambda/core/issuance.ts';
import { type MetricName, toMetricNamespace } from '../../lambda/core/metrics/metrics.ts';
import { findingKinds } from '../../lambda/core/reconciliation/finding.ts';
import { ownMetric } from './broker-alarms.ts';

export interface BrokerDashboardProps {
  readonly deployment: Pick<Deployment, 'stage' | 'region'>;
  readonly functions: Readonly<Record<string, IFunction>>;
  /** Of third parties. @default none: the configuration has none */
  readonly integrations?: readonly Metric[];
}

/** What an operator looks at first: who gets what, who is refused, and whether the two halves of the audit agree. */
export class BrokerDashboard extends Construct {
  private readonly stage: string;

  constructor(
    scope: Construct,
    id: string,
    { deployment, functions, integrations = [] }: BrokerDashboardProps,
  ) {
    super(scope, id);
    this.stage = deployment.stage;
    const dashboard = new Dashboard(this, 'Dashboard', {
      // Dashboards are of the account: one name could be had by one region alone.
      dashboardName: `daypass-${this.stage}-${deployment.region}`,
      defaultInterval: Duration.hours(24),
      periodOverride: PeriodOverride.AUTO,
    });
    dashboard.addWidgets(
      new TextWidget({
        markdown: `# Daypass ${this.stage}\nEach alarm has its entry in docs/runbook.md.`,
        ...{ width: 24, height: 2 },
      }),
    );
    dashboard.addWidgets(
      this.graph('Issuances, by what became of them', this.ofIssuances()),
      this.graph('Requests, by function', [this.search('Requests', 'function', 'Sum')]),
      this.graph('Latency (p95, ms), by function', [this.search('Latency', 'function', 'p95')]),
    );
    dashboard.addWidgets(
      this.graph('Refusals', this.of(['Denials', 'QuotasExceeded', 'TokensRefused', 'StsRefusals'])),
      this.graph('Problems, by code', [this.search('Problems', 'code', 'Sum')]),
      this.graph(
        'AWS STS and issuers',
        this.of(['StsThrottled', 'StsFailures', 'IssuersUnreachable', 'AuthorizerErrors']),
      ),
    );
    dashboard.addWidgets(
      this.graph(
        'Audit',
        this.of(['AuditWriteFailures', 'RowsRemoved', 'RowsUnreadable', 'EventsFailed', 'ServerErrors']),
      ),
      this.graph(
        'Findings, by kind',
        findingKinds.map((kind) => this.one('Findings', { kind }, kind)),
      ),
      this.graph('Space for policies and tags (% of the limit, greatest)', [
        ownMetric(this.stage, 'PackedPolicySize', { statistic: 'Maximum', label: 'PackedPolicySize' }),
      ]),
    );
    dashboard.addWidgets(
      this.graph('Errors, by function', ofFunctions(functions, 'errors')),
      this.graph('Throttles, by function', ofFunctions(functions, 'throttles')),
      ...(integrations.length === 0 ? [] : [this.graph('Third parties', integrations)]),
    );
  }

  private readonly graph = (title: string, left: readonly IMetric[]) =>
    new GraphWidget({ title, left: [...left], width: 8, height: 6, leftYAxis: { min: 0 } });

  private readonly of = (names: readonly MetricName[]) =>
    names.map((name) => ownMetric(this.stage, name, { label: name }));

  private readonly one = (name: MetricName, dimensions: Readonly<Record<string, string>>, label: string) =>
    ownMetric(this.stage, name, { dimensions, label });

  private ofIssuances(): readonly Metric[] {
    return issuanceStates
      .filter((state) => state !== 'PENDING')
      .map((state) => this.one('Issuances', { state }, state));
  }

  /** Whatever values the dimension has had: those of a code, say, that a later release adds as well. */
  private readonly search = (name: MetricName, dimension: string, statistic: string): IMetric =>
    new MathExpression({
      expression: `SEARCH('{"${toMetricNamespace(this.stage)}","${dimension}"} MetricName="${name}"', '${statistic}', 300)`,
      usingMetrics: {},
      label: '',
      period: Duration.minutes(5),
    });
}

const ofFunctions = (
  functions: BrokerDashboardProps['functions'],
  what: 'errors' | 'throttles',
): readonly IMetric[] =>
  Object.entries(functions).flatMap(([name, handler]) => {
    const options = { label: name, period: Duration.minutes(5) };
    return [what === 'errors' ? handler.metricErrors(options) : handler.metricThrottles(options)];
  });
