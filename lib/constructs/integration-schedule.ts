import { Duration } from 'aws-cdk-lib';
import { EventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { EventBridgeDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Construct } from 'constructs';
import { runEveryMinutes, verifyIntegrationsEvent } from '../../lambda/core/integrations/schedule-event.ts';
import { addScheduledRun } from './scheduled-run.ts';

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
    const every = Duration.minutes(runEveryMinutes);
    addScheduledRun(this, 'Verification', {
      ...{ handler: integrations, event: verifyIntegrationsEvent, every },
      description: "Daypass: verifies third parties' roles again",
    });
    new EventInvokeConfig(this, 'Runs', {
      function: integrations,
      // As EventBridge hands the event over, so Lambda runs the function: once.
      ...{ retryAttempts: 0, maxEventAge: every },
      // Lambda sends them with the function's role, which `announcingRuns` lets it. API Gateway's requests are none of these.
      onSuccess: new EventBridgeDestination(),
      onFailure: new EventBridgeDestination(),
    });
  }
}
