import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type ITableV2,
  ProjectionType,
  StreamViewType,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { findingTable } from '../../lambda/adapters/finding-table.ts';
import { placeTable, placeTableKey, type TablePlaceProps } from './table-place.ts';

/** What the reconciliation found. Outlives the stack, as does the key that it needs: it may be evidence. */
export class FindingTable extends Construct {
  readonly table: ITableV2;
  readonly key: IKey;

  constructor(scope: Construct, id: string, place: TablePlaceProps = {}) {
    super(scope, id);
    const { partitionKey, timeToLiveAttribute, indexes } = findingTable;
    this.key = placeTableKey(this, place, 'Daypass: the finding table');
    this.table = placeTable(this, place, {
      key: this.key,
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      globalSecondaryIndexes: Object.entries(indexes).map(([indexName, index]) => ({
        indexName,
        partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
        sortKey: { name: index.sortKey, type: AttributeType.STRING },
        projectionType: ProjectionType[index.projection],
      })),
      timeToLiveAttribute,
      // What became of each row is told to EventBridge.
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
