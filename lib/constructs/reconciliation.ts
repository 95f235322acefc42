import { Duration } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  CfnAlias,
  CfnEventInvokeConfig,
  CfnPermission,
  EventInvokeConfig,
  EventSourceMapping,
  type Function as LambdaHandler,
} from 'aws-cdk-lib/aws-lambda';
import { CfnSubscriptionFilter, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { toRoleArn } from '../../lambda/core/function-roles.ts';
import {
  apiCallDetailType,
  type ReconcilerTask,
  reconcilerTasks,
  taskMinutes,
} from '../../lambda/core/reconciliation/read-invocation.ts';
import { isPrimary } from '../../lambda/core/regions.ts';
import { toDeployedRoutes } from '../../lambda/http/deployed-routes.ts';
import { createAccessLogFilter } from '../access-log-filter.ts';
import { toBusRuleDescription } from '../bus-rule-description.ts';
import { toFederatorUserNames } from '../federator-policies.ts';
import { toConstructId } from './construct-id.ts';
import { toLogsService } from './logs-service.ts';
import { addScheduledRun } from './scheduled-run.ts';
import type { TrailQueue } from './trail-queue.ts';

export interface ReconciliationProps {
  readonly configuration: Configuration;
  readonly reconciler: LambdaHandler;
  /** Where the trail's new objects are told. */
  readonly queue: TrailQueue;
  /** The API's access log. */
  readonly accessLogs: ILogGroup;
}

/** What every region does for itself: nobody else finishes its rows. */
const ownTasks = ['sweep'] as const;

/**
 * Compares the audit with what CloudTrail and the API's access log say. The trail's objects are what loses nothing, from
 * all regions; the bus is the quick way to the alarm, for this region alone.
 */
export class Reconciliation extends Construct {
  constructor(scope: Construct, id: string, props: ReconciliationProps) {
    super(scope, id);
    const { reconciler } = props;
    const primary = isPrimary(props.configuration.deployment);
    // Two regions that wrote into one row at once would take each other's words back.
    if (primary) this.listenToTrail(props);
    this.listenToAccessLog(props);
    this.schedule(reconciler, primary ? reconcilerTasks : ownTasks);
    new EventInvokeConfig(this, 'Invocations', {
      function: reconciler,
      // A CloudTrail event holds a session token. So it stays nowhere for long, and goes to no dead-letter queue:
      // what is lost here comes with the trail's objects.
      retryAttempts: 1,
      maxEventAge: Duration.minutes(5),
    });
  }

  private listenToTrail(props: ReconciliationProps): void {
    const { reconciler, queue } = props;
    new EventSourceMapping(this, 'Objects', {
      target: reconciler,
      eventSourceArn: queue.queue.queueArn,
      // Some seconds an object: a batch must be done within the function's timeout.
      batchSize: 5,
      // One object that can't be read repeats no other.
      reportBatchItemFailures: true,
      // What several instances can take from the tables and from the account's concurrency.
      maxConcurrency: 5,
    });
    this.listenToBus(props);
  }

  private listenToBus({ configuration, reconciler }: ReconciliationProps): void {
    const { deployment } = configuration;
    // `issuer` and all the others: each function's own is found out to be nobody's row as well.
    const prefix = toRoleArn(deployment, 'issuer').replace(/issuer$/, '');
    const rule = new CfnRule(this, 'Calls', {
      description: toBusRuleDescription(deployment),
      // ENABLED has no reading calls, which AssumeRole is. CDK's own construct knows no other state.
      state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
      eventPattern: {
        source: ['aws.sts'],
        'detail-type': [apiCallDetailType],
        detail: {
          eventSource: ['sts.amazonaws.com'],
          $or: [
            { userIdentity: { sessionContext: { sessionIssuer: { arn: [{ prefix }] } } } },
            { userIdentity: { arn: [toFederatorUserNames(deployment).arn] } },
            { requestParameters: { roleArn: [{ prefix }] } },
          ],
        },
      },
      targets: [
        {
          id: 'Reconciler',
          arn: reconciler.functionArn,
          retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 300 },
        },
      ],
    });
    reconciler.addPermission('CallsOfSts', {
      scope: this,
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: rule.attrArn,
    });
  }

  private listenToAccessLog({ configuration, reconciler, accessLogs }: ReconciliationProps): void {
    const { accountId } = configuration.deployment;
    const alias = this.createWitness(reconciler);
    const permission = new CfnPermission(this, 'AccessLogLines', {
      ...{ action: 'lambda:InvokeFunction', functionName: alias.ref },
      principal: toLogsService(this),
      sourceArn: accessLogs.logGroupArn,
      sourceAccount: accountId,
    });
    const filter = new CfnSubscriptionFilter(this, 'AccessLog', {
      logGroupName: accessLogs.logGroupName,
      destinationArn: alias.ref,
      filterPattern: createAccessLogFilter(toDeployedRoutes(configuration)),
    });
    // CloudWatch Logs tries the function when the filter is made.
    filter.node.addDependency(permission);
  }

  /** The same function under a name of its own, by which it is tried more often than with what holds a token. */
  private createWitness({ functionName }: LambdaHandler): CfnAlias {
    const name = 'witness';
    // What is deployed: the alias stands for how often it is tried, not for a version.
    const alias = new CfnAlias(this, 'Witness', { name, functionName, functionVersion: '$LATEST' });
    const invocations = new CfnEventInvokeConfig(this, 'WitnessInvocations', {
      ...{ functionName, qualifier: name },
      // The most that Lambda has: after an error within some three minutes, for want of room within six hours.
      // Source: Lambda guide, "How Lambda handles errors and retries with asynchronous invocation".
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: Duration.hours(6).toSeconds(),
    });
    invocations.node.addDependency(alias);
    return alias;
  }

  private schedule(reconciler: LambdaHandler, tasks: readonly ReconcilerTask[]): void {
    for (const task of tasks) {
      addScheduledRun(this, toConstructId(task), {
        ...{ handler: reconciler, event: { task }, every: Duration.minutes(taskMinutes[task]) },
        description: descriptions[task],
      });
    }
  }
}

const descriptions = {
  sweep: 'Daypass: finishes issuances whose function ended before it could',
  settle: 'Daypass: looks for issuances that CloudTrail has nothing of',
} as const;
