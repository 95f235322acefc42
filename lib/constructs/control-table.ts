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
import { controlTable } from '../../lambda/adapters/control-table.ts';
import { placeTable, placeTableKey, type TablePlaceProps } from './table-place.ts';

/**
 * What is suspended, and what was revoked. Outlives the stack: without it everything that is suspended would be issued
 * again.
 */
export class ControlTable extends Construct {
  readonly table: ITableV2;
  /** Where one was given; of a copy always, because the primary region's stack may have been given one. */
  readonly key: IKey | undefined;

  constructor(scope: Construct, id: string, place: TablePlaceProps = {}) {
    super(scope, id);
    const { partitionKey, timeToLiveAttribute, indexes } = controlTable;
    const isEncrypted = place.encryptionKey !== undefined || place.existing !== undefined;
    this.key = isEncrypted ? placeTableKey(this, place, 'Daypass: the control table') : undefined;
    this.table = placeTable(this, place, {
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
      // Each request that issues reads it: a key of our own would be one more thing that can stop issuing, and guard no secret.
      key: this.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
