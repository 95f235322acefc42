import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type GlobalSecondaryIndexPropsV2,
  type ITableV2,
  ProjectionType,
  StreamViewType,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { issuanceTable } from '../../lambda/adapters/issuance-table.ts';
import { placeTable, placeTableKey, type TablePlaceProps } from './table-place.ts';

/** The audit's rows: every attempt, before and after. Outlives the stack, as does the key that it needs. */
export class IssuanceTable extends Construct {
  readonly table: ITableV2;
  readonly key: IKey;

  constructor(scope: Construct, id: string, place: TablePlaceProps = {}) {
    super(scope, id);
    this.key = placeTableKey(this, place, 'Daypass: the issuance table');
    this.table = placeTable(this, place, {
      key: this.key,
      partitionKey: { name: issuanceTable.partitionKey, type: AttributeType.STRING },
      globalSecondaryIndexes: indexes(),
      timeToLiveAttribute: issuanceTable.timeToLiveAttribute,
      // What became of each row is told to EventBridge.
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      billing: Billing.onDemand(),
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
