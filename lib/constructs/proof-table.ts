import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { proofTable } from '../../lambda/adapters/proof-table.ts';

/** What had its one effect: third parties' assertions and SAML assertions, by their digests. Outlives the stack: without it they would be good again. */
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
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.table).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason:
        'A table restored to an earlier time would make proofs good again that were used since; what it holds expires within minutes',
    });
  }
}
