import { describe, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { IntegrationSchedule } from '../../../lib/constructs/integration-schedule.ts';
import { anApp } from '../../support/an-app.ts';

const functionArn = 'arn:aws:lambda:eu-west-1:111111111111:function:daypass-prod-eu-west-1-integrations';

const stack = new Stack(anApp(), 'Stack', { env: { account: '111111111111', region: 'eu-west-1' } });
const integrations = LambdaFunction.fromFunctionArn(stack, 'Integrations', functionArn);
new IntegrationSchedule(stack, 'Schedule', { integrations });
const template = Template.fromStack(stack);

describe('IntegrationSchedule', () => {
  it('hands the task over every ten minutes, once', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(10 minutes)',
      State: 'ENABLED',
      Targets: [
        {
          Arn: functionArn,
          Input: '{"task":"verify-integrations"}',
          RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 600 },
        },
      ],
    });
  });

  it('has the function run once for it, and none wait beyond the next', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: 'daypass-prod-eu-west-1-integrations',
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 600,
    });
  });

  it('has what came of each run told on the default bus', () => {
    const Destination = {
      'Fn::Join': [
        '',
        ['arn:', { Ref: 'AWS::Partition' }, ':events:eu-west-1:111111111111:event-bus/default'],
      ],
    };

    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnSuccess: { Destination }, OnFailure: { Destination } },
    });
  });
});
