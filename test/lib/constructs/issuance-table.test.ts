import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { issuanceTable } from '../../../lambda/adapters/issuance-table.ts';
import { IssuanceTable } from '../../../lib/constructs/issuance-table.ts';
import { anApp } from '../../support/an-app.ts';

const stack = new Stack(anApp(), 'Test', { env: { account: '111111111111', region: 'eu-west-1' } });
new IssuanceTable(stack, 'Issuances');
const template = Template.fromStack(stack);
const type = 'AWS::DynamoDB::GlobalTable';

describe('IssuanceTable', () => {
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

  it('has the key, the expiry and exactly the indexes of the schema that the adapters use', () => {
    const [table] = Object.values(template.findResources(type));

    expect(table?.['Properties'].KeySchema).toEqual([{ AttributeName: 'id', KeyType: 'HASH' }]);
    expect(table?.['Properties'].TimeToLiveSpecification).toEqual({
      AttributeName: issuanceTable.timeToLiveAttribute,
      Enabled: true,
    });
    expect(table?.['Properties'].GlobalSecondaryIndexes).toEqual(
      Object.entries(issuanceTable.indexes).map(([IndexName, { partitionKey, sortKey, projection }]) => ({
        IndexName,
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: projection },
      })),
    );
  });
});
