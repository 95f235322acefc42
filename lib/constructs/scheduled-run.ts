import type { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** Has a function run again and again, each time once: the next run comes anyway. */
export function addScheduledRun(
  scope: Construct,
  id: string,
  options: {
    readonly handler: IFunction;
    readonly description: string;
    readonly every: Duration;
    /** What the function is handed. @default EventBridge's own event */
    readonly event?: object;
  },
): Rule {
  const { handler, description, every, event } = options;
  return new Rule(scope, id, {
    description,
    schedule: Schedule.rate(every),
    targets: [
      new LambdaFunction(handler, {
        ...(event === undefined ? {} : { event: RuleTargetInput.fromObject(event) }),
        retryAttempts: 0,
        maxEventAge: every,
      }),
    ],
  });
}
