import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { quotaTable } from '../../lambda/adapters/quota-table.ts';

/** How often each principal asked, by the minute. It goes with the stack. */
export class QuotaTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: quotaTable.partitionKey, type: AttributeType.STRING },
      timeToLiveAttribute: quotaTable.timeToLiveAttribute,
      billing: Billing.onDemand(),
      // Counts that are worth nothing after a minute.
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      // Nothing to restore.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
