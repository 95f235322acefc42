import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { EventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { EventBridgeDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Construct } from 'constructs';
import { runEveryMinutes, verifyIntegrationsEvent } from '../../lambda/core/integrations/schedule-event.ts';

export interface IntegrationScheduleProps {
  readonly integrations: IFunction;
}

/**
 * Has third parties' roles verified again, some of them in each run: a trust policy changes without anybody telling us.
 * What a run found is an event of its own, on the account's default bus.
 */
export class IntegrationSchedule extends Construct {
  constructor(scope: Construct, id: string, { integrations }: IntegrationScheduleProps) {
    super(scope, id);
    // Of both: EventBridge's of handing the event over, Lambda's of running the function. The next run comes anyway.
    const oneAttempt = { retryAttempts: 0, maxEventAge: Duration.minutes(runEveryMinutes) };
    new Rule(this, 'Verification', {
      description: "Daypass: verifies third parties' roles again",
      schedule: Schedule.rate(Duration.minutes(runEveryMinutes)),
      targets: [
        new LambdaFunction(integrations, {
          event: RuleTargetInput.fromObject(verifyIntegrationsEvent),
          ...oneAttempt,
        }),
      ],
    });
    new EventInvokeConfig(this, 'Runs', {
      function: integrations,
      ...oneAttempt,
      // Lambda sends them with the function's role, which `announcingRuns` lets it. API Gateway's requests are none of these.
      onSuccess: new EventBridgeDestination(),
      onFailure: new EventBridgeDestination(),
    });
  }
}
