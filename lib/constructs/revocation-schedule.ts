import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { cleanUpEvent, cleanUpEveryMinutes } from '../../lambda/core/controls/clean-up-event.ts';

/** Has policies taken off roles again once the sessions that they ended have expired: a role has little room for them. */
export class RevocationSchedule extends Construct {
  constructor(scope: Construct, id: string, { controls }: { readonly controls: IFunction }) {
    super(scope, id);
    new Rule(this, 'CleanUp', {
      description: 'Daypass: takes policies off that ended sessions',
      schedule: Schedule.rate(Duration.minutes(cleanUpEveryMinutes)),
      targets: [
        new LambdaFunction(controls, {
          event: RuleTargetInput.fromObject(cleanUpEvent),
          // The next run comes anyway.
          retryAttempts: 0,
          maxEventAge: Duration.minutes(cleanUpEveryMinutes),
        }),
      ],
    });
  }
}
