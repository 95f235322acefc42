import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { verifyIntegrationsEvent } from '../../lambda/core/integrations/schedule-event.ts';

export interface IntegrationScheduleProps {
  readonly integrations: IFunction;
}

/** Has third parties' roles verified again, some of them every ten minutes: a trust policy changes without anybody telling us. */
export class IntegrationSchedule extends Construct {
  constructor(scope: Construct, id: string, { integrations }: IntegrationScheduleProps) {
    super(scope, id);
    new Rule(this, 'Verification', {
      description: "Daypass: verifies third parties' roles again",
      schedule: Schedule.rate(Duration.minutes(10)),
      targets: [
        new LambdaFunction(integrations, {
          event: RuleTargetInput.fromObject(verifyIntegrationsEvent),
          // The next one comes anyway, and what was verified meanwhile is not verified twice.
          retryAttempts: 0,
          maxEventAge: Duration.minutes(10),
        }),
      ],
    });
  }
}
