import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { proofTable } from '../../lambda/adapters/proof-table.ts';

/**
 * The proofs that had their one effect: third parties' tokens and SAML assertions, by their digests. Outlives the
 * stack: without it they would be good again.
 */
export class ProofTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: proofTable.partitionKey, type: AttributeType.STRING },
      timeToLiveAttribute: proofTable.timeToLiveAttribute,
      billing: Billing.onDemand(),
      // Digests of what expires within minutes: a key of our own would guard nothing, and could be lost.
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      // A table restored to an earlier time would make proofs good again that were used since.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
