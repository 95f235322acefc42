import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ProofTable } from '../../../lib/constructs/proof-table.ts';
import { anApp } from '../../support/an-app.ts';

function synthesize() {
  const stack = new Stack(anApp(), 'Test', { env: { account: '111111111111', region: 'eu-west-1' } });
  new ProofTable(stack, 'Proofs');
  return Template.fromStack(stack);
}

describe('ProofTable', () => {
  const template = synthesize();
  const [table] = Object.values(template.findResources('AWS::DynamoDB::GlobalTable'));

  it('finds a proof by its digest alone, and forgets it when it is too old to be taken', () => {
    expect(table?.['Properties']).toMatchObject({
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAtSeconds', Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
    });
    expect(table?.['Properties'].GlobalSecondaryIndexes).toBeUndefined();
  });

  it('is in one region: a replica would take a proof once more', () => {
    expect(table?.['Properties'].Replicas.map(({ Region }: { Region: string }) => Region)).toEqual([
      'eu-west-1',
    ]);
  });

  it('cannot be restored to a time at which used proofs were good', () => {
    expect(JSON.stringify(table)).not.toContain('"PointInTimeRecoveryEnabled":true');
  });

  it('outlives the stack: made anew, it would know no proof', () => {
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(table?.['Properties'].Replicas[0].DeletionProtectionEnabled).toBe(true);
  });

  it('needs no key of its own', () => {
    template.resourceCountIs('AWS::KMS::Key', 0);
  });
});
