import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { cleanUpEvent, cleanUpEveryMinutes } from '../../lambda/core/controls/clean-up-event.ts';
import { addScheduledRun } from './scheduled-run.ts';

/** Has policies taken off roles again once the sessions that they ended have expired: a role has little room for them. */
export class RevocationSchedule extends Construct {
  constructor(scope: Construct, id: string, { controls }: { readonly controls: IFunction }) {
    super(scope, id);
    addScheduledRun(this, 'CleanUp', {
      ...{ handler: controls, event: cleanUpEvent, every: Duration.minutes(cleanUpEveryMinutes) },
      description: 'Daypass: takes policies off that ended sessions',
    });
  }
}
