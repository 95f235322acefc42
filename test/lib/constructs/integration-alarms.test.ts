import { describe, expect, it } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { createLogger } from '../../../lambda/adapters/json-logger.ts';
import type { Integration, Verification } from '../../../lambda/core/integrations/integration.ts';
import { scheduleTimes } from '../../../lambda/core/integrations/schedule-times.ts';
import { createVerifyDueIntegrations } from '../../../lambda/core/integrations/verify-due-integrations.ts';
import { IntegrationAlarms } from '../../../lib/constructs/integration-alarms.ts';
import { anApp } from '../../support/an-app.ts';
import {
  aFailedVerification,
  aManagingConfiguration,
  anIntegrationVersion,
  aVerification,
  createMemoryIntegrations,
  manageIntegrations,
} from '../../support/managing-integrations.ts';
import { nowMs } from '../../support/tokens.ts';

const stack = new Stack(anApp(), 'Stack', { env: { account: '111111111111', region: 'eu-west-1' } });
const logGroup = LogGroup.fromLogGroupName(stack, 'Logs', 'of-the-function');
const alarms = new IntegrationAlarms(stack, 'Alarms', { deployment: { stage: 'prod' }, logGroup });
const template = Template.fromStack(stack);

interface Filter {
  readonly FilterPattern: string;
  readonly LogGroupName: string;
  readonly MetricTransformations: readonly Readonly<Record<string, unknown>>[];
}

const filters = Object.values(template.findResources('AWS::Logs::MetricFilter')).map(
  ({ Properties }) => Properties as Filter,
);

/**
 * Whether a filter takes a line. Of CloudWatch's language the comparison of one member with a text alone, which is all
 * that the filters have.
 */
function takes({ FilterPattern }: Filter, line: string): boolean {
  const [, member, text] = /^\{ \$\.(\w+) = "([^"*]*)" \}$/.exec(FilterPattern) ?? [];
  if (member === undefined) throw new TypeError(`not understood: ${FilterPattern}`);
  return JSON.parse(line)[member] === text;
}

/** The names of the metrics that a run's lines count for. */
const countedBy = (lines: readonly string[]) =>
  lines.flatMap((line) =>
    filters
      .filter((filter) => takes(filter, line))
      .map(({ MetricTransformations: [to] }) => String(to?.['MetricName'])),
  );

/** What the function's logger writes of one run over that integration; `undefined`: of one that cannot be read. */
async function aRun(
  integration: Partial<Integration> | undefined,
  verification: Verification = aVerification(),
): Promise<readonly string[]> {
  const lines: string[] = [];
  const now = () => nowMs;
  const logger = createLogger({ write: (line) => lines.push(line), now });
  const store = createMemoryIntegrations();
  const lookedAt = new Date(nowMs - 2 * 86_400_000).toISOString();
  await store.append(
    anIntegrationVersion({
      ...{ state: 'VERIFIED', provenAt: lookedAt },
      verification: aVerification({ at: lookedAt }),
      ...integration,
    }),
  );
  const { recordVerification } = manageIntegrations({
    ...{ configuration: aManagingConfiguration(), store, reserve: store.reserve, logger, now },
  });
  const names = (page: { readonly limit: number }) => store.names(page);
  const verifyDue = createVerifyDueIntegrations({
    ...{ recordVerification, logger, now },
    store:
      integration === undefined
        ? { names, find: () => Promise.reject(new Error('not readable')) }
        : { names, find: (name) => store.find(name) },
    verifierWithin: () => ({
      verify: async () => ({ ...verification, at: new Date(nowMs).toISOString(), version: 1 }),
    }),
  });
  await verifyDue(nowMs + 29_000);
  return lines;
}

describe('the metrics of integrations', () => {
  const failedBefore = aFailedVerification('error', { at: new Date(nowMs - 86_400_000).toISOString() });
  const longAgo = new Date(nowMs - scheduleTimes.unprovenMs).toISOString();

  it.each<[string, Partial<Integration> | undefined, Verification, readonly string[]]>([
    ['that finds all well', {}, aVerification(), []],
    ['that finds an ExternalId not enforced', {}, aFailedVerification(), ['IntegrationDrift']],
    [
      'that finds the broker locked out, for the second time',
      { verification: failedBefore },
      aFailedVerification('error'),
      ['BrokenIntegrations'],
    ],
    [
      'over one that is not proven',
      { provenAt: longAgo },
      aVerification({ result: 'INCONCLUSIVE' }),
      ['UnprovenIntegrations'],
    ],
    ['over one that cannot be read', undefined, aVerification(), ['LeftOutIntegrations']],
  ])('count a run %s by the line that it logs', async (_what, integration, verification, counted) => {
    const lines = await aRun(integration, verification);

    expect(countedBy(lines).sort()).toEqual([...counted, 'VerificationRuns'].sort());
  });

  it('are of the one function’s log, one for each line, and of the stage', () => {
    expect(filters).toHaveLength(5);
    for (const { LogGroupName, MetricTransformations } of filters) {
      expect(LogGroupName).toBe('of-the-function');
      expect(MetricTransformations).toEqual([
        { MetricName: expect.any(String), MetricNamespace: 'Daypass/prod', MetricValue: '1' },
      ]);
    }
  });

  it('can be asked over another time', () => {
    const period = Duration.hours(6);

    expect(alarms.metricDrift({ period }).toMetricConfig().metricStat).toMatchObject({
      ...{ namespace: 'Daypass/prod', metricName: 'IntegrationDrift', statistic: 'Sum' },
      period: expect.objectContaining({ amount: 6 }),
    });
    expect(
      [alarms.metricBroken(), alarms.metricUnproven(), alarms.metricLeftOut(), alarms.metricRuns()].map(
        ({ metricName }) => metricName,
      ),
    ).toEqual(['BrokenIntegrations', 'UnprovenIntegrations', 'LeftOutIntegrations', 'VerificationRuns']);
  });
});

describe('the alarms of integrations', () => {
  const [atOnce, withinAnHour] = [300, 3600];

  it.each([
    ['integration-drift', 'IntegrationDrift', atOnce, 1],
    ['integration-broken', 'BrokenIntegrations', atOnce, 1],
    ['integration-unproven', 'UnprovenIntegrations', withinAnHour, 1],
    ['integration-left-out', 'LeftOutIntegrations', withinAnHour, 3],
  ])('have %s, which is silent without data', (name, MetricName, Period, Threshold) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{ AlarmName: `daypass-prod-${name}`, MetricName, Namespace: 'Daypass/prod', Statistic: 'Sum' },
      ...{ Period, EvaluationPeriods: 1, Threshold, TreatMissingData: 'notBreaching' },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  it('have one for a schedule of which nothing is heard for two hours', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{ AlarmName: 'daypass-prod-integration-schedule-stopped', MetricName: 'VerificationRuns' },
      ...{ Period: 3600, EvaluationPeriods: 2, Threshold: 1, TreatMissingData: 'breaching' },
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  it('are five, for whoever has actions to add', () => {
    template.resourceCountIs('AWS::CloudWatch::Alarm', 5);
    expect(alarms.alarms).toHaveLength(5);
  });
});
