import { describe, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { EncryptedLogs } from '../../../lib/constructs/encrypted-logs.ts';
import { anApp } from '../../support/an-app.ts';

const stack = new Stack(anApp(), 'Test', { env: { account: '111111111111', region: 'eu-west-1' } });
new EncryptedLogs(stack, 'Logs', { retention: RetentionDays.ONE_MONTH }).addLogGroup(stack, 'One');
const template = Template.fromStack(stack);

describe('EncryptedLogs', () => {
  it('keeps a log group for the time given, encrypted, and after the stack is gone', () => {
    const [keyId] = Object.keys(template.findResources('AWS::KMS::Key'));

    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Retain',
      Properties: { RetentionInDays: 30, KmsKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] } },
    });
  });

  it('lets CloudWatch Logs use the key for log groups of this account and region alone', () => {
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'CloudWatchLogs',
            Effect: 'Allow',
            Principal: { Service: 'logs.eu-west-1.amazonaws.com' },
            Condition: {
              ArnLike: {
                'kms:EncryptionContext:aws:logs:arn': Match.objectLike({
                  'Fn::Join': ['', Match.arrayWith([':logs:eu-west-1:111111111111:log-group:*'])],
                }),
              },
            },
          }),
        ]),
      },
    });
  });
});
