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
import { integrationTable } from '../../lambda/adapters/integration-table.ts';
import { placeTable, placeTableKey, type TablePlaceProps } from './table-place.ts';

/**
 * The third parties: every version of every integration, and every ExternalId ever taken. Outlives the stack, as does
 * the key that it needs: without it, ids could be given again.
 */
export class IntegrationTable extends Construct {
  readonly table: ITableV2;
  readonly key: IKey;

  constructor(scope: Construct, id: string, place: TablePlaceProps = {}) {
    super(scope, id);
    const { partitionKey, sortKey, indexes } = integrationTable;
    this.key = placeTableKey(this, place, 'Daypass: the integration table');
    this.table = placeTable(this, place, {
      key: this.key,
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.NUMBER },
      globalSecondaryIndexes: Object.entries(indexes).map(([indexName, index]) => ({
        indexName,
        partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
        sortKey: { name: index.sortKey, type: AttributeType.STRING },
        projectionType: ProjectionType[index.projection],
      })),
      // What became of each row is told to EventBridge.
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      // No time to live: a version that expired would make its name and its ids free.
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
