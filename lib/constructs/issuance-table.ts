import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type GlobalSecondaryIndexPropsV2,
  ProjectionType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { issuanceTable } from '../../lambda/adapters/issuance-table.ts';

/** The audit's rows: every attempt, before and after. Outlives the stack, as does the key that it needs. */
export class IssuanceTable extends Construct {
  readonly table: TableV2;
  readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Daypass: the issuance table',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: issuanceTable.partitionKey, type: AttributeType.STRING },
      globalSecondaryIndexes: indexes(),
      timeToLiveAttribute: issuanceTable.timeToLiveAttribute,
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.customerManagedKey(this.key),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}

function indexes(): GlobalSecondaryIndexPropsV2[] {
  return Object.entries(issuanceTable.indexes).map(([indexName, { partitionKey, sortKey, projection }]) => ({
    indexName,
    partitionKey: { name: partitionKey, type: AttributeType.STRING },
    sortKey: { name: sortKey, type: AttributeType.STRING },
    projectionType: ProjectionType[projection],
  }));
}
