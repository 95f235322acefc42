import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ControlTable } from '../../../lib/constructs/control-table.ts';
import { QuotaTable } from '../../../lib/constructs/quota-table.ts';
import { RevocationSchedule } from '../../../lib/constructs/revocation-schedule.ts';

const tableOf = (add: (stack: Stack) => unknown) => {
  const stack = new Stack(undefined, 'Stack', { env: { account: '111111111111', region: 'eu-west-1' } });
  add(stack);
  const template = Template.fromStack(stack);
  const [table = {}] = Object.values(template.findResources('AWS::DynamoDB::GlobalTable'));
  return { template, table };
};

describe('the control table', () => {
  const { template, table } = tableOf((stack) => new ControlTable(stack, 'Controls'));

  it('outlives the stack, and can be restored: without it what is suspended would be issued', () => {
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    });
  });

  it('is found by its targets, listed, and looked through for what is due', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      KeySchema: [{ AttributeName: 'target', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        Match.objectLike({ IndexName: 'listing', Projection: { ProjectionType: 'ALL' } }),
        Match.objectLike({ IndexName: 'due', Projection: { ProjectionType: 'ALL' } }),
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAtSeconds', Enabled: true },
    });
  });

  it('takes a key that is given, and has none of its own', () => {
    template.resourceCountIs('AWS::KMS::Key', 0);
    const { template: own } = tableOf(
      (stack) => new ControlTable(stack, 'Controls', { encryptionKey: new Key(stack, 'Key') }),
    );

    own.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    });
  });
});

describe('the quota table', () => {
  it('goes with the stack, and forgets by itself', () => {
    const { template, table } = tableOf((stack) => new QuotaTable(stack, 'Quotas'));

    expect(table).toMatchObject({ DeletionPolicy: 'Delete' });
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAtSeconds', Enabled: true },
    });
  });
});

describe('the schedule of revocations', () => {
  it('sends its event hourly', () => {
    const { template } = tableOf((stack) => {
      const controls = new LambdaFunction(stack, 'Function', {
        ...{ runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('x') },
      });
      return new RevocationSchedule(stack, 'Schedule', { controls });
    });

    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 hour)',
      Targets: [
        Match.objectLike({
          Input: '{"task":"clean-up-revocations"}',
          RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 3600 },
        }),
      ],
    });
  });
});
