import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { IntegrationTable } from '../../../lib/constructs/integration-table.ts';
import { anApp } from '../../support/an-app.ts';

const stack = new Stack(anApp(), 'Test', { env: { account: '111111111111', region: 'eu-west-1' } });
new IntegrationTable(stack, 'Integrations');
const template = Template.fromStack(stack);
const type = 'AWS::DynamoDB::GlobalTable';

describe('IntegrationTable', () => {
  it('is on demand, restorable to any second, protected against deletion and retained', () => {
    template.hasResource(type, {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        Replicas: [
          Match.objectLike({
            Region: 'eu-west-1',
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          }),
        ],
      },
    });
  });

  it('is encrypted with a key of its own, which rotates and is retained', () => {
    const [keyId] = Object.keys(template.findResources('AWS::KMS::Key'));

    template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { EnableKeyRotation: true },
    });
    template.hasResourceProperties(type, {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [
        Match.objectLike({ SSESpecification: { KMSMasterKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] } } }),
      ],
    });
  });

  it('has versions under names, one index of keys alone, and nothing that expires', () => {
    template.hasResourceProperties(type, {
      KeySchema: [
        { AttributeName: 'name', KeyType: 'HASH' },
        { AttributeName: 'version', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: Match.arrayWith([
        { AttributeName: 'name', AttributeType: 'S' },
        { AttributeName: 'version', AttributeType: 'N' },
        { AttributeName: 'listing', AttributeType: 'S' },
      ]),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'listing',
          KeySchema: [
            { AttributeName: 'listing', KeyType: 'HASH' },
            { AttributeName: 'name', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      TimeToLiveSpecification: Match.absent(),
    });
    expect(Object.keys(template.findResources(type))).toHaveLength(1);
  });
});
